"""Binary bonus: the volume on both sides of a binary tree is paired, and what is left is carried on."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Self

from pydantic import Field, model_validator

from compplan.bonuses.base import Bonus
from compplan.bonuses.pairing.words import AverageCap, CarryCap, Ratio, RatioTable, UnitTable
from compplan.bonuses.registry import register
from compplan.plan.findings import Found
from compplan.plan.kept import Kept
from compplan.plan.located import HintedGroup
from compplan.plan.tables import AmountTable, ByKey, Keys, LevelTable, RateTable
from compplan.plan.values import ConditionText, Model, Name, Number, Whole

if TYPE_CHECKING:
    from compplan.plan.scope import Scope
    from compplan.program.builder import Builder

_KEYS = "paid_as, rank, title, a quantity (thresholds), or member.<field>"


class Way(Model):
    """One of several ways of pairing, of which a member gets the one that pays most."""

    ratio: Ratio = Field("1 to 1", description="The ratio of this way.", validate_default=True)
    rates: RateTable | None = Field(None, description="Its rates.")
    amounts: AmountTable | None = Field(None, description="Its fixed money for each pair instead of rates.")
    when: ConditionText | None = Field(None, description="Who can have this way; everybody when left out.")


@register
class Binary(Bonus):
    """Volume of two sides is paired by ratio and increment, paid by rate or by pair, and carried on."""

    family: ClassVar[str] = "binary"
    example: ClassVar[str] = """\
binary: {kind: binary, of: pv, tree: binary, rates: 10%, carry: strong, carry_cap: 5000}
cycles:
  kind: binary
  of: pv
  tree: binary
  ratio: 2 to 1
  unit: 100
  strong_side: each_pair
  amounts: {bronze: 14, silver: 16}
  pair_cap: 96
"""

    kind: Literal["binary"] = Field(description="Pays on the volume that both sides of a binary tree have in common.")
    of: Name = Field(description="The volume that counts on the sides: each member's own, not rolled up.")
    tree: Name = Field(description="The binary tree: one with `side` and `width: 2`.")
    own_side: Literal["none", "left", "right", "weaker", "stronger"] = Field(
        "none", description="The side that the member's own volume counts on."
    )
    own_of: Name | None = Field(
        None, description="With own_side, the own volume that counts there; `of` when left out."
    )
    ratio: RatioTable = Field(
        "1 to 1",
        description="What is paired, stronger side first: 1 to 1, 2 to 1, 2/3 to 1/3; or one for each `ratio_by` key.",
        validate_default=True,
    )
    ratio_by: str = Field("paid_as", description=f"What the keys of ratio are: {_KEYS}.")
    unit: UnitTable | None = Field(
        None,
        description=(
            "The volume of the weaker side that one pair takes: a number and its multiples; or a list, of which the "
            "largest increment reached is paired once. Any amount when left out."
        ),
    )
    unit_by: str = Field("paid_as", description=f"What the keys of unit are: {_KEYS}.")
    uses: Literal["paid", "balanced"] = Field(
        "paid", description="What paid pairs use up: what they take, or all that both sides have in common."
    )
    strong_side: Literal["once", "each_pair"] = Field(
        "once", description="When it is found which side is the stronger one: once a period, or before each pair."
    )
    first_pair: Ratio | None = Field(None, description="Another ratio for the first pair that a member ever makes.")
    rates: RateTable | None = Field(
        None, description="One rate, or one for each `rates_by` key; a list goes with listed increments."
    )
    amounts: AmountTable | None = Field(None, description="Fixed money for each pair instead of rates.")
    rates_by: Keys = Field(
        "paid_as", description=f"What the keys of rates or amounts are: {_KEYS}; a list of these nests them."
    )
    paid_on: Literal["weaker", "stronger", "both"] = Field(
        "weaker", description="The paired volume that rates apply to: of the weaker side, the stronger, or both."
    )
    ways: tuple[Way, ...] = Field(
        (), description="Several ways of pairing instead of ratio and rates; a member gets the one that pays most."
    )
    unpaid: Literal["breakage", "carry"] = Field(
        "breakage",
        description="Pairs of a member who cannot be paid are used up (breakage), or not made (carry).",
    )
    carry: Literal["both", "strong", "none"] = Field(
        "both", description="What of the unpaired volume is carried on: both sides, the stronger one, nothing."
    )
    carry_cap: CarryCap | None = Field(
        None,
        description=(
            "The most that is carried on each side: an amount, one for each `carry_cap_by` key, a quantity's name, "
            "or {times: 5, average_of: 4}, a multiple of the weaker side's average in earlier periods."
        ),
    )
    carry_cap_by: str = Field("paid_as", description=f"What the keys of carry_cap are: {_KEYS}.")
    expires: Whole | None = Field(
        None, ge=1, le=60, description="For how many further periods volume can be paired; the oldest is used up first."
    )
    flush_when: ConditionText | None = Field(None, description="Whose volume is lost on both sides after pairing.")
    flush_after: Whole = Field(
        1, ge=1, description="How many periods in a row flush_when has to hold.", validate_default=True
    )
    pair_cap: AmountTable | None = Field(
        None, description="The most pairs that are paid in a period, or one number for each `pair_cap_by` key."
    )
    pair_cap_by: str = Field("paid_as", description=f"What the keys of pair_cap are: {_KEYS}.")
    pair_cap_per: Literal["period", "week", "month", "quarter", "half_year", "year", "all"] = Field(
        "period", description="The span of time that pair_cap is for, `all` for all time."
    )
    over_cap: Literal["used", "carried"] = Field(
        "used", description="Whether pairs beyond pair_cap and cap are used up, or not made, and their volume carried."
    )
    money_per_point: Number = Field(1, ge=0, description="Money for one point of the volume.", validate_default=True)

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        from compplan.bonuses.pairing.checks import fields_do_not_fit  # noqa: PLC0415 - it needs this model

        if wrong := [*fields_do_not_fit(self)]:
            raise HintedGroup(wrong)
        return self

    @property
    def average_cap(self) -> AverageCap | None:
        """The cap of what is carried on, where it is a multiple of an average."""
        return self.carry_cap if isinstance(self.carry_cap, AverageCap) else None

    @property
    def all_ways(self) -> tuple[tuple[Any, str, Any, str | tuple[str, ...], bool, ConditionText | None], ...]:
        """Each way of pairing: ratio and its key, table and its key, whether it is fixed money, who has it."""
        if not self.ways:
            fixed = self.amounts is not None
            return ((self.ratio, self.ratio_by, self.amounts if fixed else self.rates, self.rates_by, fixed, None),)
        return tuple(
            (
                way.ratio,
                "paid_as",
                way.rates if way.amounts is None else way.amounts,
                self.rates_by,
                way.amounts is not None,
                way.when,
            )
            for way in self.ways
        )

    def texts(self) -> Iterator[tuple[tuple[Any, ...], str]]:
        yield from super().texts()
        if self.flush_when is not None:
            yield ("flush_when",), self.flush_when
        for place, way in enumerate(self.ways):
            if way.when is not None:
                yield ("ways", place, "when"), way.when

    def quantities(self) -> Iterator[tuple[tuple[str, ...], str]]:
        yield ("of",), self.of
        if self.own_of is not None:
            yield ("own_of",), self.own_of
        if isinstance(self.carry_cap, str):
            yield ("carry_cap",), self.carry_cap

    def tables(self) -> Iterator[tuple[tuple[Any, ...], str | tuple[str, ...], Any]]:
        yield from super().tables()
        for name in ("ratio", "unit", "pair_cap", "carry_cap"):
            table = getattr(self, name)
            if isinstance(table, LevelTable | ByKey):
                yield (name,), getattr(self, f"{name}_by"), table
        for name in ("rates", "amounts"):
            if getattr(self, name) is not None:
                yield (name,), self.rates_by, getattr(self, name)
            for place, way in enumerate(self.ways):
                if getattr(way, name) is not None:
                    yield ("ways", place, name), self.rates_by, getattr(way, name)

    def volume_scale(self, scope: "Scope") -> int:
        """Return the digits of the volume on the sides."""
        return max(scope.scale(self.of), scope.scale(self.own_of) if self.own_of else 0)

    def kept(self, name: str, scope: "Scope") -> Iterator[Kept]:
        yield from super().kept(name, scope)
        digits = self.volume_scale(scope)
        if self.carry != "none" or self.unpaid == "carry":
            ages = [f"_{age}" for age in range(1, self.expires + 1)] if self.expires else [""]
            yield from (Kept(f"{name}:{side}{age}", digits) for side in ("left", "right") for age in ages)
        if self.average_cap is not None:
            yield Kept(f"{name}:periods")
            yield from (Kept(f"{name}:weaker_{age}", digits) for age in range(1, self.average_cap.average_of + 1))
        if self.flush_after > 1:
            yield Kept(f"{name}:idle")
        if self.first_pair is not None:
            yield Kept(f"{name}:started")
        if self.pair_cap_per != "period":
            yield Kept(f"{name}:pairs", since=f"{name}:pairs_since")
            yield Kept(f"{name}:pairs_since", company=True)

    def findings(self, name: str, scope: "Scope") -> Found:
        from compplan.bonuses.pairing.checks import binary_makes_no_sense  # noqa: PLC0415 - it needs this model

        yield from super().findings(name, scope)
        yield from binary_makes_no_sense(self, scope)

    def compile(self, name: str, builder: "Builder") -> None:
        from compplan.bonuses.pairing.compile import compile_binary  # noqa: PLC0415 - the language loads no NumPy

        compile_binary(name, self, builder)

    def describe(self, name: str) -> list[str]:
        from compplan.bonuses.pairing.describe import describe_binary  # noqa: PLC0415 - needed only where it is asked for

        del name
        return describe_binary(self)
