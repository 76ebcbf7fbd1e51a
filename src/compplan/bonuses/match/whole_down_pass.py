"""The pass of a match-down whose parts are whole: each member below gets a rate of the pay of those above him."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from compplan.bonuses.books.book import Book, Rows
from compplan.bonuses.books.settle import settle
from compplan.bonuses.match.base import matched_pay
from compplan.bonuses.prepare.gates import caps
from compplan.bonuses.prepare.terms import terms_of_pay
from compplan.errors import ExactnessError
from compplan.explain.reasons import CODES, Outcomes, Reason
from compplan.money import INT64_MAX
from compplan.money_arrays import exact_sum, max_abs, multiply_divide_all
from compplan.program.passes import Pass
from compplan.volumes.counts import nearest_flagged_ancestor

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from compplan.bonuses.books.caps import Cap
    from compplan.bonuses.kinds.match_down import MatchDown
    from compplan.bonuses.prepare.terms import Terms
    from compplan.plan.tables import LevelTable
    from compplan.program.work import Work

    Ints = NDArray[np.int64]
    Flags = NDArray[np.bool_]


class Level(NamedTuple):
    """One level: by member, who stands so many levels above (-1: nobody), his pay, and what the member gets of it."""

    number: int
    above: NDArray[np.int32]
    base: Ints
    amount: Ints


@dataclass(frozen=True)
class WholeDownPass(Pass):
    """Each member gets, level by level, a rate of what those above him are paid.

    Attributes
    ----------
    of
        The columns of the matched pay.
    klass, pay, where, skip
        Columns: the class of each earner in the rate table, who can get something, whose pay is matched (None: all),
        who uses up no level (None: nobody).
    """

    bonus: str
    model: MatchDown
    tree: str
    of: tuple[str, ...]
    table: tuple[LevelTable, ...]
    klass: str
    pay: str
    where: str | None
    cap: Cap | None
    skip: str | None

    def run(self, work: Work) -> None:
        made, scale = self._terms(work)
        pay, books, rows = np.zeros(work.size, np.int64), [0, 0, 0], []
        for level in self._levels(work, made):
            if max_abs(pay) + max_abs(level.amount) > INT64_MAX:
                raise ExactnessError(f"the pay of {self.bonus} may not fit 64 bits: use fewer digits")
            pay += level.amount
            self._set_aside(work, made, level, books)
            rows += [self._rows(work, level)] if work.keep_rows else []
        book = self._book(work, made, scale, pay, books, rows)
        model = work.plan.model
        settle(book, model.rounding, self.model.money(model).decimals, caps(self.cap, book.scale, work))
        work.close(book)

    def _terms(self, work: Work) -> tuple[Terms, int]:
        scale = matched_pay(self.model, self.of, work)[1]
        return terms_of_pay(self.model, self.table, work.plan.model, base_scale=scale), scale

    def _levels(self, work: Work, made: Terms) -> Iterator[Level]:
        """Yield the levels of the table, the nearest first."""
        base = matched_pay(self.model, self.of, work)[0]
        base = base if self.where is None else np.where(work.columns[self.where], base, 0)
        payable, klass, up = self._payable(work), work.columns[self.klass], self._above(work)
        above, mode = up, work.plan.model.rounding.mode
        for level in range(made.numerators.shape[1]):
            known = above >= 0
            theirs = np.where(known, base[above], 0)
            rates = np.append(made.numerators[:, level], 0)[klass]
            amount = multiply_divide_all(np.where(payable, theirs, 0), rates, made.denominator, mode)
            yield Level(level + 1, above, theirs, amount)
            above = np.where(known, up[above], -1)

    def _payable(self, work: Work) -> Flags:
        can: Flags = work.columns[self.pay]
        return can if self.skip is None else can & ~work.columns[self.skip]

    def _above(self, work: Work) -> NDArray[np.int32]:
        """Return who is the next level above each member, in primary positions."""
        tree, up = work.tree(self.tree), work.tree(self.tree).parent
        if self.skip is not None:
            counted = work.in_tree(self.tree, ~work.columns[self.skip])
            up = nearest_flagged_ancestor(tree, counted, from_self=False)
        return tree.in_primary(up)

    def _set_aside(self, work: Work, made: Terms, level: Level, books: list[int]) -> None:
        """Add what the level sets aside, what the unqualified do not get of it, and what lower rates leave."""
        rates = [int(rate) for rate in made.numerators[:, level.number - 1]]
        klass, payable, best = work.columns[self.klass], self._payable(work), max(rates)
        counted = np.ones(work.size, np.bool_) if self.skip is None else ~work.columns[self.skip]
        books[0] += exact_sum(level.base[counted]) * best
        books[1] += exact_sum(level.base[counted & ~(payable & (klass >= 0))]) * best
        for row, rate in enumerate(rates):
            books[2] += exact_sum(level.base[payable & (klass == row)]) * (best - rate)

    def _rows(self, work: Work, level: Level) -> Rows:
        paid = np.flatnonzero(level.amount).astype(np.int32)
        return Rows(
            earner=paid,
            source=level.above[paid],
            line=np.full(paid.size, -1, np.int64),
            level=np.full(paid.size, level.number, np.int32),
            klass=work.columns[self.klass][paid],
            base=level.base[paid],
            amount=level.amount[paid],
        )

    def _book(self, work: Work, made: Terms, scale: int, pay: Ints, books: list[int], rows: list[Rows]) -> Book:
        allotted, unqualified, lower = books
        paid = exact_sum(pay) * 10 ** (made.exact_scale - made.scale)
        left = {"not_qualified": unqualified, "lower_rate": lower, "rounding": allotted - unqualified - lower - paid}
        return Book(
            bonus=self.bonus,
            currency=self.model.money(work.plan.model).code,
            scale=made.scale,
            exact_scale=made.exact_scale,
            base_scale=scale,
            pay=pay,
            rows=_joined(rows) if work.keep_rows else None,
            rates=made.printed,
            rate_scale=made.printed_scale,
            factor=Decimal(1),
            allotted=allotted,
            breakage=left,
        )

    def outcomes(self, work: Work, position: int) -> Outcomes:
        """Explain one member: what he gets of the pay of each member above him."""
        levels = [each for each in self._levels(work, self._terms(work)[0]) if each.base[position]]
        reasons = [self._reason(work, position, each) for each in levels]
        return Outcomes(
            source=np.array([each.above[position] for each in levels], np.int32),
            line=np.full(len(levels), -1, np.int64),
            level=np.array([each.number for each in levels], np.int32),
            base=np.array([each.base[position] for each in levels], np.int64),
            amount=np.array([each.amount[position] for each in levels], np.int64),
            reason=np.array([CODES[reason] for reason in reasons], np.int8),
        )

    def _reason(self, work: Work, position: int, level: Level) -> Reason:
        if level.amount[position]:
            return Reason.PAID
        if self.skip is not None and work.columns[self.skip][position]:
            return Reason.COMPRESSED
        if not work.columns[self.pay][position]:
            return Reason.NOT_QUALIFIED
        row = int(work.columns[self.klass][position])
        if row < 0:
            return Reason.NO_RATE
        levels = self.table[row].levels
        open_ = level.number <= len(levels) and levels[level.number - 1]
        return Reason.ROUNDED_TO_ZERO if open_ else Reason.LEVEL_NOT_OPEN


def _joined(rows: list[Rows]) -> Rows:
    """Return the rows of all levels as one: by who is matched, then by level, then by earner."""
    columns = ("earner", "source", "line", "level", "klass", "base", "amount")
    together = {name: np.concatenate([getattr(each, name) for each in rows]) for name in columns}
    order = np.lexsort((together["earner"], together["level"], together["source"]))
    return Rows(**{name: values[order] for name, values in together.items()})
