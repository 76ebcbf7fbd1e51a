"""The fields of bonuses that pay a rate less what is taken on the way up."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, Self

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from compplan.bonuses.difference.findings import findings
from compplan.bonuses.difference.sentences import sentences
from compplan.bonuses.fields import PaidWhere, Payment, StopAt, TreeUp
from compplan.bonuses.table_paid import TablePaid
from compplan.plan.findings import Found
from compplan.plan.kept import Kept
from compplan.plan.located import Hinted
from compplan.plan.tables import AmountTable, Keys, LevelTable, RateTable, level_table
from compplan.plan.values import ConditionText, Name, Number, Whole, rate

if TYPE_CHECKING:
    from compplan.plan.scope import Scope
    from compplan.program.builder import Builder


def _floors(value: Any) -> Any:
    """Read one rate for every level, or a list by level."""
    if isinstance(value, LevelTable):
        return value
    return level_table(value, rate) if isinstance(value, list) else LevelTable(levels=(), tail=rate(value))


Floors = Annotated[
    LevelTable,
    BeforeValidator(_floors),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": ["number", "string"]},
                {"type": "array", "items": {"type": ["number", "string"]}, "minItems": 1},
            ],
            "title": "Floors",
            "description": "One rate for every level, or a list by level.",
        }
    ),
]


class Climbing(TablePaid):
    """Volume goes up a tree; who stands in its way gets his rate less what is taken already."""

    family: ClassVar[str] = "differential"
    conditions: ClassVar[tuple[str, ...]] = (*TablePaid.conditions, "compress", "where", "stop_at")
    compress_words: ClassVar[tuple[str, ...]] = ("none", "unpayable")
    one_level: ClassVar[bool] = True
    pairs: ClassVar[dict[str, str]] = {}

    of: Name = Field(description="The volume that is paid on.")
    tree: TreeUp = None
    rates: RateTable | None = Field(None, description="One rate for each `rates_by` key, or one for all.")
    amounts: AmountTable | None = Field(
        None, description="Fixed money for each payment instead of rates; who is above is paid what his amount adds."
    )
    rates_by: Keys = Field(
        "paid_as",
        description=(
            "What the keys of the table are: paid_as, rank, title, a quantity (thresholds), or member.<field>; "
            "a list of these where the table is nested."
        ),
    )
    start: Literal["upline", "self"] = Field(
        "upline", description="Whether the walk begins with the first member above the source, or with the source."
    )
    where: PaidWhere = None
    stop_at: StopAt = None
    compress: ConditionText = Field(
        "none",
        description=(
            "Who is taken out of the walk, `none` or a condition such as `not active`: he takes no rate, hides nobody "
            "and uses up no level."
        ),
    )
    whose_rate: Literal["earner", "lower"] = Field(
        "earner",
        description="`lower`: rates count at most what the rate of the source himself is.",
    )
    from_level: Whole = Field(1, ge=1, description="The first level that is paid.")
    first_levels: Literal["take", "nothing"] = Field(
        "take",
        description="Whether members on the levels before `from_level` take their rates all the same, or stand aside.",
    )
    levels: Whole | None = Field(None, ge=1, description="The last level that is paid; no end when left out.")
    unpaid: Literal["breakage", "pass_up", "hold"] = Field(
        "breakage",
        description=(
            "What becomes of the part of a member who does not meet `pay_when`: the company keeps it; he takes "
            "nothing, and who is above can have it (`pass_up`); or it is kept for him, and paid in the first period "
            "in which he meets it (`hold`)."
        ),
    )
    payment: Payment = "period"
    money_per_point: Number = Field(1, ge=0, description="Money for one point of the volume.", validate_default=True)

    @model_validator(mode="after")
    def _shares_need_rates(self) -> Self:
        words = "at_least", "takes_at_least", "total_limit", "taken"
        shares = [word for word in words if self.word(word) is not None]
        shares += ["bands"] * (self.word("bands") == "marginal")
        if self.amounts is not None and shares:
            raise Hinted(f"{shares[0]} is about rates, and this bonus has amounts", "leave it out", (shares[0],))
        return self

    def word(self, name: str) -> Any:
        """Return a field that only one of the kinds has; None where it is left out, or not there."""
        return getattr(self, name, None)

    def quantities(self) -> Iterator[tuple[tuple[str, ...], str]]:
        yield ("of",), self.of
        if (taken := self.word("taken")) is not None:
            yield ("taken",), taken

    def held_column(self, name: str) -> str:
        """Return the column of the state that holds what is kept for members."""
        return f"{name}:held"

    def kept(self, name: str, scope: "Scope") -> Iterator[Kept]:
        if self.unpaid == "hold":
            yield Kept(self.held_column(name), self.money(scope.model).decimals, money=True)

    def findings(self, name: str, scope: "Scope") -> Found:
        yield from super().findings(name, scope)
        yield from findings(self, scope)

    def compile(self, name: str, builder: "Builder") -> None:
        from compplan.bonuses.difference.compile import compile_difference  # noqa: PLC0415 - no NumPy here

        compile_difference(name, self, builder)

    def describe(self, name: str) -> list[str]:
        del name
        return sentences(self)
