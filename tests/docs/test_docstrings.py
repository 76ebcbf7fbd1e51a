"""Examples in docstrings run. Where one speaks of PLAN, MEMBERS and ORDERS, it means the ones below."""

from __future__ import annotations

import doctest
import pkgutil
from decimal import Decimal
from importlib import import_module
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

import compplan
from compplan.plan.values import number

ROOT = Path(__file__).parents[2]
PLAN = """
compplan: 1
name: Example
currency: USD
period: monthly
rounding: {mode: half_up, at: payment}
trees:
  enrollment: {parent: sponsor_id}
volumes:
  pv: {sum: orders.qv}
  gv: {roll_up: pv}
conditions:
  active: pv >= 100
ranks:
  ladder:
    member: []
    bronze: [active, 2 legs with active]
bonuses:
  unilevel: {kind: unilevel, of: pv, pay_when: active, rates: {member: 5%, bronze: [5%, 3%]}}
"""
MEMBERS = [
    {"member_id": "ann", "sponsor_id": None},
    {"member_id": "ben", "sponsor_id": "ann"},
    {"member_id": "cleo", "sponsor_id": "ann"},
]
ORDERS = [{"member_id": member, "date": "2026-10-05", "qv": 100} for member in ("ann", "ben", "cleo")]

# Names that an example may use without importing them.
GIVEN = {
    "PLAN": PLAN,
    "MEMBERS": MEMBERS,
    "ORDERS": ORDERS,
    "cp": compplan,
    "pa": pa,
    "np": np,
    "Decimal": Decimal,
}
OWN = {
    "compplan.cases.run": {"PLAN": ROOT / "plans" / "published" / "case-31-leg-limit.yaml"},  # has cases
    "compplan.plan.scope": {"number": number},
}


def modules():
    """Return the names of all modules of the package."""
    found = (module.name for module in pkgutil.walk_packages(compplan.__path__, "compplan."))
    return ["compplan", *(name for name in found if name != "compplan.__main__")]


def examples(name):
    """Return the docstrings of a module that hold examples."""
    given = GIVEN | OWN.get(name, {})
    return [found for found in doctest.DocTestFinder().find(import_module(name), extraglobs=given) if found.examples]


@pytest.mark.parametrize("name", modules())
def test_examples_in_docstrings_hold(name):
    runner = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE)
    said = []
    for each in examples(name):
        runner.run(each, out=said.append)
    assert not runner.failures, "".join(said)


def test_examples_are_found():
    assert sum(bool(examples(name)) for name in modules()) > 20
