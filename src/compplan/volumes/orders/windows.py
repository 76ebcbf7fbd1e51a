"""Calendar spans from enrolment, and days of the month, in whole microseconds.

A span of days ends that many times 24 hours after the enrolment. A span of calendar months ends on the same
day of a later month at the same time of day; where that month is too short, on its last day. A span of month
ends ends with a month, the first of them with the month of the enrolment. All windows are
half-open: the instant at which a span ends is outside. They open at the midnight of the enrolment's day,
because the first order is often placed a moment before the account that it opens, and an order with a date
only counts as its midnight.

An instant is an int64 of microseconds since 1970-01-01T00:00; `UNKNOWN` stands for no date.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from compplan.arrow.instants import NO_INSTANT as UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from compplan.plan.times import Span

    Instants = NDArray[np.int64]

__all__ = ["UNKNOWN", "on_days", "opening_hours", "span_end"]

DAY = 86_400_000_000
LONGEST_DAYS = 3_652_425  # ten thousand years: no order comes later, and nothing passes 64 bits
LONGEST_MONTHS = 120_000


def span_end(instants: Instants, span: Span) -> Instants:
    """Return when a span from each instant has passed.

    Parameters
    ----------
    instants
        int64[k], microseconds, of the years 1 to 9999.
    span
        Days, calendar months or month ends.

    Examples
    --------
    >>> from compplan.plan.times import Span
    >>> start = np.array(["2024-01-31T15:00"], "M8[us]").view(np.int64)
    >>> span_end(start, Span(count=1, unit="months")).view("M8[us]")
    array(['2024-02-29T15:00:00.000000'], dtype='datetime64[us]')
    """
    if span.unit == "days":
        return instants + min(span.count, LONGEST_DAYS) * DAY
    moments = instants.view("M8[us]")
    days = moments.astype("M8[D]")
    months = days.astype("M8[M]")
    target = months + min(span.count, LONGEST_MONTHS)
    if span.unit == "month_ends":
        return target.astype("M8[us]").view(np.int64)
    last = (target + 1).astype("M8[D]") - target.astype("M8[D]") - np.timedelta64(1, "D")
    day = np.minimum(days - months.astype("M8[D]"), last)
    ends: Instants = (target.astype("M8[D]") + day + (moments - days)).view(np.int64)
    return ends


def opening_hours(enrolled: Instants, inside: Sequence[Span], after: Span | None, period: tuple[int, int]) -> Instants:
    """Return for each member from when and until when his orders of a period count.

    Parameters
    ----------
    enrolled
        int64[n], microseconds.
    inside
        Spans from enrolment that must not have passed; all of them apply.
    after
        A span from enrolment that must have passed.
    period
        The half-open period in microseconds; outside of it the answer means nothing.

    Returns
    -------
    numpy.ndarray
        int64[2 n]: opening and closing instant of member 0, of member 1, and so on; half-open.
    """
    start, stop = period
    hours = np.zeros((enrolled.size, 2), np.int64)
    recent = start - max(map(_longest, [*inside, *([after] if after else [])])) * DAY
    if not inside:
        hours[enrolled <= recent] = period
    # only for the recent does the calendar matter, and for few enough to compute with datetimes
    near = np.flatnonzero((enrolled > recent) & (enrolled < stop + DAY))
    moments = enrolled[near]
    opens, closes = np.full(near.size, start), np.full(near.size, stop)
    for span in inside:
        opens = np.maximum(opens, moments - moments % DAY)
        closes = np.minimum(closes, span_end(moments, span))
    if after:
        opens = np.maximum(opens, span_end(moments, after))
    hours[near] = np.stack([opens, closes], axis=1)
    return hours.reshape(-1)


def _longest(span: Span) -> int:
    """Return a number of days after which a span has passed for certain."""
    return min(span.count * (1 if span.unit == "days" else 31) + 1, LONGEST_DAYS)


def on_days(times: Instants, days: tuple[int, int], period: tuple[int, int]) -> NDArray[np.bool_]:
    """Tell which instants of a period are on the first to second day of a calendar month, both included.

    Examples
    --------
    >>> times = np.array(["2024-02-28", "2024-02-29", "2024-03-01"], "M8[us]").view(np.int64)
    >>> on_days(times, (29, 31), (int(times[0]), int(times[-1]) + 1))
    array([False,  True, False])
    """
    start, stop = (np.datetime64(instant, "us").astype("M8[M]") for instant in period)
    months = np.arange(start, stop + 1)
    first = months.astype("M8[D]")
    following = (months + 1).astype("M8[D]")
    opens = np.minimum(first + (days[0] - 1), following)
    closes = np.minimum(first + days[1], following)
    edges = np.stack([opens, closes], axis=1).astype("M8[us]").view(np.int64).reshape(-1)
    inside: NDArray[np.bool_] = np.searchsorted(edges, times, side="right") % 2 == 1
    return inside
