"""The passes that make quantities of what bonuses pay, and of the pairs that they pay."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from compplan.errors import ExactnessError
from compplan.money_arrays import divide_all, exact_abs_sum
from compplan.program.history import added
from compplan.program.passes import Pass

if TYPE_CHECKING:
    from compplan.money import Rounding
    from compplan.program.work import Work


@dataclass(frozen=True)
class PayPass(Pass):
    """What bonuses pay each member together, at the digits of the currency.

    Attributes
    ----------
    bonuses
        The bonuses whose pay `reads` holds, in the same order.
    """

    bonuses: tuple[str, ...]
    scale: int
    rounding: Rounding

    def run(self, work: Work) -> None:
        """Add up in the digits of the finest book, and round each member's sum once."""
        scales = [work.books[bonus].scale for bonus in self.bonuses]
        finest = max(self.scale, *scales)
        pays = [work.columns[column] for column in self.reads]
        lifts = [10 ** (finest - scale) for scale in scales]
        if sum(exact_abs_sum(pay) * lift for pay, lift in zip(pays, lifts, strict=True)) >= 2**63:
            raise ExactnessError(f"{self.writes[0]} passes 64 bits at {finest} digits: round payments")
        total = np.zeros(work.size, np.int64)
        for pay, lift in zip(pays, lifts, strict=True):
            total += pay * lift
        if finest > self.scale:
            total = divide_all(total, 10 ** (finest - self.scale), self.rounding)
        work.put(self.writes[0], total, self.scale)


@dataclass(frozen=True)
class PairsPass(Pass):
    """How many pairs some binary bonuses pay each member together; `reads` holds those of each."""

    def run(self, work: Work) -> None:
        """Add them up."""
        work.put(self.writes[0], added(*(work.columns[column] for column in self.reads)), 0)
