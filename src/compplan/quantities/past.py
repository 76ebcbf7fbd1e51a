"""Words for how far quantities look back, shared by those that remember."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from compplan.plan.located import Hinted
from compplan.plan.values import Whole

SPAN_WORDS = ("all", "year", "quarter", "month")
LONGEST = 60
"""Periods that can be kept one by one: a bit each in one number, or a column each."""


def _span(value: Any) -> Any:
    if isinstance(value, str) and value not in SPAN_WORDS:
        raise Hinted(f'"{value}" is not a number of periods', f"write a number, or one of {', '.join(SPAN_WORDS)}")
    return value


Span = Annotated[
    Annotated[Whole, Field(ge=1, le=LONGEST)] | Literal["all", "year", "quarter", "month"], BeforeValidator(_span)
]


def span_text(span: Any, *, this_period: bool) -> str:
    """Return a look back in plain language.

    Examples
    --------
    >>> span_text(3, this_period=True), span_text("year", this_period=False)
    ('this period and the 2 before', 'the earlier periods of this year')
    """
    if span == "all":
        return "all periods so far" if this_period else "all earlier periods"
    if isinstance(span, str):
        return f"the periods of this {span} so far" if this_period else f"the earlier periods of this {span}"
    if this_period:
        return "this period" + (f" and the {span - 1} before" if span > 1 else "")
    return "the period before" if span == 1 else f"the {span} periods before"


def has_calendar(span: Any) -> bool:
    """Tell whether a look back ends where a month, quarter or year begins."""
    return span in ("year", "quarter", "month")


def is_number(span: Any) -> bool:
    """Tell whether a look back is a number of periods, which are then kept one by one."""
    return span is not None and span not in SPAN_WORDS
