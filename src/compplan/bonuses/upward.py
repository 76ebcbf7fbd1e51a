"""The fields of every bonus that goes up a tree level by level; they compile to one upline walk."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Self

from pydantic import Field, model_validator

from compplan.bonuses.fields import PaidWhere, Payment, StopAt, TreeUp
from compplan.bonuses.table_paid import TablePaid
from compplan.plan import expression as ex
from compplan.plan.by_country import NameOrNames, NumberOrNumbers
from compplan.plan.expression.pairs import alternatives, split
from compplan.plan.findings import Finding, Found
from compplan.plan.located import Hinted
from compplan.plan.tables import ALL, MOST_LEVELS, AmountTable, ByKey, Keys, LevelsTable, LevelTable, RateTable
from compplan.plan.values import ConditionText, Whole
from compplan.plan.wording import in_tree, levels_words, money, percent, points, table, words
from compplan.quantities.roll_up import RollUp

if TYPE_CHECKING:
    from compplan.plan.scope import Scope
    from compplan.program.builder import Builder


class Upward(TablePaid):
    """Volume goes up a tree; the members above get a rate or an amount by level."""

    conditions: ClassVar[tuple[str, ...]] = (*TablePaid.conditions, "compress", "where", "stop_at")
    compress_words: ClassVar[tuple[str, ...]] = ("none", "unpayable")
    pairs: ClassVar[dict[str, str]] = {"pay_when": "source"}
    their_keys: ClassVar[tuple[str, ...]] = ("source.", "orders.", "order.")

    of: NameOrNames = Field(description="The volume that is paid on; or one for each `of_by` key.")
    tree: TreeUp = None
    rates: RateTable | None = Field(None, description="Rates by level, or such a list for each `rates_by` key.")
    amounts: AmountTable | None = Field(None, description="Fixed money by level instead of rates.")
    rates_by: Keys = Field(
        "paid_as",
        description=(
            "What the keys of the table are: paid_as, rank, title, a quantity (thresholds), or member.<field>; "
            "of the source, source.<one of these>; of the order, orders.<column> (a text), or order.<volume> (from "
            "which size of one order on); a list of these where the table is nested."
        ),
    )
    from_level: Whole = Field(
        1,
        ge=1,
        le=MOST_LEVELS,
        description="The level of the first rate or amount; the levels before it are used up, and not paid here.",
    )
    levels: LevelsTable | None = Field(
        None,
        description=(
            "The last level that is paid, `all`, or such a number for each `levels_by` key; as far as the"
            " table when left out."
        ),
    )
    levels_by: str = Field(
        "paid_as",
        description="What the keys of `levels` are: paid_as, rank, title, a quantity (thresholds), or member.<field>.",
    )
    where: PaidWhere = None
    stop_at: StopAt = None
    compress: ConditionText = Field(
        "none",
        description=(
            "Who is skipped when levels are counted: `none`; a condition, such as `not active`; "
            "or `unpayable`, whoever cannot be paid at the level that comes next."
        ),
    )
    skipped: Literal["passed_over", "paid"] = Field(
        "passed_over",
        description="With a compress condition: `paid` pays the skipped at the next level without using it up.",
    )
    unpaid: Literal["breakage", "pass_up"] = Field(
        "breakage",
        description="Where the share of a member goes who uses a level but cannot be paid at it.",
    )
    payment: Payment = "period"
    start: Literal["upline", "self"] = Field(
        "upline",
        description="Whether level 1 is the first member above the source, or the source.",
    )
    qualified_since: str | None = Field(
        None,
        pattern=r"^member\.\w+$",
        description="With payment: order, a date of the earner (member.<field>); only orders after it pay him.",
    )
    money_per_point: NumberOrNumbers = Field(
        1,
        description="Money for one point of the volume; or one for each `money_per_point_by` key.",
        validate_default=True,
    )
    of_by: str | None = Field(
        None,
        pattern=r"^member\.\w+$",
        description="What the keys of `of` are, where the earner's field chooses the volume: member.<field>.",
    )
    money_per_point_by: str | None = Field(
        None,
        pattern=r"^member\.\w+$",
        description="What the keys of `money_per_point` are: member.<field> of the earner.",
    )
    cap_per_source: AmountTable | None = Field(
        None,
        description=(
            "The most that one source brings one earner in a period: an amount, or one for each "
            "`cap_per_source_by` key of the earner."
        ),
    )
    cap_per_source_by: str = Field(
        "paid_as",
        description=(
            "What the keys of `cap_per_source` are: paid_as, rank, title, a quantity (thresholds), or member.<field>."
        ),
    )

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if self.skipped == "paid" and self.compress in {"none", "unpayable"}:
            raise Hinted("skipped: paid needs a compress condition", "for example: compress: not active", ("skipped",))
        if self.qualified_since and self.payment != "order":
            raise Hinted("qualified_since needs payment: order", "orders have dates, sums have none", ("payment",))
        if self.from_level > 1 and self.compress == "unpayable":
            raise Hinted(
                "compress: unpayable would skip everybody before from_level",
                "give compress a condition, or none with unpaid: pass_up",
                ("from_level",),
            )
        for field in ("levels", "cap_per_source"):
            if getattr(self, field) is None and f"{field}_by" in self.model_fields_set:
                raise Hinted(f"{field}_by has no table", f"give {field} too", (f"{field}_by",))
        return self

    def quantities(self) -> Iterator[tuple[tuple[str, ...], str]]:
        yield ("of",), self.of

    def tables(self) -> Iterator[tuple[tuple[str, ...], str | tuple[str, ...], Any]]:
        yield from super().tables()
        for field in ("levels", "cap_per_source"):
            if (table := getattr(self, field)) is not None:
                yield (field,), getattr(self, f"{field}_by"), table

    def findings(self, name: str, scope: "Scope") -> Found:
        found = list(super().findings(name, scope))
        yield from found
        if self.pay_when is not None and (pair := split(ex.parse(self.pay_when))[1]) is not None:
            try:
                alternatives(pair)
            except Hinted as error:
                yield Finding(("pay_when",), error.message, error.hint)
        if not found and isinstance(scope.rules.get(self.of), RollUp):
            hint = "the levels would pay volume more than once"
            yield Finding(("of",), f'"{self.of}" is rolled up already', hint)
        yield from self._levels_without_rates()

    def _levels_without_rates(self) -> Found:
        """Yield levels that are open, and for which no row of the table has a rate or an amount."""
        rows = [row for _, row in self.table.leaves()] if isinstance(self.table, ByKey) else [self.table]
        keyed = self.levels.leaves() if isinstance(self.levels, ByKey) else [((), self.levels)] if self.levels else []
        counts = {keys: row.levels[0] for keys, row in keyed if row.levels}
        last = max((self.from_level - 1 + len(row.levels) for row in rows), default=0)
        for keys, count in counts.items():
            place = ("levels", *keys)
            if last < count < ALL and not any(row.tail is not None for row in rows):
                hint = 'give more of them, or write "and deeper" after the last'
                yield Finding(place, f"there is no rate or amount for level {last + 1}", hint)
        if counts and max(counts.values()) < self.from_level:
            yield Finding(("levels",), f"no level from {self.from_level} on is open", "open more levels")

    def full_levels(self, builder: "Builder") -> str | None:
        """Return the column of the levels that are full, where deeper ones are not paid; None where all are."""
        del builder
        return None

    def compile(self, name: str, builder: "Builder") -> None:
        from compplan.bonuses.walk.compile import compile_walk  # noqa: PLC0415 - the language loads no NumPy

        compile_walk(name, self, builder)

    def describe(self, name: str) -> list[str]:
        del name
        what = "each order" if self.payment == "order" else "each member's volume of the period"
        window = getattr(self, "window", None)
        when = f" within {window} of the buyer's enrolment" if window else ""
        read = percent if self.rates is not None else money
        above = f"the members above{in_tree(self.tree)} get"
        lines = [f"On {what} of {self.of}{when}, {above} {table(self.table, self.rates_by, read)}."]
        lines += self._described_levels()
        if self.compress == "none":
            lines.append("Every member above uses up a level.")
        elif self.compress == "unpayable":
            lines.append("Who cannot be paid at the level that comes next is skipped and uses up no level.")
        else:
            skipped = (
                "is paid at the next level without using it up"
                if self.skipped == "paid"
                else "is skipped and uses up no level"
            )
            lines.append(f"A member above with {words(self.compress)} {skipped}.")
        lost = {
            "breakage": "stays with the company",
            "pass_up": "goes to the next member above who can be paid at that level",
        }
        lines.append(f"The share of a member who cannot be paid {lost[self.unpaid]}.")
        if self.qualified_since:
            lines.append(f"Only orders after {self.qualified_since} of the earner pay him.")
        if self.cap_per_source is not None:
            most = table(self.cap_per_source, self.cap_per_source_by, money)
            lines.append(f"One source brings one member at most {most} in a period.")
        return [*lines, *points(self.of, self.money_per_point)]

    def _described_levels(self) -> Iterator[str]:
        """Yield which sources and levels are paid."""
        if self.where is not None:
            yield f"Only volume of members with {words(self.where)} is paid on."
        if self.start == "self":
            yield "The source is level 1 himself."
        if self.from_level > 1:
            yield f"The first rate is that of level {self.from_level}; nobody is paid at the levels before it."
        if self.levels is not None:
            yield f"Paid down to level: {table(self.levels, self.levels_by, levels_words)}."
        if self.stop_at is not None:
            stop = words(self.stop_at)
            yield f"A member with {stop} is the last who is paid; his own volume goes no further either."


def single_level(table: LevelTable) -> bool:
    """Tell whether a table has one level and no tail."""
    return len(table.levels) == 1 and table.tail is None
