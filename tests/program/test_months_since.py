"""The volume `months_since`: calendar months from a date of the member's."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import compplan as cp

PLAN = """\
compplan: 1
name: Months
currency: USD
period: monthly
rounding: {mode: half_up, at: payment}
trees:
  sponsor: {parent: sponsor_id}
volumes:
  months: {months_since: member.since}
  of_year: {months_since: member.since, cycle: 12}
"""
NEVER = 1_000_000


def months(plan, since, period):
    people = [{"member_id": i, "sponsor_id": None, "since": day} for i, day in enumerate(since)]
    return [(row["months"], row["of_year"]) for row in cp.run(plan, people, period=period).members.rows()]


@pytest.fixture(scope="module")
def plan():
    return cp.load_plan(PLAN)


def test_the_month_counts_and_not_the_day(plan):
    since = [date(2026, 10, 31), date(2026, 10, 1), date(2026, 9, 30), date(2025, 10, 15), date(2026, 11, 1), None]
    expected = [(0, 0), (0, 0), (1, 1), (12, 0), (NEVER, NEVER), (NEVER, NEVER)]
    assert months(plan, since, "2026-10") == expected


@settings(deadline=None, max_examples=30)
@given(st.lists(st.dates(date(1931, 1, 1), date(2030, 12, 31)), min_size=1, max_size=8), st.integers(1, 12))
def test_months_of_any_dates(since, month):
    plan = cp.load_plan(PLAN)
    own = [12 * (2026 - day.year) + month - day.month for day in since]
    expected = [(each, each % 12) if each >= 0 else (NEVER, NEVER) for each in own]
    assert months(plan, since, f"2026-{month:02}") == expected
