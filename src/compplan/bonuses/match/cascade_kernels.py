"""A match that is matched again: sources one by one, the deepest first, each with what it got of the match itself.

Nobody below a member is left when he is a source, because pay only goes up. Who got something of the match waits in
a heap, the deepest first; the other bonuses' pay comes in the same order. Orders follow one another.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from compplan.bonuses.walk.pair_kernels import fits
from compplan.jit import inline, kernel
from compplan.money_kernels import round_div_by

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from compplan.money_kernels import Divider

U = np.uint32


class Pay(NamedTuple):
    """What other bonuses paid: order, member (descending within an order), amount."""

    order: NDArray[np.int64]
    member: NDArray[np.int32]
    amount: NDArray[np.int64]


class Upline(NamedTuple):
    """By member: the next above who uses up a level, the row of rates, whether his pay is matched."""

    above: NDArray[np.int32]
    row: NDArray[np.int16]
    matched: NDArray[np.bool_]


class Rates(NamedTuple):
    """Numerators by row and level, flat; row `nobody` follows the classes."""

    numerators: NDArray[np.int64]
    levels: int
    nobody: int
    paired: bool
    by: Divider


class Waiting(NamedTuple):
    """Who got something of the match: a heap, the amounts by member, and four numbers.

    The numbers are the next entry of pay, how many wait, the order at hand, and the volume of all sources.
    """

    heap: NDArray[np.int32]
    amount: NDArray[np.int64]
    numbers: NDArray[np.int64]


class Volumes(NamedTuple):
    """Matched pay by row and level: paid on, lost for want of who qualifies, and of a rate; and by levels found."""

    paid: NDArray[np.int64]
    unqualified: NDArray[np.int64]
    unrated: NDArray[np.int64]
    short: NDArray[np.int64]


class Payments(NamedTuple):
    """One entry a payment; `order` is the order at hand."""

    earner: NDArray[np.int32]
    source: NDArray[np.int32]
    order: NDArray[np.int64]
    level: NDArray[np.int32]
    klass: NDArray[np.int16]
    base: NDArray[np.int64]
    amount: NDArray[np.int64]


@inline
def push(heap, size, member):
    """Let a member wait."""
    at = size
    while at > 0 and heap[(at - 1) >> 1] < member:
        heap[at] = heap[(at - 1) >> 1]
        at = (at - 1) >> 1
    heap[at] = member


@inline
def pop(heap, size):
    """Take out the deepest member of `size` who wait."""
    last, at, child = heap[size - 1], 0, 1
    while child < size - 1:
        child += child + 1 < size - 1 and heap[child + 1] > heap[child]
        if heap[child] <= last:
            break
        heap[at] = heap[child]
        at, child = child, 2 * child + 1
    heap[at] = last


@kernel
def cascade(pay, upline, rates, pairs, waiting, volumes, total, rows, cursor):
    """Pay until the rows are full, or all is paid; return the row behind the last one."""
    numbers, heap = waiting.numbers, waiting.heap
    at, size, order, found = numbers[0], numbers[1], numbers[2], numbers[3]
    while (at < pay.amount.size or size > 0) and cursor + rates.levels <= rows.amount.size:
        if size == 0:
            order = pay.order[at]
        comes = at < pay.amount.size and pay.order[at] == order
        i, v = pay.member[at] if comes else np.int32(-1), np.int64(0)
        if size > 0 and heap[0] > i:
            i = heap[0]
        while at < pay.amount.size and pay.order[at] == order and pay.member[at] == i:
            v += pay.amount[at]
            at += 1
        while size > 0 and heap[0] == i:
            pop(heap, size)
            size -= 1
        v += waiting.amount[i]
        waiting.amount[i] = 0
        if v == 0 or not upline.matched[i]:
            continue
        found += v
        who, k = upline.above[i], 0
        while k < rates.levels and who >= 0:
            row = np.int64(upline.row[who])
            cell = row * rates.levels + k
            rate = rates.numerators[cell]
            k += 1
            if row == rates.nobody or (rate != 0 and rates.paired and not fits(who, i, pairs)):
                volumes.unqualified[k - 1] += v
            elif rate == 0:
                volumes.unrated[k - 1] += v
            else:
                amount = round_div_by(v * rate, rates.by)
                volumes.paid[cell] += v
                total[who] += amount
                if amount != 0:
                    if waiting.amount[who] == 0:
                        push(heap, size, who)
                        size += 1
                    waiting.amount[who] += amount
                    rows.earner[cursor], rows.source[cursor], rows.order[cursor] = who, i, order
                    rows.level[cursor], rows.klass[cursor] = k, row
                    rows.base[cursor], rows.amount[cursor] = v, amount
                    cursor += 1
            who = upline.above[who]
        if k < rates.levels:
            volumes.short[k] += v
    numbers[0], numbers[1], numbers[2], numbers[3] = at, size, order, found
    return cursor
