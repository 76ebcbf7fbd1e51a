"""What the weeks or days of a period measured, as one number of the period."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field

from compplan.plan.findings import Finding, Found
from compplan.plan.values import Name, RoundingMode, Whole
from compplan.plan.wording import MODES
from compplan.quantities.base import Quantity, register

if TYPE_CHECKING:
    from compplan.periods.parts import Length
    from compplan.plan.scope import Scope
    from compplan.program.builder import Builder


@register
class OverParts(Quantity):
    """The sum, average or largest of a quantity over the weeks or days of the period."""

    word: ClassVar[str] = "over_parts"
    example: ClassVar[str] = """\
best_week: {over_parts: week_sales, take: largest}
"""

    over_parts: Name = Field(description="A quantity that is measured week by week, or day by day.")
    take: Literal["sum", "average", "largest"] = Field("sum", description="What is made of the weeks or days.")
    decimals: Whole | None = Field(
        None, ge=0, le=9, description="Digits that an average is rounded to; those of its quantity when left out."
    )
    rounding: RoundingMode = Field("half_up", description="How an average is rounded.")

    def targets(self) -> Iterator[tuple[str, str]]:
        yield "over_parts", self.over_parts

    def length(self, scope: "Scope") -> "Length":
        del scope
        return "period"

    def scale(self, scope: "Scope") -> int:
        return scope.scale(self.over_parts) if self.decimals is None else self.decimals

    def findings(self, name: str, scope: "Scope") -> Found:
        if scope.lengths.of(self.over_parts) == "period":
            message = f'"{name}" is over weeks, but {self.over_parts} is measured once'
            yield Finding(("over_parts",), message, "measure it with over: week, or name another quantity")

    def compile(self, name: str, builder: "Builder") -> None:
        from compplan.program.parts import OverPartsPass  # noqa: PLC0415 - the language loads no NumPy

        scope, target = builder.plan.scope, self.over_parts
        builder.of_parts(scope.lengths.of(target), lambda part: part.quantity(target), late=scope.lengths.is_late(self))
        builder.add(OverPartsPass((name,), (), self, target, scope.lengths.of(target), scope.scale(name)))

    def describe(self) -> str:
        digits = f", rounded {MODES[self.rounding]} to {self.decimals} digits" if self.decimals is not None else ""
        return f"{self.take} of {self.over_parts} over the weeks or days of the period{digits}"
