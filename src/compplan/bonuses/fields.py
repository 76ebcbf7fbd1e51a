"""Fields that several kinds have word for word."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from compplan.plan.values import ConditionText, Name

TreeUp = Annotated[Name | None, Field(description="The tree it goes up; the first by default.")]
PaidWhere = Annotated[ConditionText | None, Field(description="Only volume of members who meet this is paid on.")]
StopAt = Annotated[
    ConditionText | None,
    Field(
        description="A member who meets this is the last who is paid on what comes from below; his own volume goes no "
        "further either."
    ),
]
Payment = Annotated[
    Literal["period", "order"],
    Field(description="What one payment is: a source's volume of the period, or each order."),
]
