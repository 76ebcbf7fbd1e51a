"""Numbers of the company: given to a run, or the sum of a volume over all members."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar

from pydantic import Field

from compplan.plan.findings import Finding, Found
from compplan.plan.values import Name, Whole
from compplan.quantities.base import Quantity, register

if TYPE_CHECKING:
    from compplan.plan.scope import Scope
    from compplan.program.builder import Builder


@register
class Company(Quantity):
    """A number of the company that the run is given, such as its profit; the same for every member."""

    word: ClassVar[str] = "company"
    example: ClassVar[str] = """\
profit: {company: profit}
shops: {company: shops, decimals: 0}
"""

    company: Name = Field(description="Its name in `run(..., company={...})`.")
    decimals: Whole = Field(2, ge=0, le=9, description="Digits after the point; more are an error.")

    def company_wide(self, scope: "Scope") -> bool:
        del scope
        return True

    def scale(self, scope: "Scope") -> int:
        del scope
        return self.decimals

    def compile(self, name: str, builder: "Builder") -> None:
        from compplan.program.passes import CompanyPass  # noqa: PLC0415 - the language loads no NumPy

        builder.add(CompanyPass((name,), (), self.company, self.decimals))

    def describe(self) -> str:
        return f"the company's {self.company}, as the run is given it"


@register
class Total(Quantity):
    """The sum of a volume over all members, as a number of the company; the same for every member."""

    word: ClassVar[str] = "total"
    example: ClassVar[str] = """\
company_pv: {total: pv}
"""

    total: Name = Field(description="The volume that is summed.")

    def company_wide(self, scope: "Scope") -> bool:
        del scope
        return True

    def targets(self) -> Iterator[tuple[str, str]]:
        yield "total", self.total

    def scale(self, scope: "Scope") -> int:
        return scope.scale(self.total)

    def findings(self, name: str, scope: "Scope") -> Found:
        if scope.rules[self.total].overlaps:
            message = f'"{name}" would count volume more than once'
            yield Finding(("total",), message, "sum a volume that is a member's own")

    def compile(self, name: str, builder: "Builder") -> None:
        from compplan.program.passes import TotalPass  # noqa: PLC0415 - the language loads no NumPy

        base = builder.quantity(self.total)
        company = builder.plan.scope.rules[self.total].company_wide(builder.plan.scope)
        builder.add(TotalPass((name,), (base,), base, company))

    def describe(self) -> str:
        return f"the sum of {self.total} over all members"
