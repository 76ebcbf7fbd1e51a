"""How everybody stands in a walk, as kernels read it, and the chain of those who can take a rate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from compplan.bonuses.difference import chain_kernels as ck
from compplan.volumes.member_arrays import as_input

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from compplan.bonuses.difference.spec import Difference, DifferenceInputs

LESS = {"highest_between": ck.HIGHEST, "direct_leg": ck.LEG, "nothing": ck.NOTHING}
BLOCKS = {"skipped": ck.SKIPPED, "stops": ck.STOPS, "paid": ck.PAID}


@dataclass(frozen=True)
class Standing:
    """How everybody stands in a walk: places, and rates by row as kernels read them."""

    place: NDArray[np.int16]
    rates: NDArray[np.int64]
    takes: NDArray[np.int64]
    floored: NDArray[np.int64]

    @classmethod
    def of(cls, rule: Difference, inputs: DifferenceInputs) -> Standing:
        """Place all members."""
        rates = np.append(rule.rates, 0)
        takes = np.maximum(rates, rule.least_taken)
        floored = np.append(np.full(rule.rates.size, rule.floored, np.int64), 0)
        place = np.empty(inputs.klass.size, np.int16)
        rated = (takes > 0) | (floored > 0)
        given = as_input(inputs.klass), as_input(inputs.pay), as_input(inputs.stands)
        ck.place_all(*given, rated, rule.unpaid == "pass_up", place)
        return cls(place, rates, takes, floored)


def empty_chain(n: int) -> ck.Chain:
    """Return room for a chain of n members; pages that nobody writes to cost nothing."""
    types = {"row": np.int16, "low": np.int64}
    arrays = {name: np.empty(n + 2, types.get(name, np.int32)) for name in ck.Chain._fields}
    for array in arrays.values():
        array[0] = 0
    return ck.Chain(**arrays)


def linked(rule: Difference, standing: Standing, count: int, chain: ck.Chain) -> None:
    """Find who earns after whom."""
    ways = LESS[rule.less], BLOCKS[rule.lower_rate], BLOCKS[rule.equal_rate]
    ck.link(count, *ways, standing.rates, standing.takes, chain)
