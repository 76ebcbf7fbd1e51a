"""What every bonus kind is: a frozen model with a `kind`, that compiles itself to passes of a mechanism.

The kinds of compplan are the modules of `bonuses/kinds/`. A kind from outside the package subclasses `Bonus` as well,
sets `kind: Literal["its_name"]`, and calls `register`.
"""

from collections.abc import Iterator
from decimal import Decimal
from itertools import zip_longest
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Self

from pydantic import Field, model_validator

from compplan.plan.by_country import ByKeyValue, CurrencyOrCurrencies
from compplan.plan.findings import Finding, Found
from compplan.plan.kept import Kept
from compplan.plan.located import Hinted
from compplan.plan.pay_day import PayDay
from compplan.plan.source_keys import keys_make_no_sense, parts_of, their_axes
from compplan.plan.tables import AmountTable, ByKey, LevelTable
from compplan.plan.values import ConditionText, Model, Name
from compplan.quantities.order_sum import OrderSum

if TYPE_CHECKING:
    from compplan.plan.currencies import Currency
    from compplan.plan.model import PlanModel
    from compplan.plan.scope import Scope
    from compplan.program.builder import Builder

_FIELD = r"^member\.\w+$"


class Bonus(Model):
    """The fields that all bonus kinds share."""

    family: ClassVar[str] = ""

    reads_chosen_pay: ClassVar[bool] = False
    """Whether it looks at other bonuses after the greater of several is chosen."""

    one_level: ClassVar[bool] = False
    """Whether its tables have one value a key, and no levels."""

    example: ClassVar[str] = ""
    """YAML for the reference."""

    reads_quantities: ClassVar[bool] = False
    """Whether `bonuses` may also name quantities, which hold pay of other runs."""

    their_keys: ClassVar[tuple[str, ...]] = ()
    """What keys of the rates may begin with that are not the earner's: those of the source, or of the order."""

    conditions: ClassVar[tuple[str, ...]] = ("pay_when",)
    """The fields that hold conditions."""

    compress_words: ClassVar[tuple[str, ...]] = ()
    """What `compress` may be beside a condition."""

    pairs: ClassVar[dict[str, str]] = {}
    """The conditions that may speak of two members, and what the other one is called."""

    kind: str = Field(description="The bonus kind.")
    pay_when: ConditionText | None = Field(None, description="Who can be paid; every distributor when left out.")
    cap: Name | AmountTable | None = Field(
        None,
        description="The most that one member gets of this bonus in a period: an amount, one for each `cap_by` key, or "
        "the name of a quantity, such as a multiple of his own purchases.",
    )
    cap_by: str = Field(
        "paid_as",
        description="What the keys of `cap` are: paid_as, rank, title, a quantity (thresholds), or member.<field>.",
    )
    cap_per: Literal["period", "week", "month", "quarter", "half_year", "year", "all"] = Field(
        "period",
        description="The span of time that `cap` is for, `all` for all time; what was paid earlier in it is in the "
        "state.",
    )
    cap_over: str | None = Field(
        None,
        pattern=r"^member\.\w+$",
        description="One cap over all members with the same text in this field, such as member.owner for positions "
        "of one person.",
    )
    cap_cut: Literal["pro_rata", "in_order"] = Field(
        "pro_rata",
        description="With cap_over, who loses what is too much: all in proportion to their pay, or those who stand "
        "last in the first tree.",
    )
    cap_rest: Literal["lost", "later"] = Field(
        "lost",
        description="What becomes of pay beyond the cap: it is lost, or paid in later periods, as far as their caps "
        "leave room.",
    )
    currency: CurrencyOrCurrencies | None = Field(
        None,
        description="The currency, where it is not the plan's: a code, a mapping with code and decimals, or one for "
        "each `currency_by` key.",
    )
    currency_by: str | None = Field(
        None, pattern=_FIELD, description="What the keys of currency are: member.<field>. An earner is paid in his own."
    )
    every: Literal["week", "day"] | None = Field(
        None,
        description="Paid for each week or day of the period; so is, without this word, a bonus that is paid on a "
        "volume of a week or day.",
    )
    pay_day: PayDay | None = Field(
        None,
        description="When it is paid: 5 days after (each period or week), day 15 of next month, last day of this "
        "month; that of the payout when left out.",
    )
    over_100_percent: Literal["allowed"] | None = Field(
        None, description="Says that the rates may pay more than 100% of what they are of; refused otherwise."
    )
    source: str | None = Field(None, description="Where the company's plan document says so.")

    @property
    def reads_rows(self) -> bool:
        """Whether the single payments of other bonuses are read, and not only what they pay in all."""
        return False

    def money(self, model: "PlanModel") -> "Currency":
        """Return the currency that this bonus pays in."""
        return self.currency or model.currency

    @property
    def value_tables(self) -> dict[str, dict[str, Any]]:
        """The single values that are tables here, by field."""
        values = {field: getattr(self, field, None) for field in ("of", "currency", "money_per_point")}
        return {field: value.table for field, value in values.items() if isinstance(value, ByKeyValue)}

    @property
    def chosen_by(self) -> str:
        """The member field that chooses from the tables of single values."""
        return str(next(by for field in self.value_tables if (by := getattr(self, f"{field}_by"))))

    def variants(self) -> dict[str, Self]:
        """Return this bonus as it is for each key of its tables of single values; itself by "" where there are none."""
        tables = self.value_tables
        if not tables:
            return {"": self}
        nothing = {f"{field}_by": None for field in tables} | {"cap": None, "cap_by": "paid_as"}
        keys = next(iter(tables.values()))
        return {key: self.model_copy(update={**nothing, **{f: t[key] for f, t in tables.items()}}) for key in keys}

    @model_validator(mode="after")
    def _tables_of_values_fit(self) -> Self:
        """Make sure that each table of single values says what its keys are, and all have the same keys."""
        tables, bys = self.value_tables, set[str]()
        for field in ("of", "currency", "money_per_point"):
            by = getattr(self, f"{field}_by", None)
            if field in tables and by is None:
                raise Hinted(f"{field} is a table", f"say with {field}_by what its keys are", (field,))
            if field not in tables and by is not None:
                raise Hinted(f"{field} is no table", "leave it out, or give a value for each key", (f"{field}_by",))
            bys |= {by} if by else set()
        first = next(iter(tables.values()), {})
        for field, table in tables.items():
            if set(table) != set(first) or len(bys) > 1:
                raise Hinted(
                    "the tables of single values have different keys", "use the same keys and field in all", (field,)
                )
        if tables and self.cap_per != "period":
            raise Hinted("cap_per does not go with tables by country", "use a cap for the period", ("cap_per",))
        if tables and self.cap_rest == "later":
            raise Hinted("cap_rest does not go with tables by country", "leave it out", ("cap_rest",))
        if tables and isinstance(self.cap, str):
            hint = "write one bonus for each key, or give an amount"
            raise Hinted("a quantity is no amount of several currencies", hint, ("cap",))
        return self

    def currencies(self, model: "PlanModel") -> "dict[str, Currency]":
        """Return all currencies that this bonus pays in, by the key that chooses them; "" for one currency."""
        return {key: variant.money(model) for key, variant in self.variants().items()}

    def texts(self) -> Iterator[tuple[tuple[str, ...], str]]:
        """Yield the place (below this bonus) and text of every condition, for the checks."""
        for field in self.conditions:
            text = getattr(self, field)
            if text is not None and not (field == "compress" and text in self.compress_words):
                yield (field,), text

    def quantities(self) -> Iterator[tuple[tuple[str, ...], str]]:
        """Yield the place and name of every quantity that is read by name."""
        yield from ()

    def all_quantities(self) -> Iterator[tuple[tuple[str, ...], str]]:
        """Yield the quantities that the kind reads, and the one that is its cap."""
        yield from self.quantities()
        if isinstance(self.cap, str):
            yield ("cap",), self.cap

    def tables(self) -> Iterator[tuple[tuple[str, ...], str | tuple[str, ...], Any]]:
        """Yield the place, the `by`, and the table of every table with keys."""
        if self.cap is not None and not isinstance(self.cap, str):
            yield ("cap",), self.cap_by, self.cap
        for field, table in self.value_tables.items():
            yield (field,), self.chosen_by, ByKey(rows={key: LevelTable(levels=(Decimal(0),)) for key in table})

    def bonuses(self) -> Iterator[tuple[tuple[str, ...], str]]:
        """Yield the place and name of every other bonus whose pay is read."""
        yield from ()

    def kept(self, name: str, scope: "Scope") -> Iterator[Kept]:
        """Yield the columns of the state that this bonus keeps from one period to the next."""
        if self.cap_per != "period":
            since = f"{name}:paid_since"
            yield Kept(f"{name}:paid", self.money(scope.model).decimals, since=since)
            yield Kept(since, company=True)
            if self.cap_over is not None:
                yield Kept(f"{name}:paid_group", text=self.cap_over)
        if self.cap_rest == "later":
            yield Kept(f"{name}:waiting", self.money(scope.model).decimals)

    def findings(self, name: str, scope: "Scope") -> Found:
        """Yield what makes no sense, at places below this bonus."""
        del name
        yield from cap_makes_no_sense(self, scope)
        yield from keys_make_no_sense(self, scope)
        per_order = getattr(self, "payment", "") == "order" or getattr(self, "window", None)
        for place, read in self.quantities():
            if per_order and place == ("of",) and not isinstance(scope.rules.get(read), OrderSum):
                yield Finding(place, f'"{read}" is not a sum of orders', "payments per order need one")

    def paid_at_most(self, scope: "Scope") -> Decimal:
        """Return the largest share of its base that the table can pay: the best of each level, a tail counted once.

        A source or an order has one key of its own, so that only the rates of one such key come together.
        """
        rates, by = getattr(self, "rates", None), getattr(self, "rates_by", "paid_as")
        if rates is None:
            return Decimal(0)
        if not their_axes(by):
            return _best_of(rates)
        try:
            parts = parts_of(by, rates, scope)
        except Hinted:  # told by who checks the keys
            return Decimal(0)
        return max(_best_of(part.table) for part in parts if part.table is not None)

    def compile(self, name: str, builder: "Builder") -> None:
        """Add the passes of this bonus to the program."""
        raise NotImplementedError

    def describe(self, name: str) -> list[str]:
        """Return plain-language sentences about this bonus."""
        raise NotImplementedError


def _best_of(table: LevelTable | ByKey) -> Decimal:
    """Return the sum of the best rates of all levels."""
    rows = [table] if isinstance(table, LevelTable) else [row for _, row in table.leaves()]
    levels = [[*row.levels, *([] if row.tail is None else [row.tail])] for row in rows]
    return sum((max(level) for level in zip_longest(*levels, fillvalue=Decimal(0))), Decimal(0))


def cap_makes_no_sense(bonus: Bonus, scope: "Scope") -> Found:
    """Yield words about a cap that is not there, and spans that a cap cannot be kept for."""
    for field in ("cap_per", "cap_over", "cap_cut", "cap_rest"):
        if bonus.cap is None and field in bonus.model_fields_set:
            yield Finding((field,), "there is no cap", f"add a cap, or leave {field} out")
    if isinstance(bonus.cap, str) and "cap_by" in bonus.model_fields_set:
        yield Finding(("cap_by",), "the cap is a quantity, and has no keys", "leave cap_by out, or give amounts")
    if bonus.cap_over is None and "cap_cut" in bonus.model_fields_set:
        yield Finding(("cap_cut",), "there is no cap over several members", "add cap_over, or leave cap_cut out")
    for field, kept in (("cap_per", bonus.cap_per != "period"), ("cap_rest", bonus.cap_rest == "later")):
        if kept and scope.model.rounding.at == "member":
            hint = "round payments or bonuses, so that what was paid is known"
            yield Finding((field,), "pay is rounded at the member's total", hint)
    if bonus.cap_rest == "later":
        for field, value in (("over_cap", "carried"), ("true_up", None), ("returned", None)):
            given = getattr(bonus, field, None)
            if given is not None and value in {None, given}:
                yield Finding(("cap_rest",), f"cap_rest: later does not go with {field}", f"leave out it or {field}")
