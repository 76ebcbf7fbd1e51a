"""The weeks and days that a longer period is made of, and which of them belong to it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Literal

from compplan.errors import UsageError
from compplan.periods.period import Period, read_period

if TYPE_CHECKING:
    from compplan.plan.sections import Weeks

Length = Literal["period", "week", "day"]
"""How long a quantity or a bonus is measured: the run's own period, or a part of it."""

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def parts_of(period: Period, length: Length, weeks: Weeks | None) -> tuple[Period, ...]:
    """Return the weeks or days of a period, in order.

    Parameters
    ----------
    period
        The period of the run.
    length
        `week` or `day`; the period itself is its only part of length `period`.
    weeks
        When weeks start, and to which period one belongs that lies in two; needed for `week`.

    Examples
    --------
    >>> from compplan.periods.period import read_period
    >>> from compplan.plan.sections import Weeks
    >>> [week.name for week in parts_of(read_period("2026-10"), "week", Weeks(belong="last_day"))]
    ['2026-W40', '2026-W41', '2026-W42', '2026-W43']
    >>> [week.name for week in parts_of(read_period("2026-10"), "week", Weeks(belong="cut"))][0]
    '2026-10-01/2026-10-05'
    """
    if length == "period":
        return (period,)
    if length == "day":
        days = (period.first + timedelta(days=n) for n in range(period.days))
        return tuple(Period(day.isoformat(), day, _later(day, 1), "daily") for day in days)
    assert weeks is not None  # noqa: S101 - the plan is refused without
    if not (spans := _spans(period, weeks)):
        raise UsageError(f"no week belongs to {period.name}: run a longer period")
    return tuple(_week(*span) for span in spans)


def _spans(period: Period, weeks: Weeks) -> list[tuple[date, date]]:
    """Return first day and day after of every week that belongs to a period."""
    offset = (period.first.weekday() - DAYS.index(weeks.start)) % 7
    firsts = [period.first - timedelta(days=offset)]
    while firsts[-1] < period.after:
        firsts.append(_later(firsts[-1], 7))
    spans = [(first, _later(first, 7)) for first in firsts]
    if weeks.belong == "cut":
        cut = ((max(first, period.first), min(after, period.after)) for first, after in spans)
        return [(first, after) for first, after in cut if first < after]
    decides = {"first_day": 0, "most_days": 3, "last_day": 6}[weeks.belong]
    return [span for span in spans if period.first <= _later(span[0], decides) < period.after]


def _week(first: date, after: date) -> Period:
    year, number, day = first.isocalendar()
    whole = day == 1 and (after - first).days == 7
    return Period(f"{year}-W{number:02}" if whole else f"{first}/{after}", first, after, "weekly")


def _later(day: date, days: int) -> date:
    return day + timedelta(days=days)


def months_with(week: Period, weeks: Weeks) -> list[tuple[str, list[str]]]:
    """Return the months whose run has the days of a week in one of its weeks, and the names of these.

    Examples
    --------
    >>> from compplan.periods.period import read_period
    >>> from compplan.plan.sections import Weeks
    >>> months_with(read_period("2026-W40"), Weeks(belong="last_day"))
    [('2026-10', ['2026-W40'])]
    >>> months_with(read_period("2026-W40"), Weeks(belong="cut"))
    [('2026-09', ['2026-09-28/2026-10-01']), ('2026-10', ['2026-10-01/2026-10-05'])]
    """
    found = []
    days = (week.first - timedelta(days=6), week.first, _later(week.after, 5))  # weeks may start on another day
    for name in dict.fromkeys(f"{day:%Y-%m}" for day in days):
        parts = parts_of(read_period(name), "week", weeks)
        if rows := [part.name for part in parts if part.first < week.after and week.first < part.after]:
            found.append((name, rows))
    return found


def own_days(period: Period, weeks: Weeks | None) -> Period:
    """Return the days whose orders a period counts itself: the calendar's, or those of its weeks.

    Examples
    --------
    >>> from compplan.periods.period import read_period
    >>> from compplan.plan.sections import Weeks
    >>> october = own_days(read_period("2026-10"), Weeks(belong="last_day", period="weeks"))
    >>> str(october.first), str(october.after)
    ('2026-09-28', '2026-10-26')
    """
    if weeks is None or weeks.period == "calendar":
        return period
    own = parts_of(period, "week", weeks)
    return Period(period.name, own[0].first, own[-1].after, period.form)
