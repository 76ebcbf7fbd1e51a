"""Advance: the pay of several periods at once, and back again what is not earned when the customer leaves."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import Field

from compplan.bonuses.base import Bonus
from compplan.bonuses.registry import register
from compplan.plan.findings import Finding, Found
from compplan.plan.kept import Kept
from compplan.plan.tables import ByKey, Keys, LevelTable, RateTable
from compplan.plan.values import ConditionText, Name, Number, Whole, digits
from compplan.plan.wording import in_tree, percent, points, table, words

if TYPE_CHECKING:
    from compplan.plan.scope import Scope
    from compplan.program.builder import Builder


@register
class Advance(Bonus):
    """The next distributor above a customer is paid for several periods at once; what is not earned goes back."""

    family: ClassVar[str] = "advance"
    conditions: ClassVar[tuple[str, ...]] = (*Bonus.conditions, "lapsed_when")
    one_level: ClassVar[bool] = True
    example: ClassVar[str] = """\
membership: {kind: advance, of: pv, rates: 10%, periods: 12}
"""

    kind: Literal["advance"] = Field(description="Pays several periods in advance, with a chargeback.")
    of: Name = Field(description="What each customer pays in a period, on his own: a volume credited to the buyer.")
    tree: Name | None = Field(
        None, description="The tree in which the earner is the nearest distributor above; the first by default."
    )
    rates: RateTable = Field(description="One rate, or one for each `rates_by` key of the earner.")
    rates_by: Keys = Field(
        "paid_as",
        description="What the keys of rates are: paid_as, rank, title, a quantity (thresholds), or member.<field>.",
    )
    periods: Whole = Field(ge=2, le=120, description="How many periods are paid at once, the first one included.")
    lapsed_when: ConditionText | None = Field(
        None,
        description="Who has left, so that the rest is charged back; whoever pays nothing in a period when left out.",
    )
    after: Literal["as_earned", "advance", "nothing"] = Field(
        "as_earned",
        description="What is paid when the periods are over: each period as it comes, the next advance, or nothing.",
    )
    money_per_point: Number = Field(1, ge=0, description="Money for one point of the volume.", validate_default=True)

    def quantities(self) -> Iterator[tuple[tuple[str, ...], str]]:
        yield ("of",), self.of

    def tables(self) -> Iterator[tuple[tuple[str, ...], str | tuple[str, ...], Any]]:
        yield from super().tables()
        yield ("rates",), self.rates_by, self.rates

    def kept(self, name: str, scope: "Scope") -> Iterator[Kept]:
        yield from super().kept(name, scope)
        yield Kept(f"{name}:left")
        yield Kept(f"{name}:volume", scope.scale(self.of))
        yield Kept(f"{name}:rate", self.rate_scale)
        yield Kept(f"{name}:over")

    @property
    def rate_scale(self) -> int:
        """Digits of the rates."""
        rows = [row for _, row in self.rates.leaves()] if isinstance(self.rates, ByKey) else [self.rates]
        return max(digits(value) for row in rows if isinstance(row, LevelTable) for value in row.levels)

    def findings(self, name: str, scope: "Scope") -> Found:
        yield from super().findings(name, scope)
        if getattr(scope.rules.get(self.of), "credit", "buyer") == "distributor":
            message = f'"{self.of}" is credited to a distributor already'
            yield Finding(("of",), message, "name a volume that is the buyer's own")

    def compile(self, name: str, builder: "Builder") -> None:
        from compplan.bonuses.own_tier.advance_pass import compile_advance  # noqa: PLC0415 - the language loads no NumPy

        compile_advance(name, self, builder)

    def describe(self, name: str) -> list[str]:
        del name
        rates = table(self.rates, self.rates_by, percent)
        left = words(self.lapsed_when) if self.lapsed_when else f"{self.of} = 0"
        after = {
            "as_earned": "After that each period is paid as it comes.",
            "advance": "After that the next periods are paid at once.",
            "nothing": "After that nothing is paid.",
        }
        at_once = f"{self.periods} periods at once"
        return [
            f"The nearest distributor above a customer{in_tree(self.tree)} gets {rates} of his {self.of}, {at_once}.",
            f"When a customer leaves ({left}), what is not earned is charged back.",
            after[self.after],
            *points(self.of, self.money_per_point),
        ]
