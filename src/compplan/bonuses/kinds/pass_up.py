"""Pass-up: some of a seller's sales, by their number, go to somebody above him; the others he keeps."""

from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, Self

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from compplan.bonuses.registry import register
from compplan.bonuses.table_paid import TablePaid
from compplan.plan.findings import Finding, Found
from compplan.plan.kept import Kept
from compplan.plan.located import Hinted
from compplan.plan.tables import AmountTable, ByKey, Keys, LevelTable, RateTable
from compplan.plan.values import ConditionText, Name, Names, Number
from compplan.plan.wording import in_tree, money, percent, points, table, words

if TYPE_CHECKING:
    from compplan.plan.scope import Scope
    from compplan.program.builder import Builder

MOST_NUMBER = 10_000


def _numbers(value: Any) -> tuple[int, ...]:
    """Read `[1, 2]`: the numbers of sales, ascending."""
    items = value if isinstance(value, list | tuple) else [value]
    for at, item in enumerate(items):
        if isinstance(item, bool) or not isinstance(item, int) or not 1 <= item <= MOST_NUMBER:
            raise Hinted(f"{item} is no number of a sale", f"from 1 to {MOST_NUMBER}", (at,))
    if any(above <= below for below, above in pairwise(items)):
        raise Hinted("the numbers do not ascend", "write the lowest first")
    return tuple(items)


def _passes(value: Any) -> dict[str, tuple[int, ...]]:
    if not isinstance(value, dict):
        return {"": _numbers(value)}
    found = {}
    for key, numbers in value.items():
        try:
            found[str(key)] = _numbers(numbers)
        except Hinted as error:
            raise Hinted(error.message, error.hint, (key, *error.at)) from None
    return found


_LIST = {"anyOf": [{"type": "integer"}, {"type": "array", "items": {"type": "integer"}}]}
Passes = Annotated[
    dict[str, tuple[int, ...]],
    BeforeValidator(_passes),
    WithJsonSchema(
        {"anyOf": [*_LIST["anyOf"], {"type": "object", "additionalProperties": _LIST}], "title": "Numbers of sales"}
    ),
]


@register
class PassUp(TablePaid):
    """A rate or an amount for each sale, to the seller or, for sales of some numbers, to somebody above him."""

    family: ClassVar[str] = "pass_up"
    conditions: ClassVar[tuple[str, ...]] = (*TablePaid.conditions, "pass_to", "where")
    example: ClassVar[str] = """\
two_up:
  kind: pass_up
  of: cv
  rates: 30%
  passes: [1, 2]
  pass_to: active
"""

    kind: Literal["pass_up"] = Field(
        description="Pays each sale to its seller, the member above the buyer, or passes it up.",
    )
    of: Names = Field(
        description="The volume whose orders are the sales; or a list of volumes, each numbered by itself.",
    )
    tree: Name | None = Field(None, description="The tree of buyers and sellers; the first by default.")
    rates: RateTable | None = Field(None, description="The rate, or one for each `rates_by` key of who gets it.")
    amounts: AmountTable | None = Field(None, description="Fixed money for each sale instead of rates.")
    rates_by: Keys = Field(
        "paid_as",
        description="What the keys of the table are: paid_as, rank, title, a quantity (thresholds), or member.<field>.",
    )
    passes: Passes = Field(
        description=(
            "Which sales of a seller go up, by their numbers; a list, or one for each `passes_by` key of the seller."
        ),
    )
    passes_by: str = Field(
        "paid_as",
        description="What the keys of `passes` are: paid_as, rank, title, a quantity (thresholds), or member.<field>.",
    )
    counts: Literal["orders", "buyers"] = Field(
        "orders",
        description=(
            "What has a number: each order; or each buyer, so that his later orders share the number of the first."
        ),
    )
    repeats: Literal["same_receiver", "same_number"] = Field(
        "same_receiver",
        description=(
            "With counts: buyers, whether later orders pay who got the first one, or are passed up anew by its number."
        ),
    )
    pass_to: ConditionText | None = Field(
        None, description="Sales go up to the first above the seller who meets this; who can be paid, when left out."
    )
    unpaid: Literal["breakage", "pass_up"] = Field(
        "breakage", description="Where a sale goes that its seller would keep, and cannot be paid for."
    )
    where: ConditionText | None = Field(None, description="Only sales to members who meet this count.")
    qualified_since: str | None = Field(
        None,
        pattern=r"^member\.\w+$",
        description=(
            "A date of the earner (member.<field>): only sales after it pay him, kept or passed up; "
            "nothing is paid later."
        ),
    )
    payment: Literal["order"] = Field("order", description="Each order is a payment.")
    money_per_point: Number = Field(1, ge=0, description="Money for one point of the volume.", validate_default=True)

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if len(set(self.of)) < len(self.of) or not self.of:
            raise Hinted("of names a volume twice, or none", "name each volume once", ("of",))
        if "repeats" in self.model_fields_set and self.counts == "orders":
            raise Hinted("every order has its own number", "leave repeats out, or write counts: buyers", ("repeats",))
        if "passes_by" in self.model_fields_set and "" in self.passes:
            raise Hinted("passes has no keys", "give one list for each key, or leave passes_by out", ("passes_by",))
        return self

    def quantities(self) -> Iterator[tuple[tuple[str, ...], str]]:
        for name in self.of:
            yield ("of",), name

    def tables(self) -> Iterator[tuple[tuple[str, ...], str | tuple[str, ...], Any]]:
        yield from super().tables()
        if "" not in self.passes:
            keys: dict[str, LevelTable | ByKey] = {
                key: LevelTable(levels=(Decimal(len(numbers)),)) for key, numbers in self.passes.items()
            }
            yield ("passes",), self.passes_by, ByKey(rows=keys)

    def kept(self, name: str, scope: "Scope") -> Iterator[Kept]:
        yield from super().kept(name, scope)
        for volume in self.of:
            yield Kept(column_of(self, name, "sold", volume))
            yield Kept(column_of(self, name, "number", volume))
            yield Kept(column_of(self, name, "receiver", volume), member=True)

    def findings(self, name: str, scope: "Scope") -> Found:
        yield from super().findings(name, scope)
        if len({scope.scale(each) for each in self.of if each in scope.rules}) > 1:
            yield Finding(("of",), "these volumes have different digits", "give them the same decimals")
        if not any(self.passes.values()):
            yield Finding(("passes",), "no sale is passed up", "use kind: direct")
        rows = [row for _, row in self.table.leaves()] if hasattr(self.table, "leaves") else [self.table]
        if any(len(row.levels) > 1 or row.tail is not None for row in rows):
            place = self.table_word
            yield Finding((place,), "a sale is paid once, and has no levels", "give one rate or amount")

    def compile(self, name: str, builder: "Builder") -> None:
        from compplan.bonuses.pass_up.pass_up_pass import compile_pass_up  # noqa: PLC0415 - the language loads no NumPy

        compile_pass_up(name, self, builder)

    def describe(self, name: str) -> list[str]:
        del name
        read = percent if self.rates is not None else money
        what = " and ".join(self.of)
        rates, to_whom = table(self.table, self.rates_by, read), f"to the member above the buyer{in_tree(self.tree)}"
        lines = [f"Each order of {what} pays {rates}, {to_whom}."]
        listed = [f"{key and f'{key}: '}number {', '.join(map(str, sales))}" for key, sales in self.passes.items()]
        to = f"with {words(self.pass_to)}" if self.pass_to is not None else "who can be paid"
        lines.append(f"But his sales of {'; '.join(listed)} go to the first above him {to}.")
        if self.counts == "buyers":
            later = {
                "same_receiver": "and pay whoever got it",
                "same_number": "and are passed up anew",
            }[self.repeats]
            lines.append(f"Each buyer has one number: his later orders share that of the first, {later}.")
        if len(self.of) > 1:
            lines.append("Each of these volumes is numbered by itself.")
        if self.where is not None:
            lines.append(f"Only sales to members with {words(self.where)} count.")
        lost = {"breakage": "stays with the company", "pass_up": "is passed up too"}
        lines.append(f"A sale that its seller keeps, and cannot be paid for, {lost[self.unpaid]}.")
        if self.qualified_since:
            lines.append(f"Only orders after {self.qualified_since} of the earner pay him.")
        return [*lines, *points(what, self.money_per_point)]


def column_of(bonus: PassUp, name: str, what: str, volume: str) -> str:
    """Return the name of a column of the state."""
    return f"{name}:{what}" if len(bonus.of) == 1 else f"{name}:{what}_{volume}"
