"""The rate that a member has in a bonus, as a number that conditions can compare."""

from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import Field

from compplan.errors import did_you_mean
from compplan.plan.findings import Finding, Found
from compplan.plan.source_keys import their_axes
from compplan.plan.tables import ByKey, LevelTable, names_of
from compplan.plan.values import Name, digits
from compplan.quantities.base import Quantity, register

if TYPE_CHECKING:
    from compplan.plan.scope import Scope
    from compplan.program.builder import Builder


@register
class RateOf(Quantity):
    """The rate of each member in the table of a bonus (the first level's), 0 for who has none: 5% is 0.05.

    `own_rate: {rate_of: group}` lets a match ask for `pay_when: own_rate <= source.own_rate`.
    """

    word: ClassVar[str] = "rate_of"

    example: ClassVar[str] = """\
own_rate: {rate_of: levels}                  # 0.05 for a member with 5%
"""

    rate_of: Name = Field(description="The bonus, one with rates.")

    def _table(self, scope: "Scope") -> Any:
        return getattr(scope.model.bonuses.get(self.rate_of), "rates", None)

    def _cells(self, scope: "Scope") -> list[LevelTable]:
        table = self._table(scope)
        return [row for _, row in table.leaves()] if isinstance(table, ByKey) else [table]

    def keys(self, scope: "Scope") -> Iterator[str]:
        table = self._table(scope)
        if isinstance(table, ByKey):
            yield from names_of(scope.model.bonuses[self.rate_of].rates_by)  # type: ignore[attr-defined]

    def scale(self, scope: "Scope") -> int:
        if not isinstance(self._table(scope), (LevelTable, ByKey)):
            return 0  # a finding says so
        return max([0, *(digits(value) for row in self._cells(scope) for value in row.levels[:1])])

    def findings(self, name: str, scope: "Scope") -> Found:
        del name
        bonuses = scope.model.bonuses
        if self.rate_of not in bonuses:
            yield Finding(("rate_of",), f'"{self.rate_of}" is not a bonus', did_you_mean(self.rate_of, list(bonuses)))
        elif not isinstance(self._table(scope), (LevelTable, ByKey)):
            yield Finding(("rate_of",), f'"{self.rate_of}" has no rates', "name a bonus with rates")
        elif their_axes(getattr(bonuses[self.rate_of], "rates_by", "")):
            message = f'the rates of "{self.rate_of}" go by the source or the order'
            yield Finding(("rate_of",), message, "name a bonus whose rates go by what the earner has")

    def compile(self, name: str, builder: "Builder") -> None:
        from compplan.program.passes import RatePass  # noqa: PLC0415 - the language loads no NumPy

        scope = builder.plan.scope
        bonus: Any = scope.model.bonuses[self.rate_of]
        column, rows = builder.klass(bonus.rates_by, bonus.rates)
        rates = tuple((*row.levels, row.tail or Decimal(0))[0] for row in rows)
        builder.add(RatePass((name,), (column,), column, rates, scope.scale(name)))

    def describe(self) -> str:
        return f"the member's own rate in {self.rate_of}"
