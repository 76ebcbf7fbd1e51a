"""Limits: what several bonuses pay together is held to an amount, of the company, of a member, or of an owner."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal, Self

from pydantic import Field, model_validator

from compplan.errors import did_you_mean
from compplan.plan.findings import Finding, Found
from compplan.plan.kept import Kept
from compplan.plan.located import Hinted, HintedGroup
from compplan.plan.rates_or_amounts import RatesOrAmounts
from compplan.plan.tables import AmountTable, ByKey, RateTable
from compplan.plan.values import Model, Name, Number
from compplan.plan.wording import half, money, percent, table

if TYPE_CHECKING:
    from compplan.plan.scope import Scope


class Limit(RatesOrAmounts, Model):
    """When bonuses together pay more than an amount, all of them are scaled by the same factor, exactly.

    Limits go in the order of the file: each scales what the ones before it have left.
    """

    bonuses: tuple[Name, ...] = Field(min_length=1, description="The bonuses that it holds together.")
    per: str = Field(
        "company",
        pattern=r"^(company|member|member\.\w+)$",
        description="Whose pay is held: that of the company, of each member, or of all with the same member.<field>.",
    )
    of: Name | None = Field(
        None, description="With rates: the quantity, summed over the company, or over those who are held together."
    )
    rates: RateTable | None = Field(
        None, description="The part of it that may be paid: one, or one for each `rates_by` key."
    )
    amounts: AmountTable | None = Field(
        None, description="Instead of a part of a quantity, an amount: one, or one for each `rates_by` key."
    )
    rates_by: str = Field(
        "paid_as",
        description="What the keys of rates or amounts are: of members paid_as, rank, title, a quantity (thresholds), "
        "or member.<field>; of the company a quantity, whose sum is held against thresholds.",
    )
    money_per_point: Number = Field(1, ge=0, description="Money for one point of the quantity.", validate_default=True)
    over: Literal["period", "week", "month", "quarter", "half_year", "year", "all"] = Field(
        "period",
        description="How long pay adds up before it is held, `all` for all time; what was paid earlier in it is in the "
        "state. A part of a quantity is then one that is measured as long.",
    )
    residue: Literal["largest_remainder", "company", "rounded_alone"] = Field(
        "largest_remainder",
        description="What becomes of fractions of a cent: to the largest remainders, to the company, or each amount is "
        "rounded by itself, so that the sum can miss the limit by some cents.",
    )
    source: str | None = Field(None, description="Where the company's plan document says so.")

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if wrong := [*self._does_not_fit()]:
            raise HintedGroup(wrong)
        return self

    def _does_not_fit(self) -> Iterator[Hinted]:
        if (self.rates is None) == (self.amounts is None):
            yield Hinted("a limit has rates or amounts", "give one of them")
        if (self.rates is None) != (self.of is None):
            yield Hinted("rates need a quantity, and amounts none", "give of and rates, or amounts alone")
        if len(set(self.bonuses)) < len(self.bonuses):
            yield Hinted("a bonus is named twice", "name each once", ("bonuses",))

    def kept(self, name: str, scope: "Scope") -> Iterator[Kept]:
        """Yield the columns of the state for what was paid earlier in the span."""
        if self.over != "period":
            first = scope.model.bonuses.get(self.bonuses[0])
            money = first.money(scope.model) if first else scope.model.currency
            company, since = self.per == "company", f"limits.{name}:since"
            yield Kept(f"limits.{name}:paid", money.decimals, company=company, since="" if company else since)
            yield Kept(since, company=True)
            if self.per.startswith("member."):
                yield Kept(f"limits.{name}:group", text=self.per)

    def findings(self, scope: "Scope") -> Found:
        """Yield what makes no sense, at places below this limit."""
        known = scope.model.bonuses
        for place, bonus in enumerate(self.bonuses):
            if bonus not in known:
                yield Finding(("bonuses", place), f'"{bonus}" is not a bonus', did_you_mean(bonus, list(known)))
        currencies = {m.code for b in self.bonuses if b in known for m in known[b].currencies(scope.model).values()}
        if len(currencies) > 1:
            message = f"these bonuses are paid in {' and '.join(sorted(currencies))}"
            yield Finding(("bonuses",), message, "write one limit for each currency")
        if self.per == "company" and (rule := scope.rules.get(self.of or "")) and rule.overlaps:
            message = f'the sum of "{self.of}" over the company counts volume more than once'
            yield Finding(("of",), message, "name a volume that is a member's own")
        if isinstance(self.table, ByKey) and self.per == "company" and self.rates_by not in scope.rules:
            message = "a company has no rank or field"
            yield Finding((self.table_word,), message, "let rates_by name a quantity, or use per: member")
        rows = [row for _, row in self.table.leaves()] if isinstance(self.table, ByKey) else [self.table]
        if self.rates is not None and self.per == "company" and any(sum(row.levels) > 1 for row in rows):
            yield Finding(("rates",), "the limit is more than what it is a part of", "write at most 100%")

    def describe(self) -> list[str]:
        """Return sentences about this limit."""
        most = table(self.table, self.rates_by, percent if self.rates is not None else money)
        part = f"{most} of {'all ' if self.per == 'company' else ''}{self.of}" if self.of else most
        whose = {"company": "", "member": " to one member"}.get(self.per, f" to all with the same {self.per}")
        span = {"period": "", "all": " in all"}.get(self.over, f" in a {half(self.over)}")
        lines = [f"Together {', '.join(self.bonuses)} pay at most {part}{whose}{span}; above it, all are scaled alike."]
        return [*lines, _RESIDUES[self.residue], *([f"Source: {self.source}."] if self.source else [])]


_RESIDUES = {
    "largest_remainder": "Cents that are left over go to the largest remainders, of equal ones to the smaller id.",
    "company": "Scaled pay is cut to whole units of money.",
    "rounded_alone": "Scaled pay is rounded by itself, so the sum can miss the limit by some cents.",
}


def limits_make_no_sense(scope: "Scope") -> Found:
    """Yield what is wrong with the limits of a plan."""
    for name, limit in scope.model.limits.items():
        yield from (each._replace(path=("limits", name, *each.path)) for each in limit.findings(scope))
