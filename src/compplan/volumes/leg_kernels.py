"""What members see of their legs: the largest, the others, capped sums, how many reach a volume.

A leg is a frontline child with its whole subtree. These sweeps take the inclusive subtree sum of every member
as its volume as a leg, and work like those of `sweep_kernels`; they read a member before they write it, so
that the result may take the place of the legs. A lane that keeps a maximum starts at `NONE`, the one int64
that no checked volume can be: a negative leg is then larger than no leg, and "no leg" reads as 0.
"""

from __future__ import annotations

import numpy as np

from compplan.jit import inline, kernel

U = np.uint32
NONE = -(2**63)


@inline
def present(volume):
    """0 for a leg that does not exist."""
    return 0 if volume == NONE else volume


@kernel
def largest_leg(depth, leg_volume, out, stack):
    """Keep the largest of the legs."""
    for i in range(depth.size - 1, -1, -1):
        d = U(depth[i])
        e = d + U(1)
        leg = leg_volume[i]
        out[i] = present(stack[e])
        stack[e] = NONE
        stack[d] = max(stack[d], leg)


@kernel
def second_leg(depth, leg_volume, out, stack):
    """Lanes: the two largest legs; a new one pushes the smaller down without a branch."""
    for i in range(depth.size - 1, -1, -1):
        d = U(depth[i])
        e = d + U(1)
        leg = leg_volume[i]
        out[i] = present(stack[e, 1])
        stack[e, 0] = NONE
        stack[e, 1] = NONE
        first = stack[d, 0]
        stack[d, 0] = max(first, leg)
        stack[d, 1] = max(stack[d, 1], min(first, leg))


@kernel
def third_leg(depth, leg_volume, out, stack):
    """Lanes: the three largest legs; a lane more costs half a nanosecond, so each rank has its own kernel."""
    for i in range(depth.size - 1, -1, -1):
        d = U(depth[i])
        e = d + U(1)
        leg = leg_volume[i]
        out[i] = present(stack[e, 2])
        stack[e, 0] = NONE
        stack[e, 1] = NONE
        stack[e, 2] = NONE
        first = stack[d, 0]
        second = stack[d, 1]
        stack[d, 0] = max(first, leg)
        stack[d, 1] = max(second, min(first, leg))
        stack[d, 2] = max(stack[d, 2], min(second, leg))


@kernel
def without_largest(depth, leg_volume, out, stack):
    """Lane 0: all legs; lane 1: the largest."""
    for i in range(depth.size - 1, -1, -1):
        d = U(depth[i])
        e = d + U(1)
        leg = leg_volume[i]
        out[i] = stack[e, 0] - present(stack[e, 1])
        stack[e, 0] = 0
        stack[e, 1] = NONE
        stack[d, 0] += leg
        stack[d, 1] = max(stack[d, 1], leg)


@kernel
def without_two_largest(depth, leg_volume, out, stack):
    """Lane 0: all legs; lanes 1 and 2: the two largest."""
    for i in range(depth.size - 1, -1, -1):
        d = U(depth[i])
        e = d + U(1)
        leg = leg_volume[i]
        out[i] = stack[e, 0] - present(stack[e, 1]) - present(stack[e, 2])
        stack[e, 0] = 0
        stack[e, 1] = NONE
        stack[e, 2] = NONE
        first = stack[d, 1]
        stack[d, 0] += leg
        stack[d, 1] = max(first, leg)
        stack[d, 2] = max(stack[d, 2], min(first, leg))


@kernel
def capped_legs(depth, leg_volume, out, cap, stack):
    """One cap for all."""
    for i in range(depth.size - 1, -1, -1):
        d = U(depth[i])
        e = d + U(1)
        counted = min(leg_volume[i], cap)
        out[i] = stack[e]
        stack[e] = 0
        stack[d] += counted


@kernel
def capped_legs_each(depth, parent, leg_volume, out, cap, stack):
    """Every earner has its own cap: a leg reads that of its parent, which is near it in the pre-order."""
    for i in range(depth.size - 1, -1, -1):
        d = U(depth[i])
        e = d + U(1)
        counted = min(leg_volume[i], cap[U(max(parent[i], 0))])
        out[i] = stack[e]
        stack[e] = 0
        stack[d] += counted


@kernel
def leg_count_at_least(depth, leg_volume, out, threshold, stack):
    """Legs that reach a volume."""
    for i in range(depth.size - 1, -1, -1):
        d = U(depth[i])
        e = d + U(1)
        reached = leg_volume[i] >= threshold
        out[i] = stack[e]
        stack[e] = 0
        stack[d] += reached


@kernel
def group_summary(depth, values, flag, volume, largest, frontline, stack):
    """Lane 0: group volume; lane 1: flagged children; lane 2: the largest leg."""
    for i in range(depth.size - 1, -1, -1):
        d = U(depth[i])
        e = d + U(1)
        total = values[i] + stack[e, 0]
        volume[i] = total
        frontline[i] = stack[e, 1]
        largest[i] = present(stack[e, 2])
        stack[e, 0] = 0
        stack[e, 1] = 0
        stack[e, 2] = NONE
        stack[d, 0] += total
        stack[d, 1] += flag[i]
        stack[d, 2] = max(stack[d, 2], total)


@kernel
def floor_shares(totals, numerator, denominator, out):
    """Floor of total * numerator / denominator; the whole part is split off to keep products in 64 bits.

    Unsigned divisions, with a negative total as its complement, take a third of the time of floor divisions.
    """
    divisor = np.uint64(denominator)
    for i in range(totals.size):
        total = totals[i]
        sign = total >> 63
        whole = np.int64(np.uint64(total ^ sign) // divisor) ^ sign
        part = np.uint64((total - whole * denominator) * numerator)
        out[i] = whole * numerator + np.int64(part // divisor)
