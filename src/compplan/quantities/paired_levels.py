"""Paired levels: on how many levels of a binary tree both sides below a member have somebody."""

from typing import TYPE_CHECKING, ClassVar

from pydantic import Field

from compplan.plan.findings import Finding, Found
from compplan.plan.values import ConditionText, Name, Whole
from compplan.plan.wording import words
from compplan.quantities.base import Quantity, register

if TYPE_CHECKING:
    from compplan.plan.scope import Scope
    from compplan.program.builder import Builder


@register
class PairedLevels(Quantity):
    """On how many levels below a member both sides of a binary tree have somebody.

    A bonus that pays each of them once is a `tier` by it, with `first_time` and `pays: every`.
    """

    word: ClassVar[str] = "paired_levels"
    conditions: ClassVar[tuple[str, ...]] = ("where", "compress")
    example: ClassVar[str] = """\
layers: {paired_levels: binary}
layers_of_buyers: {paired_levels: binary, where: pv >= 100, levels: 20}
layers_of_the_active: {paired_levels: binary, compress: not active}
"""

    paired_levels: Name = Field(description="The binary tree: one with `side` and `width: 2`.")
    where: ConditionText | None = Field(None, description="Only members who meet this count.")
    compress: ConditionText | None = Field(
        None, description="Members who meet this use up no level and do not count; who is below takes their level."
    )
    levels: Whole | None = Field(None, ge=1, description="How many levels down; all when left out.")

    def tree_of(self, scope: "Scope") -> str:
        return self.paired_levels if self.paired_levels in scope.model.trees else scope.model.default_tree()

    def scale(self, scope: "Scope") -> int:
        del scope
        return 0

    def findings(self, name: str, scope: "Scope") -> Found:
        del name
        tree = scope.model.trees.get(self.paired_levels)
        if tree is None:
            yield Finding(("paired_levels",), f'"{self.paired_levels}" is not a tree', "name a binary tree")
        elif tree.side is None or tree.width != 2:
            message = f'the tree "{self.paired_levels}" has no two sides'
            yield Finding(("paired_levels",), message, "give it side and width: 2 under trees")

    def compile(self, name: str, builder: "Builder") -> None:
        from compplan.program.tree_passes import PairedLevelsPass  # noqa: PLC0415 - the language loads no NumPy

        where, skip = (builder.condition(text) if text else None for text in (self.where, self.compress))
        reads = tuple(filter(None, (where, skip)))
        builder.add(PairedLevelsPass((name,), reads, self.tree_of(builder.plan.scope), where, skip, self.levels))

    def describe(self) -> str:
        of = f" with {words(self.where)}" if self.where else ""
        down = f"the first {self.levels} levels" if self.levels else "levels"
        skipped = f"; members with {words(self.compress)} use up no level" if self.compress else ""
        return f"on how many of {down} below him both sides of the {self.paired_levels} tree have a member{of}{skipped}"
