"""What bonuses pay a member in this period, as a quantity: for pools, tiers, conditions, and earlier periods."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar

from pydantic import Field

from compplan.errors import did_you_mean
from compplan.plan.findings import Finding, Found
from compplan.plan.values import Names
from compplan.quantities.base import Quantity, register

if TYPE_CHECKING:
    from compplan.plan.scope import Scope
    from compplan.program.builder import Builder


@register
class PayOf(Quantity):
    """What bonuses pay each member in this period, in money: after caps and `greater_of`, before limits.

    What is paid by the week or day counts with all its weeks together. It has the digits of the currency; where
    payments are finer, the sum of each member is rounded as the plan rounds. What decides a bonus (a rank, another
    bonus) cannot itself go by what this bonus pays in the same period; the pay of earlier periods is
    `{accumulate: paid, periods: 1, this_period: false}`.
    """

    word: ClassVar[str] = "pay_of"
    example: ClassVar[str] = """\
paid: {pay_of: levels}                       # or a list, such as [binary, unilevel]
paid_before: {accumulate: paid, periods: 1, this_period: false}
"""

    pay_of: Names = Field(description="The bonus, or a list of bonuses, in the currency of the plan.")

    def bonuses(self) -> Iterator[tuple[str, str]]:
        for name in self.pay_of:
            yield "pay_of", name

    def scale(self, scope: "Scope") -> int:
        return scope.model.currency.decimals

    def findings(self, name: str, scope: "Scope") -> Found:
        del name
        bonuses, ours = scope.model.bonuses, scope.model.currency.code
        if not self.pay_of or len(set(self.pay_of)) < len(self.pay_of):
            yield Finding(("pay_of",), "it names a bonus twice, or none", "name each bonus once")
        for each in self.pay_of:
            if each not in bonuses:
                yield Finding(("pay_of",), f'"{each}" is not a bonus', did_you_mean(each, list(bonuses)))
                continue
            theirs = sorted({money.code for money in bonuses[each].currencies(scope.model).values()})
            if theirs != [ours]:
                message = f'"{each}" is paid in {" and ".join(theirs)}, and the plan in {ours}'
                yield Finding(("pay_of",), message, "name bonuses of the plan's currency")
        yield from waits_for_weeks("pay_of", scope)

    def compile(self, name: str, builder: "Builder") -> None:
        from compplan.program.pay_pass import PayPass  # noqa: PLC0415 - the language loads no NumPy

        scope = builder.plan.scope
        reads = tuple(builder.chosen_pay_before_limits(bonus) for bonus in self.pay_of)
        mode = scope.model.rounding.mode
        builder.add(PayPass((name,), reads, self.pay_of, scope.scale(name), mode))

    def describe(self) -> str:
        return f"what {' and '.join(self.pay_of)} pay{'s' if len(self.pay_of) == 1 else ''} the member, before limits"


def waits_for_weeks(field: str, scope: "Scope") -> Found:
    """Yield what is of a week or day and goes by pay of the whole period, that of all its weeks together."""
    if reader := next(_weekly_readers(scope), ""):
        message = f'"{reader}" is of a week or day, and what bonuses pay in the period is not known then'
        yield Finding((field,), message, "use accumulate with this_period: false")


def _weekly_readers(scope: "Scope") -> Iterator[str]:
    """Yield what is measured or paid for parts of the period and goes by pay of the whole period."""
    names = (*scope.rules, *scope.model.conditions)
    yield from (name for name in names if scope.lengths.of(name) != "period" and scope.reads.needs_pay(name))
    for bonus in scope.model.bonuses:
        if scope.lengths.of_bonus(bonus) != "period" and any(map(scope.reads.needs_pay, scope.reads.of_pay(bonus))):
            yield bonus
