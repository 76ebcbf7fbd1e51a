"""How everybody stands in a walk, as kernels read it, and the chain of those who can take a rate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from compplan.bonuses.difference import chain_kernels as ck
from compplan.memory import unwritten
from compplan.volumes.member_arrays import as_input

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from compplan.bonuses.difference.spec import Difference, DifferenceInputs

LESS = {"highest_between": ck.HIGHEST, "direct_leg": ck.LEG, "nothing": ck.NOTHING}
BLOCKS = {"skipped": ck.SKIPPED, "stops": ck.STOPS, "paid": ck.PAID}


@dataclass(frozen=True)
class Standing:
    """Rates by row as kernels read them, with one more row for who has no class."""

    rates: NDArray[np.int64]
    takes: NDArray[np.int64]
    floored: NDArray[np.int64]
    who: tuple[Any, ...]

    @classmethod
    def of(cls, rule: Difference, inputs: DifferenceInputs) -> Standing:
        """Place all members."""
        rates = np.append(rule.rates, 0)
        takes = np.maximum(rates, rule.least_taken)
        floored = np.append(np.full(rule.rates.size, rule.floored, np.int64), 0)
        who = as_input(inputs.klass), as_input(inputs.pay), as_input(inputs.stands)
        return cls(rates, takes, floored, (*who, (takes > 0) | (floored > 0), rule.unpaid == "pass_up"))

    @property
    def rated(self) -> NDArray[np.bool_]:
        """Who can take a rate."""
        klass, pay, stands, rated, pass_up = self.who
        plain = rated[:-1].all() and not rated[-1]
        found: NDArray[np.bool_] = stands & ((klass >= 0) if plain else rated[klass])
        return found & pay if pass_up else found

    @property
    def place(self) -> NDArray[np.int16]:
        """How everybody stands: a row of rates, or a code of `chain_kernels`."""
        place = np.empty(self.who[0].size, np.int16)
        ck.place_all(*self.who, place)
        return place


def empty_chain(n: int) -> ck.Chain:
    """Return room for a chain of n members; pages that nobody writes to cost nothing."""
    types = {"row": np.int16, "low": np.int64}
    arrays = unwritten((n + 2, types.get(name, np.int32)) for name in ck.Chain._fields)
    for array in arrays:
        array[0] = 0
    return ck.Chain(*arrays)


def linked(rule: Difference, standing: Standing, count: int, chain: ck.Chain) -> None:
    """Find who earns after whom."""
    ways = LESS[rule.less], BLOCKS[rule.lower_rate], BLOCKS[rule.equal_rate]
    ck.link(count, *ways, standing.rates, standing.takes, chain)
