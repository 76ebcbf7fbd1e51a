"""Differential: a member's own rate on his group, less the rates that are taken below him."""

from typing import TYPE_CHECKING, ClassVar, Literal, Self

from pydantic import Field, model_validator

from compplan.bonuses.difference.model import Climbing, Floors
from compplan.bonuses.registry import register
from compplan.plan.located import Hinted
from compplan.plan.values import Name, Rate

if TYPE_CHECKING:
    from compplan.program.builder import Builder


@register
class Differential(Climbing):
    """A rate by group volume or rank on own and downline volume, each member paid what is above the rates below."""

    example: ClassVar[str] = """\
group:
  kind: differential
  of: cv
  start: self
  rates_by: gv
  rates: {300: 6%, 1000: 9%, 2000: 12%}
  less: direct_leg
override:
  kind: differential
  of: cv
  rates: {bronze: 4%, silver: 10%}
  less: highest_between
  at_least: 1%
  from_level: 2
  levels: 4
  pay_when: active
  unpaid: pass_up
"""

    kind: Literal["differential"] = Field(description="Pays the difference to what is taken below.")
    less: Literal["highest_between", "direct_leg"] = Field(
        "highest_between",
        description=(
            "What is taken: the highest rate between source and earner, or the rate of the direct leg, whoever else "
            "stands below it. A difference below zero is zero."
        ),
    )
    lower_rate: Literal["skipped", "stops"] = Field(
        "skipped", description="At a rate lower than one met before: he gets nothing; the walk goes on, or ends."
    )
    equal_rate: Literal["skipped", "stops"] = Field(
        "skipped", description="At a rate equal to the highest met before: he gets nothing; the walk goes on, or ends."
    )
    at_least: Floors | None = Field(
        None,
        description=(
            "With highest_between: the least that a member with a rate is paid, also where his difference is smaller; "
            "what is taken grows by it."
        ),
    )
    at_least_if: Literal["smaller", "no_difference"] = Field(
        "smaller", description="Who is paid at_least: whose difference is smaller, or only who has none."
    )
    takes_at_least: Rate | None = Field(
        None, gt=0, description="What a member takes at least, also where his own rate is lower or he has none."
    )
    total_limit: Rate | None = Field(
        None, gt=0, description="With highest_between: the most that all members together get of one volume."
    )
    taken: Name | None = Field(
        None,
        description="With highest_between: a quantity of the source, the rate that is taken before the walk; nobody's "
        "walk ends at it.",
    )
    bands: Literal["whole", "marginal"] = Field(
        "whole",
        description=(
            "With rates by a group volume: the whole volume is paid at the rate reached, or each part at the rate of "
            "its band."
        ),
    )

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        grows = [word for word in ("at_least", "total_limit", "taken") if getattr(self, word) is not None]
        if grows and self.less == "direct_leg":
            raise Hinted(f"{grows[0]} needs less: highest_between", "leave one of the two out", (grows[0],))
        if self.at_least is None and "at_least_if" in self.model_fields_set:
            raise Hinted("there is no at_least", "add it, or leave at_least_if out", ("at_least_if",))
        blocks = [word for word in ("lower_rate", "equal_rate") if getattr(self, word) == "stops"]
        if self.takes_at_least is not None and blocks:
            raise Hinted("takes_at_least needs lower and equal rates skipped", "leave one of the two out", (blocks[0],))
        return self

    def compile(self, name: str, builder: "Builder") -> None:
        if self.bands == "marginal":
            from compplan.bonuses.difference.marginal import compile_marginal  # noqa: PLC0415 - no NumPy here

            compile_marginal(name, self, builder)
        else:
            super().compile(name, builder)
