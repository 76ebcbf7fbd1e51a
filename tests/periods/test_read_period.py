"""Every way to write a period, and what is refused."""

from __future__ import annotations

import calendar
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

import compplan as cp
from compplan.periods.period import Period, read_period

years = st.integers(1, 9998)


@pytest.mark.parametrize(
    ("text", "first", "after"),
    [
        ("2026", "2026-01-01", "2027-01-01"),
        ("2026-Q1", "2026-01-01", "2026-04-01"),
        ("2026-Q4", "2026-10-01", "2027-01-01"),
        ("2026-10", "2026-10-01", "2026-11-01"),
        ("2026-12", "2026-12-01", "2027-01-01"),
        ("2024-02", "2024-02-01", "2024-03-01"),
        ("2026-W01", "2025-12-29", "2026-01-05"),
        ("2026-W53", "2026-12-28", "2027-01-04"),
        ("2026-02-28", "2026-02-28", "2026-03-01"),
        ("2026-12-31", "2026-12-31", "2027-01-01"),
        ("2026-10-01/2026-10-16", "2026-10-01", "2026-10-16"),
        ("2026-12-30/2027-01-02", "2026-12-30", "2027-01-02"),
    ],
)
def test_all_forms(text, first, after):
    period = read_period(text)
    assert (str(period.first), str(period.after), period.name) == (first, after, text)
    assert period.days == (period.after - period.first).days
    assert period.start == datetime.fromisoformat(first)
    assert period.end == datetime.fromisoformat(after)


@given(years, st.integers(1, 12))
def test_months_and_quarters_follow_the_calendar(year, month):
    period = read_period(f"{year:04}-{month:02}")
    assert period.days == calendar.monthrange(year, month)[1]
    quarter = read_period(f"{year:04}-Q{(month + 2) // 3}")
    assert quarter.first <= period.first
    assert period.after <= quarter.after
    assert read_period(f"{year:04}").days == 365 + calendar.isleap(year)


@given(st.dates(date(1, 1, 1), date(9990, 1, 1)))
def test_a_week_is_the_one_of_its_days(day):
    year, week, _ = day.isocalendar()
    period = read_period(f"{year:04}-W{week:02}")
    assert period.first <= day < period.after
    assert (period.first.isoweekday(), period.days) == (1, 7)


@given(st.dates(date(1, 1, 1), date(9990, 1, 1)), st.integers(1, 3000))
def test_days_and_spans(day, length):
    assert read_period(str(day)).first == day
    assert read_period(str(day)).days == 1
    after = day + timedelta(days=length)
    assert read_period(f"{day}/{after}") == Period(f"{day}/{after}", day, after)


def test_a_period_stays_itself():
    period = read_period("2026-10")
    assert read_period(period) is period


@pytest.mark.parametrize(
    "text",
    [
        "", "26", "2026-13", "2026-00", "2026-1", "2026-Q0", "2026-Q5", "2026-W00", "2026-W54", "2025-W53", "2026-W1",
        "2026-02-29", "2026-10-01/2026-10-01", "2026-10-02/2026-10-01", "2026-10-01/2026-10", "october", " 2026-10",
        "0000-10", "2026-10\n", "2026-10-01T00:00", "9999", "9999-12", "9999-Q4", "9999-12-31", "9999-W52",
        "\u0662\u0660\u0662\u0666", "-2026",
    ],
)  # fmt: skip
def test_what_is_no_period_is_refused(text):
    with pytest.raises(cp.UsageError) as caught:
        read_period(text)
    assert "is not a period" in str(caught.value)
    assert "2026-W41" in str(caught.value), "the error shows how a period is written"
