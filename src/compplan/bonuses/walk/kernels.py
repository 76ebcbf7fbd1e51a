"""The plain upline walk of at most eight levels: counted ancestors use up levels, no share moves up.

One sweep down the pre-order keeps the counted ancestors of the member at hand on a stack that grows downwards,
so that level k + 1 is entry k from its top; by depth it keeps where that top is. A source goes through the
levels that it meets, payable or not: to find out which of them pay would cost more than to multiply by zero.
An entry holds who stands there and where his rates begin; a cell of the table holds a rate and what it is
below the best rate of its level, so that one addition adds up both.

A range of sources starts with the ancestors of its first member, so ranges are independent of each other.
The kernel is compiled anew where `start`, `moved`, `rows` or `stop` is None, and then knows nothing of lines, of volume
below zero, of rows, or of their end.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from compplan.jit import inline, kernel
from compplan.money_kernels import floor_by
from compplan.wide_kernels import word

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from compplan.money_kernels import Shifted

U = np.uint32
LOW = 0xFFFFFFFF
MOST_LEVELS = 8


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
    """Cells by row and column, flat: a rate, and 32 bits higher the best rate of the column less it.

    Row `nobody` follows the classes; its cells are zero.
    """

    cells: NDArray[np.uint64]
    columns: int
    listed: int
    from_self: bool
    by: Shifted


class Stack(NamedTuple):
    """`entry`: where an ancestor's cells begin, and 32 bits lower who he is. `top` by depth."""

    entry: NDArray[np.uint64]
    top: NDArray[np.int64]


class Sums(NamedTuple):
    """What a range adds up.

    `found`: volume by levels found. `products`: volume times rates, volume times what these are below the best
    ones, and the payments.
    """

    found: NDArray[np.int64]
    products: NDArray[np.int64]


@inline
def unit(x):
    """Return the sign of a base as a number."""
    return np.int64(x > 0) - np.int64(x < 0)


@inline
def entry_of(member, row, columns):
    """Return the entry of an ancestor."""
    return (word(row) * word(columns)) << word(32) | word(member)


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
def count_levels(first, last, path, members, start, values, from_self, rungs, marks):
    """Return how many rates above zero the sources first..last meet: the payments, if none rounds to zero.

    A word of eight bytes by depth, `rungs`, tells who pays: bit k of byte b, from the top, is set if the
    ancestor at level k + 1 has a rate for a source that stands b counted members further down. One member
    down, bytes move up by one and bits by one, and the new ancestor's `marks` join.
    """
    met = 0
    for j in range(-path.size, last - first):
        i = U(first + j) if j >= 0 else U(path[j + path.size])
        d = U(members.depth[i])
        rung = word(rungs[d])
        changes = rung ^ one_down(rung, word(marks[U(members.row[i])]))
        under = rung ^ (changes & word(0 - np.int64(members.counted[i])))  # a choice would become a branch
        rungs[d + U(1)] = under
        if j < 0:
            continue
        pays = np.int64(bits_of((under if from_self else rung) >> word(56)))
        begin, end = np.int64(i), np.int64(i) + 1
        if start is not None:
            begin, end = start[i], start[i + U(1)]
        for line in range(begin, end):
            met += pays * np.int64(values[U(line)] != 0)
    return met


@kernel
def count_met(first, last, path, members, start, values, listed, from_self, above):
    """Return the same where every counted ancestor has a rate at every level; `above` is zeros by depth."""
    met = 0
    for j in range(-path.size, last - first):
        i = U(first + j) if j >= 0 else U(path[j + path.size])
        d = U(members.depth[i])
        upto = above[d] + members.counted[i]
        levels = min(upto if from_self else above[d], listed)
        above[d + U(1)] = upto
        if j < 0:
            continue
        begin, end = np.int64(i), np.int64(i) + 1
        if start is not None:
            begin, end = start[i], start[i + U(1)]
        for line in range(begin, end):
            met += levels * np.int64(values[U(line)] != 0)
    return met


@kernel
def enter(path, members, columns, stack):
    """Put the ancestors of a range on the stack."""
    for j in range(path.size):
        i = U(path[j])
        d, top = U(members.depth[i]), word(stack.top[U(members.depth[i])])
        stack.entry[top - word(1)] = entry_of(i, members.row[i], columns)
        stack.top[d + U(1)] = top - word(members.counted[i])


@kernel
def pay_levels(first, last, members, start, values, table, moved, stack, pay, sums, rows, cursor, stop):
    """Write to `pay` what the sources first..last pay, and the payments to the rows from `cursor` on.

    Return the row behind the last one. A row is written before it is known whether it pays: the next one
    takes its place if it does not. So there is one row to spare behind them, or they `stop` where others begin.
    """
    by, listed, one = table.by, word(table.listed), word(1)
    exact, below, total = np.int64(0), np.int64(0), np.int64(0)
    for j in range(first, last):
        i = U(j)
        d = U(members.depth[i])
        top = word(stack.top[d])
        stack.entry[top - one] = entry_of(i, members.row[i], table.columns)
        under = top - word(members.counted[i])
        stack.top[d + U(1)] = under
        pay[i] = 0
        if table.from_self:
            top = under
        begin, end = np.int64(i), np.int64(i) + 1
        if start is not None:
            begin, end = start[i], start[i + U(1)]
        for line in range(begin, end):
            v = values[U(line)]
            if v != 0:
                size, bias = word(v), by.below_zero if v < 0 else by.above_zero
                found, both = min(listed, word(stack.entry.size) - top), word(0)
                for k in range(MOST_LEVELS):  # a bound that the compiler knows: each step has a branch of its own then
                    if word(k) >= found:
                        break
                    who = word(stack.entry[top + word(k)])
                    cell = word(table.cells[(who >> word(32)) + word(k)])
                    both += cell
                    amount = floor_by(size * (cell & word(LOW)) + bias, by)
                    if moved is not None:
                        amount -= moved
                    total += amount
                    pay[who & word(LOW)] += amount
                    if rows is not None:
                        if stop is None or cursor < stop:
                            r = U(cursor)
                            rows.earner[r] = who & word(LOW)
                            rows.source[r] = i
                            rows.level[r] = word(k) + one
                            rows.klass[r] = members.row[who & word(LOW)]
                            rows.base[r] = v
                            rows.amount[r] = amount
                            if start is not None:
                                rows.line[r] = line
                            cursor += amount != 0
                sums.found[found] += v
                exact += v * np.int64(both & word(LOW))
                below += v * np.int64(both >> word(32))
    sums.products[0] += exact
    sums.products[1] += below
    sums.products[2] += total
    return cursor
