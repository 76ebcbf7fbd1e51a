"""Volume compression: volume that moves to the nearest member above who may keep it."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar

from pydantic import Field

from compplan.plan.findings import Finding, Found
from compplan.plan.values import ConditionText, Name
from compplan.plan.wording import in_tree, words
from compplan.quantities.base import Quantity, register
from compplan.quantities.roll_up import RollUp

if TYPE_CHECKING:
    from compplan.plan.scope import Scope
    from compplan.program.builder import Builder


@register
class MoveUp(Quantity):
    """Volume compression: the volume of some members moves to the nearest other member above."""

    word: ClassVar[str] = "move_up"
    conditions: ClassVar[tuple[str, ...]] = ("where",)
    example: ClassVar[str] = """\
kept: {move_up: pv, where: pv < 100}
"""

    move_up: Name = Field(description="The volume that moves.")
    where: ConditionText = Field(
        description="The volume of members who meet this moves up, as far as the first who does not."
    )
    tree: Name | None = Field(None, description="The tree; the first by default.")

    def targets(self) -> Iterator[tuple[str, str]]:
        yield "move_up", self.move_up

    def scale(self, scope: "Scope") -> int:
        return scope.scale(self.move_up)

    def findings(self, name: str, scope: "Scope") -> Found:
        if isinstance(scope.rules[self.move_up], RollUp):
            message = f'"{name}" would count volume more than once'
            yield Finding(("move_up",), message, "sum a volume that is a member's own")

    def compile(self, name: str, builder: "Builder") -> None:
        from compplan.program.tree_passes import MoveUpPass  # noqa: PLC0415 - the language loads no NumPy

        base, moves = builder.quantity(self.move_up), builder.condition(self.where)
        builder.add(MoveUpPass((name,), (base, moves), self.tree_of(builder.plan.scope), base, moves))

    def describe(self) -> str:
        moved = f"{self.move_up}; of members with {words(self.where)} it moves up"
        return f"{moved}{in_tree(self.tree)} to the first above without"
