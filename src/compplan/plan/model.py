"""The whole of a plan file as one frozen model."""

from functools import cache
from typing import Any, Literal

from pydantic import Field, create_model

from compplan.bonuses.base import Bonus
from compplan.bonuses.registry import bonus_union, kinds, some_kinds
from compplan.plan.currencies import CurrencyField
from compplan.plan.greater import GREATER, GreaterOf
from compplan.plan.limits import Limit
from compplan.plan.payout import Payout
from compplan.plan.sections import (
    Members,
    Orders,
    Ranks,
    Rounding,
    Tree,
    Weeks,
    Years,
)
from compplan.plan.values import ConditionText, Model, Name
from compplan.quantities.base import Quantity, volume_union, volume_words
from compplan.quantities.count import Count


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
    years: Years | None = Field(
        None, description="When years, their halves and quarters begin, where these are not of the calendar."
    )
    rounding: Rounding = Field(description="The rounding of money.")
    members: Members = Field(default=Members.model_construct(), description="Columns of the members table.")
    orders: Orders = Field(default=Orders.model_construct(), description="Columns of the orders table.")
    trees: dict[Name, Tree] = Field(min_length=1, description="The trees by name; the first is the default.")
    volumes: dict[Name, Quantity] = Field(default={}, description="Volumes and other measured numbers by name.")
    counts: dict[Name, Count] = Field(default={}, description="Counts of members and legs by name.")
    conditions: dict[Name, ConditionText] = Field(default={}, description="Named conditions.")
    ranks: Ranks | None = Field(None, description="The ladder of ranks.")
    bonuses: dict[Name, Bonus] = Field(default={}, description="The bonuses by name, each with its `kind`.")
    greater_of: dict[Name, GreaterOf] = GREATER
    limits: dict[Name, Limit] = Field(default={}, description="What bonuses pay together at most, in this order.")
    payout: Payout = Field(
        default=Payout.model_construct(), json_schema_extra={"default": {}}, description="When a payable is paid out."
    )

    def default_tree(self) -> str:
        """Return the name of the first tree."""
        return next(iter(self.trees))


def plan_model(data: Any = None) -> type[PlanModel]:
    """Return the model of a plan.

    Parameters
    ----------
    data
        What a plan file says: then the model knows the kinds that it names, which is quicker to build, and all
        kinds where it names one that is not known.
    """
    bonuses, volumes = _kinds_of(data)
    return _plan_model(tuple(kinds().values()) if bonuses is None else bonuses, volumes)


def _kinds_of(data: Any) -> tuple[tuple[type[Bonus], ...] | None, tuple[str, ...] | None]:
    if not isinstance(data, dict):
        return None, None
    bonuses, volumes = (data.get(section, {}) for section in ("bonuses", "volumes"))
    if not isinstance(bonuses, dict) or not isinstance(volumes, dict):
        return None, None
    named = [rule.get("kind") if isinstance(rule, dict) else None for rule in bonuses.values()]
    return some_kinds(named), volume_words(volumes.values())


@cache
def _plan_model(known: tuple[type[Bonus], ...], words: tuple[str, ...] | None) -> type[PlanModel]:
    bonuses: Any = dict[Name, bonus_union(known)] if known else dict[Name, Bonus]  # type: ignore[misc]
    volumes: Any = dict[Name, Quantity] if words == () else dict[Name, volume_union(words)]  # type: ignore[misc]
    fields = PlanModel.model_fields
    return create_model(
        "Plan",
        __base__=PlanModel,
        __doc__=PlanModel.__doc__,
        bonuses=(bonuses, Field(default={}, description=fields["bonuses"].description)),
        volumes=(volumes, Field(default={}, description=fields["volumes"].description)),
    )
