"""Weighted volumes: the volume of the downline, each level or generation of it with its own share."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field, model_validator

from compplan.plan.findings import Finding
from compplan.plan.located import Hinted
from compplan.plan.values import ConditionText, LevelTable, Name, Rate, RateTable, digits
from compplan.plan.wording import in_tree, percent, table, words
from compplan.quantities.base import Quantity, register
from compplan.quantities.roll_up import RollUp

if TYPE_CHECKING:
    from collections.abc import Iterator

    from compplan.plan.findings import Found
    from compplan.plan.scope import Scope
    from compplan.program.builder import Builder


@register
class Weighted(Quantity):
    """Sum of a volume over the downline, each level or generation with a share of its own."""

    word: ClassVar[str] = "weighted"
    example: ClassVar[str] = """\
factored: {weighted: cv, weights: [40%, 20%, 10%], boundary: active, boundary_member: opens, own_group: before_first}
three_lines: {weighted: cv, weights: [100%, 50%, 25%], own: 100%}
"""

    weighted: Name = Field(description="The volume that is summed.")
    weights: RateTable = Field(description="The share of each level, or of each generation, that counts.")
    tree: Name | None = Field(None, description="The tree; the first by default.")
    own: Rate = Field(0, ge=0, description="The share of the member's own volume.", validate_default=True)
    where: ConditionText | None = Field(None, description="Only volume of members who meet this.")
    boundary: ConditionText | None = Field(
        None, description="Who ends a generation; without it, weights go by level."
    )
    boundary_member: Literal["closes", "opens"] = Field(
        "closes", description="Whether a boundary member belongs to the generation that he ends, or to the next one."
    )
    own_group: Literal["first", "before_first"] = Field(
        "first", description="Whether what stands before the first boundary member is generation 1, or does not count."
    )

    @model_validator(mode="after")
    def _fits_together(self) -> Weighted:
        if not isinstance(self.weights, LevelTable):
            raise Hinted("the weights have keys", "give one list, by level or generation", ("weights",))
        for field in ("boundary_member", "own_group"):
            if self.boundary is None and field in self.model_fields_set:
                raise Hinted(f"{field} needs a boundary", "for example: boundary: paid_as >= director", (field,))
        return self

    def targets(self) -> Iterator[tuple[str, str]]:
        yield "weighted", self.weighted

    def texts(self) -> Iterator[tuple[str, str]]:
        for field in ("where", "boundary"):
            if (text := getattr(self, field)) is not None:
                yield field, text

    @property
    def shares(self) -> LevelTable:
        """The weights, which have no keys."""
        assert isinstance(self.weights, LevelTable)  # noqa: S101 - checked when made
        return self.weights

    @property
    def fine(self) -> int:
        """The digits of the finest weight."""
        return max(map(digits, (self.own, *self.shares.levels, *filter(None, (self.shares.tail,)))))

    def scale(self, scope: Scope) -> int:
        return scope.scale(self.weighted) + self.fine

    def findings(self, name: str, scope: Scope) -> Found:
        if isinstance(scope.rules[self.weighted], RollUp):
            message = f'"{name}" would count volume more than once'
            yield Finding(("weighted",), message, "sum a volume that is a member's own")
        if not self.shares.levels and self.shares.tail is None:
            yield Finding(("weights",), "there is no level in this list", "give at least one share")
        if any(value < 0 for value in (*self.shares.levels, self.shares.tail or 0)):
            yield Finding(("weights",), "a weight is negative", "write it without the sign")

    def compile(self, name: str, builder: Builder) -> None:
        from compplan.volumes.weighted import WeightedPass  # noqa: PLC0415 - the language loads no NumPy

        where = None if self.where is None else builder.condition(self.where)
        base = builder.only(builder.quantity(self.weighted), where)
        boundary = None if self.boundary is None else builder.condition(self.boundary)
        reads = tuple(filter(None, (base, boundary)))
        builder.add(WeightedPass((name,), reads, self, self.tree_of(builder.plan.scope), base, boundary))

    def describe(self) -> str:
        what = "generation" if self.boundary else "level"
        shares = table(self.shares, "", percent).replace("by level", f"by {what}")
        text = f"{self.weighted} of the downline{in_tree(self.tree)}, weighted {shares}"
        text += f", and {percent(self.own)} of the member's own" if self.own else ""
        text += f", of members with {words(self.where)}" if self.where else ""
        if self.boundary:
            ends = {"closes": "still belongs to it", "opens": "belongs to the next one"}[self.boundary_member]
            text += f"; a member with {words(self.boundary)} ends a generation and {ends}"
            text += "; what stands before the first does not count" if self.own_group == "before_first" else ""
        return text
