"""Pool: a part of the company's volume, or a fixed amount, is shared out among those who take part."""

from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Self

from pydantic import Field, model_validator

from compplan.bonuses.base import Bonus
from compplan.bonuses.registry import register
from compplan.bonuses.share_out import checks, wording
from compplan.plan.findings import Found
from compplan.plan.kept import Kept
from compplan.plan.located import HintedGroup
from compplan.plan.rates_or_amounts import RatesOrAmounts
from compplan.plan.tables import AmountTable, ByKey, Keys, LevelTable, RateTable
from compplan.plan.values import Name, Number, Rate, RoundingMode, Whole

if TYPE_CHECKING:
    from compplan.plan.scope import Scope
    from compplan.program.builder import Builder

_KEYS = "paid_as, rank, title, a quantity (thresholds), or member.<field>"


@register
class Pool(RatesOrAmounts, Bonus):
    """An amount of the company's is divided by equal shares, by points, or by places in a list."""

    family: ClassVar[str] = "pool"
    example: ClassVar[str] = """\
leader_pool: {kind: pool, of: cv, rates: 2%, pay_when: rank >= silver, by: pv, residue: largest_remainder}
rank_pools: {kind: pool, of: cv, rates: {bronze: 1%, silver: 0.5%}, open_to: key_and_higher, residue: company}
top_list: {kind: pool, amounts: 1000, by: gv, places: [60%, 40%], ties: smaller_id, residue: company}
"""

    kind: Literal["pool"] = Field(description="Divides an amount of the company's among members.")
    of: Name | None = Field(
        None, description="With rates, the quantity whose sum over the company, or the company number, is shared."
    )
    rates: RateTable | None = Field(
        None, description="The part of it that is the pool; with keys, a pool for each `rates_by` key."
    )
    amounts: AmountTable | None = Field(None, description="Instead of a part of a quantity, a fixed amount of money.")
    rates_by: str = Field("paid_as", description=f"What the keys of rates or amounts are: {_KEYS}.")
    open_to: Literal["key", "key_and_higher"] | None = Field(
        None, description="With keys: whether a pool is for those of its key, or for those of higher keys as well."
    )
    total_of: Literal["company", "key"] = Field(
        "company",
        description="With keys and rates: whether each pool is a part of the sum over the company, or over the members "
        "of its key, customers and those who cannot take part too, such as each country's part of its own volume.",
    )
    money_per_point: Number = Field(1, ge=0, description="Money for one point of the quantity.", validate_default=True)
    by: Name | None = Field(None, description="Points: the quantity that shares go by; equal shares when left out.")
    weights: AmountTable | None = Field(
        None, description="What points, or equal shares, count for each `weights_by` key; nothing without a row."
    )
    weights_by: Keys = Field("paid_as", description=f"What the keys of weights are: {_KEYS}.")
    weights_on: Literal["points", "share"] = Field(
        "points",
        description="Whether weights multiply the points, in the sum that divides the pool as well, or each share.",
    )
    places: RateTable | None = Field(
        None,
        description="The part of the pool for each place of the list by `by`; or a list for each `places_by` "
        "threshold.",
    )
    places_by: Name | None = Field(
        None, description="The quantity whose sum over the company decides how many places there are."
    )
    ties: Literal["earlier_last_order", "smaller_id", "shared"] | None = Field(
        None, description="Who of equals comes first in the list, or that they share their places."
    )
    last_order_of: Literal["own", "frontline"] = Field("own", description="Whose orders `earlier_last_order` looks at.")
    unqualified: Literal["left_out", "forfeit"] = Field(
        "left_out",
        description="Whether those who do not meet pay_when are left out of the division, or their shares left over.",
    )
    over_pool: Literal["paid", "scaled"] | None = Field(
        None, description="What happens where shares can be more than the whole pool."
    )
    share_max: Rate | None = Field(
        None, gt=0, description="The largest part of what the pool pays out that one member gets."
    )
    point_max: Number | None = Field(None, gt=0, description="The most money that one point is worth.")
    point_decimals: Whole | None = Field(
        None, ge=0, le=9, description="Digits that the value of one point is rounded to, before points are multiplied."
    )
    point_rounding: RoundingMode = Field("floor", description="How the value of a point is rounded.")
    pays: Rate = Field(
        1, gt=0, description="The part of the pool that is paid out; the rest stays in it.", validate_default=True
    )
    residue: Literal["largest_remainder", "company", "rounded_alone"] = Field(
        description="What becomes of fractions of a cent: largest_remainder, company, or rounded_alone.",
    )
    rest: Literal["breakage", "carry", "shared"] = Field(
        "breakage",
        description="What becomes of shares without a taker: lost, carried to the next pool, or shared by the others.",
    )

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if wrong := [*checks.does_not_fit(self)]:
            raise HintedGroup(wrong)
        return self

    @property
    def table(self) -> LevelTable | ByKey:
        """The parts or amounts of the pool, whichever is given."""
        table: LevelTable | ByKey | None = super().table
        return table if table is not None else LevelTable(levels=(Decimal(0),))

    def quantities(self) -> Iterator[tuple[tuple[str, ...], str]]:
        for field in ("of", "by", "places_by"):
            if (name := getattr(self, field)) is not None:
                yield (field,), name

    def tables(self) -> Iterator[tuple[tuple[str, ...], str | tuple[str, ...], Any]]:
        yield from super().tables()
        yield (self.table_word,), self.rates_by, self.table
        if self.weights is not None:
            yield ("weights",), self.weights_by, self.weights
        if isinstance(self.places, ByKey) and self.places_by is not None:
            yield ("places",), self.places_by, self.places

    def kept(self, name: str, scope: "Scope") -> Iterator[Kept]:
        yield from super().kept(name, scope)
        if self.rest == "carry":
            decimals = self.money(scope.model).decimals
            for column in self.carried(name):
                yield Kept(column, decimals, company=True, money=True)

    def carried(self, name: str) -> tuple[str, ...]:
        """Return the columns of the state for what each pool carries."""
        keys = list(self.table.rows) if isinstance(self.table, ByKey) else [""]
        return tuple(f"{name}:carried {key}".rstrip() for key in keys)

    def findings(self, name: str, scope: "Scope") -> Found:
        yield from super().findings(name, scope)
        yield from checks.makes_no_sense(self, scope)

    def compile(self, name: str, builder: "Builder") -> None:
        from compplan.bonuses.share_out.compile import compile_pool  # noqa: PLC0415 - the language loads no NumPy

        compile_pool(name, self, builder)

    def paid_at_most(self, scope: "Scope") -> Decimal:
        """Each key has a pool of its own, so they add up."""
        del scope
        rates = (
            []
            if self.rates is None
            else [self.rates]
            if isinstance(self.rates, LevelTable)
            else [row for _, row in self.rates.leaves()]
        )
        return sum((value for row in rates for value in row.levels), Decimal(0))

    def describe(self, name: str) -> list[str]:
        del name
        return wording.pool(self)
