"""The way of exact totals: volumes are carried up, and nobody sees the single payment."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from compplan.bonuses.difference import chain_kernels as ck
from compplan.bonuses.difference.books import Found, tally
from compplan.bonuses.difference.share_kernels import SUMS
from compplan.bonuses.difference.spec import DifferenceResult
from compplan.bonuses.difference.standing import Standing, empty_chain, linked
from compplan.bonuses.difference.total_kernels import carry_up, hand_out
from compplan.money_arrays import exact_sum
from compplan.volumes.member_arrays import as_input

if TYPE_CHECKING:
    from compplan.bonuses.difference.spec import Difference, DifferenceInputs


def carried(rule: Difference, inputs: DifferenceInputs, signed: int) -> DifferenceResult:
    """Pay everybody; `signed` is the sum of all bases."""
    n, standing, sums = inputs.klass.size, Standing.of(rule, inputs), np.zeros(2 * SUMS, np.int64)
    chain, volume, near = empty_chain(n), np.zeros(n + 2, np.int64), np.zeros(inputs.tree.max_depth + 2, np.int64)
    depth, values = as_input(inputs.tree.depth), as_input(inputs.values)
    count = ck.chain_volume(depth, standing.place, values, rule.from_self, near, chain, volume)
    linked(rule, standing, count, chain)
    earned, pay, unpaid = np.zeros(n + 2, np.int64), np.zeros(n, np.int64), np.zeros(n + 2, np.int64)
    carry_up(count, rule.best, standing.rates, standing.takes, chain, volume, earned, sums)
    hand_out(count, chain.who, as_input(inputs.pay), earned, pay, unpaid)
    held = None
    if rule.unpaid == "hold":
        held = np.zeros(n, np.int64)
        held[chain.who[1 : count + 1]] = unpaid[1 : count + 1]
    found = Found(signed, sums, unpaid=exact_sum(unpaid[: count + 1]), nobody=int(volume[0]) * rule.best)
    return DifferenceResult(pay, held, None, tally(rule, found, pay, held))
