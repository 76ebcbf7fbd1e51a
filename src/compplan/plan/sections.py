"""The sections of a plan file around the bonuses: inputs, trees, volumes, counts, ranks, money."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Discriminator, Field, Tag, WithJsonSchema, model_validator

from compplan.errors import did_you_mean
from compplan.plan.located import Hinted
from compplan.plan.requirement import Requirement
from compplan.plan.values import ConditionText, Flag, Model, Name, Number, Rate, SpanText, Whole

RoundingMode = Literal[
    "half_up",
    "half_even",
    "half_down",
    "toward_zero",
    "away_from_zero",
    "floor",
    "ceiling",
]


class Rounding(Model):
    """How and when money is rounded. Both have no default: plans differ by cents."""

    mode: RoundingMode = Field(description="half_up and half_down decide ties away from and toward zero.")
    at: Literal["payment", "bonus", "member"] = Field(
        description="The rounding point: each payment, the sum of a member's bonus, or the member's total.",
    )


class Currency(Model):
    """The money of the plan."""

    code: str = Field(pattern=r"^[A-Z]{3}$", description="ISO 4217 code.")
    decimals: Whole = Field(2, ge=0, le=6, description="Digits after the point of the smallest unit that is paid.")


_DECIMALS = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    3: "BHD IQD JOD KWD LYD OMR TND",
}
"""Currencies whose smallest unit is not a hundredth (ISO 4217)."""


def _currency(code: str) -> dict[str, Any]:
    digits = next((count for count, codes in _DECIMALS.items() if code in codes.split()), 2)
    return {"code": code, "decimals": digits}


_Code = Annotated[str, WithJsonSchema({"type": "string", "pattern": "^[A-Z]{3}$", "title": "Currency code"})]
CurrencyField = Annotated[
    Currency,
    BeforeValidator(lambda v: _currency(v) if isinstance(v, str) else v, json_schema_input_type=_Code | Currency),
]


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


Selected = str | Whole | Flag | Decimal
Selection = dict[str, Selected | list[Selected]]
"""Column names of the orders table, each with a value or a list of values."""


class Window(Model):
    """Only orders in a span after the buyer's enrolment, or after it, or on some days of the month."""

    from_enrolment: SpanText | None = Field(
        None, description="Only orders within this span from the buyer's enrolment."
    )
    after_enrolment: SpanText | None = Field(
        None, description="Only orders after this span from the buyer's enrolment."
    )
    days_of_month: tuple[Whole, Whole] | None = Field(
        None, description="Only orders from the first to the second day of a month."
    )

    @model_validator(mode="after")
    def _days_ascend(self) -> Window:
        if self.days_of_month and not 1 <= self.days_of_month[0] <= self.days_of_month[1] <= 31:
            raise Hinted("these are not days of a month in order", "for example: [1, 7]", ("days_of_month",))
        return self


class OrderSum(Model):
    """Sum of a column of the orders, credited to a member."""

    sum: str = Field(
        description="orders.<column>, or only `orders` to count them.",
        pattern=r"^orders(\.\w+)?$",
    )
    credit: Literal["buyer", "distributor"] = Field(
        "buyer",
        description="Who gets it: the buyer; or the buyer if a distributor, else the nearest one above.",
    )
    tree: Name | None = Field(
        None, description="The tree in which the nearest distributor is looked for; the first by default."
    )
    buyers: Literal["everyone", "customers", "distributors"] = Field("everyone", description="Whose orders count.")
    only: Selection = Field(default={}, description="Orders count only with these column values.")
    exclude: Selection = Field(default={}, description="Orders with these column values do not count.")
    window: Window | None = Field(None, description="Orders count only in this window.")
    first_order: Literal["only", "exclude"] | None = Field(
        None,
        description="Only the first order that a buyer ever placed, or all but that one.",
    )
    share: Rate = Field(1, ge=0, description="The share of the column's value that counts.", validate_default=True)
    customer_share: Rate | None = Field(
        None,
        ge=0,
        description="The share that counts of customers' orders, instead of `share`.",
    )
    decimals: Whole = Field(2, ge=0, le=9, description="Digits after the point in the orders table; more are an error.")


class RollUp(Model):
    """Sum of a volume over the downline."""

    roll_up: Name = Field(description="The volume that is summed.")
    tree: Name | None = Field(None, description="The tree; the first by default.")
    own: Flag = Field(default=True, description="Whether the member's own volume is part of it.")
    levels: Whole | None = Field(None, ge=1, description="How many levels down; all when left out.")
    where: ConditionText | None = Field(None, description="Only volume of members who meet this.")
    stop_at: ConditionText | None = Field(
        None,
        description="A downline member who meets this is left out with his whole downline (breakaway).",
    )
    with_uplines: ConditionText | None = Field(
        None,
        description="Like stop_at, and the members between are left out too; their other lines stay.",
    )
    outside_legs_with: ConditionText | None = Field(
        None,
        description="A whole leg is left out if anyone in it meets this.",
    )

    @model_validator(mode="after")
    def _one_way_of_leaving_out(self) -> RollUp:
        given = [w for w in ("levels", "outside_legs_with", "stop_at", "with_uplines") if getattr(self, w) is not None]
        if len(given) > 1 and given != ["stop_at", "with_uplines"]:
            raise Hinted(f"{' and '.join(given)} do not go together", "make two volumes", (given[1],))
        return self


class Legs(Model):
    """A measure over the legs: one of the largest, the rest, or a sum with a cap on each leg."""

    legs: Name = Field(description="The rolled-up volume whose legs are measured.")
    pick: Literal["largest", "second", "third", "others", "after_second", "sum"] = Field(
        "sum",
        description="The n-th largest leg, all others than the largest, all after the second, or all.",
    )
    leg_cap_amount: Number | None = Field(
        None,
        ge=0,
        description="With pick: sum, the largest amount that one leg counts.",
    )
    leg_cap: Rate | None = Field(
        None,
        ge=0,
        description="With pick: sum, the largest share of the member's total that one leg counts.",
    )

    @model_validator(mode="after")
    def _one_cap_of_a_sum(self) -> Legs:
        given = [w for w in ("leg_cap_amount", "leg_cap") if getattr(self, w) is not None]
        if len(given) > 1 or (given and self.pick != "sum"):
            raise Hinted("a leg cap goes with pick: sum, and alone", "use one cap, or none", (given[0],))
        return self


class Compute(Model):
    """An exact computation over quantities."""

    compute: ConditionText = Field(description="Numbers, quantities, days_in_period, + - * /, min and max; a division by a quantity of zero gives 0.")
    decimals: Whole | None = Field(
        None, ge=0, le=9, description="Digits to round to; needed where a division may not end."
    )
    rounding: RoundingMode = Field("half_up", description="How it is rounded to `decimals`.")


class MemberColumn(Model):
    """A number that the members table brings."""

    member: str = Field(description="The column of the members table.")
    decimals: Whole = Field(2, ge=0, le=9, description="Digits after the point; more are an error.")


class MoveUp(Model):
    """Volume compression: the volume of some members moves to the nearest other member above."""

    move_up: Name = Field(description="The volume that moves.")
    where: ConditionText = Field(
        description="The volume of members who meet this moves up, as far as the first who does not."
    )
    tree: Name | None = Field(None, description="The tree; the first by default.")


_VOLUME_KINDS = ("sum", "roll_up", "legs", "compute", "member", "move_up")


def _volume_form(value: Any) -> Any:
    if isinstance(value, dict) and not any(kind in value for kind in _VOLUME_KINDS):
        near = [hint for key in value if (hint := did_you_mean(str(key), _VOLUME_KINDS)).startswith("did")]
        hint = next(iter(near), "for example: {sum: orders.qv}")
        raise Hinted(f"none of {', '.join(_VOLUME_KINDS)} is here", hint)
    return value


def _volume_kind(value: Any) -> str:
    given = value if isinstance(value, dict) else getattr(value, "model_fields_set", ())
    return next((k for k in _VOLUME_KINDS if k in given), "sum")


Volume = Annotated[
    Annotated[OrderSum, Tag("sum")]
    | Annotated[RollUp, Tag("roll_up")]
    | Annotated[Legs, Tag("legs")]
    | Annotated[Compute, Tag("compute")]
    | Annotated[MemberColumn, Tag("member")]
    | Annotated[MoveUp, Tag("move_up")],
    Discriminator(_volume_kind),
    BeforeValidator(_volume_form),
]


class Count(Model):
    """How many members, or how many legs with at least one member, meet a condition."""

    count: ConditionText = Field(description="The condition; `is_distributor` and `is_customer` are always there.")
    among: Literal["frontline", "downline", "legs"] = Field(
        description="Whom it counts; `legs` counts legs with at least one."
    )
    levels: Whole | None = Field(None, ge=1, description="With downline: how many levels down.")
    per_leg: Whole | None = Field(None, ge=1, description="With downline: the most that one leg may bring.")
    tree: Name | None = Field(None, description="The tree; the first by default.")

    @model_validator(mode="after")
    def _limits_fit(self) -> Count:
        given = [w for w in ("levels", "per_leg") if getattr(self, w) is not None]
        if given and (self.among != "downline" or len(given) > 1):
            raise Hinted("levels or per_leg go with among: downline, one of them", "leave it out", (given[0],))
        return self


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


class Payout(Model):
    """When a payable is paid out."""

    minimum: Number = Field(
        0,
        ge=0,
        description="A smaller total is withheld and carried to the next period.",
        validate_default=True,
    )
