"""Tier bonus: a fixed amount for the tier that one of the member's own quantities reaches."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema

from compplan.bonuses.base import Bonus, register
from compplan.plan.findings import Finding
from compplan.plan.kept import Kept
from compplan.plan.located import Hinted
from compplan.plan.values import Name, number
from compplan.plan.wording import money

if TYPE_CHECKING:
    from collections.abc import Iterator

    from compplan.plan.findings import Found
    from compplan.plan.scope import Scope
    from compplan.program.builder import Builder


def _tiers(value: object) -> dict[Decimal, Decimal]:
    """Read `{10: 50, 25: 100}`: from which measure on which amount is paid, in ascending order."""
    if not isinstance(value, dict) or not value:
        raise Hinted("tiers are a mapping", "for example: {10: 50, 25: 100}")
    read = [(number(key), number(amount)) for key, amount in value.items()]
    if any(above <= below for (below, _), (above, _) in pairwise(read)):
        raise Hinted("tiers do not ascend", "write the lowest threshold first")
    if any(amount < 0 for _, amount in read):
        raise Hinted("the amount of a tier is negative", "write it without the sign")
    return dict(read)


Tiers = Annotated[
    dict[Decimal, Decimal],
    BeforeValidator(_tiers),
    WithJsonSchema(
        {"type": "object", "additionalProperties": {"type": ["number", "string"]}, "title": "Tiers"}
    ),
]


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
"""

    kind: Literal["tier"] = Field(description="Pays the amount of the best tier reached.")
    by: Name = Field(description="The quantity that is held against the tiers, such as a count of customers.")
    amounts: Tiers = Field(description="From which measure on which amount is paid; the best tier only.")
    first_time: Tiers | None = Field(
        None,
        description="The amount in the first period in which a member reaches this tier or a higher one.",
    )

    def quantities(self) -> Iterator[tuple[tuple[str, ...], str]]:
        yield ("by",), self.by

    def tier_column(self, name: str) -> str:
        """Return the column of the state that holds the number of the best tier so far, 0 for none."""
        return f"{name}:tier"

    def kept(self, name: str, scope: Scope) -> Iterator[Kept]:
        yield from super().kept(name, scope)
        yield Kept(self.tier_column(name))

    def findings(self, name: str, scope: Scope) -> Found:
        yield from super().findings(name, scope)
        if self.first_time is not None and set(self.first_time) != set(self.amounts):
            yield Finding(("first_time",), "the tiers differ from those of amounts", "use the same thresholds")

    def compile(self, name: str, builder: Builder) -> None:
        from compplan.bonuses.own_tier.compile import compile_tier  # noqa: PLC0415 - the language loads no NumPy

        compile_tier(name, self, builder)

    def describe(self, name: str) -> list[str]:
        del name
        lines = [f"From {money(key)} {self.by} on: {money(amount)}." for key, amount in self.amounts.items()]
        for key, amount in (self.first_time or {}).items():
            lines.append(f"The first time from {money(key)} {self.by} on: {money(amount)}.")
        return [*lines, "Only the best tier pays."]
