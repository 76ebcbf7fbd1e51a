"""The parts of a run put together: pay, ledger rows, the next state, and books that balance."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from compplan.bonuses.books.book import Book, Rows
from compplan.bonuses.pairing import kernels
from compplan.bonuses.pairing.room import PAIRS, PAY, Room
from compplan.money_arrays import exact_sum
from compplan.volumes.member_arrays import as_input

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from compplan.bonuses.pairing.measured import Measured
    from compplan.bonuses.pairing.pairing_pass import PairingPass
    from compplan.program.work import Work


class Total:
    """What all parts of a run came to."""

    def __init__(self, made: PairingPass, work: Work) -> None:
        self.made, self.work = made, work
        self.room = Room(work.size)
        self.rows: list[Rows] = []
        self.allotted = 0
        self.breakage = dict.fromkeys(("not_qualified", "pair_cap", "lower_rate", "rounding"), 0)
        self.table = made.terms.numerators.astype(object)
        best = [self.table[way.rows].max(axis=0) for way in made.ways]
        classes = [best[0], *(top for top, way in zip(best, made.ways, strict=True) for _ in self.table[way.rows])]
        self.tops = np.array(classes, object).ravel()  # of members without a class first

    def add(self, part: slice, found: Measured) -> None:
        """Take in some members; the last of all come first."""
        columns = {PAY: found.amount, **({PAIRS: found.paid} if self.made.counts_pairs else {})}
        for column, values in {**columns, **found.state}.items():
            self.room.put(column, part, values)
        self.balance(self._sums(found), exact_sum(found.amount))
        if self.work.keep_rows:
            base = found.base if found.base.size else found.made
            self.rows.append(rows_of(part.start, found.amount, base, found.klass, found.step))

    def no_sums(self) -> NDArray[np.int64]:
        """Return zeros for the sums of volumes by cell of the rates."""
        return np.zeros((self.tops.size, 6), np.int64)

    def _sums(self, found: Measured) -> NDArray[np.int64]:
        none = np.empty(0, np.int64)
        volume, paid = (found.pairs, found.paid) if self.made.fixed else (found.made, found.base)
        step = none if found.step is None else found.step
        columns = self.table.shape[1]
        sums = self.no_sums()
        kernels.tally(*map(as_input, (volume, paid, step, found.payable, found.klass)), columns, sums)
        return sums

    def balance(self, sums: NDArray[np.int64], paid: int, each: int = 1) -> None:
        """Add what was set aside for the pairs made, and what of it nobody earned.

        Parameters
        ----------
        sums
            What the kernel `tally` found.
        paid
            The money that was paid for them.
        each
            The volume that each of the numbers stands for.
        """
        columns = self.table.shape[1]
        made, lost, earned = sums[:, :3].T.astype(object) * 2**32 + sums[:, 3:].T.astype(object)
        made, lost, earned = made * each, lost * each, earned * each
        beyond = made - lost - earned
        due = int((earned[columns:] * self.table.ravel()).sum())
        self.allotted += int((made * self.tops).sum())
        self.breakage["not_qualified"] += int((lost * self.tops).sum())
        self.breakage["pair_cap"] += int((beyond * self.tops).sum())
        self.breakage["lower_rate"] += int((earned * self.tops).sum()) - due
        self.breakage["rounding"] += due - paid * self.made.terms.denominator

    @property
    def state(self) -> dict[str, NDArray[np.int64]]:
        """The columns of the next state."""
        return {column: values for column, values in self.room.columns.items() if column not in {PAY, PAIRS}}

    def book(self) -> Book:
        """Return the book."""
        made, model = self.made, self.work.plan.model
        return Book(
            bonus=made.bonus,
            currency=made.model.money(model).code,
            scale=made.terms.scale,
            exact_scale=made.terms.exact_scale,
            base_scale=made.scale,
            pay=self.room.of(PAY, slice(None)),
            rows=joined(self.rows[::-1]) if self.work.keep_rows else None,
            rates=made.terms.printed,
            rate_scale=made.terms.printed_scale,
            factor=made.model.money_per_point,
            allotted=self.allotted,
            breakage=self.breakage,
        )


def rows_of(
    first: int,
    amount: NDArray[np.int64],
    base: NDArray[np.int64],
    klass: NDArray[np.int16],
    step: NDArray[np.int64] | None,
) -> Rows:
    """Return a row for each member of a part who is paid."""
    kept = np.flatnonzero(amount)
    return Rows(
        earner=(first + kept).astype(np.int32),
        source=(first + kept).astype(np.int32),
        line=np.full(kept.size, -1, np.int64),
        level=np.zeros(kept.size, np.int32) if step is None else step[kept].astype(np.int32),
        klass=klass[kept],
        base=base[kept],
        amount=amount[kept],
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
