"""The own-tier mechanism: a member's own quantities choose a rate or an amount; nothing travels in a tree."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from compplan.bonuses.book import Book, Rows
from compplan.bonuses.gates import caps
from compplan.bonuses.settle import settle
from compplan.money_arrays import exact_sum, multiply_divide_all
from compplan.program.passes import Pass
from compplan.volumes.orders import order_lines

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from compplan.bonuses.base import Bonus
    from compplan.bonuses.gates import Cap
    from compplan.bonuses.terms import Terms
    from compplan.bonuses.tier import Tier
    from compplan.program.work import Work
    from compplan.volumes.order_rules import OrderRule


@dataclass(frozen=True)
class RetailPass(Pass):
    """A rate on a member's own volume."""

    bonus: str
    model: Bonus
    terms: Terms
    base: str
    klass: str
    pay: str
    cap: Cap | None
    lines: OrderRule | None = None

    def run(self, work: Work) -> None:
        source, base, line = self._sources(work)
        klass = work.columns[self.klass][source]
        table = self.terms.numerators[:, 0]
        best = int(table.max())
        payable = work.columns[self.pay][source] & (klass >= 0)
        numerator = np.where(payable, table[klass], 0)
        mode = work.plan.model.rounding.mode
        amount = multiply_divide_all(base, numerator, self.terms.denominator, mode)
        exact = exact_products(base, numerator)
        allotted = exact_sum(base) * best
        missed = exact_products(base[~payable], np.full(int((~payable).sum()), best, np.int64))
        paid = exact_sum(amount) * self.terms.denominator
        book = new_book(self, work, source, base, line, klass, amount, allotted)
        book.breakage = {"not_qualified": missed, "lower_rate": exact_products(base[payable], best - numerator[payable]), "rounding": exact - paid}
        settle(book, work.plan.model.rounding, work.plan.model.currency.decimals, caps(self.cap, book.scale, work))
        work.close(book)

    def _sources(self, work: Work) -> tuple[NDArray[np.int32], NDArray[np.int64], NDArray[np.int64]]:
        """Return who, on what volume, for which order."""
        if self.lines is None:
            values = work.columns[self.base]
            source = np.flatnonzero(values).astype(np.int32)
            return source, values[source], np.full(source.size, -1, np.int64)
        lines = order_lines(self.lines, work.orders, work.people(work.tree_of(self.base)))
        source = np.repeat(np.arange(work.size, dtype=np.int32), np.diff(lines.start))
        return source, lines.value, lines.order.astype(np.int64)


def exact_products(a: NDArray[np.int64], b: NDArray[np.int64]) -> int:
    """Return the sum of products as an exact int."""
    if a.size == 0:
        return 0
    total = 0
    for value in np.unique(b):
        total += exact_sum(np.ascontiguousarray(a[b == value])) * int(value)
    return total


def new_book(
    made: RetailPass | TierPass,
    work: Work,
    source: NDArray[np.int32],
    base: NDArray[np.int64],
    line: NDArray[np.int64],
    klass: NDArray[np.int16],
    amount: NDArray[np.int64],
    allotted: int,
) -> Book:
    """Open the book of a bonus whose earner is its source."""
    pay = np.zeros(work.size, np.int64)
    np.add.at(pay, source, amount)
    kept = amount != 0
    rows = Rows(
        earner=source[kept],
        source=source[kept],
        line=line[kept],
        level=np.zeros(int(kept.sum()), np.int16),
        klass=klass[kept],
        base=base[kept],
        amount=amount[kept],
    )
    return Book(
        bonus=made.bonus,
        currency=made.model.currency or work.plan.model.currency.code,
        scale=made.terms.scale,
        exact_scale=made.terms.exact_scale,
        base_scale=work.scales.get(getattr(made, "base", ""), 0),
        pay=pay,
        rows=rows if work.keep_rows else None,
        rates=made.terms.printed,
        rate_scale=made.terms.printed_scale,
        allotted=allotted,
        breakage={},
    )


@dataclass(frozen=True)
class TierPass(Pass):
    """The amount of the best tier that a member reaches, another the first time."""

    bonus: str
    model: Tier
    terms: Terms
    klass: str
    pay: str
    cap: Cap | None

    def run(self, work: Work) -> None:
        reached = work.columns[self.klass]
        tiers = len(self.model.amounts)
        before = work.state.tier(self.bonus)
        payable = work.columns[self.pay]
        source = np.flatnonzero(reached >= 0).astype(np.int32)
        klass = reached[source] + np.where(reached[source] > before[source], tiers, 0).astype(np.int16)
        work.state.next_tiers[self.bonus] = np.where(payable, np.maximum(reached, before), before).astype(np.int16)
        exact = self.terms.numerators[klass, 0]
        due = np.where(payable[source], exact, 0)
        amount = multiply_divide_all(np.ones(due.size, np.int64), due, self.terms.denominator, work.plan.model.rounding.mode)
        ones = np.ones(source.size, np.int64)
        allotted = exact_sum(np.ascontiguousarray(exact))
        book = new_book(self, work, source, ones, np.full(source.size, -1, np.int64), klass, amount, allotted)
        missed = exact_sum(np.ascontiguousarray(exact[~payable[source]]))
        book.breakage = {"not_qualified": missed, "rounding": exact_sum(due) - exact_sum(amount) * self.terms.denominator}
        settle(book, work.plan.model.rounding, work.plan.model.currency.decimals, caps(self.cap, book.scale, work))
        work.close(book)
