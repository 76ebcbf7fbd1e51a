"""Retail bonus: a distributor's share of what his own customers, or he himself, bought."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import Field

from compplan.bonuses.base import Bonus, register
from compplan.plan.values import Name, Number, RateTable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from compplan.program.builder import Builder


@register
class Retail(Bonus):
    """A rate on a volume that is the member's own: customers' orders credited to him, or his own orders."""

    family: ClassVar[str] = "retail"

    kind: Literal["retail"] = Field(description="Pays a rate on the member's own volume.")
    of: Name = Field(
        description="The volume that is paid on, such as a sum of orders with credit: distributor."
    )
    rates: RateTable = Field(description="One rate, or one for each `rates_by` key.")
    rates_by: str = Field(
        "paid_as",
        description="What the keys of rates are: paid_as, rank, title, a quantity (thresholds), or member.<field>.",
    )
    payment: Literal["period", "order"] = Field(
        "period", description="What one payment is: the period's volume, or each order."
    )
    money_per_point: Number = Field(
        1, ge=0, description="Money for one point of the volume.", validate_default=True
    )

    def quantities(self) -> Iterator[tuple[tuple[str, ...], str]]:
        yield ("of",), self.of

    def tables(self) -> Iterator[tuple[tuple[str, ...], str, Any]]:
        yield from super().tables()
        yield ("rates",), self.rates_by, self.rates

    def compile(self, name: str, builder: Builder) -> None:
        from compplan.bonuses.own_tier.compile import compile_retail  # noqa: PLC0415 - the language loads no NumPy

        compile_retail(name, self, builder)

    def describe(self, name: str) -> list[str]:
        from compplan.plan.describe import retail  # noqa: PLC0415 - needed only where it is asked for

        return retail(name, self)
