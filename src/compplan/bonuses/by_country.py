"""A bonus whose volume, currency or worth of a point is a table by a member field: one run of it for each key.

Each variant runs as if everybody were paid by it, so that levels, compression and what passes up are the same
everywhere; then each earner keeps what the variant of his own key pays him.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from compplan.bonuses.prepare.gates import cap_columns, caps
from compplan.explain.reasons import CODES, Detail, Outcomes, Reason
from compplan.money_arrays import exact_sum
from compplan.plan.tables import ByKey, LevelTable
from compplan.plan.values import number
from compplan.program.passes import Pass

if TYPE_CHECKING:
    from typing import Any

    from numpy.typing import NDArray

    from compplan.bonuses.base import Bonus
    from compplan.bonuses.books.book import Book
    from compplan.bonuses.books.caps import Cap
    from compplan.program.builder import Builder
    from compplan.program.work import Work


def compile_by_country(name: str, bonus: Bonus, builder: Builder) -> None:
    """Add the passes of all variants, and the one that gives each earner his own."""
    variants, made = bonus.variants(), {}
    for key, variant in variants.items():
        inner = f"{name} of {key}"
        variant.compile(inner, builder)
        made[key] = next(each for each in reversed(builder.passes) if getattr(each, "bonus", None) == inner)
    rows = ByKey(rows={key: LevelTable(levels=(number(0),)) for key in variants})
    klass, _ = builder.klass(bonus.chosen_by, rows)
    cap = cap_columns(bonus, builder)
    reads = (klass, *(f"pay {name} of {key}" for key in variants), *((cap[0],) if cap else ()))
    builder.add(ByCountryPass((f"pay {name}",), tuple(reads), name, klass, made, cap))


@dataclass(frozen=True)
class ByCountryPass(Pass):
    """Gives each earner what the variant of his key pays him.

    Attributes
    ----------
    klass
        The column of the keys' numbers, -1 for none.
    made
        The pass of each variant by key.
    """

    bonus: str
    klass: str
    made: dict[str, Any]
    cap: Cap | None

    def run(self, work: Work) -> None:
        """Cut the books of the variants down to their own earners."""
        klass, pay, scale = work.columns[self.klass], np.zeros(work.size, np.int64), 0
        books = {}
        for place, key in enumerate(self.made):
            book = work.books.pop(f"{self.bonus} of {key}")
            books[key] = self._own(work, book, klass == place)
            scale = max(scale, book.scale)
        for key, book in books.items():
            pay += book.pay * 10 ** (scale - book.scale)
            work.books[self.named(key)] = book
        work.put(f"pay {self.bonus}", pay)

    def named(self, key: str) -> str:
        """Return the name that the book of a key is kept under."""
        return self.bonus if key == next(iter(self.made)) else f"{self.bonus} of {key}"

    def _own(self, work: Work, book: Book, mine: NDArray[np.bool_]) -> Book:
        """Return a book with its own earners only; what the others would get was never allotted."""
        pay = np.where(mine, book.pay, 0)
        gone = (exact_sum(book.pay) - exact_sum(pay)) * 10 ** (book.exact_scale - book.scale)
        rows = book.rows
        if rows is not None:
            keep = mine[rows.earner]
            columns: dict[str, Any] = {
                name: None if column is None else column[keep] for name, column in vars(rows).items()
            }
            rows = replace(rows, **columns)
        kept = replace(
            book, bonus=self.bonus, pay=pay, rows=rows, allotted=book.allotted - gone, breakage=dict(book.breakage)
        )
        kept.adjustments = [
            replace(each, earner=each.earner[mine[each.earner]], amount=each.amount[mine[each.earner]])
            for each in book.adjustments
            if mine[each.earner].any()
        ]
        most = caps(self.cap, kept.scale, work)
        if most is not None:
            kept.adjust("capped", np.where(mine, most.cut(kept.pay), 0) - kept.pay)
        kept.must_balance()
        return kept

    def key_of(self, work: Work, position: int) -> str | None:
        """Return a member's key; None where he has none."""
        place = int(work.columns[self.klass][position])
        return None if place < 0 else list(self.made)[place]

    def book_of(self, work: Work, position: int) -> Book:
        """Return the book that a member is paid from."""
        return work.books[self.named(self.key_of(work, position) or next(iter(self.made)))]

    def outcomes(self, work: Work, position: int) -> Outcomes:
        """Explain one member by the variant of his key."""
        key = self.key_of(work, position)
        found: Outcomes = self.made[key or next(iter(self.made))].outcomes(work, position)
        if key is None:
            return replace(
                found, amount=np.zeros_like(found.amount), reason=np.full_like(found.reason, CODES[Reason.NO_RATE])
            )
        return found

    def details(self, work: Work, position: int) -> list[Detail]:
        """Tell which variant it was."""
        key = self.key_of(work, position)
        made = self.made[key or next(iter(self.made))]
        by = work.plan.model.bonuses[self.bonus].chosen_by
        more = made.details(work, position) if key is not None and hasattr(made, "details") else []
        return [Detail("key", by, key or "no key of the tables"), *more]
