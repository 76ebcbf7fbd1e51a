"""The own-tier mechanism: a member's own quantities choose a rate or an amount; nothing travels in a tree."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np

from compplan.bonuses.books.book import Book, Rows
from compplan.bonuses.books.settle import settle
from compplan.bonuses.prepare.gates import caps
from compplan.explain.reasons import CODES, Outcomes, Reason
from compplan.money_arrays import exact_sum, multiply_divide_all
from compplan.program.passes import Pass

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from compplan.bonuses.base import Bonus
    from compplan.bonuses.prepare.gates import Cap
    from compplan.bonuses.prepare.terms import Terms
    from compplan.program.work import Work

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
    reason
        Number of the reason where the kind knows better; 0 (`paid`) for what follows from the other columns.
    """

    source: NDArray[np.int32]
    line: Ints
    klass: NDArray[np.int16]
    base: Ints
    best: Ints
    due: Ints
    payable: NDArray[np.bool_]
    amount: Ints
    reason: NDArray[np.int8] | None = None


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
            self.model.money(work.plan.model).decimals,
            caps(self.cap, book.scale, work),
        )
        self._adjusted(work, book)
        work.close(book)

    def outcomes(self, work: Work, position: int) -> Outcomes:
        """Explain one member: every payment that he could have had."""
        found = self._payments(work)
        mine = np.flatnonzero(found.source == position)
        reason = np.full(mine.size, CODES[Reason.PAID], np.int8)
        reason[found.amount[mine] == 0] = CODES[Reason.ROUNDED_TO_ZERO]
        reason[found.due[mine] == 0] = CODES[Reason.LEVEL_NOT_OPEN]
        reason[found.klass[mine] < 0] = CODES[Reason.NO_RATE]
        reason[~found.payable[mine] & (found.klass[mine] >= 0)] = CODES[Reason.NOT_QUALIFIED]
        reason[~work.columns[self.pay][found.source[mine]] & ~found.payable[mine]] = CODES[Reason.NOT_QUALIFIED]
        if found.reason is not None:
            reason = np.where(found.reason[mine] > 0, found.reason[mine], reason)
        level = np.zeros(mine.size, np.int32)
        return Outcomes(found.source[mine], found.line[mine], level, found.base[mine], found.amount[mine], reason)

    def _payments(self, work: Work) -> Payments:
        raise NotImplementedError

    def _base_scale(self, work: Work) -> int:
        """Return the digits of the bases; a fixed amount has the base 1."""
        del work
        return 0

    def _adjusted(self, work: Work, book: Book) -> None:
        """Change a book that is settled; it must balance again."""

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
            currency=self.model.money(work.plan.model).code,
            scale=self.terms.scale,
            exact_scale=self.terms.exact_scale,
            base_scale=self._base_scale(work),
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
