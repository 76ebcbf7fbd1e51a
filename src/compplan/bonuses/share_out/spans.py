"""The week, month, quarter or year that a period belongs to."""

from __future__ import annotations

from datetime import date, timedelta


def span_of(day: date, over: str) -> int:
    """Return the number of the day on which the span of a day begins; a period belongs to the span of its first day.

    Examples
    --------
    >>> date.fromordinal(span_of(date(2026, 11, 8), "quarter"))
    datetime.date(2026, 10, 1)
    """
    match over:
        case "week":
            return (day - timedelta(days=day.weekday())).toordinal()
        case "month":
            return day.replace(day=1).toordinal()
        case "quarter":
            return date(day.year, 1 + 3 * ((day.month - 1) // 3), 1).toordinal()
        case "year":
            return date(day.year, 1, 1).toordinal()
    return day.toordinal()
