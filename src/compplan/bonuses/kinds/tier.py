"""Tier bonus: a fixed amount for the tier that one of the member's own quantities, or his rank, reaches."""

from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from compplan.bonuses.base import Bonus
from compplan.bonuses.own_tier.tier_spec import TierSpec
from compplan.bonuses.own_tier.tier_words import (
    Grace,
    Instalments,
    Multiplier,
    Tiers,
    TierTable,
    periods,
    threshold_of,
    tier_key,
)
from compplan.bonuses.registry import register
from compplan.errors import did_you_mean
from compplan.plan.findings import Finding, Found
from compplan.plan.kept import Kept
from compplan.plan.located import Hinted
from compplan.plan.tables import ByKey, LevelTable
from compplan.plan.times import Span, SpanText
from compplan.plan.values import Name, Whole, digits, number
from compplan.plan.wording import money, percent
from compplan.plan.words import RANK_COLUMNS

if TYPE_CHECKING:
    from compplan.plan.scope import Scope
    from compplan.program.builder import Builder


def _within(value: Any) -> Any:
    return {tier_key(key): span for key, span in value.items()} if isinstance(value, dict) else value


@register
class Tier(Bonus):
    """The best tier reached pays its amount; the first time that a member reaches a tier it may pay another."""

    family: ClassVar[str] = "tier"
    example: ClassVar[str] = """\
customer_club:
  kind: tier
  by: customers
  amounts: {5: 25, 10: 75}
  first_time: {5: 50, 10: 150}
new_rank:
  kind: tier
  by: title
  first_time: {bronze: 100, silver: 500}
  instalments: {payments: 2}
"""

    kind: Literal["tier"] = Field(description="Pays the amount of the best tier reached.")
    by: Name = Field(
        description="What is held against the tiers: a quantity, such as a count of customers, or paid_as, rank, "
        "title, held_rank or last_rank."
    )
    amounts: Tiers | None = Field(
        None, description="From which measure or rank on which amount is paid in every period."
    )
    first_time: Tiers | None = Field(
        None,
        description="The amount in the first period in which a member reaches this tier or a higher one.",
    )
    amounts_by: str | None = Field(
        None,
        pattern=r"^member\.\w+$",
        description="Where amounts and first_time have a table for each text of a member field: member.<field>.",
    )
    pays: Literal["best", "every"] = Field(
        "best", description="Whether the best tier alone pays, or every tier up to it."
    )
    within: Annotated[SpanText | dict[str, SpanText] | None, BeforeValidator(_within)] = Field(
        None,
        description="The span from enrolment in which a first time counts, for all tiers or for each of some.",
    )
    held: Whole = Field(
        1, ge=1, le=24, description="In how many periods in a row a tier must be reached before it counts."
    )
    grace: Grace | None = Field(None, description="What a tier still pays after it is lost.")
    instalments: Instalments | None = Field(None, description="How the amount of the first time is spread.")
    multiplier: Multiplier | None = Field(None, description="A factor on what is paid.")

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if self.amounts is None and self.first_time is None:
            raise Hinted("a tier bonus has amounts, first_time, or both", "add one of them", ("amounts",))
        first_only = {"within": self.within, "instalments": self.instalments}
        for field, given in first_only.items():
            if given is not None and self.first_time is None:
                raise Hinted(f"{field} is about the first time", "add first_time", (field,))
        if self.grace is not None and self.amounts is None:
            raise Hinted("grace is about what is paid again and again", "add amounts", ("grace",))
        for field in ("amounts", "first_time"):
            table = getattr(self, field)
            if table is not None and table.nested and self.amounts_by is None:
                raise Hinted("these are tables of tables", "say with amounts_by what the keys are", (field,))
            if table is not None and not table.nested and self.amounts_by is not None:
                raise Hinted("there is one table for all", "give one for each key, or leave amounts_by out", (field,))
        return self

    @property
    def tables_given(self) -> list[tuple[str, TierTable]]:
        """The tables by field."""
        both = (("amounts", self.amounts), ("first_time", self.first_time))
        return [(field, table) for field, table in both if table is not None]

    @property
    def tiers(self) -> list[str]:
        """The keys of the tiers, the lowest first."""
        return self.tables_given[0][1].tiers

    @property
    def places(self) -> list[str]:
        """The keys of `amounts_by`, [""] without."""
        return list(dict.fromkeys(key for _, table in self.tables_given for key in table.rows))

    def span(self, tier: str) -> Span | None:
        """Return the window of a tier's first time."""
        return self.within.get(tier) if isinstance(self.within, dict) else self.within

    def quantities(self) -> Iterator[tuple[tuple[str, ...], str]]:
        if self.by not in RANK_COLUMNS:
            yield ("by",), self.by
        if self.multiplier is not None:
            yield ("multiplier", "by"), self.multiplier.by

    def tables(self) -> Iterator[tuple[tuple[str, ...], str | tuple[str, ...], Any]]:
        yield from super().tables()
        if self.amounts_by is not None:
            for field, table in self.tables_given:
                one: dict[str, LevelTable | ByKey] = {key: LevelTable(levels=(Decimal(0),)) for key in table.rows}
                yield (field,), self.amounts_by, ByKey(rows=one)

    def spec(self) -> TierSpec:
        """Return how the tiers go on from period to period."""
        spread = self.instalments
        return TierSpec(
            count=len(self.tiers),
            again=self.amounts is not None,
            first=self.first_time is not None,
            every=self.pays == "every",
            held=self.held,
            grace=self.grace.periods if self.grace else 0,
            payments=spread.payments if spread else 1,
            needs=spread.needs if spread else "nothing",
            missed=spread.missed if spread else "lost",
        )

    def kept(self, name: str, scope: "Scope") -> Iterator[Kept]:
        yield from super().kept(name, scope)
        spec = self.spec()
        for column in spec.kept:
            of_tiers = column in ("tier", "holding") or column.startswith("ago_")
            of_payments = column.startswith("left_")
            most = spec.count if of_tiers else spec.payments - 1 if of_payments else None
            yield Kept(f"{name}:{column}", most=most, table="instalments" if of_payments else "tiers")
        if self.multiplier is not None and self.multiplier.periods > 1:
            yield Kept(f"{name}:factor", most=len(self.multiplier.values), table="multipliers")
            yield Kept(f"{name}:factor_left")

    def findings(self, name: str, scope: "Scope") -> Found:
        yield from super().findings(name, scope)
        for field, table in self.tables_given:
            if table.tiers != self.tiers:
                yield Finding((field,), "the tiers differ from those of amounts", "use the same thresholds")
            yield from self._keys(field, table, scope)
            yield from self._too_fine(field, table, scope)
        for tier in self.within if isinstance(self.within, dict) else ():
            if tier not in self.tiers:
                yield Finding(("within", tier), f'"{tier}" is not a tier', did_you_mean(tier, self.tiers), key=True)
        if self.grace is not None and self.grace.at_least is not None:
            yield from self._key(("grace", "at_least"), str(self.grace.at_least), scope)

    def _keys(self, field: str, table: TierTable, scope: "Scope") -> Found:
        wrong = []
        for outer in table.rows:
            at = (field, outer) if outer else (field,)
            for tier in table.tiers:
                wrong += list(self._key((*at, tier), tier, scope, key=True))
        yield from wrong
        numbers = [] if wrong or self.by not in RANK_COLUMNS else [scope.ranks[tier] for tier in table.tiers]
        if any(above <= below for below, above in pairwise(numbers)):
            yield Finding((field,), "tiers do not ascend", "write the lowest rank first")

    def _key(self, at: tuple[str, ...], tier: str, scope: "Scope", *, key: bool = False) -> Found:
        if self.by in RANK_COLUMNS and tier not in scope.ranks:
            hint = did_you_mean(tier, list(scope.ranks)) or "this plan has no ranks"
            yield Finding(at, f'"{tier}" is not a rank', hint, key=key)
        elif self.by not in RANK_COLUMNS and threshold_of(tier) is None:
            yield Finding(at, f'"{tier}" is not a number', f"the keys are thresholds of {self.by}", key=key)

    def _too_fine(self, field: str, table: TierTable, scope: "Scope") -> Found:
        if field != "first_time" or self.instalments is None:
            return
        decimals = self.money(scope.model).decimals
        for row in table.rows.values():
            for amount in row.values():
                if digits(amount) > decimals:
                    message = f"{amount} has more digits than the money, so it has no instalments"
                    yield Finding((field,), message, "write fewer digits")

    def compile(self, name: str, builder: "Builder") -> None:
        from compplan.bonuses.own_tier.tier_pass import compile_tier  # noqa: PLC0415 - the language loads no NumPy

        compile_tier(name, self, builder)

    def describe(self, name: str) -> list[str]:
        del name
        lines = []
        for field, table in self.tables_given:
            first = "The first time from" if field == "first_time" else "From"
            for key, row in table.rows.items():
                where = f" ({key})" if key else ""
                lines += [f"{first} {self._words(tier)} on: {money(amount)}{where}." for tier, amount in row.items()]
        lines.append("Only the best tier pays." if self.pays == "best" else "Every tier up to the best one pays.")
        return [*lines, *self._more()]

    def _words(self, tier: str) -> str:
        return f"{self.by} {tier}" if self.by in RANK_COLUMNS else f"{money(number(tier))} {self.by}"

    def _more(self) -> Iterator[str]:
        """Describe what goes on over several periods."""
        if self.held > 1:
            yield f"A tier counts when it is reached in {self.held} periods in a row."
        if isinstance(self.within, dict):
            for tier, span in self.within.items():
                yield f"The first time of {self._words(tier)} counts within {span} of enrolment."
        elif self.within is not None:
            yield f"A first time counts within {self.within} of enrolment."
        if self.instalments is not None:
            needs = {
                "nothing": "",
                "pay_when": ", each when the conditions for pay are met",
                "tier": ", each when the tier is held",
            }
            yield f"The first time is paid in {self.instalments.payments} parts{needs[self.instalments.needs]}."
        if self.grace is not None:
            floor = (
                ""
                if self.grace.at_least is None
                else f", as long as {self._words(str(self.grace.at_least))} is reached"
            )
            share, most = percent(self.grace.share), periods(self.grace.periods)
            yield f"After a tier is lost it pays {share} for at most {most}{floor}."
        if self.multiplier is not None:
            kept = f", kept for {periods(self.multiplier.periods)}" if self.multiplier.periods > 1 else ""
            for key, value in self.multiplier.values.items():
                yield f"From {money(number(key))} {self.multiplier.by} on it pays {money(value)} times{kept}."
