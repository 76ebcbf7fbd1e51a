"""Generation bonus: leaders are paid on the groups below other leaders, generation by generation."""

from typing import ClassVar, Literal

from pydantic import Field

from compplan.bonuses.generational import Generational
from compplan.bonuses.registry import register
from compplan.plan.values import ConditionText


@register
class Generation(Generational):
    """Rates by rank and generation on the volume of the downline."""

    family: ClassVar[str] = "generation"
    example: ClassVar[str] = """\
leadership:
  kind: generation
  of: cv
  boundary: paid_as >= silver
  boundary_member: opens
  own_group: before_first
  rates: {bronze: [3%], silver: [3%, 2%, 1%]}
  pay_when: active
"""

    kind: Literal["generation"] = Field(description="Pays by generation, down to the last one of the table.")
    boundary: ConditionText = Field(
        description=(
            "Who ends a generation, such as paid_as >= director; each line has its own, and the last one stays open. "
            "`earner.` before a name means the member who is paid: paid_as >= earner.paid_as."
        ),
    )
