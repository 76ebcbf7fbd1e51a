"""Match-down: a share of what a member is paid, divided among his own recruits."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import Field

from compplan.bonuses.base import Bonus
from compplan.bonuses.kinds.match import pay_findings
from compplan.bonuses.registry import register
from compplan.plan.findings import Finding, Found
from compplan.plan.tables import ByKey, Keys, RateTable
from compplan.plan.values import ConditionText, Name, Names
from compplan.plan.wording import in_tree, percent, table, words

if TYPE_CHECKING:
    from compplan.plan.scope import Scope
    from compplan.program.builder import Builder


@register
class MatchDown(Bonus):
    """What a member is paid by other bonuses is shared with those directly below him, or matched down by level."""

    family: ClassVar[str] = "match"
    conditions: ClassVar[tuple[str, ...]] = (*Bonus.conditions, "where", "compress")
    reads_quantities: ClassVar[bool] = True
    example: ClassVar[str] = """\
commission: {kind: unilevel, of: cv, rates: [5%, 5%, 3%]}
thanks:
  kind: match_down
  of: commission
  rates: {bronze: 5%, silver: 10%}
  pay_when: active
mentor: {kind: match_down, of: commission, parts: whole, rates: {bronze: [3%], silver: [3%, 2%, 1%]}}
"""

    kind: Literal["match_down"] = Field(description="Pays a share of a member's pay to those below him.")
    of: Names = Field(description="The bonus whose pay is shared, or a list of bonuses; or a volume that holds pay.")
    of_pay: Literal["before_caps", "after_caps", "before_limits", "after_limits"] | None = Field(
        None, description="Which pay of these bonuses; after caps and before limits when left out."
    )
    where: ConditionText | None = Field(None, description="Whose pay is shared; everybody's when left out.")
    tree: Name | None = Field(None, description="The tree whose frontline shares; the first by default.")
    parts: Literal["equal", "whole"] = Field(
        "equal",
        description="Whether those directly below share it in equal parts; or whether each member below gets the whole "
        "rate of the pay of who is above him, level by level, by his own key.",
    )
    rates: RateTable = Field(
        description="The share of his pay, or such a share for each `rates_by` key of his; with parts: whole a list by "
        "level, or such a list for each key of who gets it."
    )
    rates_by: Keys = Field(
        "paid_as",
        description="What the keys of the table are: paid_as, rank, title, a quantity (thresholds), or member.<field>.",
    )
    compress: ConditionText | None = Field(
        None,
        description="With parts: whole, who uses up no level, such as not active: he gets nothing, and his pay is not "
        "matched.",
    )
    residue: Literal["largest_remainder", "company"] = Field(
        "largest_remainder",
        description="Who gets the cents that do not divide: the recruits with the smallest ids, or the company.",
    )

    def tables(self) -> Iterator[tuple[tuple[str, ...], str | tuple[str, ...], Any]]:
        yield from super().tables()
        yield ("rates",), self.rates_by, self.rates

    def bonuses(self) -> Iterator[tuple[tuple[str, ...], str]]:
        for name in self.of:
            yield ("of",), name

    def findings(self, name: str, scope: "Scope") -> Found:
        yield from super().findings(name, scope)
        yield from pay_findings(self, scope)
        if self.parts == "equal" and self.compress is not None:
            yield Finding(("compress",), "equal parts go one level down", "leave it out, or write parts: whole")
        if self.parts == "whole" and "residue" in self.model_fields_set:
            yield Finding(("residue",), "whole parts are not divided", "leave it out, or write parts: equal")
        rows = [row for _, row in self.rates.leaves()] if isinstance(self.rates, ByKey) else [self.rates]
        if self.parts == "equal" and any(len(row.levels) > 1 or row.tail is not None for row in rows):
            yield Finding(("rates",), "levels have no meaning here", "give one value, or write parts: whole")
        elif any(row.tail is not None for row in rows):
            yield Finding(("rates",), "a match down does not go with an endless level", "list the levels")

    def compile(self, name: str, builder: "Builder") -> None:
        from compplan.bonuses.match.compile import compile_match_down  # noqa: PLC0415 - the language loads no NumPy

        compile_match_down(name, self, builder)

    def describe(self, name: str) -> list[str]:
        del name
        if self.parts == "whole":
            return self._describe_whole()
        share = f"Of what a member gets of {' and '.join(self.of)}, {table(self.rates, self.rates_by, percent)}"
        lines = [f"{share} goes in equal parts to those directly below him{in_tree(self.tree)} who can be paid."]
        lines += [f"Only pay of members with {words(self.where)} is shared."] if self.where else []
        left = {
            "largest_remainder": "goes to those with the smallest ids, a cent each",
            "company": "stays with the company",
        }
        return [*lines, f"What does not divide {left[self.residue]}."]

    def _describe_whole(self) -> list[str]:
        """Return sentences about a match by level, from above."""
        rates = table(self.rates, self.rates_by, percent)
        what = f"Of what each member above him{in_tree(self.tree)} gets of {' and '.join(self.of)}"
        lines = [f"{what}, a member gets {rates}."]
        if self.compress:
            lines.append(f"Who has {words(self.compress)} uses up no level, gets nothing, and is not matched.")
        return [*lines, *([f"Only pay of members with {words(self.where)} is matched."] if self.where else [])]
