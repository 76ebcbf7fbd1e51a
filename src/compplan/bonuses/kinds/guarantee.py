"""Guarantee: what is missing to a minimum that some bonuses must pay together."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import Field

from compplan.bonuses.base import Bonus
from compplan.bonuses.own_pay import OwnPay
from compplan.bonuses.registry import register
from compplan.plan.tables import AmountTable, Keys
from compplan.plan.wording import money, table

if TYPE_CHECKING:
    from compplan.program.builder import Builder


@register
class Guarantee(OwnPay):
    """Tops up what a member is paid by other bonuses to a minimum."""

    family: ClassVar[str] = "guarantee"
    example: ClassVar[str] = """\
own: {kind: retail, of: sales, rates: 20%}
at_least: {kind: guarantee, of: own, amounts: {bronze: 100, silver: 500}, pay_when: active}
"""

    kind: Literal["guarantee"] = Field(description="Pays what other bonuses lack to a minimum.")
    amounts: AmountTable = Field(description="The minimum: one amount, or one for each `rates_by` key.")
    rates_by: Keys = Field(
        "paid_as",
        description="What the keys of amounts are: paid_as, rank, title, a quantity (thresholds), or member.<field>.",
    )

    below_zero: Literal["owed", "topped_up"] = Field(
        "owed",
        description="What becomes of pay below zero, such as what returns take back: it counts as nothing and stays "
        "owed, or is made good before the minimum is paid.",
    )

    def tables(self) -> Iterator[tuple[tuple[str, ...], str | tuple[str, ...], Any]]:
        yield from Bonus.tables(self)
        yield ("amounts",), self.rates_by, self.amounts

    def compile(self, name: str, builder: "Builder") -> None:
        from compplan.bonuses.own_tier.on_pay import compile_guarantee  # noqa: PLC0415 - the language loads no NumPy

        compile_guarantee(name, self, builder)

    def describe(self, name: str) -> list[str]:
        del name
        amounts = table(self.amounts, self.rates_by, money)
        return [f"What {self.named} pays a member is topped up to {amounts}{_BELOW_ZERO[self.below_zero]}."]


_BELOW_ZERO = {"owed": "; what is taken back stays owed", "topped_up": "; what is taken back is made good"}
