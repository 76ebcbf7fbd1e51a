"""Lines: how many of a member's legs, alone or joined, bring a given share of his volume."""

from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema

from compplan.plan.findings import Finding, Found
from compplan.plan.located import Hinted
from compplan.plan.values import Name, rate
from compplan.plan.wording import percent
from compplan.quantities.base import Quantity, register

if TYPE_CHECKING:
    from compplan.plan.scope import Scope
    from compplan.program.builder import Builder


def _shares(value: Any) -> Any:
    """Read a list of rates, each told by its place."""
    if isinstance(value, tuple):
        return value
    if not isinstance(value, list) or not value:
        raise Hinted("shares is a list, one for each line", "for example: [0%, 30%, 20%]")
    found = []
    for index, item in enumerate(value):
        try:
            found.append(rate(item))
        except Hinted as error:
            raise Hinted(error.message, error.hint, (index,)) from None
    return tuple(found)


Shares = Annotated[
    tuple[Decimal, ...],
    BeforeValidator(_shares),
    WithJsonSchema({"type": "array", "items": {"type": ["number", "string"]}, "minItems": 1, "title": "Shares"}),
]


@register
class Lines(Quantity):
    """Legs are taken by size, the largest first; a line counts if it has its share of the member's volume.

    The first line that has not ends the count. A line needs a leg with volume, also where its share is 0%.
    """

    word: ClassVar[str] = "lines"
    example: ClassVar[str] = """\
strong_lines: {lines: gv, shares: [0%, 30%, 20%]}
joined_lines: {lines: gv, shares: [0%, 30%, 20%], join: next_largest}
"""

    lines: Name = Field(description="The rolled-up volume whose legs are looked at.")
    shares: Shares = Field(description="For each line, the share of the member's volume that it needs.")
    join: Literal["none", "next_largest"] = Field(
        "none",
        description="Whether a line is one leg, or joined of legs, the next largest first, until it has its share.",
    )

    def targets(self) -> Iterator[tuple[str, str]]:
        yield "lines", self.lines

    def tree_of(self, scope: "Scope") -> str:
        return scope.roll_up(self.lines).tree_of(scope)

    def scale(self, scope: "Scope") -> int:
        del scope
        return 0

    def findings(self, name: str, scope: "Scope") -> Found:
        del name
        try:
            scope.roll_up(self.lines)
        except Hinted as error:
            yield Finding(("lines",), error.message, error.hint)
        for index, share in enumerate(self.shares):
            if not 0 <= share <= 1:
                yield Finding(("shares", index), f"{percent(share)} is no share of a volume", "from 0% to 100%")

    def compile(self, name: str, builder: "Builder") -> None:
        from compplan.program.tree_passes import LinesPass  # noqa: PLC0415 - the language loads no NumPy

        total, measured = builder.leg_total(self.lines), builder.quantity(self.lines)
        reads, tree = tuple(dict.fromkeys((total, measured))), self.tree_of(builder.plan.scope)
        joins = self.join == "next_largest"
        builder.add(LinesPass((name,), reads, tree, total, measured, self.shares, joins))

    def describe(self) -> str:
        how = ", legs joined until a line has its share" if self.join == "next_largest" else ""
        return f"number of lines of {self.lines} with {', '.join(map(percent, self.shares))} of it{how}"
