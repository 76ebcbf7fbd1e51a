"""The plain upline walk of at most eight levels: counted ancestors use up levels, no share moves up.

One sweep down the pre-order keeps, by depth, what a source there meets above: its counted ancestors, and two
bit patterns. Eight bits tell at which of the next eight levels nobody qualified stands. A word of eight bytes
tells who pays: bit k of byte b, from the top, is set if the ancestor at level k + 1 has a rate for a source
that stands b counted members further down. One member down, bytes move up by one and bits by one, and the new
ancestor's `marks` join: so the top byte is always right, and a source only looks at ancestors who pay.

A range of sources starts with the ancestors of its first member, so ranges are independent of each other. The
same few lines open all kernels: a helper that takes arrays, inlined into a hot loop, would make Numba count
references there, which costs as much as the loop.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from compplan.jit import inline, kernel
from compplan.money_kernels import round_div_by
from compplan.wide_kernels import leading_zeros, magnitude, word

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from compplan.money_kernels import Divider

U = np.uint32
LOW = 0xFFFFFFFF
ONES = 0xFF


class Members(NamedTuple):
    """What a sweep reads of every member; `row` is that of its rates, or of nobody."""

    depth: NDArray[np.int32]
    row: NDArray[np.int16]
    counted: NDArray[np.bool_]


class Lines(NamedTuple):
    """The volume: one value a source, or the lines of source i at `start[i]:start[i + 1]`."""

    lined: bool
    fixed: bool
    start: NDArray[np.int64]
    value: NDArray[np.int64]


class Table(NamedTuple):
    """Numerators by row and column, flat; row `nobody` follows the classes."""

    numerators: NDArray[np.int64]
    columns: int
    listed: int
    nobody: int
    from_self: bool
    by: Divider


class Stack(NamedTuple):
    """`entry` by number of counted ancestors: who, and his row. The others by depth; `marks` by row.

    `state` is the number of counted ancestors times 256, plus where nobody is.
    """

    entry: NDArray[np.int64]
    state: NDArray[np.int64]
    rungs: NDArray[np.uint64]
    marks: NDArray[np.uint64]


class Sums(NamedTuple):
    """Volume that a range adds up.

    `paid` by row and column; `lost` by levels found and where nobody is, 256 patterns each; `zero` by pattern
    of qualified ancestors without a rate; `rest` is what rounding left, in a high and a low half.
    """

    paid: NDArray[np.int64]
    lost: NDArray[np.int64]
    zero: NDArray[np.int64]
    rest: NDArray[np.int64]


@inline
def unit(x):
    """Return the sign of a base as a number."""
    return np.int64(x > 0) - np.int64(x < 0)


@inline
def one_more(state, nobody):
    """Return the state below one more counted ancestor."""
    return (state & ~ONES) + 256 | (state & ONES) >> 1 | np.int64(nobody) << 7


@inline
def one_down(rung, marks):
    """Return the pattern of who pays below one more counted ancestor."""
    return ((rung << word(8)) >> word(1)) & word(0x7F7F7F7F7F7F7F7F) | marks


@inline
def bits_of(byte):
    """Return how many of eight bits are set."""
    pairs = byte - (byte >> word(1) & word(0x55))
    fours = (pairs & word(0x33)) + (pairs >> word(2) & word(0x33))
    return (fours + (fours >> word(4))) & word(0x0F)


@kernel
def measure(values):
    """Return how many values are positive, how many negative, the largest magnitude, and two sums.

    The sums are of magnitudes and of values, each as high and low half.
    """
    positive, negative, largest = 0, 0, word(0)
    abs_high, abs_low, high, low = word(0), word(0), np.int64(0), np.int64(0)
    for i in range(values.size):
        v = values[i]
        size = magnitude(v)
        positive += v > 0
        negative += v < 0
        largest = max(largest, size)
        abs_high += size >> word(32)
        abs_low += size & word(LOW)
        high += v >> 32
        low += v & LOW
    return positive, negative, largest, (abs_high, abs_low), (high, low)


@kernel
def row_of_rates(klass, pays, nobody, out):
    """Write the row of rates of each member: his class, or `nobody`."""
    for i in range(klass.size):
        row = klass[i]
        out[i] = row if np.uint8(pays[i]) & np.uint8(row >= 0) else nobody


@kernel
def ancestors(parent, member, out):
    """Write the ancestors of a member, the root first; `out` has as many entries."""
    for j in range(out.size - 1, -1, -1):
        member = parent[U(member)]
        out[j] = member


@kernel
def count_levels(first, last, path, members, lines, from_self, stack):
    """Return how many rates above zero the sources first..last meet: the payments, if none rounds to zero."""
    met = 0
    for j in range(-path.size, last - first):
        i = U(first + j) if j >= 0 else U(path[j + path.size])
        d, row, counted = U(members.depth[i]), members.row[i], members.counted[i]
        rung = word(stack.rungs[d])
        under = one_down(rung, word(stack.marks[U(row)])) if counted else rung
        stack.rungs[d + U(1)] = under
        if j < 0:
            continue
        pays = np.int64(bits_of((under if from_self else rung) >> word(56)))
        if lines.lined:
            for line in range(lines.start[i], lines.start[i + U(1)]):
                met += pays * np.int64(lines.value[U(line)] != 0)
        else:
            met += pays * np.int64(lines.value[i] != 0)
    return met


@kernel
def add_levels(first, last, path, members, lines, table, stack, pay, sums):
    """Add to `pay` what the sources first..last pay."""
    high, low = np.int64(0), np.int64(0)
    for j in range(-path.size, last - first):
        i = U(first + j) if j >= 0 else U(path[j + path.size])
        d, row, counted = U(members.depth[i]), members.row[i], members.counted[i]
        state, rung = stack.state[d], word(stack.rungs[d])
        stack.entry[U(state >> 8)] = np.int64(row) << 32 | np.int64(i)
        below, under = one_more(state, row == table.nobody), one_down(rung, word(stack.marks[U(row)]))
        stack.state[d + U(1)] = below if counted else state
        stack.rungs[d + U(1)] = under if counted else rung
        if j < 0:
            continue
        if table.from_self and counted:
            state, rung = below, under
        begin, end = np.int64(i), np.int64(i) + 1
        if lines.lined:
            begin, end = lines.start[i], lines.start[i + U(1)]
        for line in range(begin, end):
            v = lines.value[U(line)]
            v = unit(v) if lines.fixed else v
            if v != 0:
                count, pays = state >> 8, rung & word(ONES << 56)
                found = min(table.listed, count)
                met = (ONES << 8 >> found) & ONES
                sums.lost[U(found << 8 | state & met)] += v
                sums.zero[U(met & ~state & ~np.int64(pays >> word(56)))] += v
                rates, paid = np.int64(0), np.int64(0)
                while pays != word(0):
                    k = leading_zeros(pays)
                    pays ^= word(1 << 63) >> k
                    who = stack.entry[U(count - 1 - np.int64(k))]
                    at = U(who >> 32) * U(table.columns) + U(k)
                    rate = table.numerators[at]
                    amount = round_div_by(v * rate, table.by)
                    sums.paid[at] += v
                    rates += rate
                    paid += amount
                    pay[U(who & LOW)] += amount
                left = v * rates - paid * np.int64(table.by.den)
                high += left >> 32
                low += left & LOW
    sums.rest[0] += high
    sums.rest[1] += low


@kernel
def fill_levels(first, last, path, members, lines, table, stack, pay, sums, rows, cursor):
    """Do as `add_levels`, and write every payment, from row `cursor` on; return the row behind the last."""
    high, low = np.int64(0), np.int64(0)
    for j in range(-path.size, last - first):
        i = U(first + j) if j >= 0 else U(path[j + path.size])
        d, row, counted = U(members.depth[i]), members.row[i], members.counted[i]
        state, rung = stack.state[d], word(stack.rungs[d])
        stack.entry[U(state >> 8)] = np.int64(row) << 32 | np.int64(i)
        below, under = one_more(state, row == table.nobody), one_down(rung, word(stack.marks[U(row)]))
        stack.state[d + U(1)] = below if counted else state
        stack.rungs[d + U(1)] = under if counted else rung
        if j < 0:
            continue
        if table.from_self and counted:
            state, rung = below, under
        begin, end = np.int64(i), np.int64(i) + 1
        if lines.lined:
            begin, end = lines.start[i], lines.start[i + U(1)]
        for line in range(begin, end):
            x = lines.value[U(line)]
            v = unit(x) if lines.fixed else x
            if v != 0:
                count, pays = state >> 8, rung & word(ONES << 56)
                found = min(table.listed, count)
                met = (ONES << 8 >> found) & ONES
                sums.lost[U(found << 8 | state & met)] += v
                sums.zero[U(met & ~state & ~np.int64(pays >> word(56)))] += v
                rates, paid = np.int64(0), np.int64(0)
                while pays != word(0):
                    k = leading_zeros(pays)
                    pays ^= word(1 << 63) >> k
                    who = stack.entry[U(count - 1 - np.int64(k))]
                    klass, earner = U(who >> 32), U(who & LOW)
                    at = klass * U(table.columns) + U(k)
                    rate = table.numerators[at]
                    amount = round_div_by(v * rate, table.by)
                    sums.paid[at] += v
                    rates += rate
                    paid += amount
                    pay[earner] += amount
                    if amount != 0:
                        r = U(cursor)
                        rows.earner[r] = earner
                        rows.source[r] = i
                        rows.line[r] = line if lines.lined else -1
                        rows.level[r] = np.int64(k) + 1
                        rows.klass[r] = klass
                        rows.base[r] = x
                        rows.amount[r] = amount
                        cursor += 1
                left = v * rates - paid * np.int64(table.by.den)
                high += left >> 32
                low += left & LOW
    sums.rest[0] += high
    sums.rest[1] += low
    return cursor
