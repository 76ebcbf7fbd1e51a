"""Bonuses that pay rates of a volume, or fixed money instead."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from pydantic import model_validator

from compplan.bonuses.base import Bonus
from compplan.plan.located import Hinted
from compplan.plan.rates_or_amounts import RatesOrAmounts

if TYPE_CHECKING:
    from collections.abc import Iterator


class TablePaid(RatesOrAmounts, Bonus):
    """A bonus with either rates or amounts; points are worth money only with rates."""

    if TYPE_CHECKING:
        rates_by: Any
        money_per_point: Any

    @model_validator(mode="after")
    def _rates_or_amounts(self) -> Self:
        if (self.rates is None) == (self.amounts is None):
            raise Hinted("a bonus has either rates or amounts", "give one of the two", ("rates",))
        if self.amounts is not None and self.money_per_point != 1:
            raise Hinted("fixed amounts do not depend on points", "leave it out", ("money_per_point",))
        return self

    def tables(self) -> Iterator[tuple[tuple[str, ...], str | tuple[str, ...], Any]]:
        yield from super().tables()
        yield (self.table_word,), self.rates_by, self.table
