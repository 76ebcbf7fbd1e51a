"""Direct bonus: the sponsor gets a share of, or an amount for, what the frontline buys."""

from typing import ClassVar, Literal, Self

from pydantic import Field, model_validator

from compplan.bonuses.registry import register
from compplan.bonuses.upward import Upward, single_level
from compplan.plan.located import Hinted
from compplan.plan.tables import LevelTable


@register
class Direct(Upward):
    """One level: the member directly above the buyer, or with `compress` the first above who is not skipped."""

    family: ClassVar[str] = "direct"
    example: ClassVar[str] = """\
sponsor: {kind: direct, of: cv, payment: order, rates: 10%}
"""

    kind: Literal["direct"] = Field(description="Pays the first level only.")

    @model_validator(mode="after")
    def _one_level(self) -> Self:
        table = self.table
        rows = (table,) if isinstance(table, LevelTable) else tuple(row for _, row in table.leaves())
        if not all(single_level(row) for row in rows):
            raise Hinted("a direct bonus has one level", "use kind: unilevel for more levels", (self.table_word,))
        return self
