"""Words for how far quantities look back, shared by those that remember."""

from datetime import date
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from compplan.plan.located import Hinted
from compplan.plan.times import Day
from compplan.plan.values import Model, Whole

SPAN_WORDS = ("all", "year", "half_year", "quarter", "month")
LAST_WORDS = ("last_year", "last_half_year", "last_quarter", "last_month")
LONGEST = 60
"""Periods that can be kept one by one: a bit each in one number, or a column each."""


def _span(value: Any) -> Any:
    if isinstance(value, str) and value not in SPAN_WORDS:
        raise Hinted(f'"{value}" is not a number of periods', f"write a number, or one of {', '.join(SPAN_WORDS)}")
    return value


Span = Annotated[
    Annotated[Whole, Field(ge=1, le=LONGEST)] | Literal["all", "year", "half_year", "quarter", "month"],
    BeforeValidator(_span),
]


class Dates(Model):
    """The periods that begin in a span of days, such as those of a campaign."""

    first: Day = Field(alias="from", description="The first day.")
    last: Day = Field(alias="to", description="The last day.")

    @model_validator(mode="after")
    def _ascend(self) -> Self:
        if self.first > self.last:
            raise Hinted("the last day is before the first", "write the first one first", ("to",))
        return self

    def __str__(self) -> str:
        return f"{self.first} to {self.last}"

    def has(self, day: date) -> bool:
        """Tell whether a day is one of them."""
        return self.first <= day <= self.last


def _longer(value: Any) -> Any:
    if isinstance(value, (dict, Dates)) or value in LAST_WORDS:
        return value
    if isinstance(value, str) and value not in SPAN_WORDS:
        known = ", ".join((*SPAN_WORDS, *LAST_WORDS))
        raise Hinted(f'"{value}" is not a number of periods', f"write a number, or one of {known}")
    return value


LongSpan = Annotated[
    Annotated[Whole, Field(ge=1, le=LONGEST)]
    | Literal[
        "all", "year", "half_year", "quarter", "month", "last_year", "last_half_year", "last_quarter", "last_month"
    ]
    | Dates,
    BeforeValidator(_longer),
]


def is_last(span: Any) -> bool:
    """Tell whether a look back is at the calendar month, quarter, half-year or year before."""
    return span in LAST_WORDS


def calendar_of(span: Any) -> str:
    """Return the unit of a calendar look back."""
    return str(span).removeprefix("last_")


def span_text(span: Any, *, this_period: bool) -> str:
    """Return a look back in plain language.

    Examples
    --------
    >>> span_text(3, this_period=True), span_text("year", this_period=False)
    ('this period and the 2 before', 'the earlier periods of this year')
    """
    if span == "all":
        return "all periods so far" if this_period else "all earlier periods"
    if isinstance(span, Dates):
        return f"the{'' if this_period else ' earlier'} periods that begin from {span}"
    if is_last(span):
        unit = calendar_of(span).replace("_", "-")
        return f"the periods of the {unit} before this {unit}"
    if isinstance(span, str):
        span = span.replace("_", "-")
        return f"the periods of this {span} so far" if this_period else f"the earlier periods of this {span}"
    if this_period:
        return "this period" + (f" and the {span - 1} before" if span > 1 else "")
    return "the period before" if span == 1 else f"the {span} periods before"


def has_calendar(span: Any) -> bool:
    """Tell whether a look back ends where a month, quarter, half-year or year begins, or a campaign."""
    return span in SPAN_WORDS[1:] or is_last(span) or isinstance(span, Dates)


def is_number(span: Any) -> bool:
    """Tell whether a look back is a number of periods, which are then kept one by one."""
    return isinstance(span, int)
