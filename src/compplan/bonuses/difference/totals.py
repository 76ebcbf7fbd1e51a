"""The way of exact totals: volumes are carried up, and nobody sees the single payment."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from compplan.bonuses.difference.books import Found, tally, whole
from compplan.bonuses.difference.chain_kernels import chain_volume, chain_volume_of_few
from compplan.bonuses.difference.spec import DifferenceResult
from compplan.bonuses.difference.standing import Standing, empty_chain, linked
from compplan.bonuses.difference.total_kernels import SUMS, UNPAID, carry_up
from compplan.memory import unwritten, zeros
from compplan.volumes.member_arrays import as_input

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from compplan.bonuses.difference.chain_kernels import Chain
    from compplan.bonuses.difference.spec import Difference, DifferenceInputs

FEW = 8
"""One member in so many who can take a rate are few: then sums between them are quicker than a look at each."""


def carried(rule: Difference, inputs: DifferenceInputs, signed: int) -> DifferenceResult:
    """Pay everybody; `signed` is the sum of all bases."""
    n, standing, sums = inputs.klass.size, Standing.of(rule, inputs), np.zeros(2 * SUMS, np.int64)
    chain, (volume,) = empty_chain(n), unwritten([(n + 2, np.int64)])
    volume[0] = 0
    count = _chained(rule, inputs, standing, chain, volume)
    linked(rule, standing, count, chain)
    pay, held = zeros(n), zeros(n) if rule.unpaid == "hold" else None
    given = rule.best, standing.rates, standing.takes, chain, volume, zeros(count + 1)
    carry_up(count, *given, as_input(inputs.pay), pay, held, sums)
    found = Found(signed, sums, unpaid=whole(sums, UNPAID), nobody=int(volume[0]) * rule.best)
    return DifferenceResult(pay, held, None, tally(rule, found, pay, held))


def _chained(
    rule: Difference, inputs: DifferenceInputs, standing: Standing, chain: Chain, volume: NDArray[np.int64]
) -> int:
    """Number who can take a rate and give each what meets him first; return how many they are."""
    tree, values = inputs.tree, as_input(inputs.values)
    plain = rule.less != "direct_leg" or (bool(inputs.stands.all()) and rule.unpaid != "pass_up")
    rated = standing.rated if plain else None
    if rated is not None and np.count_nonzero(rated) * FEW < rated.size:
        found = np.flatnonzero(rated)
        klass = as_input(inputs.klass)
        given = found, klass, as_input(tree.parent), as_input(tree.end), values, rule.from_self
        chain_volume_of_few(*given, chain, volume)
        return found.size
    near = np.empty(tree.max_depth + 2, np.int64)
    near[0] = 0
    return int(chain_volume(as_input(tree.depth), *standing.who, values, rule.from_self, near, chain, volume))
