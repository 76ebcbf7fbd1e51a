"""Weighted volumes: the volume of the downline, each level or generation of it with its own share."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar, Literal, Self

from pydantic import Field, model_validator

from compplan.plan.findings import Finding, Found
from compplan.plan.located import Hinted
from compplan.plan.tables import ByKey, Keys, LevelsTable, LevelTable, WeightTable
from compplan.plan.values import ConditionText, Name, Rate, digits
from compplan.plan.wording import in_tree, levels_words, percent, table, words
from compplan.quantities.base import Quantity, register
from compplan.quantities.roll_up import RollUp

if TYPE_CHECKING:
    from compplan.plan.scope import Scope
    from compplan.program.builder import Builder


@register
class Weighted(Quantity):
    """Sum of a volume over the downline, each level or generation with a share of its own."""

    word: ClassVar[str] = "weighted"
    conditions: ClassVar[tuple[str, ...]] = ("where", "boundary", "compress")
    example: ClassVar[str] = """\
factored: {weighted: cv, weights: [40%, 20%, 10%], boundary: active, boundary_member: opens, own_group: before_first}
of_ranks: {weighted: cv, weights: {bronze: [10%, 5%], silver: [10%, 10%, 5%]}, compress: not active}
three_lines: {weighted: cv, weights: [100%, 50%, 25%], own: 100%}
"""

    weighted: Name = Field(description="The volume that is summed.")
    weights: WeightTable = Field(
        description="The share of each level, or of each generation, that counts; or such a list for each "
        "`weights_by` key."
    )
    weights_by: Keys = Field(
        "paid_as",
        description="What the keys of the weights are: paid_as, rank, title, a quantity (thresholds), or "
        "member.<field> of the member whose number it is; a list of these where the table is nested.",
    )
    levels: LevelsTable | None = Field(
        None,
        description="The last level that counts, `all`, or such a number for each `levels_by` key; as far as the "
        "weights when left out.",
    )
    levels_by: str = Field(
        "paid_as",
        description="What the keys of `levels` are: paid_as, rank, title, a quantity (thresholds), or member.<field>.",
    )
    compress: ConditionText | None = Field(
        None, description="Who uses up no level (or ends no generation): his frontline stands on his own level."
    )
    tree: Name | None = Field(None, description="The tree; the first by default.")
    own: Rate = Field(0, ge=0, description="The share of the member's own volume.", validate_default=True)
    where: ConditionText | None = Field(None, description="Only volume of members who meet this.")
    boundary: ConditionText | None = Field(None, description="Who ends a generation; without it, weights go by level.")
    boundary_member: Literal["closes", "opens"] = Field(
        "closes", description="Whether a boundary member belongs to the generation that he ends, or to the next one."
    )
    own_group: Literal["first", "before_first"] = Field(
        "first", description="Whether what stands before the first boundary member is generation 1, or does not count."
    )

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if self.levels is None and "levels_by" in self.model_fields_set:
            raise Hinted("levels_by has no table", "give levels too", ("levels_by",))
        for field in ("boundary_member", "own_group"):
            if self.boundary is None and field in self.model_fields_set:
                raise Hinted(f"{field} needs a boundary", "for example: boundary: paid_as >= director", (field,))
        return self

    def targets(self) -> Iterator[tuple[str, str]]:
        yield "weighted", self.weighted

    def tables(self) -> Iterator[tuple[str, str | tuple[str, ...], LevelTable | ByKey]]:
        yield "weights", self.weights_by, self.weights
        if self.levels is not None:
            yield "levels", self.levels_by, self.levels

    @property
    def fine(self) -> int:
        """The digits of the finest weight."""
        rows = [self.weights] if isinstance(self.weights, LevelTable) else [row for _, row in self.weights.leaves()]
        listed = [value for row in rows for value in (*row.levels, *filter(None, (row.tail,)))]
        return max(map(digits, (self.own, *listed)))

    def scale(self, scope: "Scope") -> int:
        return scope.scale(self.weighted) + self.fine

    def findings(self, name: str, scope: "Scope") -> Found:
        if isinstance(scope.rules[self.weighted], RollUp):
            message = f'"{name}" would count volume more than once'
            yield Finding(("weighted",), message, "sum a volume that is a member's own")

    def compile(self, name: str, builder: "Builder") -> None:
        from compplan.volumes.weighted import compile_weighted  # noqa: PLC0415 - the language loads no NumPy

        compile_weighted(name, self, builder)

    def describe(self) -> str:
        what = "generation" if self.boundary else "level"
        shares = table(self.weights, self.weights_by, percent).replace("by level", f"by {what}")
        text = f"{self.weighted} of the downline{in_tree(self.tree)}, weighted {shares}"
        text += f", and {percent(self.own)} of the member's own" if self.own else ""
        text += f", of members with {words(self.where)}" if self.where else ""
        if self.levels is not None:
            text += f", down to {what} {table(self.levels, self.levels_by, levels_words)}"
        if self.boundary:
            ends = {"closes": "still belongs to it", "opens": "belongs to the next one"}[self.boundary_member]
            text += f"; a member with {words(self.boundary)} ends a generation and {ends}"
            text += "; what stands before the first does not count" if self.own_group == "before_first" else ""
        if self.compress:
            uses = "ends no generation" if self.boundary else "uses up no level"
            text += f"; a member with {words(self.compress)} {uses}"
        return text
