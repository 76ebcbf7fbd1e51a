"""The whole of a plan file as one frozen model."""

from __future__ import annotations

from functools import cache
from typing import Any, Literal

from pydantic import Field, create_model

from compplan.bonuses.base import Bonus, bonus_union, kinds
from compplan.plan.currencies import CurrencyField
from compplan.plan.limits import Limit
from compplan.plan.payout import Payout
from compplan.plan.sections import (
    Members,
    Orders,
    Ranks,
    Rounding,
    Tree,
    Weeks,
)
from compplan.plan.values import ConditionText, Model, Name
from compplan.quantities.base import volume_union
from compplan.quantities.count import Count

Volume = volume_union()


class PlanModel(Model):
    """A compensation plan, version 1 of the language.

    All sections are mappings from names to rules; the order of names matters in the ladder and in `limits` only.
    """

    compplan: Literal[1] = Field(description="The version of the language.")
    name: str = Field(description="What people call the plan.")
    description: str | None = Field(None, description="A sentence about it.")
    source: str | None = Field(None, description="The company's plan document.")
    currency: CurrencyField = Field(description="ISO 4217 code, or a mapping with code and decimals.")
    period: Literal["daily", "weekly", "monthly", "quarterly", "yearly"] = Field(
        description="How long one run is; a run may also name its first and last day.",
    )
    weeks: Weeks | None = Field(None, description="The weeks of the period, where something is measured by the week.")
    rounding: Rounding = Field(description="The rounding of money.")
    members: Members = Field(default=Members(), description="Columns of the members table.")
    orders: Orders = Field(default=Orders(), description="Columns of the orders table.")
    trees: dict[Name, Tree] = Field(min_length=1, description="The trees by name; the first is the default.")
    volumes: dict[Name, Volume] = Field(default={}, description="Volumes and other measured numbers by name.")
    counts: dict[Name, Count] = Field(default={}, description="Counts of members and legs by name.")
    conditions: dict[Name, ConditionText] = Field(default={}, description="Named conditions.")
    ranks: Ranks | None = Field(None, description="The ladder of ranks.")
    bonuses: dict[Name, Bonus] = Field(default={}, description="The bonuses by name, each with its `kind`.")
    limits: dict[Name, Limit] = Field(default={}, description="What bonuses pay together at most, in this order.")
    payout: Payout = Field(default=Payout(), description="When a payable is paid out.", validate_default=True)

    def default_tree(self) -> str:
        """Return the name of the first tree."""
        return next(iter(self.trees))


def plan_model() -> type[PlanModel]:
    """Return the model of a plan with all bonus kinds known by now."""
    return _plan_model(tuple(kinds().values()))


@cache
def _plan_model(_known: tuple[type[Bonus], ...]) -> type[PlanModel]:
    bonuses: Any = dict[Name, bonus_union()]  # type: ignore[misc]
    field = Field(default={}, description="The bonuses by name, each with its `kind`.")
    return create_model("Plan", __base__=PlanModel, __doc__=PlanModel.__doc__, bonuses=(bonuses, field))
