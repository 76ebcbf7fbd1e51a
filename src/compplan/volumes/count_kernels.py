"""How many: flagged members on the frontline, in the downline, by leg; and the nearest flagged upline."""

from __future__ import annotations

import numpy as np

from compplan.jit import kernel

U = np.uint32


@kernel
def frontline_count(depth, flag, out, stack):
    """Count flagged children."""
    for i in range(depth.size - 1, -1, -1):
        d = U(depth[i])
        e = d + U(1)
        out[i] = stack[e]
        stack[e] = 0
        stack[d] += flag[i]


@kernel
def frontline_sum(depth, values, out, stack):
    """Sum the children's own values."""
    for i in range(depth.size - 1, -1, -1):
        d = U(depth[i])
        e = d + U(1)
        value = values[i]
        out[i] = stack[e]
        stack[e] = 0
        stack[d] += value


@kernel
def downline_count(depth, flag, out, stack):
    """Count flagged members below, without the member itself."""
    for i in range(depth.size - 1, -1, -1):
        d = U(depth[i])
        e = d + U(1)
        below = stack[e]
        stack[e] = 0
        out[i] = below
        stack[d] += below + flag[i]


@kernel
def without_far_counts(depth, flag, counts, reach, stack):
    """Take from every downline count what is `reach` levels below or deeper, in place.

    See `sweep_kernels.without_far`; a member's own flag belongs to the count of its ancestor.
    """
    for i in range(depth.size - 1, -1, -1):
        d = U(depth[i])
        e = d + U(reach)
        count = counts[i]
        counts[i] = count - stack[e]
        stack[e] = 0
        stack[d] += count + flag[i]


@kernel
def legs_with(depth, flag, out, stack):
    """Legs that hold a flagged member at any depth."""
    for i in range(depth.size - 1, -1, -1):
        d = U(depth[i])
        e = d + U(1)
        found = stack[e]
        stack[e] = 0
        out[i] = found
        stack[d] += (found > 0) | flag[i]


@kernel
def capped_leg_counts(depth, flag, out, cap, stack):
    """Lane 0: flagged members below; lane 1: the same, at most `cap` from one leg."""
    for i in range(depth.size - 1, -1, -1):
        d = U(depth[i])
        e = d + U(1)
        count = stack[e, 0] + flag[i]
        out[i] = stack[e, 1]
        stack[e, 0] = 0
        stack[e, 1] = 0
        stack[d, 0] += count
        stack[d, 1] += min(count, cap)


@kernel
def nearest_flagged(depth, flag, out, base, from_self, above):
    """Forward: `above[d]` is the nearest flagged ancestor of a member at depth `d`, -1 for none.

    A member stands after all of its ancestors, so the nearer one is the larger; a choice by the flag would be
    compiled to a branch.
    """
    for i in range(depth.size):
        d = U(depth[i])
        upline = above[d]
        nearest = max(upline, (base + i + 1) * flag[i] - 1)
        above[d + U(1)] = nearest
        out[i] = nearest if from_self else upline


@kernel
def upline_state(depth, parent, flag, member, above):
    """Fill `above` as `nearest_flagged` would have left it just before `member`."""
    ancestor = parent[member]
    while ancestor >= 0:
        above[U(depth[U(ancestor)]) + U(1)] = ancestor
        ancestor = parent[U(ancestor)]
    nearest = np.int64(-1)
    for d in range(1, depth[member] + 1):
        if flag[U(above[U(d)])]:
            nearest = np.int64(above[U(d)])
        above[U(d)] = nearest


@kernel
def full_levels(parent, width, taken, children, lowest, out):
    """Count full levels from the bottom up; children is zero, lowest large: what the children of a member reach."""
    for i in range(len(parent) - 1, -1, -1):
        out[i] = lowest[i] + 1 if children[i] == width else 0
        above = parent[i]
        if above >= 0 and taken[i]:
            children[above] += 1
            lowest[above] = min(lowest[above], out[i])
