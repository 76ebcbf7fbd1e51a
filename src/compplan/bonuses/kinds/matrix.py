"""Matrix: pay by level in a tree of limited width, for every member or only where a level is full."""

from typing import TYPE_CHECKING, ClassVar, Literal, Self

from pydantic import Field, model_validator

from compplan.bonuses.registry import register
from compplan.bonuses.upward import Upward
from compplan.plan.findings import Finding, Found
from compplan.plan.located import Hinted
from compplan.plan.values import ConditionText, Name
from compplan.plan.wording import words

if TYPE_CHECKING:
    from compplan.plan.scope import Scope
    from compplan.program.builder import Builder


@register
class Matrix(Upward):
    """Levels of a forced matrix. Where members stand is decided before a run, for example by `compplan.place`."""

    family: ClassVar[str] = "matrix"
    conditions: ClassVar[tuple[str, ...]] = (*Upward.conditions, "taken_by")
    example: ClassVar[str] = """\
matrix:
  kind: matrix
  of: starter_kits
  tree: binary
  amounts: 0.25 and deeper
  levels: {bronze: 3, silver: 12}
  pays: full_levels
"""

    kind: Literal["matrix"] = Field(description="Pays by level in a tree that has a width.")
    tree: Name = Field(description="The tree that it goes up, which has a width.")
    pays: Literal["each_member", "full_levels"] = Field(
        "each_member",
        description="Whether a level pays as it fills, or nothing before every place of it is taken.",
    )
    taken_by: ConditionText | None = Field(
        None, description="With pays: full_levels, only places of members who meet this count as taken."
    )

    @model_validator(mode="after")
    def _taken_by_has_a_meaning(self) -> Self:
        if self.taken_by is not None and self.pays != "full_levels":
            raise Hinted("taken_by has no meaning here", "it goes with pays: full_levels", ("taken_by",))
        if self.pays == "full_levels" and (self.compress != "none" or self.start == "self"):
            field = "start" if self.start == "self" else "compress"
            raise Hinted("full levels are those of the matrix as it stands", f"leave {field} out", (field,))
        return self

    def findings(self, name: str, scope: "Scope") -> Found:
        yield from super().findings(name, scope)
        tree = scope.model.trees.get(self.tree)
        if tree is not None and tree.width is None:
            yield Finding(("tree",), f'the tree "{self.tree}" has no width', "give it one under trees")
        elif tree is not None and tree.width == 1 and self.pays == "full_levels":
            yield Finding(("pays",), "every level of a tree one wide is full", "use pays: each_member")

    def full_levels(self, builder: "Builder") -> str | None:
        if self.pays == "each_member":
            return None
        return builder.full_levels(self.tree, self.taken_by)

    def describe(self, name: str) -> list[str]:
        lines = super().describe(name)
        if self.pays == "full_levels":
            of = f" by members with {words(self.taken_by)}" if self.taken_by else ""
            lines.append(f"A level pays nothing before every place of it is taken{of}.")
        return lines
