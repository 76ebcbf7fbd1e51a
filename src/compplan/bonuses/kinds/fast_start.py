"""Fast start: what new members buy in their first days pays the enrollers above, order by order."""

from typing import ClassVar, Literal

from pydantic import Field

from compplan.bonuses.registry import register
from compplan.bonuses.upward import Upward
from compplan.plan.times import SpanText


@register
class FastStart(Upward):
    """A unilevel on the orders of a window that opens with the buyer's enrolment."""

    family: ClassVar[str] = "fast_start"
    example: ClassVar[str] = """\
fast_start: {kind: fast_start, of: cv, window: 60 days, rates: [20%, 10%, 5%], pay_when: active}
"""

    kind: Literal["fast_start"] = Field(description="Pays on orders within `window` from the buyer's enrolment.")
    window: SpanText = Field(description="How long after enrolment a buyer's orders count.")
    payment: Literal["period", "order"] = Field("order", description="What one payment is; each order by default.")
