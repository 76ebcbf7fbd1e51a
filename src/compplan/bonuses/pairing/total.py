"""The parts of a run put together: pay, ledger rows, the next state, and books that balance."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from compplan.bonuses.books.book import Book, Rows
from compplan.bonuses.pairing import kernels
from compplan.money_arrays import exact_sum

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from compplan.bonuses.pairing.measured import Measured
    from compplan.bonuses.pairing.pairing_pass import PairingPass
    from compplan.program.work import Work


class Total:
    """What all parts of a run came to."""

    def __init__(self, made: PairingPass, work: Work) -> None:
        self.made, self.work = made, work
        self.pay = np.zeros(work.size, np.int64)
        self.pairs = np.zeros(work.size if made.writes[1:] else 0, np.int64)
        self.state: dict[str, NDArray[np.int64]] = {}
        self.rows: list[Rows] = []
        self.allotted = 0
        self.breakage = dict.fromkeys(("not_qualified", "pair_cap", "lower_rate", "rounding"), 0)
        self.table = made.terms.numerators.astype(object)
        best = [self.table[way.rows].max(axis=0) for way in made.ways]
        classes = [best[0], *(top for top, way in zip(best, made.ways, strict=True) for _ in self.table[way.rows])]
        self.tops = np.array(classes, object).ravel()  # of members without a class first

    def add(self, part: slice, found: Measured) -> None:
        """Take in some members; the last of all come first."""
        self.pay[part] = found.amount
        if self.made.writes[1:]:
            self.pairs[part] = found.paid
        for column, values in found.state.items():
            if column not in self.state:
                self.state[column] = np.empty(self.work.size, np.int64)
            self.state[column][part] = values
        self._balance(found)
        if self.work.keep_rows:
            self.rows.append(self._rows(part.start, found))

    def _rows(self, first: int, found: Measured) -> Rows:
        kept = np.flatnonzero(found.amount)
        level = np.zeros(kept.size, np.int64) if found.step is None else found.step[kept]
        return Rows(
            earner=(first + kept).astype(np.int32),
            source=(first + kept).astype(np.int32),
            line=np.full(kept.size, -1, np.int64),
            level=level.astype(np.int32),
            klass=found.klass[kept],
            base=found.base[kept],
            amount=found.amount[kept],
        )

    def _balance(self, found: Measured) -> None:
        """Add what was set aside for the pairs made, and what of it nobody earned."""
        none = np.empty(0, np.int64)
        volume, paid = (found.pairs, found.paid) if self.made.fixed else (found.made, found.base)
        step = none if found.step is None else found.step
        columns = self.table.shape[1]
        sums = np.zeros((self.tops.size, 6), np.int64)
        kernels.tally(volume, paid, step, found.payable, found.klass, columns, sums.ravel())
        made, lost, earned = sums[:, :3].T.astype(object) * 2**32 + sums[:, 3:].T.astype(object)
        beyond = made - lost - earned
        due = int((earned[columns:] * self.table.ravel()).sum())
        self.allotted += int((made * self.tops).sum())
        self.breakage["not_qualified"] += int((lost * self.tops).sum())
        self.breakage["pair_cap"] += int((beyond * self.tops).sum())
        self.breakage["lower_rate"] += int((earned * self.tops).sum()) - due
        self.breakage["rounding"] += due - exact_sum(found.amount) * self.made.terms.denominator

    def book(self) -> Book:
        """Return the book."""
        made, model = self.made, self.work.plan.model
        return Book(
            bonus=made.bonus,
            currency=made.model.money(model).code,
            scale=made.terms.scale,
            exact_scale=made.terms.exact_scale,
            base_scale=made.scale,
            pay=self.pay,
            rows=joined(self.rows[::-1]) if self.work.keep_rows else None,
            rates=made.terms.printed,
            rate_scale=made.terms.printed_scale,
            factor=made.model.money_per_point,
            allotted=self.allotted,
            breakage=self.breakage,
        )


def joined(parts: list[Rows]) -> Rows:
    """Return rows of several parts as one."""
    types = {"earner": np.int32, "source": np.int32, "line": np.int64, "level": np.int32, "klass": np.int16}
    names = [*types, "base", "amount"]
    found = {
        name: np.concatenate([np.empty(0, types.get(name, np.int64)), *(getattr(part, name) for part in parts)])
        for name in names
    }
    return Rows(**found)
