"""Caps as integers: of one member, of the positions of one owner, of more money than there is, over a longer span."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from compplan.bonuses.books.caps import UNCAPPED, Cap, Starts, in_order, pro_rata, span_of
from compplan.bonuses.prepare.gates import caps


def work_of(classes, owners=()):
    """A workspace with the columns that a cap reads."""
    texts = {"owner": (np.array(owners, np.int32), [])}
    return SimpleNamespace(columns={"class": np.array(classes, np.int16)}, texts=texts)


def test_caps_of_members_by_their_class():
    cap = Cap("class", (Decimal("10.50"), Decimal(10**20)), "bonus")
    assert caps(cap, 2, work_of([1, -1, 0])).most.tolist() == [UNCAPPED, UNCAPPED, 1050]
    assert caps(None, 2, work_of([])) is None


@pytest.mark.parametrize(("cut", "expected"), [("pro_rata", [250, 40, 250, 80]), ("in_order", [300, 40, 200, 80])])
def test_one_cap_over_the_positions_of_an_owner(cut, expected):
    """300 and 300 of owner 0 become 250 and 250 under a cap of 500; nobody shares the owner of the others."""
    cap = Cap("class", (Decimal(500), Decimal(80)), "bonus", over="member.owner", cut=cut)
    made = caps(cap, 0, work_of([0, 1, 0, 1], [0, 1, 0, -1]))
    assert made.cut(np.array([300, 40, 300, 90])).tolist() == expected


@given(st.lists(st.integers(-50, 1000), min_size=1, max_size=6), st.integers(0, 3000))
def test_shares_of_a_cap_come_to_the_cap(pay, most):
    if sum(pay) > most:
        for share in (pro_rata, in_order):
            shares = share(pay, most)
            assert sum(shares) == most
            assert all(left <= before for left, before in zip(shares, pay, strict=True))


def test_spans_begin_on_mondays_and_first_days():
    day = date(2026, 11, 19)
    starts = [date.fromordinal(span_of(day, per)) for per in ("period", "week", "month", "quarter", "year")]
    assert starts == [day, date(2026, 11, 16), date(2026, 11, 1), date(2026, 10, 1), date(2026, 1, 1)]


@pytest.mark.parametrize(
    ("month", "quarter", "year"),
    [(9, (2026, 9, 1), (2026, 9, 1)), (12, (2026, 9, 1), (2025, 12, 1)), (11, (2026, 11, 1), (2026, 11, 1))],
)
def test_years_and_their_quarters_begin_with_a_month_and_weeks_with_a_day(month, quarter, year):
    day, starts = date(2026, 11, 19), Starts(weekday=6, month=month)
    found = [date.fromordinal(span_of(day, per, starts)) for per in ("week", "month", "quarter", "year")]
    assert found == [date(2026, 11, 15), date(2026, 11, 1), date(*quarter), date(*year)]
    assert span_of(day, "all", starts) == span_of(date(1999, 1, 1), "all")
