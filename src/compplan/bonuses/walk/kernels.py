"""The plain upline walk: every counted ancestor uses up a level, and nobody takes the share of another.

A source's earners are the top of a stack of its counted ancestors. The stack is kept in one sweep down the
pre-order; an entry holds the ancestor and where its rates begin, so that one load gives both. A range of sources
starts with the ancestors of its first member, so ranges are independent of each other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from compplan.jit import inline, kernel
from compplan.money_kernels import round_div_by

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from compplan.money_kernels import Divider

U = np.uint32
U64 = np.uint64
LOW = 0xFFFFFFFF


class Members(NamedTuple):
    """What a sweep reads of every member."""

    depth: NDArray[np.int32]
    offset: NDArray[np.int32]
    counted: NDArray[np.bool_]


class Lines(NamedTuple):
    """The volume: one value a source, or the lines of source i at `start[i]:start[i + 1]`."""

    lined: bool
    fixed: bool
    start: NDArray[np.int64]
    value: NDArray[np.int64]


class Table(NamedTuple):
    """Numerators by row of rates and level, flat; the rows after the classes are `NOBODY` and `NO_RATE`."""

    numerators: NDArray[np.int64]
    listed: int
    from_self: bool
    by: Divider


class Stack(NamedTuple):
    """Entries of counted ancestors, the root's first; and by depth, how many stand above."""

    entry: NDArray[np.int64]
    above: NDArray[np.int32]


class Sums(NamedTuple):
    """What a range adds up: volume by row and level, volume by levels found, and the rounding in two halves."""

    volume: NDArray[np.int64]
    found: NDArray[np.int64]
    rest: NDArray[np.int64]


@inline
def push(member, depth, offset, counted, stack):
    """Put a member on the stack; return how many counted ancestors it has, and how many with itself."""
    d = U(depth)
    above = stack.above[d]
    stack.entry[U(above)] = (np.int64(offset) << 32) | np.int64(member)
    upto = above + counted
    stack.above[d + U(1)] = upto
    return above, upto


@inline
def unit(x):
    """Return the sign of a base as a number."""
    return np.int64(x > 0) - np.int64(x < 0)


@inline
def lines_of(i, lines):
    """Return the range of values that belong to a source."""
    if lines.lined:
        return lines.start[U64(i)], lines.start[U64(i) + U64(1)]
    return np.int64(i), np.int64(i) + 1


@kernel
def rate_offsets(klass, pays, columns, nobody, out):
    """Write where the rates of each member begin: those of its class, or of `nobody`."""
    for i in range(klass.size):
        row = klass[i]
        paid = np.uint8(pays[i]) & np.uint8(row >= 0)
        out[i] = (row if paid else nobody) * columns


@kernel
def add_levels(first, last, path, members, lines, table, stack, pay, sums):
    """Add what the sources first..last pay to `pay`, without rows."""
    for j in range(path.size):
        a = U(path[j])
        push(a, members.depth[a], members.offset[a], members.counted[a], stack)
    den, high, low = np.int64(table.by.den), np.int64(0), np.int64(0)
    for i in range(first, last):
        s = U64(i)
        above, upto = push(i, members.depth[s], members.offset[s], members.counted[s], stack)
        count = upto if table.from_self else above
        begin, end = lines_of(i, lines)
        for j in range(begin, end):
            x = lines.value[U64(j)]
            v = unit(x) if lines.fixed else x
            if v != 0:
                found = min(table.listed, count)
                sums.found[U(found)] += v
                rates, paid = np.int64(0), np.int64(0)
                for k in range(found):
                    entry = stack.entry[U(count - 1 - k)]
                    at = U(entry >> 32) + U(k)
                    rate = table.numerators[at]
                    amount = round_div_by(v * rate, table.by)
                    sums.volume[at] += v
                    rates += rate
                    paid += amount
                    pay[U(entry & LOW)] += amount
                left = v * rates - paid * den
                high += left >> 32
                low += left & LOW
    sums.rest[0] += high
    sums.rest[1] += low


@kernel
def count_rows(first, last, path, members, lines, table, least, stack):
    """Return how many payments of the sources first..last are not zero.

    `least` is the smallest magnitude of base * numerator that does not round to zero, of a positive and a
    negative base, and the smallest numerator above zero.
    """
    for j in range(path.size):
        a = U(path[j])
        push(a, members.depth[a], members.offset[a], members.counted[a], stack)
    rows = 0
    for i in range(first, last):
        s = U64(i)
        above, upto = push(i, members.depth[s], members.offset[s], members.counted[s], stack)
        count = upto if table.from_self else above
        begin, end = lines_of(i, lines)
        for j in range(begin, end):
            x = lines.value[U64(j)]
            v = unit(x) if lines.fixed else x
            if v != 0:
                bar = least[0] if v > 0 else least[1]
                v = abs(v)
                needed = 1 if v * least[2] >= bar else (bar + v - 1) // v
                for k in range(min(table.listed, count)):
                    rows += table.numerators[U(stack.entry[U(count - 1 - k)] >> 32) + U(k)] >= needed
    return rows


@kernel
def fill_rows(first, last, path, members, lines, table, stack, pay, sums, rows, cursor, stop):
    """Do as `add_levels`, and write each payment from row `cursor` on; the range ends at row `stop`.

    Every candidate is written and only payments move the cursor, because a branch on them costs more. Behind its
    last row a range writes to the spare row at the end, not into the next range.
    """
    for j in range(path.size):
        a = U(path[j])
        push(a, members.depth[a], members.offset[a], members.counted[a], stack)
    den, high, low, spare = np.int64(table.by.den), np.int64(0), np.int64(0), rows.amount.size - 1
    for i in range(first, last):
        s = U64(i)
        above, upto = push(i, members.depth[s], members.offset[s], members.counted[s], stack)
        count = upto if table.from_self else above
        begin, end = lines_of(i, lines)
        for j in range(begin, end):
            x = lines.value[U64(j)]
            v = unit(x) if lines.fixed else x
            if v != 0:
                found = min(table.listed, count)
                sums.found[U(found)] += v
                rates, paid = np.int64(0), np.int64(0)
                for k in range(found):
                    entry = stack.entry[U(count - 1 - k)]
                    offset = U(entry >> 32)
                    at = offset + U(k)
                    rate = table.numerators[at]
                    amount = round_div_by(v * rate, table.by)
                    sums.volume[at] += v
                    rates += rate
                    paid += amount
                    earner = U(entry & LOW)
                    pay[earner] += amount
                    r = U(cursor if cursor < stop else spare)
                    rows.earner[r] = earner
                    rows.source[r] = i
                    rows.line[r] = j if lines.lined else -1
                    rows.level[r] = k + 1
                    rows.klass[r] = offset
                    rows.base[r] = x
                    rows.amount[r] = amount
                    cursor += amount != 0
                left = v * rates - paid * den
                high += left >> 32
                low += left & LOW
    sums.rest[0] += high
    sums.rest[1] += low
