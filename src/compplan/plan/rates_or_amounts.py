"""What pays or takes by a table of rates, or by one of fixed money instead."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any


class RatesOrAmounts:
    """Two fields for one table; each part of a plan that has them tells them in its own words."""

    if TYPE_CHECKING:
        rates: Any
        amounts: Any

    @property
    def table(self) -> Any:
        """The rates or the amounts, whichever is given."""
        return self.rates if self.rates is not None else self.amounts

    @property
    def table_word(self) -> str:
        """The field that holds the table."""
        return "rates" if self.rates is not None else "amounts"
