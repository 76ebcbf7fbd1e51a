"""A period: a half-open span of days, `[first, after)`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from compplan.errors import UsageError

_FORMS = (
    (re.compile(r"^(\d{4})$"), "yearly"),
    (re.compile(r"^(\d{4})-Q([1-4])$"), "quarterly"),
    (re.compile(r"^(\d{4})-(\d{2})$"), "monthly"),
    (re.compile(r"^(\d{4})-W(\d{2})$"), "weekly"),
    (re.compile(r"^(\d{4}-\d{2}-\d{2})$"), "daily"),
    (re.compile(r"^(\d{4}-\d{2}-\d{2})/(\d{4}-\d{2}-\d{2})$"), "span"),
)


@dataclass(frozen=True, slots=True)
class Period:
    """A half-open span of days.

    Attributes
    ----------
    name
        How it was written, such as `2026-10`.
    first, after
        The first day, and the day after the last.
    form
        How long it is: daily, weekly, monthly, quarterly, yearly, or a span of its own.
    """

    name: str
    first: date
    after: date
    form: str = "span"

    @property
    def days(self) -> int:
        """Number of days."""
        return (self.after - self.first).days

    @property
    def start(self) -> datetime:
        """Midnight of the first day."""
        return datetime(self.first.year, self.first.month, self.first.day)  # noqa: DTZ001 - plan time has no zone

    @property
    def end(self) -> datetime:
        """Midnight after the last day; not part of the period."""
        return datetime(self.after.year, self.after.month, self.after.day)  # noqa: DTZ001 - plan time has no zone


def read_period(text: str | Period) -> Period:
    """Read a period.

    Parameters
    ----------
    text
        `2026`, `2026-Q4`, `2026-10`, `2026-W41` (ISO week, Monday first), `2026-10-31`, or `first/after` days.

    Raises
    ------
    UsageError
        When the text is none of these, or the span is empty.

    Examples
    --------
    >>> read_period("2026-10").days
    31
    >>> str(read_period("2026-W41").first)
    '2026-10-05'
    """
    if isinstance(text, Period):
        return text
    for pattern, form in _FORMS:
        # digits of other alphabets and a line break at the end are refused
        if isinstance(text, str) and text.isascii() and (match := pattern.fullmatch(text)):
            try:
                first, after = _span(form, match)
            except (ValueError, OverflowError):
                break
            if first < after:
                return Period(text, first, after, form)
    raise UsageError(
        f'"{text}" is not a period; write 2026-10, 2026-W41, 2026-Q4, 2026, 2026-10-31 or 2026-10-01/2026-10-16'
    )


def _span(form: str, match: re.Match[str]) -> tuple[date, date]:
    if form == "yearly":
        return date(int(match[1]), 1, 1), date(int(match[1]) + 1, 1, 1)
    if form == "quarterly":
        first = date(int(match[1]), 3 * int(match[2]) - 2, 1)
        return first, _months_later(first, 3)
    if form == "monthly":
        first = date(int(match[1]), int(match[2]), 1)
        return first, _months_later(first, 1)
    if form == "weekly":
        first = date.fromisocalendar(int(match[1]), int(match[2]), 1)
        return first, first + timedelta(days=7)
    first = date.fromisoformat(match[1])
    return first, date.fromisoformat(match[2]) if form == "span" else first + timedelta(days=1)


def _months_later(day: date, months: int) -> date:
    years, month = divmod(day.month - 1 + months, 12)
    return date(day.year + years, month + 1, 1)
