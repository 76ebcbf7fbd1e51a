"""Retail bonus: a distributor's share of what his own customers, or he himself, bought."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import Field

from compplan.bonuses.base import Bonus, register
from compplan.plan.values import Keys, Name, Number, RateTable
from compplan.plan.wording import percent, points, table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from compplan.program.builder import Builder


@register
class Retail(Bonus):
    """A rate on a volume that is the member's own: customers' orders credited to him, or his own orders."""

    family: ClassVar[str] = "retail"
    example: ClassVar[str] = """\
retail: {kind: retail, of: sales, rates: 20%}
own_orders: {kind: retail, of: pv, payment: order, rates_by: pv, rates: {0: 2%, 200: 3%}}
"""

    kind: Literal["retail"] = Field(description="Pays a rate on the member's own volume.")
    of: Name = Field(
        description="The volume that is paid on, such as a sum of orders with credit: distributor."
    )
    rates: RateTable = Field(description="One rate, or one for each `rates_by` key.")
    rates_by: Keys = Field(
        "paid_as",
        description=(
            "What the keys of rates are: paid_as, rank, title, a quantity (thresholds), or member.<field>; "
            "a list of these where the table is nested."
        ),
    )
    payment: Literal["period", "order"] = Field(
        "period", description="What one payment is: the period's volume, or each order."
    )
    money_per_point: Number = Field(
        1, ge=0, description="Money for one point of the volume.", validate_default=True
    )

    def quantities(self) -> Iterator[tuple[tuple[str, ...], str]]:
        yield ("of",), self.of

    def tables(self) -> Iterator[tuple[tuple[str, ...], str | tuple[str, ...], Any]]:
        yield from super().tables()
        yield ("rates",), self.rates_by, self.rates

    def compile(self, name: str, builder: Builder) -> None:
        from compplan.bonuses.own_tier.compile import compile_retail  # noqa: PLC0415 - the language loads no NumPy

        compile_retail(name, self, builder)

    def describe(self, name: str) -> list[str]:
        del name
        what = "each order" if self.payment == "order" else "the period's sum"
        rates = table(self.rates, self.rates_by, percent)
        return [f"A member gets {rates} of his own {self.of}, on {what}.", *points(self.of, self.money_per_point)]
