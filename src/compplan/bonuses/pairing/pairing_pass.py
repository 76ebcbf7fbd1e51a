"""The pass of a binary bonus: columns and state in, a book and the next state out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from compplan.bonuses.book import Book, Rows
from compplan.bonuses.caps import span_of
from compplan.bonuses.gates import caps
from compplan.bonuses.pairing.explain import pairing_details, pairing_outcomes
from compplan.bonuses.pairing.measure import Measuring
from compplan.bonuses.pairing.sums import sums_by_cell
from compplan.bonuses.settle import settle
from compplan.money_arrays import exact_sum
from compplan.program.passes import Pass

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from compplan.bonuses.caps import Cap
    from compplan.bonuses.kinds.binary import Binary
    from compplan.bonuses.pairing.carry import CarryRule
    from compplan.bonuses.pairing.measure import Measured, WayRule
    from compplan.bonuses.pairing.spec import Pairing
    from compplan.bonuses.terms import Terms
    from compplan.explain.reasons import Detail, Outcomes
    from compplan.program.work import Work


@dataclass(frozen=True)
class PairingPass(Pass):
    """Both sides of everybody are paired and paid.

    Attributes
    ----------
    scale
        Digits of the volume on the sides.
    ways
        The ways of pairing; members get the best.
    first
        How the first pair ever is made, where that differs.
    pay
        The column of who can be paid.
    pair_cap
        The class column, and the most pairs of each class and of members without one.
    fixed
        Whether pairs pay amounts, not rates.
    """

    bonus: str
    model: Binary
    terms: Terms
    tree: str
    scale: int
    ways: tuple[WayRule, ...]
    first: Pairing | None
    pay: str
    cap: Cap | None
    pair_cap: tuple[str, NDArray[np.int64]] | None
    carry: CarryRule
    fixed: bool

    def run(self, work: Work) -> None:
        found = Measuring(self, work).measured()
        for column, values in found.state.items():
            work.state.write(column, np.ascontiguousarray(values))
        if self.model.pair_cap_per != "period":
            work.state.write(f"{self.bonus}:pairs_since", span_of(work.reckoned, self.model.pair_cap_per))
        book = self._book(work, found)
        model = work.plan.model
        settle(book, model.rounding, self.model.money(model).decimals, caps(self.cap, book.scale, work))
        work.close(book)

    def outcomes(self, work: Work, position: int) -> Outcomes:
        """Explain one member: what was paid of both sides, and what became of the rest."""
        return pairing_outcomes(self, self.of_one(work, position), position)

    def details(self, work: Work, position: int) -> list[Detail]:
        """Explain one member step by step: both sides before, paired, and after."""
        return pairing_details(self, work, self.of_one(work, position), position)

    def of_one(self, work: Work, position: int) -> Measured:
        """Measure one member again."""
        return Measuring(self, work, slice(position, position + 1)).measured()

    def _book(self, work: Work, found: Measured) -> Book:
        kept = np.flatnonzero(found.amount).astype(np.int32)
        rows = Rows(
            earner=kept,
            source=kept,
            line=np.full(kept.size, -1, np.int64),
            level=np.zeros(kept.size, np.int32) if self.ways[0].pairing.steps is None else (found.column[kept] + 1).astype(np.int32),
            klass=found.klass[kept],
            base=found.base[kept],
            amount=found.amount[kept],
        )
        return Book(
            bonus=self.bonus,
            currency=self.model.money(work.plan.model).code,
            scale=self.terms.scale,
            exact_scale=self.terms.exact_scale,
            base_scale=self.scale,
            pay=found.amount,
            rows=rows if work.keep_rows else None,
            rates=self.terms.printed,
            rate_scale=self.terms.printed_scale,
            factor=self.model.money_per_point,
            **self._balance(found),
        )

    def _balance(self, found: Measured) -> dict[str, object]:
        """Return what was set aside for the pairs made, and what of it nobody earned."""
        made, paid = (found.pairs, found.paid) if self.fixed else (found.made, found.base)
        rated = found.payable & (found.klass >= 0)
        cells = _Cells(self, found)
        best_of_made = cells.best(made)
        best_of_paid = cells.best(paid)
        return {
            "allotted": best_of_made,
            "breakage": {
                "not_qualified": cells.best(np.where(rated, 0, made)),
                "pair_cap": cells.best(np.where(rated, made - paid, 0)),
                "lower_rate": best_of_paid - cells.due(paid),
                "rounding": cells.due(paid) - exact_sum(found.amount) * self.terms.denominator,
            },
        }


class _Cells:
    """Exact sums of volumes times numerators, by the cells of the rates."""

    def __init__(self, made: PairingPass, found: Measured) -> None:
        self.table = made.terms.numerators.astype(object)
        self.columns = self.table.shape[1]
        self.cell = np.where(found.klass < 0, -1, found.klass * self.columns + found.column).astype(np.int32)
        tops = np.array([self.table[way.rows].max(axis=0) for way in made.ways], object)
        self.tops = tops.ravel()
        self.top = (np.maximum(found.way, 0) * self.columns + found.column).astype(np.int32)

    def best(self, volume: NDArray[np.int64]) -> int:
        """Return the sum at the best rate of each way."""
        return int((sums_by_cell(volume, self.top, self.tops.size) * self.tops).sum())

    def due(self, volume: NDArray[np.int64]) -> int:
        """Return the sum at the rates that members have."""
        return int((sums_by_cell(volume, self.cell, self.table.size) * self.table.ravel()).sum())
