"""Infinity: a rate by rank on all levels without end, until somebody of the same or a lower rate blocks it."""

from typing import ClassVar, Literal, Self

from pydantic import Field, model_validator

from compplan.bonuses.difference.model import Climbing
from compplan.bonuses.registry import register
from compplan.plan.located import Hinted


@register
class Infinity(Climbing):
    """A rate on the whole downline below the first levels, with blocking by rate."""

    example: ClassVar[str] = """\
infinity:
  kind: infinity
  of: cv
  rates: {bronze: 1%, silver: 2%}
  from_level: 2
  lower_rate: skipped
  equal_rate: stops
"""

    kind: Literal["infinity"] = Field(description="Pays without end, with blocking by rate.")
    first_levels: Literal["take", "nothing"] = Field(
        "nothing",
        description="Whether members on the levels before `from_level` take their rates all the same, or stand aside.",
    )
    less: Literal["nothing", "highest_between"] = Field(
        "nothing", description="Whether each is paid his whole rate, or what is above the highest rate below."
    )
    lower_rate: Literal["skipped", "stops", "paid"] = Field(
        "skipped",
        description=(
            "At a rate lower than the highest so far: nothing, and the walk goes on or ends; with less: nothing he may "
            "be paid. Who has no rate is always skipped."
        ),
    )
    equal_rate: Literal["skipped", "stops", "paid"] = Field(
        "skipped", description="The same at a rate equal to the highest so far."
    )

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        paid = [word for word in ("lower_rate", "equal_rate") if getattr(self, word) == "paid"]
        if paid and self.less != "nothing":
            raise Hinted("there is no difference to pay", "use skipped or stops, or less: nothing", (paid[0],))
        if paid == ["lower_rate"]:
            raise Hinted("a lower rate is paid, and an equal one is not", "let equal_rate be paid too", ("equal_rate",))
        return self
