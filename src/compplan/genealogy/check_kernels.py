"""Kernels that say whether a tree has cycles or crowded places; `checks.py` then says where."""

from __future__ import annotations

import numpy as np

from compplan.jit import kernel

U32 = np.uint32


@kernel
def find_cycles(parents, stamps, firsts):
    """Count the cycles of two rows and more, and the rows on them.

    `firsts` receives a row of each of the first cycles; `stamps` is zero on entry, one int64 a row.
    """
    cycles = 0
    members = 0
    for i in range(parents.size):
        j = i
        while j >= 0 and stamps[j] == 0:
            stamps[j] = i + 1
            j = -1 if parents[j] == j else parents[j]
        if j >= 0 and stamps[j] == i + 1:
            if cycles < firsts.size:
                firsts[cycles] = j
            cycles += 1
            members += 1
            k = parents[j]
            while k != j:
                members += 1
                k = parents[k]
    return cycles, members


@kernel
def shared_sides(depth, side, taken):
    """Count the members whose side an earlier sibling has; taken is zero, max_depth + 2 words of 64 sides."""
    shared = 0
    for i in range(depth.size):
        level = U32(depth[i])
        bit = np.uint64(side[i] >= 0) << np.uint64(side[i] & 63)
        shared += (taken[level] & bit) != np.uint64(0)
        taken[level] |= bit
        taken[level + U32(1)] = 0
    return shared


@kernel
def surplus_children(depth, width, counts):
    """Count the children beyond `width` of their parent; counts is zero, max_depth + 2 entries."""
    surplus = 0
    for i in range(depth.size):
        level = U32(depth[i])
        counts[level] += 1
        surplus += level > 0 and counts[level] > width
        counts[level + U32(1)] = 0
    return surplus
