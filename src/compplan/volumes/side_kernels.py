"""Who stands on which side below a member of a tree with sides; see `compplan.volumes.sides`."""

from __future__ import annotations

import numpy as np

from compplan.jit import inline, kernel

U = np.uint32


@kernel
def leg_ranges(parent, end, side, wanted, low, high):
    """Write the range of the leg on one side of every member, in the tree's own order; `low` and `high` start at 0."""
    for i in range(parent.size):
        if parent[i] >= 0 and side[i] == wanted:
            low[U(parent[i])] = i
            high[U(parent[i])] = end[i]


@kernel
def side_legs(parent, side, wanted, leg_volume, out):
    """Write the volume of the leg on one side of every member; `out` starts at 0."""
    for i in range(parent.size):
        if parent[i] >= 0 and side[i] == wanted:
            out[U(parent[i])] = leg_volume[i]


@kernel
def frontline_on_side(parent, flag, place, low, high, out):
    """Count flagged children who stand within the range of their parent's leg; `out` starts at 0."""
    for i in range(parent.size):
        above = parent[i]
        if flag[i] and above >= 0 and low[U(above)] <= place[i] < high[U(above)]:
            out[U(above)] += 1


@inline
def counted_below(sums, bound):
    """Return how many places below a bound were added (a binary indexed tree)."""
    total = np.int64(0)
    k = np.int64(bound)
    while k > 0:
        total += sums[U(k)]
        k &= k - 1
    return total


@kernel
def downline_on_side(end, flag, place, low, high, ending, following, sums, out):
    """Count flagged members below who stand within the range of the member's leg.

    Members come in pre-order, and their places in the other tree are added to `sums`. What stands in the range when a
    member's subtree ends, less what stood there when it began, is his count. `ending[k]` is a member whose subtree ends
    at `k`, `following` the next one; -1 for none.
    """
    n = end.size
    for i in range(n):
        ending_here = ending[U(i)]
        while ending_here >= 0:
            out[U(ending_here)] += counted_below(sums, high[U(ending_here)]) - counted_below(sums, low[U(ending_here)])
            ending_here = following[U(ending_here)]
        out[U(i)] -= counted_below(sums, high[U(i)]) - counted_below(sums, low[U(i)])
        if flag[U(i)]:
            k = np.int64(place[U(i)]) + 1
            while k <= n:
                sums[U(k)] += 1
                k += k & -k
    ending_here = ending[U(n)]
    while ending_here >= 0:
        out[U(ending_here)] += counted_below(sums, high[U(ending_here)]) - counted_below(sums, low[U(ending_here)])
        ending_here = following[U(ending_here)]


@kernel
def chains_by_end(end, ending, following):
    """Chain the members whose subtrees end at the same place; `ending` starts at -1."""
    for i in range(end.size):
        following[i] = ending[U(end[i])]
        ending[U(end[i])] = i
