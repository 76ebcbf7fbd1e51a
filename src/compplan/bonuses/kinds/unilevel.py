"""Unilevel: a share of the volume of each level below, in rank-dependent depth."""

from typing import ClassVar, Literal

from pydantic import Field

from compplan.bonuses.registry import register
from compplan.bonuses.upward import Upward


@register
class Unilevel(Upward):
    """Rates by level and rank on the volume of the downline, with every way of compression."""

    family: ClassVar[str] = "unilevel"
    example: ClassVar[str] = """\
unilevel:
  kind: unilevel
  of: cv
  rates:
    bronze: [5%, 3%]
    silver: [5%, 5%, 3%, 0.5% and deeper]
  pay_when: active
  compress: not active
  cap: {bronze: 500, silver: 2000}
"""

    kind: Literal["unilevel"] = Field(description="Pays by level, down to the last level of the table or without end.")
