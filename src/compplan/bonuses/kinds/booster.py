"""Booster: a member's own pay of other bonuses, paid a second time in part: a multiplier on them."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import Field

from compplan.bonuses.base import Bonus
from compplan.bonuses.own_pay import OwnPay
from compplan.bonuses.registry import register
from compplan.plan.tables import Keys, RateTable
from compplan.plan.wording import percent, table

if TYPE_CHECKING:
    from compplan.program.builder import Builder


@register
class Booster(OwnPay):
    """A rate on what the same member is paid by other bonuses; 100% doubles them."""

    family: ClassVar[str] = "booster"
    example: ClassVar[str] = """\
own: {kind: retail, of: sales, rates: 20%}
double: {kind: booster, of: own, rates: 100%, pay_when: active}
"""

    kind: Literal["booster"] = Field(description="Pays a rate on the member's own pay of other bonuses.")
    rates: RateTable = Field(
        description="One rate, or one for each `rates_by` key; 100% doubles, 50% makes one and a half."
    )
    rates_by: Keys = Field(
        "paid_as",
        description="What the keys of rates are: paid_as, rank, title, a quantity (thresholds), or member.<field>.",
    )

    def tables(self) -> Iterator[tuple[tuple[str, ...], str | tuple[str, ...], Any]]:
        yield from Bonus.tables(self)
        yield ("rates",), self.rates_by, self.rates

    def compile(self, name: str, builder: "Builder") -> None:
        from compplan.bonuses.own_tier.on_pay import compile_booster  # noqa: PLC0415 - the language loads no NumPy

        compile_booster(name, self, builder)

    def describe(self, name: str) -> list[str]:
        del name
        rates = table(self.rates, self.rates_by, percent)
        return [f"A member gets {rates} on top of what {self.named} pays him."]
