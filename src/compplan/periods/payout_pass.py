"""The last pass of a run: what each member is due in every currency, and what of it is paid out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from compplan.periods.pay_days import due_by_day
from compplan.periods.payables import Take, Terms, payables
from compplan.plan.values import EXACT, digits
from compplan.program.passes import Pass

if TYPE_CHECKING:
    from decimal import Decimal

    from numpy.typing import NDArray

    from compplan.periods.payables import Payables
    from compplan.plan.currencies import Currency
    from compplan.plan.payout import Payout
    from compplan.plan.tables import LevelTable
    from compplan.program.builder import Builder
    from compplan.program.work import Work


@dataclass(frozen=True)
class _Deducted:
    """The columns of one deduction: who has which row of the table, and whose payouts are reduced."""

    name: str
    klass: str
    who: str | None
    rows: tuple[LevelTable, ...]
    rates: bool
    above: Decimal | None


def compile_payout(builder: Builder) -> None:
    """Add the pass of the payouts, which reads the pay of every bonus."""
    model = builder.plan.model
    pays = [builder.pay(name) for name in model.bonuses]
    who = builder.condition(model.payout.pay_when) if model.payout.pay_when else None
    made = []
    for name, each in model.payout.deductions.items():
        klass, rows = builder.klass(each.rates_by, each.table)
        condition = builder.condition(each.when) if each.when else None
        made.append(_Deducted(name, klass, condition, tuple(rows), each.rates is not None, each.above))
    reads = [*pays, *filter(None, [who]), *(d.klass for d in made), *(d.who for d in made if d.who)]
    builder.add(PayoutPass(("payout",), tuple(dict.fromkeys(reads)), who, tuple(made)))


@dataclass(frozen=True)
class PayoutPass(Pass):
    """Totals by currency, the plan's own first."""

    who: str | None
    deducted: tuple[_Deducted, ...]

    def run(self, work: Work) -> None:
        model = work.plan.model
        for code, currency in work.plan.scope.currencies.items():
            own = code == model.currency.code
            carried = work.state.balance if own else work.state.read(f"balance:{code}")
            terms = self._terms(work, currency, own=own)
            for day, due in due_by_day(work, code).items():
                total = payables(due, code, carried=carried, rounding=model.rounding, terms=terms)
                work.totals.append(replace(total, pay_day=day))
                carried = total.withheld  # due again on the next day
            if not own:
                work.state.write(f"balance:{code}", carried)

    def _terms(self, work: Work, currency: Currency, *, own: bool) -> Terms:
        payout, code = work.plan.model.payout, work.plan.model.currency.code
        shares = _integers(payout)
        return Terms(
            decimals=currency.decimals,
            minimum=_fixed(payout.minimum.of(currency.code, code), currency.decimals),
            who=work.columns[self.who] if self.who else None,
            forgiven=payout.debts == "written_off",
            takes=self._takes(work, currency, own=own),
            shares=shares,
            whole=sum(shares.values()) or 1,
        )

    def _takes(self, work: Work, currency: Currency, *, own: bool) -> list[Take]:
        """Return the fee and the deductions; amounts are of the plan's currency."""
        payout, everyone = work.plan.model.payout, np.ones(work.size, np.bool_)
        takes = []
        if any(payout.fee.amounts.values()):
            fee = _fixed(payout.fee.of(currency.code, work.plan.model.currency.code), currency.decimals)
            takes.append(Take("fee", np.zeros(work.size, np.int16), everyone, np.array([fee], np.int64), None))
        for each in self.deducted:
            if each.rates or own:
                numerators, denominator = _numbers(each, currency.decimals)
                above = -1 if each.above is None else _fixed(each.above, currency.decimals)
                who = work.columns[each.who] if each.who else everyone
                takes.append(Take(each.name, work.columns[each.klass], who, numerators, denominator, above))
        return takes


def _fixed(value: Decimal, decimals: int) -> int:
    """Return an amount in the smallest unit; more digits than the money has are cut."""
    return int(value.scaleb(decimals, EXACT))


def _integers(payout: Payout) -> dict[str, int]:
    """Return the shares as whole numbers of one fraction."""
    fine = max(map(digits, payout.split.values()), default=0)
    return {name: int(share.scaleb(fine, EXACT)) for name, share in payout.split.items()}


def _numbers(each: _Deducted, decimals: int) -> tuple[NDArray[np.int64], int | None]:
    """Return a deduction's table as integers, and the denominator of rates."""
    values = [row.levels[0] for row in each.rows]
    if not each.rates:
        return np.array([_fixed(value, decimals) for value in values], np.int64), None
    fine = max(map(digits, values), default=0)
    return np.array([int(value.scaleb(fine, EXACT)) for value in values], np.int64), 10**fine


def total_columns(total: Payables) -> dict[str, NDArray[np.int64]]:
    """Return the columns of the payables table, in their order."""
    found = {"earned": total.earned, "carried_in": total.carried, "withheld": total.withheld}
    if total.written_off is not None:
        found["written_off"] = total.written_off
    found |= {f"deducted:{name}": amount for name, amount in total.deducted.items()}
    found["payable"] = total.paid
    return found | {f"paid:{name}": amount for name, amount in total.split.items()}
