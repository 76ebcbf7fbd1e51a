"""Payouts: minimum, deductions, debts and splits, against a twin that pays one member after the other."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from compplan.periods.payables import Take, Terms, pay_out
from naive import payables as naive

MODES = ("half_up", "half_even", "half_down", "toward_zero", "away_from_zero", "floor", "ceiling")


@st.composite
def payouts(draw):
    """Return members, and the same terms for the engine and for the twin."""
    n = draw(st.integers(1, 6))
    sums = st.integers(-500, 3_000)
    earned, carried = ([draw(sums) for _ in range(n)] for _ in range(2))
    who = [draw(st.booleans()) for _ in range(n)]
    takes, plain = [], []
    for name in ("tax", "fee")[: draw(st.integers(0, 2))]:
        rates, above = draw(st.booleans()), draw(st.integers(-1, 900))
        value = draw(st.integers(0, 60 if rates else 700))
        of = np.zeros(n, np.int16), np.ones(n, np.bool_), np.array([value], np.int64)
        takes.append(Take(name, *of, 100 if rates else None, above))
        plain.append((name, Fraction(value, 100) if rates else None, value, above))
    cuts = sorted([0, 100, *draw(st.lists(st.integers(0, 100), max_size=3))])
    shares = {f"to_{at}": high - low for at, (low, high) in enumerate(pairwise(cuts))}
    shares = shares if draw(st.booleans()) else {}
    minimum, forgiven = draw(st.integers(0, 800)), draw(st.booleans())
    fast = Terms(2, minimum, np.array(who), forgiven, takes, shares, 100)
    slow = {
        "minimum": minimum,
        "forgiven": forgiven,
        "takes": plain,
        "shares": {name: Fraction(share, 100) for name, share in shares.items()},
    }
    return earned, carried, who, fast, slow


@settings(max_examples=50, deadline=None)
@given(payouts(), st.sampled_from(MODES))
def test_payouts_are_those_of_the_twin(drawn, mode):
    earned, carried, who, fast, slow = drawn
    found = pay_out(np.array(earned), np.array(carried), fast, mode)
    for at, (now, before, can) in enumerate(zip(earned, carried, who, strict=True)):
        paid, withheld, written_off, deducted, parts = naive.pay_out(now, before, {**slow, "can_be_paid": can}, mode)
        assert (found.paid[at], found.withheld[at]) == (paid, withheld)
        assert (0 if found.written_off is None else found.written_off[at]) == written_off
        assert {name: int(column[at]) for name, column in found.deducted.items()} == deducted
        assert {name: int(column[at]) for name, column in found.split.items()} == parts
