"""Leadership: a share of the group of each leader goes to the next leader above, who may owe some of it further up."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import Field

from compplan.bonuses.base import Bonus
from compplan.bonuses.fields import TreeUp
from compplan.bonuses.registry import register
from compplan.plan.findings import Finding, Found
from compplan.plan.tables import AmountTable, ByKey, Keys, RateTable
from compplan.plan.values import ConditionText, Name, Number, digits
from compplan.plan.wording import in_tree, money, percent, points, table, words

if TYPE_CHECKING:
    from compplan.plan.scope import Scope
    from compplan.program.builder import Builder


@register
class Leadership(Bonus):
    """What each group makes goes up to the next who keeps it; a guarantee to the next above comes first."""

    family: ClassVar[str] = "leadership"
    conditions: ClassVar[tuple[str, ...]] = (*Bonus.conditions, "groups")
    example: ClassVar[str] = """\
leadership:
  kind: leadership
  of: cv
  groups: paid_as >= silver
  rates: 4%
  guarantee: 10000
  pay_when: cv >= 4000
"""

    kind: Literal["leadership"] = Field(description="Pays the next above on the groups of leaders.")
    of: Name = Field(description="The volume of a leader's own group, such as a roll_up with stop_at.")
    tree: TreeUp = None
    groups: ConditionText = Field(description="Who is a leader: his group makes something for the next above.")
    rates: RateTable = Field(description="The rate, or one for each `rates_by` key of the leader whose group it is.")
    rates_by: Keys = Field(
        "paid_as",
        description="What the keys of `rates` are: paid_as, rank, title, a quantity (thresholds), or member.<field>.",
    )
    guarantee: Name | AmountTable | None = Field(
        None,
        description=(
            "The volume that the next above is paid on at least: what a leader's own group lacks of it is taken from "
            "what he receives. An amount, one for each `guarantee_by` key of the leader, or the name of a quantity of "
            "the leader."
        ),
    )
    guarantee_by: str = Field(
        "paid_as",
        description=(
            "What the keys of `guarantee` are: paid_as, rank, title, a quantity (thresholds), or member.<field>."
        ),
    )
    money_per_point: Number = Field(1, ge=0, description="Money for one point of the volume.", validate_default=True)

    def quantities(self) -> Iterator[tuple[tuple[str, ...], str]]:
        yield ("of",), self.of
        if isinstance(self.guarantee, str):
            yield ("guarantee",), self.guarantee

    def tables(self) -> Iterator[tuple[tuple[str, ...], str | tuple[str, ...], Any]]:
        yield from super().tables()
        yield ("rates",), self.rates_by, self.rates
        if self.guarantee is not None and not isinstance(self.guarantee, str):
            yield ("guarantee",), self.guarantee_by, self.guarantee

    def findings(self, name: str, scope: "Scope") -> Found:
        yield from super().findings(name, scope)
        if self.guarantee is None and "guarantee_by" in self.model_fields_set:
            yield Finding(("guarantee_by",), "there is no guarantee", "add a guarantee, or leave guarantee_by out")
        rows = [row for _, row in self.rates.leaves()] if isinstance(self.rates, ByKey) else [self.rates]
        if any(len(row.levels) > 1 or row.tail is not None for row in rows):
            yield Finding(("rates",), "only the next above is paid", "give one rate, or use kind: generation")
        if self.guarantee is None or self.of not in scope.rules:
            return
        if isinstance(self.guarantee, str):
            yield from self._quantity_does_not_fit(self.guarantee, scope)
            return
        rows = [row for _, row in self.guarantee.leaves()] if isinstance(self.guarantee, ByKey) else [self.guarantee]
        for value in (value for row in rows for value in row.levels):
            if digits(value) > scope.scale(self.of):
                yield Finding(("guarantee",), f"{value} has more digits than {self.of}", "write fewer digits")

    def _quantity_does_not_fit(self, name: str, scope: "Scope") -> Found:
        if "guarantee_by" in self.model_fields_set:
            hint = "leave guarantee_by out, or give amounts"
            yield Finding(("guarantee_by",), "the guarantee is a quantity, and has no keys", hint)
        if name in scope.rules and scope.scale(name) > scope.scale(self.of):
            message = f'"{name}" has more digits than {self.of}'
            yield Finding(("guarantee",), message, f"give it decimals: {scope.scale(self.of)}")

    def compile(self, name: str, builder: "Builder") -> None:
        from compplan.bonuses.leadership.leadership_pass import compile_leadership  # noqa: PLC0415 - no NumPy here

        compile_leadership(name, self, builder)

    def describe(self, name: str) -> list[str]:
        del name
        rate = table(self.rates, self.rates_by, percent)
        lines = [
            f"Of {self.of} of each member with {words(self.groups)}, {rate} goes up{in_tree(self.tree)}.",
            "Whoever can be paid keeps what comes up to him; with the others it goes on.",
        ]
        if self.guarantee is not None:
            if isinstance(self.guarantee, str):
                least = f"his {self.guarantee} as"
            else:
                least = table(self.guarantee, self.guarantee_by, money)
            lines.append(f"A leader guarantees the next above at least the share of {least} {self.of}.")
            lines.append("What his own group lacks of that is taken from what he receives.")
        return [*lines, *points(self.of, self.money_per_point)]
