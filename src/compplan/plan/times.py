"""Days and spans of time in a plan."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any, Literal

from compplan.plan.located import Hinted
from compplan.plan.values import Form
from compplan.records import Record

_SPAN = re.compile(r"^(?P<count>\d+) (?P<unit>days?|calendar months?|month ends?)$")
_UNITS: dict[str, Literal["days", "months", "month_ends"]] = {"d": "days", "c": "months", "m": "month_ends"}
_UNIT_WORDS = {"days": "days", "months": "calendar months", "month_ends": "month ends"}


class Span(Record):
    """A length of time: days, calendar months, or until so many ends of a month have passed."""

    count: int
    unit: Literal["days", "months", "month_ends"]

    def __str__(self) -> str:
        unit = _UNIT_WORDS[self.unit]
        return f"{self.count} {unit}" if self.count != 1 else f"1 {unit[:-1]}"


def _span(value: Any) -> Span:
    if isinstance(value, Span):
        return value
    match = _SPAN.match(str(value).strip())
    if not match:
        raise Hinted(f'"{value}" is not a span of time', 'write "60 days", "3 calendar months" or "3 month ends"')
    if not 1 <= int(match["count"]) <= 36_500:
        raise Hinted(f'"{value}" is not a usable span of time', "from 1 to 36,500")
    return Span(count=int(match["count"]), unit=_UNITS[match["unit"][0]])


def day(value: Any) -> date:
    """Read a day, such as 2026-03-31.

    Examples
    --------
    >>> str(day("2026-03-31"))
    '2026-03-31'
    """
    if isinstance(value, date):
        return value
    text = str(value).strip()
    try:
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, re.ASCII):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise Hinted(f'"{value}" is not a day', "write year, month and day: 2026-03-31")


Day = Annotated[date, Form(day, whole=True, json={"type": "string", "title": "Day", "examples": ["2026-03-31"]})]

SpanText = Annotated[
    Span,
    Form(
        _span,
        whole=True,
        json={"type": "string", "title": "Span of time", "examples": ["60 days", "3 calendar months", "3 month ends"]},
    ),
]
