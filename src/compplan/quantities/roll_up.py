"""Roll-ups: the sum of a volume over the downline, whole or in part."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar, Self

from pydantic import Field, model_validator

from compplan.plan.findings import Finding, Found
from compplan.plan.located import Hinted
from compplan.plan.values import ConditionText, Flag, Name, Whole
from compplan.plan.wording import in_tree, levels_deep, words
from compplan.quantities.base import Quantity, register

if TYPE_CHECKING:
    from compplan.plan.scope import Scope
    from compplan.program.builder import Builder


@register
class RollUp(Quantity):
    """Sum of a volume over the downline."""

    word: ClassVar[str] = "roll_up"
    overlaps: ClassVar[bool] = True
    conditions: ClassVar[tuple[str, ...]] = ("compress", "where", "stop_at", "with_uplines", "outside_legs_with")
    example: ClassVar[str] = """\
gv: {roll_up: pv}
three_levels: {roll_up: pv, levels: 3, own: false}
three_active_levels: {roll_up: pv, levels: 3, compress: not active}
personal_group: {roll_up: pv, stop_at: rank >= silver}
side_volume: {roll_up: pv, outside_legs_with: rank >= silver}
"""

    roll_up: Name = Field(description="The volume that is summed.")
    tree: Name | None = Field(None, description="The tree; the first by default.")
    own: Flag = Field(default=True, description="Whether the member's own volume is part of it.")
    levels: Whole | None = Field(None, ge=1, description="How many levels down; all when left out.")
    compress: ConditionText | None = Field(
        None, description="With levels: members who meet this use up no level; their volume counts."
    )
    where: ConditionText | None = Field(None, description="Only volume of members who meet this.")
    stop_at: ConditionText | None = Field(
        None,
        description="A downline member who meets this is left out with his whole downline (breakaway).",
    )
    with_uplines: ConditionText | None = Field(
        None,
        description="Like stop_at, and the members between are left out too; their other lines stay.",
    )
    outside_legs_with: ConditionText | None = Field(
        None,
        description="A whole leg is left out if anyone in it meets this.",
    )

    @model_validator(mode="after")
    def _one_way_of_leaving_out(self) -> Self:
        given = [w for w in ("levels", "outside_legs_with", "stop_at", "with_uplines") if getattr(self, w) is not None]
        if len(given) > 1 and given != ["stop_at", "with_uplines"]:
            raise Hinted(f"{' and '.join(given)} do not go together", "make two volumes", (given[1],))
        if self.compress is not None and self.levels is None:
            raise Hinted("compress goes with levels", "give levels, or leave it out", ("compress",))
        return self

    @property
    def has_legs(self) -> bool:
        """Whether it runs over the whole downline, so that its legs are subtrees."""
        return not (self.levels or self.stop_at or self.with_uplines or self.outside_legs_with)

    def targets(self) -> Iterator[tuple[str, str]]:
        yield "roll_up", self.roll_up

    def scale(self, scope: "Scope") -> int:
        return scope.scale(self.roll_up)

    def findings(self, name: str, scope: "Scope") -> Found:
        if isinstance(scope.rules[self.roll_up], RollUp):
            message = f'"{name}" would count volume more than once'
            yield Finding(("roll_up",), message, "sum a volume that is a member's own")

    def compile(self, name: str, builder: "Builder") -> None:
        from compplan.program.tree_passes import RollUpPass  # noqa: PLC0415 - the language loads no NumPy

        base = builder.masked(self)
        if self.compress is not None and self.levels is not None:
            from compplan.program.compressed import CompressedPass  # noqa: PLC0415 - as above

            skips = builder.condition(self.compress)
            given = self.tree_of(builder.plan.scope), base, skips, self.levels, self.own
            builder.add(CompressedPass((name,), (base, skips), *given))
            return
        text = self.stop_at or self.outside_legs_with
        stop = builder.condition(text) if text else None
        uplines = builder.condition(self.with_uplines) if self.with_uplines else None
        reads = (base, *filter(None, (stop, uplines)))
        builder.add(RollUpPass((name,), reads, self, self.tree_of(builder.plan.scope), base, stop, uplines))

    def describe(self) -> str:
        text = f"{self.roll_up} of {'the member and ' if self.own else ''}the downline"
        text += in_tree(self.tree)
        text += f", {levels_deep(self.levels)}" if self.levels else ""
        text += f" (members with {words(self.compress)} use up none)" if self.compress else ""
        text += f", of members with {words(self.where)}" if self.where else ""
        text += f", down to members with {words(self.stop_at)}" if self.stop_at else ""
        if self.with_uplines:
            text += f", and without the members between if anyone below them has {words(self.with_uplines)}"
        return text + (f", without legs that contain {words(self.outside_legs_with)}" if self.outside_legs_with else "")
