"""Days since a date of the member's, such as his last login."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar

from pydantic import Field

from compplan.quantities.base import Quantity, register

if TYPE_CHECKING:
    from compplan.plan.scope import Scope
    from compplan.program.builder import Builder

NEVER = 1_000_000
"""What a member without a date counts: more days than any condition asks for."""


@register
class DaysSince(Quantity):
    """Days from a date of the members table to the last day of the period; 1,000,000 where there is no date."""

    word: ClassVar[str] = "days_since"
    example: ClassVar[str] = """\
idle: {days_since: member.last_login}
"""

    days_since: str = Field(pattern=r"^member\.\w+$", description="The date of the members table: member.<field>.")

    def fields(self) -> Iterator[tuple[str, str]]:
        yield self.days_since.removeprefix("member."), "instant"

    def scale(self, scope: "Scope") -> int:
        del scope
        return 0

    def compile(self, name: str, builder: "Builder") -> None:
        from compplan.program.passes import DaysSincePass  # noqa: PLC0415 - the language loads no NumPy

        builder.add(DaysSincePass((name,), (self.days_since,), self.days_since, NEVER))

    def describe(self) -> str:
        field = self.days_since.removeprefix("member.")
        return f"days from members.{field} to the last day of the period, {NEVER:,} where it is empty"
