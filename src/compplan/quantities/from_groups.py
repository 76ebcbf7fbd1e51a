"""Volume of groups below: what leaders send up, less what they guarantee further up; in points, not money."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar

from pydantic import Field

from compplan.plan.findings import Finding, Found
from compplan.plan.values import EXACT, ConditionText, Name, Number, digits
from compplan.plan.wording import in_tree, money, words
from compplan.quantities.base import Quantity, register

if TYPE_CHECKING:
    from compplan.plan.scope import Scope
    from compplan.program.builder import Builder


@register
class FromGroups(Quantity):
    """Volume of the groups of leaders goes up to the next who keeps it; a guarantee to the next above comes first."""

    word: ClassVar[str] = "from_groups"
    conditions: ClassVar[tuple[str, ...]] = ("groups", "keeps")
    example: ClassVar[str] = """\
overriding: {from_groups: personal_group, groups: rank >= silver, guarantee: 4500, keeps: rank >= silver}
"""

    from_groups: Name = Field(description="The volume of a leader's own group, such as a roll_up with stop_at.")
    groups: ConditionText = Field(description="Who is a leader: his group sends its volume up.")
    keeps: ConditionText = Field(
        "is_distributor", description="Who keeps what comes up to him; what comes up to the others goes on."
    )
    guarantee: Number = Field(
        0,
        ge=0,
        validate_default=True,
        description="What a leader sends up at least; what his own group lacks of it is taken from what he receives.",
    )
    tree: Name | None = Field(None, description="The tree; the first by default.")

    def targets(self) -> Iterator[tuple[str, str]]:
        yield "from_groups", self.from_groups

    def scale(self, scope: "Scope") -> int:
        return scope.scale(self.from_groups)

    def findings(self, name: str, scope: "Scope") -> Found:
        if digits(self.guarantee) > scope.scale(name):
            message = f"{self.guarantee} has more digits than {self.from_groups}"
            yield Finding(("guarantee",), message, "write fewer digits")

    def compile(self, name: str, builder: "Builder") -> None:
        from compplan.bonuses.leadership.volume_pass import GroupsPass  # noqa: PLC0415 - the language loads no NumPy

        scope = builder.plan.scope
        columns = builder.quantity(self.from_groups), builder.condition(self.groups), builder.condition(self.keeps)
        owed = int(self.guarantee.scaleb(scope.scale(name), EXACT))
        builder.add(GroupsPass((name,), columns, self.tree_of(scope), *columns, owed))

    def describe(self) -> str:
        least = f", at least {money(self.guarantee)} from each as far as he receives it" if self.guarantee else ""
        text = f"{self.from_groups} of members below with {words(self.groups)}{in_tree(self.tree)}{least}"
        return f"{text}; kept by members with {words(self.keeps)}, and else by the next above"
