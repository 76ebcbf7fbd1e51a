"""Computations over quantities, exact to the last digit."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar

from pydantic import Field

from compplan.plan import expression as ex
from compplan.plan.expression.kinds import natural_scale
from compplan.plan.values import ConditionText, RoundingMode, Whole
from compplan.plan.wording import MODES, words
from compplan.quantities.base import Quantity, register

if TYPE_CHECKING:
    from compplan.plan.scope import Scope
    from compplan.program.builder import Builder


@register
class Compute(Quantity):
    """An exact computation over quantities."""

    word: ClassVar[str] = "compute"
    conditions: ClassVar[tuple[str, ...]] = ("where",)
    example: ClassVar[str] = """\
points: {compute: pv * 0.8 + cv}
shares: {compute: "1", where: pv >= 500}
paid_quarterly: {compute: pv, where: quarter_ends}
daily: {compute: pv / days_in_period, decimals: 2}
"""

    compute: ConditionText = Field(
        description="Numbers, quantities, days_in_period, + - * /, min and max; a division by a quantity of zero "
        "gives 0."
    )
    where: ConditionText | None = Field(None, description="Only of members who meet this; 0 for all others.")
    decimals: Whole | None = Field(
        None, ge=0, le=9, description="Digits to round to; needed where a division may not end."
    )
    rounding: RoundingMode = Field("half_up", description="How it is rounded to `decimals`.")

    def computations(self) -> Iterator[tuple[str, str]]:
        yield "compute", self.compute

    def company_wide(self, scope: "Scope") -> bool:
        names = ex.names(ex.parse(self.compute)) - {"days_in_period"}
        wide = (name in scope.rules and scope.rules[name].company_wide(scope) for name in names)
        return self.where is None and bool(names) and all(wide)

    def scale(self, scope: "Scope") -> int:
        return self.decimals if self.decimals is not None else natural_scale(ex.parse(self.compute), scope)

    def compile(self, name: str, builder: "Builder") -> None:
        from compplan.program.passes import ComputePass  # noqa: PLC0415 - the language loads no NumPy

        reads = builder.names(ex.parse(self.compute))
        where = builder.condition(self.where) if self.where else None
        reads = (*reads, *filter(None, (where,)))
        builder.add(ComputePass((name,), reads, self, builder.plan.scope.scale(name), where))

    def describe(self) -> str:
        digits = f", rounded {MODES[self.rounding]} to {self.decimals} digits" if self.decimals is not None else ""
        where = f" of members with {words(self.where)}, else 0" if self.where is not None else ""
        return f"{words(self.compute)}{digits}{where}"
