"""The section `payout`: when a total is paid out, what is taken out of it, and where it goes."""

from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from compplan.plan.findings import Finding, Found
from compplan.plan.located import Hinted
from compplan.plan.pay_day import PayDay
from compplan.plan.rates_or_amounts import RatesOrAmounts
from compplan.plan.tables import AmountTable, Keys, RateTable
from compplan.plan.values import ConditionText, Form, Model, Name, Number, Rate, digits, number
from compplan.plan.wording import money, percent, table, words

if TYPE_CHECKING:
    from compplan.plan.scope import Scope


class InCurrencies(Model):
    """An amount in the plan's currency, or one for each of some currencies; none is nothing."""

    amounts: dict[str, Decimal]

    def of(self, code: str, own: str) -> Decimal:
        """Return the amount of a currency."""
        return self.amounts.get(code, self.amounts.get("", Decimal(0)) if code == own else Decimal(0))


def _in_currencies(value: Any) -> InCurrencies:
    if isinstance(value, InCurrencies):
        return value
    read = {str(key): number(each) for key, each in value.items()} if isinstance(value, dict) else {"": number(value)}
    if any(amount < 0 for amount in read.values()):
        raise Hinted("the amount is negative", "write it without the sign")
    return InCurrencies.model_construct(amounts=read)


_ONE = {"type": ["number", "string"]}
MoneyInCurrencies = Annotated[
    InCurrencies,
    Form(
        _in_currencies,
        whole=True,
        json={"anyOf": [_ONE, {"type": "object", "additionalProperties": _ONE}], "title": "Money"},
    ),
]


class Deduction(RatesOrAmounts, Model):
    """What is taken out of a payout: a rate of it, or an amount."""

    rates: RateTable | None = Field(None, description="One rate of what is due, or one for each `rates_by` key.")
    amounts: AmountTable | None = Field(
        None, description="An amount of the plan's currency instead, or one for each `rates_by` key."
    )
    rates_by: Keys = Field(
        "paid_as",
        description="What the keys are: paid_as, rank, title, a quantity (thresholds), or member.<field>.",
    )
    when: ConditionText | None = Field(None, description="Whose payouts are reduced; everybody's when left out.")
    above: Number | None = Field(None, ge=0, description="Only payouts of more than this are reduced.")

    @model_validator(mode="after")
    def _one_of_two(self) -> Self:
        if (self.rates is None) == (self.amounts is None):
            raise Hinted("a deduction has either rates or amounts", "give one of the two", ("rates",))
        return self


class Payout(Model):
    """When a payable is paid out, what is taken out of it, and where it goes."""

    minimum: MoneyInCurrencies = Field(
        InCurrencies.model_construct(amounts={"": Decimal(0)}),
        json_schema_extra={"default": 0},
        description="A smaller total is withheld and carried to the next period: an amount, or one for each currency.",
    )
    pay_when: ConditionText | None = Field(
        None, description="Who is paid out at all; what the others earn is withheld and carried."
    )
    fee: MoneyInCurrencies = Field(
        InCurrencies.model_construct(amounts={"": Decimal(0)}),
        json_schema_extra={"default": 0},
        description="What each payout costs the member: an amount, or one for each currency.",
    )
    deductions: dict[Name, Deduction] = Field(
        default={}, description="What else is taken out of a payout, such as tax at source, by name."
    )
    split: dict[Name, Rate] = Field(
        default={}, description="The shares into which a payout goes, by name; together 100%."
    )
    pay_day: PayDay | None = Field(
        None,
        description="When bonuses are paid that do not say so: 5 days after, day 15 of next month, last day of this "
        "month. Each pay day is a payout of its own.",
    )
    debts: Literal["carried", "written_off"] = Field("carried", description="What becomes of a total below zero.")

    @model_validator(mode="after")
    def _shares_are_whole(self) -> Self:
        if self.split and sum(self.split.values()) != 1:
            given = percent(Decimal(sum(self.split.values())))
            raise Hinted(f"the shares add up to {given}", "together they are 100%", ("split",))
        if any(share < 0 for share in self.split.values()):
            raise Hinted("a share is negative", "write it without the sign", ("split",))
        if "fee" in self.deductions and any(self.fee.amounts.values()):
            raise Hinted("there is a fee already", "choose another name", ("deductions", "fee"), key=True)
        return self

    def texts(self) -> Iterator[tuple[tuple[str, ...], str]]:
        """Yield the place and text of every condition."""
        if self.pay_when is not None:
            yield ("pay_when",), self.pay_when
        for name, deduction in self.deductions.items():
            if deduction.when is not None:
                yield ("deductions", name, "when"), deduction.when

    def tables(self) -> Iterator[tuple[tuple[str, ...], str | tuple[str, ...], Any]]:
        """Yield the place, the `by`, and the table of every deduction."""
        for name, deduction in self.deductions.items():
            yield ("deductions", name, deduction.table_word), deduction.rates_by, deduction.table

    def findings(self, scope: "Scope") -> Found:
        """Yield what makes no sense, at places below this section."""
        days = {name: bonus.pay_day for name, bonus in scope.model.bonuses.items()}
        if self.pay_day is None and any(days.values()):
            for name in (name for name, day in days.items() if day is None):
                hint = f"give {name} or the payout a pay_day"
                yield Finding((), f'other bonuses have a pay day, and "{name}" has none', hint)
        for field in ("minimum", "fee"):
            for code, amount in getattr(self, field).amounts.items():
                currency = scope.currencies.get(code) if code else scope.model.currency
                at = (field, code) if code else (field,)
                if currency is None:
                    yield Finding(at, f"no bonus pays in {code}", "leave it out", key=True)
                elif digits(amount) > currency.decimals:
                    message = f"{amount} has more digits than {currency.code}, which has {currency.decimals}"
                    yield Finding(at, message, "write fewer digits")

    def describe(self, currency: str) -> Iterator[str]:
        """Yield sentences about payouts."""
        for code, amount in self.minimum.amounts.items():
            if amount:
                yield f"A payable below {money(amount)}{f' {code}' if code else ''} is kept for the next period."
        if self.pay_when is not None:
            yield f"Only members with {words(self.pay_when)} are paid out; what others earn is carried."
        for code, amount in self.fee.amounts.items():
            if amount:
                yield f"Each payout costs {money(amount)} {code or currency}."
        for name, deduction in self.deductions.items():
            yield _deduction(name, deduction)
        if self.split:
            parts = ", ".join(f"{percent(share)} to {name}" for name, share in self.split.items())
            yield f"A payout goes {parts}."
        if self.pay_day is not None:
            yield f"Payouts are on this day: {self.pay_day}."
        if self.debts == "written_off":
            yield "A total below zero is written off."


def _deduction(name: str, deduction: Deduction) -> str:
    what = table(deduction.table, deduction.rates_by, percent if deduction.rates is not None else money)
    of = " of what is due" if deduction.rates is not None else ""
    above = f" above {money(deduction.above)}" if deduction.above is not None else ""
    when = f", for members with {words(deduction.when)}" if deduction.when else ""
    return f"From each payout{above}, {name} takes {what}{of}{when}."
