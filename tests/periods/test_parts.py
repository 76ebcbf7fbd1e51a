"""Weeks and days of a period: every day belongs to one week, and every week to one period."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compplan.errors import UsageError
from compplan.periods.parts import DAYS, own_days, parts_of
from compplan.periods.period import Period, read_period
from compplan.plan.sections import Weeks


def months(year: int) -> list[Period]:
    return [read_period(f"{year}-{month:02}") for month in range(1, 13)]


starts = st.sampled_from(DAYS)
belongs = st.sampled_from(["first_day", "most_days", "last_day"])


@settings(max_examples=30, deadline=None)
@given(st.integers(1990, 2040), starts, belongs)
def test_whole_weeks_follow_each_other_through_the_months(year: int, start: str, belong: str) -> None:
    weeks = [w for month in months(year) for w in parts_of(month, "week", Weeks(start=start, belong=belong))]
    assert all(week.days == 7 and week.first.weekday() == DAYS.index(start) for week in weeks)
    assert all(one.after == other.first for one, other in pairwise(weeks))
    assert len({week.name for week in weeks}) == len(weeks)


@settings(max_examples=30, deadline=None)
@given(st.integers(1990, 2040), st.integers(0, 11), starts)
def test_cut_weeks_are_the_days_of_the_month(year: int, month: int, start: str) -> None:
    whole = months(year)[month]
    weeks = parts_of(whole, "week", Weeks(start=start, belong="cut"))
    assert weeks[0].first == whole.first
    assert weeks[-1].after == whole.after
    assert all(one.after == other.first for one, other in pairwise(weeks))
    assert all(week.first.weekday() == DAYS.index(start) for week in weeks[1:])


@pytest.mark.parametrize(
    ("belong", "expected"),
    [
        ("first_day", ["2026-W41", "2026-W42", "2026-W43", "2026-W44"]),
        ("most_days", ["2026-W40", "2026-W41", "2026-W42", "2026-W43", "2026-W44"]),
        ("last_day", ["2026-W40", "2026-W41", "2026-W42", "2026-W43"]),
    ],
)
def test_october_2026_begins_on_a_thursday_and_ends_on_a_saturday(belong: str, expected: list[str]) -> None:
    # by the calendar: W40 is 28 September to 4 October, W44 is 26 October to 1 November
    assert [week.name for week in parts_of(read_period("2026-10"), "week", Weeks(belong=belong))] == expected


def test_weeks_that_are_no_iso_weeks_are_named_by_their_days() -> None:
    weeks = parts_of(read_period("2026-10"), "week", Weeks(start="sunday", belong="last_day"))
    assert weeks[0].name == "2026-09-27/2026-10-04"


def test_days_of_a_month() -> None:
    days = parts_of(read_period("2024-02"), "day", None)
    assert [day.first for day in days] == [date(2024, 2, 1) + timedelta(days=n) for n in range(29)]
    assert read_period(days[28].name) == days[28]


def test_a_period_of_weeks_has_their_days() -> None:
    weeks = Weeks(belong="first_day", period="weeks")
    october = own_days(read_period("2026-10"), weeks)
    assert (october.name, october.first, october.after) == ("2026-10", date(2026, 10, 5), date(2026, 11, 2))
    assert own_days(read_period("2026-10"), Weeks(belong="cut")) == read_period("2026-10")


def test_a_period_without_a_week_is_refused() -> None:
    with pytest.raises(UsageError, match="no week belongs to"):
        parts_of(read_period("2026-10-06/2026-10-08"), "week", Weeks(belong="last_day"))
