"""Measures over legs: one of the largest, the rest, or a sum with a cap on each leg."""

from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from compplan.plan.findings import Finding, Found
from compplan.plan.located import Hinted
from compplan.plan.values import EXACT, Form, Name, Number, Rate, digits
from compplan.plan.wording import money, percent
from compplan.quantities.base import Quantity, register
from compplan.ranks.row import INFINITE

if TYPE_CHECKING:
    from compplan.plan.scope import Scope
    from compplan.program.builder import Builder

Place = Annotated[int, Form(strict=True, ge=1, le=100)]

_PICKS = {
    "largest": "the largest leg",
    "second": "the second largest leg",
    "third": "the third largest leg",
    "left": "the leg on the left side",
    "right": "the leg on the right side",
    "others": "all legs but the largest",
    "after_second": "all legs but the two largest",
    "sum": "the sum of the legs",
}


@register
class Legs(Quantity):
    """A measure over the legs: one of the largest, the rest, or a sum with a cap on each leg."""

    word: ClassVar[str] = "legs"
    overlaps: ClassVar[bool] = True
    example: ClassVar[str] = """\
largest: {legs: gv, pick: largest}
other_legs: {legs: gv, pick: others}
balanced: {legs: gv, leg_cap: 40%}
fourth: {legs: gv, pick: 4}
beyond_five: {legs: gv, without: 5}
without_power_line: {legs: gv, pick: others, leg_cap_amount: 13334}
"""

    legs: Name = Field(description="The rolled-up volume whose legs are measured.")
    pick: Literal["largest", "second", "third", "others", "after_second", "left", "right", "sum"] | Place = Field(
        "sum",
        description="The n-th largest leg by word or number, all others than the largest, all after the second, the "
        "one on a side, or all.",
    )
    without: Place | None = Field(
        None, description="With pick: sum and without a cap, so many of the largest legs do not count."
    )
    leg_cap_amount: Number | None = Field(
        None,
        ge=0,
        description="With pick: sum or others, the largest amount that one leg counts.",
    )
    leg_cap: Rate | None = Field(
        None,
        ge=0,
        description="With pick: sum, the largest share of the member's total that one leg counts.",
    )

    @model_validator(mode="after")
    def _one_cap_of_a_sum(self) -> Self:
        given = [w for w in ("leg_cap_amount", "leg_cap") if getattr(self, w) is not None]
        if self.without is not None and (given or self.pick != "sum"):
            raise Hinted("without goes with pick: sum, and without a cap", "leave it out", ("without",))
        fits = self.pick == "sum" or (self.pick == "others" and given == ["leg_cap_amount"])
        if len(given) > 1 or (given and not fits):
            hint = "use one cap, or none; an amount goes with pick: others, too"
            raise Hinted("a leg cap goes with pick: sum, and alone", hint, (given[0],))
        return self

    def targets(self) -> Iterator[tuple[str, str]]:
        yield "legs", self.legs

    def tree_of(self, scope: "Scope") -> str:
        return scope.roll_up(self.legs).tree_of(scope)

    def scale(self, scope: "Scope") -> int:
        return scope.scale(self.legs)

    def findings(self, name: str, scope: "Scope") -> Found:
        try:
            scope.roll_up(self.legs)
        except Hinted as error:
            yield Finding(("legs",), error.message, error.hint)
            return
        tree = scope.model.trees.get(self.tree_of(scope))
        if self.pick in {"left", "right"} and tree is not None and tree.side is None:
            yield Finding(
                ("pick",), f'the tree "{self.tree_of(scope)}" has no sides', "name a roll_up in a tree with a side"
            )
        cap, scale = self.leg_cap_amount, scope.scale(name)
        if cap is not None and digits(cap) > scale:
            yield Finding(("leg_cap_amount",), f"{cap} has more digits than {self.legs}", "write fewer digits")
        elif cap is not None and Fraction(cap) * 10**scale > INFINITE:
            yield Finding(("leg_cap_amount",), f"{cap} does not fit 64 bits", "leave the cap out")

    def compile(self, name: str, builder: "Builder") -> None:
        from compplan.program.tree_passes import LegsPass  # noqa: PLC0415 - the language loads no NumPy

        scope, cap = builder.plan.scope, self.leg_cap_amount
        total, measured = builder.leg_total(self.legs), builder.quantity(self.legs)
        exact = None if cap is None else int(cap.scaleb(scope.scale(name), EXACT))
        reads = tuple(dict.fromkeys((total, measured)))
        builder.add(LegsPass((name,), reads, self, self.tree_of(scope), total, measured, exact))

    def describe(self) -> str:
        cap = f", at most {money(self.leg_cap_amount)} a leg" if self.leg_cap_amount is not None else ""
        cap = f", at most {percent(self.leg_cap)} of the total a leg" if self.leg_cap is not None else cap
        if self.without is not None:
            return f"{self.legs} of all legs but the {self.without} largest"
        picked = _PICKS.get(str(self.pick), f"leg {self.pick} by size, the largest first")
        return f"{self.legs} of {picked}{cap}"
