"""Kernels from orders to lines: one order after another in an order of their own, whatever order the rows came in.

The *canonical* order of rows is by buyer, then by order (its time, then its id), so that all lines of an order stand
together. `keys[k, row]` are the numbers that tell two rows of a buyer apart; equal keys are one order.
"""

from __future__ import annotations

import numpy as np

from compplan.genealogy.prefetch_kernels import AHEAD, prefetch
from compplan.jit import inline, kernel

U32 = np.uint32


@kernel
def count_by(groups, starts):
    """starts[g + 2] = number of rows of group g, summed up; starts has two entries more than groups, all zero."""
    for i in range(groups.size):
        if i + AHEAD < groups.size:
            prefetch(starts, np.int64(groups[i + AHEAD]) + 2)
        starts[U32(groups[i] + 2)] += 1
    for i in range(1, starts.size):
        starts[i] += starts[i - 1]


@kernel
def fill_by(groups, starts, rows):
    """List the rows of each group in row order; group g then has rows[starts[g]:starts[g + 1]]."""
    for i in range(groups.size):
        if i + AHEAD < groups.size:
            prefetch(starts, np.int64(groups[i + AHEAD]) + 1)
        slot = U32(groups[i] + 1)
        rows[U32(starts[slot])] = i
        starts[slot] += 1


@inline
def same_order(keys, a, b):
    """Say whether rows a and b of one buyer are lines of one order."""
    k = 0
    while k < keys.shape[0] and keys[k, a] == keys[k, b]:
        k += 1
    return k == keys.shape[0]


@inline
def comes_before(keys, a, b):
    """Say whether row a comes before row b by their keys, then by their row numbers."""
    k = 0
    while k < keys.shape[0] and keys[k, a] == keys[k, b]:
        k += 1
    return a < b if k == keys.shape[0] else keys[k, a] < keys[k, b]


@kernel
def sort_groups(starts, keys, times, rows):
    """Sort the rows of each buyer by time and key; times go with the rows.

    A shell sort: most buyers have two or three orders, where it is an insertion sort; one with a million is no harm.
    """
    for g in range(starts.size - 1):
        low, high = np.int64(starts[g]), np.int64(starts[g + 1])
        gap = 1
        while gap < (high - low) // 3:
            gap = 3 * gap + 1
        while gap > 0:
            for i in range(low + gap, high):
                row, time = rows[i], times[i]
                at = i
                while at >= low + gap:
                    other = times[at - gap]
                    if other < time or (other == time and comes_before(keys, rows[at - gap], row)):
                        break
                    rows[at], times[at] = rows[at - gap], other
                    at -= gap
                rows[at], times[at] = row, time
            gap //= 3


@kernel
def gather_times(rows, times, out):
    """out[i] = time of row rows[i]."""
    for i in range(rows.size):
        if i + AHEAD < rows.size:
            prefetch(times, rows[i + AHEAD])
        out[i] = times[U32(rows[i])]


@kernel
def first_times(starts, keys, rows, times, out):
    """out[i] = the earliest time of all lines of the order of rows[i], where lines of an order stand together."""
    for g in range(starts.size - 1):
        i, high = np.int64(starts[g]), np.int64(starts[g + 1])
        while i < high:
            end, first = i, times[U32(rows[i])]
            while end < high and same_order(keys, rows[i], rows[end]):
                first = min(first, times[U32(rows[end])])
                end += 1
            out[i:end] = first
            i = end


@kernel
def mark_orders(starts, keys, rows, fresh):
    """fresh[i] = whether rows[i] is the first line of an order, where lines of an order stand together."""
    for g in range(starts.size - 1):
        low, high = np.int64(starts[g]), np.int64(starts[g + 1])
        for i in range(low, high):
            fresh[i] = i == low or not same_order(keys, rows[i - 1], rows[i])


@kernel
def keep_first(starts, rows, fresh, ordered_before, wanted, keep):
    """Keep a row only if "it is of the buyer's first order ever" is `wanted` (True or False)."""
    for g in range(starts.size - 1):
        orders = np.int64(ordered_before[g])
        for i in range(np.int64(starts[g]), np.int64(starts[g + 1])):
            orders += fresh[i]
            row = U32(rows[i])
            keep[row] &= (orders == 1) == wanted


@kernel
def emit_lines(starts, rows, times, fresh, values, keep, distributor, factors, credit, out, out_times, out_rows, out_to):
    """Write one line for each order: the sum of its rows to keep times the factor of the buyer's kind; no zeros.

    out_rows gets the row of the order's first line, out_to who is credited. Returns the number of lines.
    """
    count = 0
    for g in range(starts.size - 1):
        factor = factors[0] if distributor[g] else factors[1]
        i, high = np.int64(starts[g]), np.int64(starts[g + 1])
        if factor == 0 or credit[g] < 0:
            i = high
        while i < high:
            first, total = i, 0
            while i == first or (i < high and not fresh[i]):
                if i + AHEAD < rows.size:
                    prefetch(values, rows[i + AHEAD])
                    prefetch(keep, rows[i + AHEAD])
                row = U32(rows[i])
                total += values[row] * keep[row]
                i += 1
            out[count], out_times[count] = total * factor, times[first]
            out_rows[count], out_to[count] = rows[first], credit[g]
            count += total != 0
    return count
