"""The own-tier mechanism: a member's own quantities choose a rate or an amount; nothing travels in a tree."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np

from compplan.bonuses.book import Book, Rows
from compplan.bonuses.gates import caps
from compplan.bonuses.settle import settle
from compplan.explain.reasons import CODES, Outcomes, Reason
from compplan.money_arrays import exact_sum, multiply_divide_all
from compplan.program.passes import Pass
from compplan.volumes.orders import order_lines

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from compplan.bonuses.base import Bonus
    from compplan.bonuses.gates import Cap
    from compplan.bonuses.kinds.tier import Tier
    from compplan.bonuses.terms import Terms
    from compplan.program.work import Work
    from compplan.volumes.order_rules import OrderRule

    Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Payments:
    """What members would and do get: one entry a payment, paid or not.

    Attributes
    ----------
    best
        The numerator of the best class: what was set aside.
    due
        The numerator that goes for this member, 0 where he is not qualified or has no class.
    """

    source: NDArray[np.int32]
    line: Ints
    klass: NDArray[np.int16]
    base: Ints
    best: Ints
    due: Ints
    payable: NDArray[np.bool_]
    amount: Ints


@dataclass(frozen=True)
class OwnTierPass(Pass):
    """A bonus whose earner is its source; the two kinds differ in what they put into `_payments`."""

    bonus: str
    model: Bonus
    terms: Terms
    klass: str
    pay: str
    cap: Cap | None

    def run(self, work: Work) -> None:
        book = self._book(work, self._payments(work))
        settle(
            book,
            work.plan.model.rounding,
            work.plan.model.currency.decimals,
            caps(self.cap, book.scale, work),
        )
        work.close(book)

    def outcomes(self, work: Work, position: int) -> Outcomes:
        """Explain one member: every payment that he could have had."""
        found = self._payments(work)
        mine = np.flatnonzero(found.source == position)
        reason = np.full(mine.size, CODES[Reason.PAID], np.int8)
        reason[found.amount[mine] == 0] = CODES[Reason.ROUNDED_TO_ZERO]
        reason[found.due[mine] == 0] = CODES[Reason.LEVEL_NOT_OPEN]
        reason[found.klass[mine] < 0] = CODES[Reason.NO_RATE]
        reason[~work.columns[self.pay][found.source[mine]]] = CODES[Reason.NOT_QUALIFIED]
        level = np.zeros(mine.size, np.int32)
        return Outcomes(
            found.source[mine], found.line[mine], level, found.base[mine], found.amount[mine], reason
        )

    def _payments(self, work: Work) -> Payments:
        raise NotImplementedError

    def _amounts(self, work: Work, base: Ints, due: Ints) -> Ints:
        return multiply_divide_all(base, due, self.terms.denominator, work.plan.model.rounding.mode)

    def _book(self, work: Work, found: Payments) -> Book:
        kept = found.amount != 0
        pay = np.zeros(work.size, np.int64)
        np.add.at(pay, found.source, found.amount)
        rows = Rows(
            earner=found.source[kept],
            source=found.source[kept],
            line=found.line[kept],
            level=np.zeros(int(kept.sum()), np.int32),
            klass=found.klass[kept],
            base=found.base[kept],
            amount=found.amount[kept],
        )
        paid = exact_sum(found.amount) * self.terms.denominator
        out, low = ~found.payable, found.payable
        return Book(
            bonus=self.bonus,
            currency=self.model.currency or work.plan.model.currency.code,
            scale=self.terms.scale,
            exact_scale=self.terms.exact_scale,
            base_scale=work.scales.get(getattr(self, "base", ""), 0),
            pay=pay,
            rows=rows if work.keep_rows else None,
            rates=self.terms.printed,
            rate_scale=self.terms.printed_scale,
            factor=getattr(self.model, "money_per_point", Decimal(1)),
            allotted=exact_products(found.base, found.best),
            breakage={
                "not_qualified": exact_products(found.base[out], found.best[out]),
                "lower_rate": exact_products(found.base[low], found.best[low] - found.due[low]),
                "rounding": exact_products(found.base, found.due) - paid,
            },
        )


def exact_products(a: Ints, b: Ints) -> int:
    """Return the sum of products as an exact int; `b` has few distinct values."""
    total = 0
    for value in np.unique(b):
        total += exact_sum(np.ascontiguousarray(a[b == value])) * int(value)
    return total


@dataclass(frozen=True)
class RetailPass(OwnTierPass):
    """A rate on a member's own volume, or on each order that it is made of."""

    base: str
    lines: OrderRule | None = None

    def _payments(self, work: Work) -> Payments:
        source, base, line = self._sources(work)
        klass = work.columns[self.klass][source]
        table = self.terms.numerators[:, 0]
        payable = work.columns[self.pay][source] & (klass >= 0)
        due = np.where(payable, table[klass], 0)
        best = np.full(source.size, table.max(), np.int64)
        return Payments(source, line, klass, base, best, due, payable, self._amounts(work, base, due))

    def _sources(self, work: Work) -> tuple[NDArray[np.int32], Ints, Ints]:
        """Return who, on what volume, for which order."""
        if self.lines is None or work.orders is None:
            values = work.columns[self.base]
            source = np.flatnonzero(values).astype(np.int32)
            return source, values[source], np.full(source.size, -1, np.int64)
        lines = order_lines(self.lines, work.orders, work.people(work.tree_of(self.base)))
        source = np.repeat(np.arange(work.size, dtype=np.int32), np.diff(lines.start))
        return source, lines.value, lines.order.astype(np.int64)


@dataclass(frozen=True)
class TierPass(OwnTierPass):
    """The amount of the best tier that a member reaches, another the first time.

    The table has the tiers twice: as they pay again and again, then as they pay the first time.
    """

    model: Tier

    def _payments(self, work: Work) -> Payments:
        reached, tiers = work.columns[self.klass], len(self.model.amounts)
        column, payable = self.model.tier_column(self.bonus), work.columns[self.pay]
        before = work.state.read(column) - 1
        work.state.write(column, np.where(payable, np.maximum(reached, before), before) + 1)
        source = np.flatnonzero(reached >= 0).astype(np.int32)
        klass = reached[source] + np.where(reached[source] > before[source], tiers, 0).astype(np.int16)
        best = self.terms.numerators[klass, 0]
        due = np.where(payable[source], best, 0)
        ones = np.ones(source.size, np.int64)
        line = np.full(source.size, -1, np.int64)
        return Payments(source, line, klass, ones, best, due, payable[source], self._amounts(work, ones, due))
