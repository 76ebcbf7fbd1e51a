"""Kernels from rows to lines: one order after another, in the same sequence whatever order the rows came in.

The *canonical* order of rows is by buyer, then by order (its time, then its id), so that all lines of an
order stand together. `keys[k, row]` are the numbers that tell two rows of a buyer apart; equal keys are one
order.
"""

from __future__ import annotations

import numpy as np

from compplan.genealogy.prefetch_kernels import AHEAD, prefetch
from compplan.jit import inline, kernel

U32 = np.uint32
SMALL = 24
"""Among so few rows of a buyer, comparing all pairs to find lines of one order is faster than sorting."""


@kernel
def count_by(groups, starts):
    """starts[g + 2] = number of rows of group g, summed up; starts is zero before, two entries longer."""
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


@kernel
def gather(rows, values, out):
    """out[i] = value of row rows[i]."""
    for i in range(rows.size):
        if i + AHEAD < rows.size:
            prefetch(values, rows[i + AHEAD])
        out[i] = values[U32(rows[i])]


@inline
def first_difference(keys, a, b):
    """Return from which further key on rows a and b differ; the number of keys where they do not."""
    k = 1
    while k < keys.shape[0] and keys[k, a] == keys[k, b]:
        k += 1
    return k


@inline
def comes_before(keys, heads, a, b):
    """Say whether row a comes before row b, by keys of which the heads are the first, then by row number."""
    if heads[0] != heads[1]:
        return heads[0] < heads[1]
    k = first_difference(keys, a, b)
    return keys[k, a] < keys[k, b] if k < keys.shape[0] else a < b


@inline
def sort_part(low, high, keys, heads, times, rows):
    """Sort rows[low:high] by time and keys; heads[i] = keys[0, rows[i]] and times move along.

    A shell sort: most buyers have few orders, where it is an insertion sort, and one with a million does no
    harm. What is compared stands side by side, since a look into the table costs more than all the rest.
    """
    gap = 1
    while gap < (high - low) // 3:
        gap = 3 * gap + 1
    while gap > 0:
        for i in range(low + gap, high):
            row, head, time = rows[i], heads[i], times[i]
            at = i
            while at >= low + gap:
                other = times[at - gap]
                if other < time:
                    break
                if other == time and comes_before(keys, (heads[at - gap], head), rows[at - gap], row):
                    break
                rows[at], heads[at], times[at] = rows[at - gap], heads[at - gap], other
                at -= gap
            rows[at], heads[at], times[at] = row, head, time
        gap //= 3


@inline
def may_repeat(low, high, heads):
    """Say whether two of the rows share a head, or are too many to look at."""
    if high - low > SMALL:
        return True
    found = 0
    for i in range(low + 1, high):
        for j in range(low, i):
            found += heads[i] == heads[j]
    return found > 0


@kernel
def join_lines(starts, keys, heads, times, rows):
    """Bring the lines of an order together, by sorting what may have any; times are all equal."""
    for g in range(starts.size - 1):
        low, high = np.int64(starts[g]), np.int64(starts[g + 1])
        if may_repeat(low, high, heads):
            sort_part(low, high, keys, heads, times, rows)


@kernel
def sort_groups(starts, keys, heads, times, rows):
    """Sort the rows of each buyer by time and keys."""
    for g in range(starts.size - 1):
        sort_part(np.int64(starts[g]), np.int64(starts[g + 1]), keys, heads, times, rows)


@kernel
def mark_orders(starts, keys, heads, rows, fresh):
    """fresh[i] = whether rows[i] is the first line of an order, where lines of an order stand together."""
    for g in range(starts.size - 1):
        low, high = np.int64(starts[g]), np.int64(starts[g + 1])
        for i in range(low, high):
            same = i > low and heads[i - 1] == heads[i]
            fresh[i] = not (same and first_difference(keys, rows[i - 1], rows[i]) >= keys.shape[0])


@kernel
def first_times(fresh, times):
    """Give every line of an order the earliest time of them all; fresh[i] says where an order begins."""
    i = 0
    while i < times.size:
        end, first = i + 1, times[i]
        while end < times.size and not fresh[end]:
            first = min(first, times[end])
            end += 1
        times[i:end] = first
        i = end


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
def emit_lines(starts, rows, times, fresh, values, distributor, factors, credit, out, out_times, out_rows, out_to):
    """Write one line for each order: the sum of its rows times the factor of the buyer's kind; no zeros.

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
                total += values[U32(rows[i])]
                i += 1
            out[count], out_times[count] = total * factor, times[first]
            out_rows[count], out_to[count] = rows[first], credit[g]
            count += total != 0
    return count
