"""The plainest binary bonus in one sweep: one to one, in any amount, with nothing else to look at.

Rules beyond that cost what they take; this one costs little more than reading and writing. Single members are measured
and explained as all other bonuses are (`measure.py`), and the tests hold both to one twin.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from compplan.bonuses.pairing import at_once_kernels as kernels
from compplan.bonuses.pairing.room import PAY
from compplan.bonuses.pairing.spec import UNREACHED
from compplan.bonuses.pairing.total import rows_of
from compplan.memory import blank
from compplan.volumes.exactness import power_above
from compplan.volumes.member_arrays import as_input

if TYPE_CHECKING:
    from compplan.bonuses.pairing.inputs import Inputs
    from compplan.bonuses.pairing.pairing_pass import PairingPass
    from compplan.bonuses.pairing.total import Total

BLOCK = 1 << 11
"""Members that are paid at a time."""


def pay_at_once(inputs: Inputs, total: Total) -> bool:
    """Pay everybody, and say whether that could be done; if not, nothing has been added to the total."""
    rule, stream, size = inputs.rule, inputs.stream, inputs.work.size
    if not size or stream is None or not _is_plain(rule):
        return False
    way = rule.ways[0]
    each = 1 if rule.fixed else int(way.per[0, 0])
    none, part = np.empty(0, np.int64), slice(0, size)
    may = inputs.may(way, part)
    pairs = np.empty(size if inputs.work.keep_rows else min(size, BLOCK), np.int64)
    carried = rule.carry.carried_in(inputs, part)
    payable, klass = inputs.work.columns[rule.pay], inputs.work.columns[way.klass]
    read = (carried.left, carried.right, None if may is None else as_input(may), payable, klass, none)
    rates = rule.terms.numerators * each
    columns = rule.carry.rest_columns
    rest = [total.room.of(column, part) for column in columns] or [np.empty(size, np.int64) for _ in range(2)]
    amount, sums = total.room.of(PAY, part), total.no_sums()
    given = (
        *stream.part(part), *(column if column is None else as_input(column) for column in read), as_input(rates),
        -way.pairing.keep[0], inputs.rounding, BLOCK, pairs, amount, *rest, sums,
    )  # fmt: skip
    with blank(stream.tree.max_depth + 2, 2) as pushed:
        carried_in, own, high, low = kernels.pay_below(*given, pushed)
        pushed[0] = 0
    if not _fits(power_above(carried_in) + power_above(own) * size, inputs, each):
        return False
    total.balance(sums, (int(high) << 32) + int(low), each)
    if inputs.work.keep_rows:
        total.rows.append(rows_of(0, amount, pairs if each == 1 else pairs * each, klass, None))
    return True


def _fits(most: int, inputs: Inputs, each: int) -> bool:
    """Say whether sides of at most so much can have gone through: products, and the sums of a block."""
    rate, den = max(each * inputs.largest_rate, 1), inputs.rule.terms.denominator
    block = 2**62 // BLOCK
    return most <= min(UNREACHED, 2**62 // rate, block, (block - 1) * den // rate)


def _is_plain(rule: PairingPass) -> bool:
    """Say whether all that both sides have in common is paired, and the rest is carried on as it is, or not at all."""
    way, model = rule.ways[0], rule.model
    simple = len(rule.ways) == 1 and rule.first is None and way.pairing.one_to_one and way.same
    unlimited = rule.pair_cap is None and (rule.cap is None or model.over_cap == "used")
    plain = simple and unlimited and model.own_side == "none" and rule.carry.as_it_is
    return plain and not rule.counts_pairs
