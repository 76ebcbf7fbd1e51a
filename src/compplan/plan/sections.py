"""The sections of a plan file around its quantities and bonuses: inputs, trees, ranks, money."""

from collections.abc import Iterator
from typing import Annotated, Any, Literal, Self, get_args

from pydantic import BeforeValidator, Field, model_validator

from compplan.plan.kept import Kept
from compplan.plan.located import Hinted
from compplan.plan.requirement import Requirement
from compplan.plan.values import ConditionText, Form, Model, Name, RoundingMode, Whole

FieldText = Annotated[str, Form(pattern=r"^member\.\w+$")]
"""A column of the members table, as conditions name it."""


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
        description="The column that tells distributors from customers; read only where rules tell them apart, else "
        "all are distributors.",
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
    placed: str | None = Field(
        None,
        description="The column of the date that windows go by, where it is another one, as of what is returned later: "
        "when the order was placed; `date` where it is empty.",
    )


class Tree(Model):
    """One parent relation over the members."""

    parent: str = Field(description="The column of the members table that holds the parent's id; empty for roots.")
    side: str | None = Field(None, description="The column that holds the side (binary) or place below the parent.")
    width: Whole | None = Field(None, ge=1, description="The largest number of children; 2 for a binary tree.")


class Weeks(Model):
    """When weeks start, and to which period one belongs that lies in two."""

    start: Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"] = Field(
        "monday", description="The first day of a week."
    )
    belong: Literal["first_day", "most_days", "last_day", "cut"] = Field(
        description="To which period a week belongs: that of its first day, of most of its days, or of its last day; "
        "or it is cut where the period ends."
    )
    period: Literal["calendar", "weeks"] = Field(
        "calendar", description="Which days the period itself counts: those of the calendar, or those of its weeks."
    )


Month = Literal[
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]
MONTHS: tuple[str, ...] = get_args(Month)


class Years(Model):
    """When years begin that are not those of the calendar, such as fiscal years; their quarters follow them."""

    start: Month = Field(description="The month with whose first day a year begins.")


class Rank(Model):
    """One rank of the ladder."""

    requires: tuple[Requirement, ...] = Field((), description="Each of these is needed; none means every distributor.")
    source: str | None = Field(None, description="Where the company's plan document says so.")


def _rank_form(value: Any) -> Any:
    if isinstance(value, str):
        raise Hinted("the requirements of a rank are a list", f"for example: [{value}]")
    return {"requires": value or []} if isinstance(value, list | None) else value


def _ladder_form(value: Any) -> Any:
    """Read a ladder of names only, whose ranks the members table brings."""
    return {str(name): {} for name in value} if isinstance(value, list | tuple) else value


RankField = Annotated[Rank, BeforeValidator(_rank_form, json_schema_input_type=list[Requirement] | Rank | None)]


class HeldRank(Model):
    """How a rank that is held rises and falls with the ranks earned period by period."""

    rises_after: Whole = Field(
        1, ge=1, le=12, description="It rises to what was reached in each of so many periods in a row."
    )
    falls_after: Whole | None = Field(
        None, ge=1, description="It falls in this period of so many in a row with a lower rank; never when left out."
    )
    falls_within: Whole | None = Field(
        None,
        ge=2,
        le=60,
        description="The periods with a lower rank need not be in a row: it falls in the last of falls_after within so "
        "many periods, such as in the fourth of twelve.",
    )
    falls_by: Whole | None = Field(
        None,
        ge=1,
        description="By how many ranks it falls at most, down to the rank earned; all the way when left out.",
    )

    @model_validator(mode="after")
    def _falls(self) -> Self:
        if self.falls_by is not None and self.falls_after is None:
            raise Hinted("it is not said when it falls", "add falls_after: 1, or more", ("falls_by",))
        if self.falls_within is not None and not 2 <= (self.falls_after or 0) <= self.falls_within:
            hint = "for example: falls_after: 4, falls_within: 12"
            raise Hinted("falls_within needs falls_after, two to as many periods", hint, ("falls_within",))
        return self

    @property
    def misses(self) -> str:
        """What the state keeps of periods with a lower rank: `below`, how many in a row, or `missed`, which ones."""
        return "below" if self.falls_within is None else "missed"


class Ranks(Model):
    """The ladder and how it is climbed."""

    tree: Name | None = Field(None, description="The tree of legs; the first by default.")
    ladder: Annotated[
        dict[Name, RankField],
        BeforeValidator(_ladder_form, json_schema_input_type=dict[Name, RankField] | list[Name]),
    ] = Field(
        min_length=1,
        max_length=127,  # rank numbers are int8
        description="The ranks, lowest first, each with what it requires; only their names where they are given.",
    )
    given: FieldText | None = Field(
        None, description="`member.<field>`: the members table brings the ranks, by name, and nothing is required."
    )
    granted: FieldText | None = Field(
        None,
        description="`member.<field>`: a rank that a member has at least, such as one that the company granted; "
        "empty for none.",
    )
    gaps: Literal["allowed", "closed"] = Field(
        "allowed",
        description="Whether a higher rank can be reached although a lower one is not.",
    )
    paid_as: Literal["rank", "title", "held_rank", "last_rank"] = Field(
        "rank",
        description="The rank used for pay: earned this period, the title, the held rank, or last period's.",
    )
    title: HeldRank | None = Field(
        None, description="How the title rises and falls; when left out it is the highest rank ever earned."
    )
    held_rank: HeldRank | None = Field(
        None, description="How a second rank beside the title rises and falls, such as one with a time of grace."
    )
    legs_hold: Literal["rank", "title", "held_rank"] = Field(
        "rank",
        description="Which rank counts when legs must contain a rank: earned this period, or the title or held rank "
        "that members have after it.",
    )
    members: ConditionText = Field("is_distributor", description="Who can hold a rank at all.")
    rounds: Whole = Field(
        100,
        ge=2,
        description="How often ranks are found anew at most, where a requirement reads ranks that the sweep of `tree` "
        "does not see, such as those of another tree.",
    )

    @model_validator(mode="after")
    def _over_time_fits(self) -> Self:
        if self.paid_as == "held_rank" and self.held_rank is None:
            raise Hinted("there is no held rank", "for example: held_rank: {falls_after: 3}", ("paid_as",))
        if self.legs_hold == "held_rank" and self.held_rank is None:
            raise Hinted("there is no held rank", "for example: held_rank: {falls_after: 3}", ("legs_hold",))
        if (rule := self.holdings().get(self.legs_hold)) is not None and rule.rises_after > 1:
            hint = "leave rises_after out, or let legs hold the rank"
            raise Hinted("legs hold ranks that rise at once", hint, ("legs_hold",))
        return self

    @model_validator(mode="after")
    def _given_fits(self) -> Self:
        if self.given is not None:
            for name, rank in self.ladder.items():
                if rank.requires:
                    raise Hinted("the ranks are given", "leave its requirements out", ("ladder", name))
            for word in ("granted", "gaps", "legs_hold", "members", "rounds"):
                if word in self.model_fields_set:
                    raise Hinted(f"{word} goes with requirements, but the ranks are given", "leave it out", (word,))
        return self

    def holdings(self) -> dict[str, HeldRank]:
        """Return the ranks that rise and fall by a rule, by name."""
        found = {"title": self.title, "held_rank": self.held_rank}
        return {name: rule for name, rule in found.items() if rule is not None}

    def kept(self) -> Iterator[Kept]:
        """Yield the columns of the state that ranks over time need, beside title and last_rank."""
        for name, rule in self.holdings().items():
            if name != "title":
                yield Kept(f"ranks:{name}", rank=True)
            if rule.falls_after is not None:
                yield Kept(f"ranks:{name}_{rule.misses}")
        earlier = max((rule.rises_after for rule in self.holdings().values()), default=1)
        yield from (Kept(f"ranks:earned_{back}", rank=True) for back in range(2, earlier))

    def fields(self) -> Iterator[tuple[str, str]]:
        """Yield the member fields that it reads, each with its kind."""
        yield from ((text.removeprefix("member."), "text") for text in (self.given, self.granted) if text)
