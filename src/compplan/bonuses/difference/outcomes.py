"""What became of every source below one earner: his part, or the first reason why not.

Computed on demand, from his subtree, by the same kernels that pay.
"""

from __future__ import annotations

from enum import IntEnum, unique
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from compplan.bonuses.difference import chain_kernels as ck
from compplan.bonuses.difference.outcome_kernels import levels_below, peaks_below
from compplan.bonuses.difference.share_kernels import IS_FIRST, IS_HELD, IS_PAID, IS_UNPAID
from compplan.bonuses.difference.shares import found_shares
from compplan.bonuses.difference.standing import Standing
from compplan.bonuses.difference.total_kernels import SUMS
from compplan.money import ROUNDING_CODES
from compplan.money_arrays import multiply_divide_all
from compplan.volumes.member_arrays import as_input

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from compplan.bonuses.difference.spec import Difference, DifferenceInputs


@unique
class Outcome(IntEnum):
    """What became of a source for one earner. Codes are stable."""

    PAID = 0
    HELD = 1
    COMPRESSED = 2
    NO_RATE = 3
    PASSED_UP = 4
    BEYOND_LEVELS = 5
    FIRST_LEVELS = 6
    NOT_QUALIFIED = 7
    BLOCKED = 8
    LIMITED = 9
    TAKEN_BELOW = 10
    ROUNDED_TO_ZERO = 11


_OF_KIND = {
    IS_PAID: Outcome.PAID,
    IS_UNPAID: Outcome.NOT_QUALIFIED,
    IS_HELD: Outcome.HELD,
    IS_FIRST: Outcome.FIRST_LEVELS,
}


class DifferenceOutcomes(NamedTuple):
    """One entry for each source or line below an earner (and his own, where he is a source), in their order.

    `line` is -1 where sources are paid as one; `amount` is in ledger units, and not zero only where it is paid.
    """

    source: NDArray[np.int32]
    line: NDArray[np.int32]
    level: NDArray[np.int32]
    base: NDArray[np.int64]
    amount: NDArray[np.int64]
    code: NDArray[np.int8]


def difference_outcomes(rule: Difference, inputs: DifferenceInputs, earner: int) -> DifferenceOutcomes:
    """Tell what became of every source below one earner.

    Parameters
    ----------
    rule, inputs
        As they were run.
    earner
        Index in the tree's own order.
    """
    first = earner if rule.from_self else earner + 1
    last = int(inputs.tree.end[earner])
    lines = _lines(inputs, first, last)
    source = np.repeat(np.arange(first, last), np.diff(lines)) if inputs.line_start is not None else None
    source = np.arange(first, last) if source is None else source
    begin = int(lines[0]) if lines.size else first
    part, kind = np.zeros(source.size, np.int64), np.full(source.size, -1, np.int8)
    for shares, count, _, chain in found_shares(rule, inputs, first, last, np.zeros(2 * SUMS, np.int64)):
        mine = np.flatnonzero(chain.who[shares.at[:count]] == earner)
        at = shares.line[mine] - begin
        part[at], kind[at] = shares.part[mine], shares.kind[mine]
    base = inputs.values[begin : begin + source.size]
    mode = tuple(ROUNDING_CODES)[rule.rounding]
    amount = multiply_divide_all(np.ascontiguousarray(base), part, rule.denominator, mode)
    level = _levels(rule, inputs, earner, first, last)[source - first]
    standing = Standing.of(rule, inputs)
    higher = standing.rates[inputs.klass[earner]] > _peaks(rule, inputs, earner, standing)[source - first]
    code = _codes(rule, inputs, earner, standing, higher, level, part, kind)
    paid = code == Outcome.PAID
    code[paid & (amount == 0)] = Outcome.ROUNDED_TO_ZERO
    some = base != 0
    line = np.arange(begin, begin + source.size) if inputs.line_start is not None else np.full(source.size, -1)
    return DifferenceOutcomes(
        source[some].astype(np.int32),
        line[some].astype(np.int32),
        level[some],
        base[some],
        np.where(paid, amount, 0)[some],
        code[some],
    )


def _lines(inputs: DifferenceInputs, first: int, last: int) -> NDArray[np.int64]:
    """Return where the lines of each source start; without lines, the sources themselves."""
    return np.arange(first, last + 1) if inputs.line_start is None else inputs.line_start[first : last + 1]


def _levels(rule: Difference, inputs: DifferenceInputs, earner: int, first: int, last: int) -> NDArray[np.int32]:
    """Return the level that the earner has, or would have, for each source."""
    out, below = np.empty(last - first, np.int32), np.zeros(inputs.tree.max_depth + 2, np.int32)
    depth = as_input(inputs.tree.depth[first:last]) - np.int32(inputs.tree.depth[earner])
    levels_below(depth, as_input(inputs.stands[first:last]), rule.from_self, below, out)
    return out


def _codes(
    rule: Difference,
    inputs: DifferenceInputs,
    earner: int,
    standing: Standing,
    higher: NDArray[np.bool_],
    level: NDArray[np.int32],
    part: NDArray[np.int64],
    kind: NDArray[np.int8],
) -> NDArray[np.int8]:
    place, every = int(_place(standing, earner)), np.ones(level.size, np.bool_)
    rated = inputs.klass[earner] >= 0 and (rule.floored or standing.rates[inputs.klass[earner]] > 0)
    shared = {outcome: (kind == code) & (part != 0) for code, outcome in _OF_KIND.items()}
    shared[Outcome.FIRST_LEVELS] |= (level < rule.from_level) & (not rule.first_take)
    tests = {
        Outcome.COMPRESSED: every & (place == ck.AWAY),
        Outcome.NO_RATE: every & (not rated),
        Outcome.PASSED_UP: every & (place == ck.HIDDEN),
        **shared,
        Outcome.BEYOND_LEVELS: level > rule.levels,
        Outcome.BLOCKED: higher & ("stops" in (rule.lower_rate, rule.equal_rate)),
        Outcome.LIMITED: higher & (rule.limit is not None or rule.lower_of_both),
    }
    order = [Outcome.PAID, *(outcome for outcome in tests if outcome != Outcome.PAID)]
    return np.select([tests[outcome] for outcome in order], order, Outcome.TAKEN_BELOW).astype(np.int8)


def _place(standing: Standing, earner: int) -> int:
    return int(standing.place[earner])


def _peaks(rule: Difference, inputs: DifferenceInputs, earner: int, standing: Standing) -> NDArray[np.int64]:
    """Return the highest rate that is taken between each source and the earner."""
    first = earner if rule.from_self else earner + 1
    last = int(inputs.tree.end[earner])
    out, highest = np.zeros(last - first, np.int64), np.zeros(inputs.tree.max_depth + 2, np.int64)
    depth = as_input(inputs.tree.depth[first:last]) - np.int32(inputs.tree.depth[earner])
    peaks_below(depth, as_input(standing.place[first:last]), standing.takes, rule.from_self, highest, out)
    return out
