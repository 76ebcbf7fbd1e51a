"""Caps as integers: one of more money than there is caps nobody."""

from __future__ import annotations

from decimal import Decimal
from types import SimpleNamespace

import numpy as np

from compplan.bonuses.gates import caps
from compplan.bonuses.settle import UNCAPPED


def test_caps_of_members_by_their_class():
    work = SimpleNamespace(columns={"class": np.array([1, -1, 0], np.int16)})
    cap = ("class", (Decimal("10.50"), Decimal(10**20)))
    assert caps(cap, 2, work).tolist() == [UNCAPPED, UNCAPPED, 1050]
    assert caps(None, 2, work) is None
