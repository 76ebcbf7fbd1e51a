"""The pass of a binary bonus: columns and state in, a book and the next state out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from compplan.bonuses.books.settle import settle
from compplan.bonuses.pairing.at_once import pay_at_once
from compplan.bonuses.pairing.explain import pairing_details, pairing_outcomes
from compplan.bonuses.pairing.inputs import Inputs
from compplan.bonuses.pairing.measure import Measuring
from compplan.bonuses.pairing.room import PAIRS, Room
from compplan.bonuses.pairing.total import Total
from compplan.program.passes import Pass

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from compplan.bonuses.books.caps import Cap
    from compplan.bonuses.kinds.binary import Binary
    from compplan.bonuses.pairing.carry import CarryRule
    from compplan.bonuses.pairing.measured import Measured, WayRule
    from compplan.bonuses.pairing.spec import Pairing
    from compplan.bonuses.prepare.terms import Terms
    from compplan.explain.reasons import Detail, Outcomes
    from compplan.program.work import Work

CHUNK = 1 << 16
"""Members that are measured at once: what is in between stays in the cache."""


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

    @property
    def counts_pairs(self) -> bool:
        """Whether a column of paid pairs is written."""
        return len(self.writes) > 1

    def run(self, work: Work) -> None:
        inputs, total = Inputs(self, work), Total(self, work)
        if not pay_at_once(inputs, total):
            for start in reversed(range(0, work.size, CHUNK)):
                part = slice(start, min(start + CHUNK, work.size))
                total.add(part, Measuring(inputs, part, total.room).measured())
        for column in self.writes[1:]:
            work.put(column, total.room.of(PAIRS, slice(None)))
        for column, values in total.state.items():
            work.state.write(column, values)
        if self.model.pair_cap_per != "period":
            work.state.write(f"{self.bonus}:pairs_since", work.span(self.model.pair_cap_per))
        book = total.book()
        model = work.plan.model
        settle(book, model.rounding, self.model.money(model).decimals, inputs.caps)
        work.close(book)

    def outcomes(self, work: Work, position: int) -> Outcomes:
        """Explain one member: what was paid of both sides, and what became of the rest."""
        return pairing_outcomes(self, self.of_one(work, position), position)

    def details(self, work: Work, position: int) -> list[Detail]:
        """Explain one member step by step: both sides before, paired, and after."""
        return pairing_details(self, work, self.of_one(work, position), position)

    def of_one(self, work: Work, position: int) -> Measured:
        """Measure one member again."""
        one = slice(position, position + 1)
        return Measuring(Inputs(self, work), one, Room(work.size), alone=True).measured()
