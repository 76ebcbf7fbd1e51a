"""Months since a date of the member's, such as his enrolment, also counted anew every year."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar

from pydantic import Field

from compplan.plan.values import Whole
from compplan.quantities.base import Quantity, register
from compplan.quantities.days_since import NEVER

if TYPE_CHECKING:
    from compplan.plan.scope import Scope
    from compplan.program.builder import Builder


@register
class MonthsSince(Quantity):
    """Calendar months from the month of a date to that of the period's last day: 0 in the same month, 1 in the next.

    Where there is no date, or it is still to come, it is 1,000,000.
    """

    word: ClassVar[str] = "months_since"
    example: ClassVar[str] = """\
months: {months_since: member.enrolled_on}              # months <= 2: that of enrolment and the two after it
of_the_year: {months_since: member.enrolled_on, cycle: 12}   # 0 in the month of enrolment of every year
"""

    months_since: str = Field(pattern=r"^member\.\w+$", description="The date of the members table: member.<field>.")
    cycle: Whole | None = Field(
        None, ge=2, description="Counted anew after so many months: with 12, 0 in the same month of every year."
    )

    def fields(self) -> Iterator[tuple[str, str]]:
        yield self.months_since.removeprefix("member."), "instant"

    def scale(self, scope: "Scope") -> int:
        del scope
        return 0

    def compile(self, name: str, builder: "Builder") -> None:
        from compplan.program.passes import MonthsSincePass  # noqa: PLC0415 - the language loads no NumPy

        builder.add(MonthsSincePass((name,), (self.months_since,), self.months_since, self.cycle, NEVER))

    def describe(self) -> str:
        field = self.months_since.removeprefix("member.")
        anew = f", counted anew every {self.cycle} months" if self.cycle else ""
        return f"calendar months from members.{field} to the end of the period{anew}, {NEVER:,} without such a date"
