"""The sections of a plan file around its quantities and bonuses: inputs, trees, ranks, money."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema

from compplan.plan.located import Hinted
from compplan.plan.requirement import Requirement
from compplan.plan.values import ConditionText, Model, Name, Number, RoundingMode, Whole


class Rounding(Model):
    """How and when money is rounded. Both have no default: plans differ by cents."""

    mode: RoundingMode = Field(description="half_up and half_down decide ties away from and toward zero.")
    at: Literal["payment", "bonus", "member"] = Field(
        description="The rounding point: each payment, the sum of a member's bonus, or the member's total.",
    )


class Members(Model):
    """Which columns of the members table say what."""

    id: str = Field("member_id", description="The column of the member's id: whole numbers or text, unique.")
    kind: str = Field(
        "kind",
        description="The column that tells distributors from customers; read only where rules tell them apart, else all are distributors.",
    )
    enrolled: str = Field("enrolled_on", description="The column of the enrolment date; read only where rules need it.")
    distributors: tuple[str, ...] = Field(
        ("distributor",),
        description="The kinds that can earn and hold ranks; every other kind is a customer.",
    )


class Orders(Model):
    """Which columns of the orders table say what. Each row is one order, or one line of an order."""

    id: str = Field("order_id", description="The column of the order's id.")
    member: str = Field("member_id", description="The column of the buyer's id.")
    date: str = Field("date", description="The column of the date (or instant) that decides the period.")


class Tree(Model):
    """One parent relation over the members."""

    parent: str = Field(description="The column of the members table that holds the parent's id; empty for roots.")
    side: str | None = Field(None, description="The column that holds the side (binary) or place below the parent.")
    width: Whole | None = Field(None, ge=1, description="The largest number of children; 2 for a binary tree.")


class Rank(Model):
    """One rank of the ladder."""

    requires: tuple[Requirement, ...] = Field((), description="Each of these is needed; none means every distributor.")
    source: str | None = Field(None, description="Where the company's plan document says so.")


def _rank_form(value: Any) -> Any:
    if isinstance(value, str):
        raise Hinted("the requirements of a rank are a list", f"for example: [{value}]")
    return {"requires": value or []} if isinstance(value, list | None) else value


RankField = Annotated[Rank, BeforeValidator(_rank_form, json_schema_input_type=list[Requirement] | Rank | None)]


class Ranks(Model):
    """The ladder and how it is climbed."""

    tree: Name | None = Field(None, description="The tree of legs; the first by default.")
    ladder: dict[Name, RankField] = Field(
        min_length=1,
        max_length=127,  # rank numbers are int8
        description="The ranks, lowest first, each with what it requires.",
    )
    gaps: Literal["allowed", "closed"] = Field(
        "allowed",
        description="Whether a higher rank can be reached although a lower one is not.",
    )
    paid_as: Literal["rank", "title", "last_rank"] = Field(
        "rank",
        description="The rank used for pay: earned this period, the highest ever held, or last period's.",
    )
    legs_hold: Literal["rank", "title"] = Field(
        "rank",
        description="Which rank counts when legs must contain a rank.",
    )
    members: ConditionText = Field("is_distributor", description="Who can hold a rank at all.")
