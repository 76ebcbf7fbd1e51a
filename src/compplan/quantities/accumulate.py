"""Numbers over several periods: what earlier periods measured is kept in the state."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar, Literal, Self

from pydantic import Field, model_validator

from compplan.plan.findings import Finding, Found
from compplan.plan.kept import Kept
from compplan.plan.located import Hinted
from compplan.plan.values import ConditionText, Flag, Name, Number, RoundingMode, Whole, digits
from compplan.plan.wording import MODES, words
from compplan.quantities.base import Quantity, register
from compplan.quantities.past import LongSpan, has_calendar, is_last, is_number, span_text

if TYPE_CHECKING:
    from compplan.plan.scope import Scope
    from compplan.program.builder import Builder
    from compplan.program.passes import Pass


@register
class Accumulate(Quantity):
    """A number over several periods: their sum, average or largest."""

    word: ClassVar[str] = "accumulate"
    conditions: ClassVar[tuple[str, ...]] = ("used_when",)
    example: ClassVar[str] = """\
lifetime: {accumulate: gv, periods: all}
two_months: {accumulate: gv, periods: 2}
this_year: {accumulate: gv, periods: year}
year_before: {accumulate: gv, periods: last_year}
spring_drive: {accumulate: gv, periods: {from: 2026-03-01, to: 2026-05-31}}
usual: {accumulate: gv, periods: 4, take: average, this_period: false, without_history: 10000}
saved: {accumulate: gv, periods: 12, used_when: saved >= 5000}
"""

    accumulate: Name = Field(description="The quantity that is remembered.")
    periods: LongSpan = Field(
        description="How many periods, this one included where it counts; all since the member has a state; those of "
        "the same month, quarter, half_year or year; those of the last_month, last_quarter, last_half_year or "
        "last_year; or those that begin in a campaign, {from: 2026-01-01, to: 2026-03-31}.",
    )
    take: Literal["sum", "average", "largest"] = Field(
        "sum",
        description="What is made of the periods. An average is over the periods that there are.",
    )
    this_period: Flag = Field(default=True, description="Whether the period that is run counts.")
    without_history: Number | None = Field(
        None, description="The value of members of whom no earlier period is known, instead of 0."
    )
    used_when: ConditionText | None = Field(
        None,
        description="After a period in which a member meets this, all that was remembered of him is used up.",
    )
    decimals: Whole | None = Field(
        None, ge=0, le=9, description="Digits that an average is rounded to; those of its quantity when left out."
    )
    rounding: RoundingMode = Field("half_up", description="How an average is rounded.")

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if is_last(self.periods) and self.this_period and "this_period" in self.model_fields_set:
            raise Hinted("this period is not one of the last", "leave it out", ("this_period",))
        if self.without_history is not None and self.sees_now:
            raise Hinted("this period is history too", "add this_period: false", ("without_history",))
        if self.decimals is not None and self.take != "average":
            raise Hinted("only an average is rounded", "leave it out", ("decimals",))
        return self

    @property
    def earlier(self) -> int | None:
        """How many earlier periods are kept one by one; None where one total is kept."""
        return int(self.periods) - bool(self.this_period) if is_number(self.periods) else None  # type: ignore[arg-type]

    @property
    def sees_now(self) -> bool:
        """Whether the period that is run can count."""
        return self.this_period and not is_last(self.periods)

    @property
    def counts_periods(self) -> bool:
        """Whether it must know of how many periods there is anything."""
        return self.take != "sum" or self.without_history is not None

    def targets(self) -> Iterator[tuple[str, str]]:
        yield "accumulate", self.accumulate

    def later(self) -> tuple[str, ...]:
        return ("used_when",) if self.sees_now else ("used_when", "accumulate")

    def scale(self, scope: "Scope") -> int:
        own = scope.scale(self.accumulate) if self.decimals is None else self.decimals
        return own if self.without_history is None else max(own, digits(self.without_history))

    def kept(self, name: str, scope: "Scope") -> Iterator[Kept]:
        scale = scope.scale(self.accumulate)
        whose = ("", "last_") if is_last(self.periods) else ("",)
        if self.earlier is None:
            yield from (Kept(f"{name}:{w}{'largest' if self.take == 'largest' else 'sum'}", scale) for w in whose)
        else:
            yield from (Kept(f"{name}:{number}", scale) for number in range(1, self.earlier + 1))
        if self.counts_periods:
            yield from (Kept(f"{name}:{w}periods") for w in whose)
        if has_calendar(self.periods):
            yield Kept(f"{name}:since", company=True)

    def findings(self, name: str, scope: "Scope") -> Found:
        del scope
        if self.earlier == 0 and not self.used_when:
            message = f'"{name}" would be only {self.accumulate} of this period'
            yield Finding(("periods",), message, "take 2 or more, or all")

    def compile(self, name: str, builder: "Builder") -> None:
        from compplan.program.history import AccumulatePass  # noqa: PLC0415 - the language loads no NumPy

        now = builder.quantity(self.accumulate) if self.sees_now else None
        scale = builder.plan.scope.scale(self.accumulate)
        builder.add(AccumulatePass((name,), (now,) if now else (), self, scale, builder.plan.scope.scale(name)))
        builder.at_end(lambda: self._remember(name, builder))

    def _remember(self, name: str, builder: "Builder") -> "Pass":
        from compplan.program.history import RememberPass  # noqa: PLC0415 - see above

        now = builder.quantity(self.accumulate)
        used = builder.condition(self.used_when) if self.used_when else None
        return RememberPass((f"remember {name}",), (now, *filter(None, (used,))), self, name, used)

    def describe(self) -> str:
        how = {"sum": "sum", "average": "average", "largest": "largest"}[self.take]
        text = f"{how} of {self.accumulate} over {span_text(self.periods, this_period=self.sees_now)}"
        if self.take == "average" and self.decimals is not None:
            text += f", rounded {MODES[self.rounding]} to {self.decimals} digits"
        text += f", {self.without_history:,f} without history" if self.without_history is not None else ""
        return text + (f"; used up after a period with {words(self.used_when)}" if self.used_when else "")
