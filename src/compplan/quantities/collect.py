"""Volume that is collected downwards, level by level, until an amount is met."""

from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING, ClassVar, Literal, Self

from pydantic import Field, model_validator

from compplan.plan.findings import Finding, Found
from compplan.plan.located import Hinted
from compplan.plan.values import EXACT, ConditionText, Flag, Name, Number, Whole, digits
from compplan.plan.wording import in_tree, levels_deep, money, words
from compplan.quantities.base import Quantity, register
from compplan.quantities.roll_up import RollUp
from compplan.ranks.row import INFINITE

if TYPE_CHECKING:
    from compplan.plan.scope import Scope
    from compplan.program.builder import Builder


@register
class Collect(Quantity):
    """Volume of the downline, one level after the other, until an amount is met."""

    word: ClassVar[str] = "collect"
    conditions: ClassVar[tuple[str, ...]] = ("where", "compress")
    example: ClassVar[str] = """\
leg: {collect: pv, until: 5625}
leg_of_groups: {collect: personal_group, until: 5625, where: rank >= bronze, compress: not rank >= bronze, levels: 3}
levels_needed: {collect: pv, until: 5625, measure: levels}
"""

    collect: Name = Field(description="The volume that is collected.")
    until: Number = Field(gt=0, description="The amount at which collecting ends.")
    tree: Name | None = Field(None, description="The tree; the first by default.")
    own: Flag = Field(default=True, description="Whether the member's own volume comes first, before level 1.")
    levels: Whole | None = Field(None, ge=1, description="How many levels down it goes; all when left out.")
    where: ConditionText | None = Field(None, description="Only volume of members who meet this.")
    compress: ConditionText | None = Field(
        None, description="Who uses up no level: his frontline stands on the same level as he does."
    )
    last_level: Literal["whole", "part"] = Field(
        "whole", description="Whether the level that meets the amount counts in full, or only what was still missing."
    )
    measure: Literal["volume", "levels"] = Field(
        "volume", description="What the number is: the volume, or how many levels it was collected from."
    )

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if self.measure == "levels" and "last_level" in self.model_fields_set:
            raise Hinted("last_level says what counts of a volume", "leave it out", ("last_level",))
        return self

    def targets(self) -> Iterator[tuple[str, str]]:
        yield "collect", self.collect

    def scale(self, scope: "Scope") -> int:
        return 0 if self.measure == "levels" else scope.scale(self.collect)

    def findings(self, name: str, scope: "Scope") -> Found:
        below = scope.rules[self.collect]
        if isinstance(below, RollUp) and not (below.stop_at and self.where):
            message = f'"{name}" would count volume more than once'
            hint = "collect a volume that is a member's own, or groups with stop_at of members who head one (where)"
            yield Finding(("collect",), message, hint)
        scale = scope.scale(self.collect)
        if digits(self.until) > scale:
            yield Finding(("until",), f"{self.until} has more digits than {self.collect}", "write fewer digits")
        elif Fraction(self.until) * 10**scale > INFINITE:
            yield Finding(("until",), f"{self.until} does not fit 64 bits", "write a roll_up: it has no end")

    def compile(self, name: str, builder: "Builder") -> None:
        from compplan.volumes.collect_pass import CollectPass  # noqa: PLC0415 - the language loads no NumPy

        scope = builder.plan.scope
        where = None if self.where is None else builder.condition(self.where)
        base = builder.only(builder.quantity(self.collect), where)
        skipped = None if self.compress is None else builder.condition(self.compress)
        amount = int(self.until.scaleb(scope.scale(self.collect), EXACT))
        reads = tuple(filter(None, (base, skipped)))
        builder.add(CollectPass((name,), reads, self, self.tree_of(scope), base, skipped, amount))

    def describe(self) -> str:
        text = f"{self.collect} of {'the member and ' if self.own else ''}the downline{in_tree(self.tree)}"
        text += f", of members with {words(self.where)}" if self.where else ""
        text += f", one level after the other until it is {money(self.until)}"
        text += f", {levels_deep(self.levels)} at most" if self.levels else ""
        if self.compress is not None:
            text += f"; a member with {words(self.compress)} uses up no level"
        if self.measure == "levels":
            return f"number of levels that are needed to collect {text}"
        return text + (f"; no more than {money(self.until)} counts" if self.last_level == "part" else "")
