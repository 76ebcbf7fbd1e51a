"""Lines of legs: the largest leg first, from a heap, so that a member with many legs sorts only what he needs."""

from __future__ import annotations

import numpy as np

from compplan.jit import inline, kernel
from compplan.wide_kernels import mul_wide, word

U = np.uint32


@kernel
def gather_legs(parent, volume, cursor, legs):
    """Write the legs of each member one after another; `cursor` holds where those of each begin, and moves on."""
    for i in range(parent.size):
        above = parent[i]
        if above >= 0:
            at = cursor[U(above)]
            legs[at] = volume[i]
            cursor[U(above)] = at + 1


@inline
def sift(heap, low, hole, count):
    """Let an entry of the heap at `low` sink to its place."""
    value = heap[low + hole]
    child = 2 * hole + 1
    while child < count:
        if child + 1 < count and heap[low + child + 1] > heap[low + child]:
            child += 1
        if heap[low + child] <= value:
            break
        heap[low + hole] = heap[low + child]
        hole, child = child, 2 * child + 1
    heap[low + hole] = value


@inline
def reaches(joined, total, share, whole):
    """Say whether joined / total is at least share / whole; all above zero or zero."""
    high, low = mul_wide(word(joined), word(whole))
    need_high, need_low = mul_wide(word(total), word(share))
    return high > need_high or (high == need_high and low >= need_low)


@kernel
def count_lines(start, legs, total, shares, whole, joins, out):
    """Count the lines of each member; `legs` is torn down on the way."""
    for i in range(out.size):
        low, count, line = start[i], start[U(i + 1)] - start[i], 0
        for hole in range(count // 2 - 1, -1, -1):
            sift(legs, low, hole, count)
        while line < shares.size and count > 0 and total[i] > 0:
            joined = np.int64(0)
            while count > 0 and legs[low] > 0:
                joined += legs[low]
                count -= 1
                legs[low] = legs[low + count]
                sift(legs, low, 0, count)
                if not joins or reaches(joined, total[i], shares[U(line)], whole):
                    break
            if joined <= 0 or not reaches(joined, total[i], shares[U(line)], whole):
                break
            line += 1
        out[i] = line
