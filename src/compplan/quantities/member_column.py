"""Numbers that the members table brings."""

from typing import TYPE_CHECKING, ClassVar

from pydantic import Field

from compplan.plan.values import Whole
from compplan.quantities.base import Quantity, register

if TYPE_CHECKING:
    from compplan.plan.scope import Scope
    from compplan.program.builder import Builder


@register
class MemberColumn(Quantity):
    """A number that the members table brings."""

    word: ClassVar[str] = "member"
    example: ClassVar[str] = """\
years: {member: years_with_us, decimals: 0}
"""

    member: str = Field(description="The column of the members table.")
    decimals: Whole = Field(2, ge=0, le=9, description="Digits after the point; more are an error.")

    def scale(self, scope: "Scope") -> int:
        del scope
        return self.decimals

    def compile(self, name: str, builder: "Builder") -> None:
        builder.known.add(name)  # read with the members table

    def describe(self) -> str:
        return f"as given in members.{self.member}"
