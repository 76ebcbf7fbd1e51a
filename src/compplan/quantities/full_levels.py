"""Full levels: how many levels of a matrix below a member have no free place."""

from typing import TYPE_CHECKING, ClassVar

from pydantic import Field

from compplan.plan.findings import Finding, Found
from compplan.plan.values import ConditionText, Name
from compplan.plan.wording import words
from compplan.quantities.base import Quantity, register

if TYPE_CHECKING:
    from compplan.plan.scope import Scope
    from compplan.program.builder import Builder


@register
class FullLevels(Quantity):
    """How many levels below a member are full, from the first on: in a tree three wide, 3 members, 9, 27 and so on."""

    word: ClassVar[str] = "full_levels"
    conditions: ClassVar[tuple[str, ...]] = ("where",)
    example: ClassVar[str] = """\
levels_full: {full_levels: binary}
levels_active: {full_levels: binary, where: active}
"""

    full_levels: Name = Field(description="The tree, which has a width.")
    where: ConditionText | None = Field(None, description="Only places of members who meet this count as taken.")

    def tree_of(self, scope: "Scope") -> str:
        return self.full_levels if self.full_levels in scope.model.trees else scope.model.default_tree()

    def scale(self, scope: "Scope") -> int:
        del scope
        return 0

    def findings(self, name: str, scope: "Scope") -> Found:
        del name
        tree = scope.model.trees.get(self.full_levels)
        if tree is None:
            yield Finding(("full_levels",), f'"{self.full_levels}" is not a tree', "name a tree with a width")
        elif tree.width is None:
            yield Finding(("full_levels",), f'the tree "{self.full_levels}" has no width', "give it one under trees")

    def compile(self, name: str, builder: "Builder") -> None:
        builder.full_levels(self.tree_of(builder.plan.scope), self.where, name)

    def describe(self) -> str:
        of = f" with {words(self.where)}" if self.where else ""
        return f"number of levels in the {self.full_levels} tree whose places are all taken by members{of}"
