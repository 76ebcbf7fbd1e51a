"""What a file of golden cases says, as frozen models; every mistake in one has its line."""

from __future__ import annotations

import re
from collections import Counter
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self, TypeVar

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from compplan.errors import UsageError
from compplan.periods.period import read_period
from compplan.plan.located import Hinted, HintedGroup, validate
from compplan.plan.source import read_source
from compplan.plan.values import Model, Whole

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_RANGE = re.compile(r"^(?P<stem>.*?)(?P<first>\d+)\.\.(?P=stem)(?P<last>\d+)$")
_LONGEST_RANGE = 100_000

T = TypeVar("T")


def member_ids(name: str | int) -> list[str | int]:
    """Return the members that a name stands for: itself, or all of a range.

    Examples
    --------
    >>> member_ids("c8..c10"), member_ids("2..4"), member_ids("Lisa")
    (['c8', 'c9', 'c10'], [2, 3, 4], ['Lisa'])
    """
    match = _RANGE.match(name) if isinstance(name, str) else None
    if match is None:
        return [name]
    first, last = int(match["first"]), int(match["last"])
    if not first <= last < first + _LONGEST_RANGE:
        raise Hinted(f'"{name}" is not a range', "write the lower number first, such as c1..c25")
    numbers = range(first, last + 1)
    return [match["stem"] + str(number) for number in numbers] if match["stem"] else [*numbers]


def _identity(value: Any) -> str | int:
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise Hinted("a member's id is a text or a whole number", "such as Lisa or 17")
    member_ids(value)
    return value


def _cell(value: Any) -> Any:
    if value is not None and not isinstance(value, str | int | bool | Decimal):
        raise Hinted("a value is a number, a text, true, false or null", "one value, not a list or a mapping")
    return value


def _by_single_members(given: dict[str | int, T]) -> dict[str | int, T]:
    named = [(member, value) for name, value in given.items() for member in member_ids(name)]
    twice = [member for member, count in Counter(member for member, _ in named).items() if count > 1]
    if twice:
        raise Hinted(f"{twice[0]} is named twice", "name each member once, ranges included")
    return dict(named)


def _each(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else (value,)


def _period(value: Any) -> str:
    try:
        return read_period(str(value)).name
    except UsageError as error:
        raise Hinted(error.problems[0].message) from None


def _payable(value: Any) -> Any:
    return value if isinstance(value, dict) else {"payable": value}


Id = Annotated[Any, AfterValidator(_identity)]
Cell = Annotated[Any, AfterValidator(_cell)]
ByMember = Annotated[dict[Id, T], AfterValidator(_by_single_members)]
Row = dict[str, Cell]
Period = Annotated[str, BeforeValidator(_period)]
PatchForm = Annotated[dict[str, Any] | str, Field(title="Patch")]


class Full(Model):
    """A tree whose levels are all full: member 1 at the top, 2 to width + 1 below, and so on."""

    width: Whole = Field(ge=1, description="How many stand directly below one member.")
    levels: Whole = Field(ge=0, le=20, description="How many levels there are below the first member.")

    @model_validator(mode="after")
    def _not_too_large(self) -> Self:
        if sum(self.width**level for level in range(self.levels + 1)) > _LONGEST_RANGE:
            raise Hinted(f"that is more than {_LONGEST_RANGE:,} members", "fewer levels", ("levels",))
        return self

    @property
    def parents(self) -> dict[int, int | None]:
        """The members with the member above each."""
        count = sum(self.width**level for level in range(self.levels + 1))
        return {member: (member - 2) // self.width + 1 if member > 1 else None for member in range(1, count + 1)}


class Members(Model):
    """The members table in a short form."""

    full: Full | None = Field(None, description="A tree whose levels are full, the same for every tree of the plan.")
    chain: tuple[Id, ...] = Field((), description="Each member stands below the one before, in ranges too.")
    edges: tuple[tuple[Id, Id], ...] = Field((), description="A parent and a child each; the child can be a range.")
    columns: dict[str, ByMember[Cell]] = Field(default={}, description="Further columns, by member.")
    default: Row = Field(default={}, description="Values of the members that a column does not name.")

    @model_validator(mode="after")
    def _one_parent_an_edge(self) -> Self:
        if self.full and (self.chain or self.edges):
            raise Hinted("a full tree has no other members", "leave chain and edges out", ("full",))
        wrong = [place for place, (above, _) in enumerate(self.edges) if member_ids(above) != [above]]
        if wrong:
            hint = "write an edge for each parent"
            raise HintedGroup(Hinted("a range is no parent", hint, ("edges", p, 0)) for p in wrong)
        return self


class Orders(Model):
    """The orders table in a short form."""

    columns: tuple[str, ...] = Field(min_length=1, description="The names of the columns.")
    rows: tuple[tuple[Cell, ...], ...] = Field(description="One list of values an order; a range makes one order each.")
    default: Row = Field(default={}, description="Values of columns that are not listed.")

    @model_validator(mode="after")
    def _rows_fit(self) -> Self:
        wrong = [place for place, row in enumerate(self.rows) if len(row) != len(self.columns)]
        if wrong:
            wanted = f"{len(self.columns)} values: {', '.join(self.columns)}"
            raise HintedGroup(Hinted("this row does not fit the columns", wanted, ("rows", p)) for p in wrong)
        return self


class NextRank(Model):
    """What `Run.next_rank` must answer; `missing` and `routes` list all that is not met."""

    ask: str | None = Field(None, description="Another rank than the next.")
    rank: Cell = Field(None, description="The rank earned.")
    target: Cell = Field(None, description="The rank looked at; null at the top of the ladder.")
    missing: dict[str, dict[str, Any]] | None = Field(
        None,
        description="Open requirements of the shortest way by code, each with any of its attributes.",
    )
    routes: dict[Whole, dict[str, dict[str, Any]]] = Field(default={}, description="The same of each way by number.")


class Why(Model):
    """What `Run.why` must answer."""

    total: Cell = Field(None, description="What the bonus pays in all.")
    failed: Cell = Field(None, description="The first own condition that is not met, null for none.")
    gates: dict[str, dict[str, Any]] = Field(default={}, description="Own conditions by code, with attributes.")
    adjustments: Row | None = Field(None, description="What rounding and caps changed.")
    details: Row = Field(default={}, description="Values of steps, by their codes.")
    reasons: dict[str, Whole] | None = Field(None, description="How many rows have which reason.")
    rows: tuple[Row, ...] = Field((), description="Rows, found by the columns that are given.")


class Expect(Model):
    """What a case must lead to."""

    members: ByMember[Row] = Field(default={}, description="Columns of the members table by member.")
    pay: dict[str, ByMember[Cell]] = Field(default={}, description="Pay by bonus and member.")
    payables: ByMember[Annotated[Row, BeforeValidator(_payable)]] = Field(
        default={},
        description="By member, the payable or several columns, in the plan's currency.",
    )
    payables_in: dict[str, ByMember[Annotated[Row, BeforeValidator(_payable)]]] = Field(
        default={},
        description="The same of other currencies.",
    )
    payables_on: dict[str, ByMember[Annotated[Row, BeforeValidator(_payable)]]] = Field(
        default={},
        description="The same of one pay day, in the plan's currency.",
    )
    breakage: dict[str, Row] = Field(default={}, description="Exact breakage by bonus and reason.")
    ledger: tuple[Row, ...] = Field((), description="Rows, found by the columns that are given.")
    ledger_rows: Whole | None = Field(None, description="The number of all rows of the ledger.")
    next_rank: ByMember[NextRank] = Field(default={}, description="The explainer's answer by member.")
    why: ByMember[dict[str, Why]] = Field(default={}, description="The explainer's answer by member and bonus.")
    parts: dict[str, ByMember[Row]] = Field(
        default={}, description="Columns of the table of weeks or days, by week and member."
    )
    state: ByMember[Row] = Field(default={}, description="Columns of the next state by member.")
    errors: tuple[str, ...] = Field((), description="Texts that the plan or the data must be refused with.")
    unlisted: Literal["nothing", "unchecked"] = Field(
        "nothing",
        description="Whether those who are not listed must get nothing, or are not compared.",
    )

    @model_validator(mode="after")
    def _something(self) -> Self:
        given = self.model_fields_set - {"unlisted"}
        if not given:
            raise Hinted("nothing is expected here", "a case that compares nothing cannot fail")
        if "errors" in given and len(given) > 1:
            raise Hinted("errors stand alone", "what is refused has no results", ("errors",))
        return self


class Case(Model):
    """One small field with what the plan must do on it."""

    name: str = Field(min_length=1, description="What is shown.")
    note: str | None = Field(None, description="What a reader must know.")
    source: str | None = Field(None, description="Where the numbers are printed, if not where the file says.")
    patch: Annotated[tuple[PatchForm, ...], BeforeValidator(_each)] = Field((), description="Changes of the plan.")
    period: Period | None = Field(None, description="The period of the run.")
    members: tuple[Row, ...] | Members = Field(description="The members table: short forms, or rows as they stand.")
    orders: tuple[Row, ...] | Orders = Field((), description="The orders table: a short form, or rows as they stand.")
    state: tuple[Row, ...] | Literal["previous"] | None = Field(
        None,
        description="Rows of a state, or the state after the case above.",
    )
    company: dict[str, Cell] = Field(default={}, description="Numbers of the company, by name.")
    expect: Expect = Field(description="What must come out.")


class CaseFile(Model):
    """The golden cases of one plan."""

    plan: str | None = Field(None, description="The plan's file, beside this one; of the same name when left out.")
    source: str | None = Field(None, description="Where the numbers are printed.")
    period: Period | None = Field(None, description="The period of cases that do not name one.")
    cases: tuple[Case, ...] = Field(min_length=1, description="The cases, in order.")

    @model_validator(mode="after")
    def _cases_fit(self) -> Self:
        if wrong := [*_names_used_twice(self), *_without_period(self)]:
            raise HintedGroup(wrong)
        return self


def _names_used_twice(file: CaseFile) -> Iterator[Hinted]:
    used = Counter(case.name for case in file.cases)
    for place, case in enumerate(file.cases):
        if used[case.name] > 1:
            yield Hinted(f'"{case.name}" is the name of two cases', "give each its own", ("cases", place, "name"))


def _without_period(file: CaseFile) -> Iterator[Hinted]:
    for place, case in enumerate(file.cases):
        if case.period is None and file.period is None:
            hint = "name one here, or above `cases` for all"
            yield Hinted("this case has no period", hint, ("cases", place))


def read_cases(path: Path) -> CaseFile:
    """Read a file of golden cases.

    Raises
    ------
    PlanError
        With all that is wrong with the file, each at its line.
    """
    return validate(CaseFile, read_source(path))
