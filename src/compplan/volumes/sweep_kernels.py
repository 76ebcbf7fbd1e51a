"""Roll-ups: one reverse sweep over the pre-order, with a stack that is indexed by depth.

When the sweep reaches a member, all of its children have been seen, and row `depth + 1` of the stack holds
what they pushed. The member takes that row, empties it for the next subtree at this depth, and pushes its own
share to row `depth`. The stack has `max_depth + 2` rows, stays in the first cache level on any real tree, and
row 0 keeps what the roots push. A test for leaves would be a mispredicted branch and costs four times the
arithmetic it saves, so every member does the same steps. Everything of a member is read before anything is
written, so that a result may take the place of an input.

Here and in the files beside, the stack is the last argument, and `compplan.volumes.sweep` drives them all.
"""

from __future__ import annotations

import numpy as np

from compplan.jit import kernel

U = np.uint32


@kernel
def roll_up(depth, values, out, stack):
    """Own value and the sums of all children."""
    for i in range(depth.size - 1, -1, -1):
        d = U(depth[i])
        e = d + U(1)
        total = values[i] + stack[e]
        stack[e] = 0
        out[i] = total
        stack[d] += total


@kernel
def without_far(depth, sums, reach, stack):
    """Take from every subtree sum the subtree sums of the descendants `reach` levels below, in place.

    The ancestor of a member at a given depth is the last member of that depth before it. So between two
    visits of depth `d`, row `d + reach` collects exactly the descendants of the one that is visited next.
    """
    for i in range(depth.size - 1, -1, -1):
        d = U(depth[i])
        e = d + U(reach)
        total = sums[i]
        sums[i] = total - stack[e]
        stack[e] = 0
        stack[d] += total


@kernel
def roll_up_stopping(depth, values, stop, out, stack):
    """Like `roll_up`; a stopping member keeps its sum to itself."""
    for i in range(depth.size - 1, -1, -1):
        d = U(depth[i])
        e = d + U(1)
        total = values[i] + stack[e]
        stack[e] = 0
        out[i] = total
        stack[d] += 0 if stop[i] else total


@kernel
def roll_up_outside_uplines(depth, values, qualified, stop, out, stack):
    """Lane 0: what counts of the legs; lane 1: how many legs hold a qualified member."""
    for i in range(depth.size - 1, -1, -1):
        d = U(depth[i])
        e = d + U(1)
        below = stack[e, 0]
        upline = stack[e, 1] > 0
        stack[e, 0] = 0
        stack[e, 1] = 0
        total = values[i] + below
        out[i] = total
        rest = below if upline else total
        stack[d, 0] += 0 if qualified[i] | stop[i] else rest
        stack[d, 1] += upline | qualified[i]


@kernel
def outside_legs(depth, leg_volume, own, flag, out, stack):
    """Lane 0: volume of the legs without a flag; lane 1: 1 where a leg holds one.

    A choice by the flag would be compiled to a branch and take thrice as long; a mask from a maximum is not.
    """
    for i in range(depth.size - 1, -1, -1):
        d = U(depth[i])
        e = d + U(1)
        flagged = max(stack[e, 1], np.int64(flag[i]))
        leg = leg_volume[i] & (flagged - 1)
        out[i] = own[i] + stack[e, 0]
        stack[e, 0] = 0
        stack[e, 1] = 0
        stack[d, 0] += leg
        stack[d, 1] = max(stack[d, 1], flagged)


@kernel
def move_up(depth, values, keep, out, stack):
    """Let a keeper take what its downline could not keep; everybody else passes everything on."""
    for i in range(depth.size - 1, -1, -1):
        d = U(depth[i])
        e = d + U(1)
        total = values[i] + stack[e]
        stack[e] = 0
        kept = total if keep[i] else 0
        out[i] = kept
        stack[d] += total - kept


@kernel
def any_in_subtree(depth, flag, out, stack):
    """Lane 0 counts the children whose subtree holds a flag."""
    for i in range(depth.size - 1, -1, -1):
        d = U(depth[i])
        e = d + U(1)
        found = (stack[e] > 0) | flag[i]
        stack[e] = 0
        out[i] = found
        stack[d] += found


@kernel
def magnitude_bits(values):
    """Return the OR of all magnitudes (less 1 where negative): none passes its next power of two."""
    bits = np.int64(0)
    for i in range(values.size):  # iterating over the values themselves is not vectorised, and takes thrice the time
        bits |= values[i] ^ (values[i] >> 63)
    return bits


@kernel
def magnitude_halves(values):
    """Return the exact sum of magnitudes as two numbers: `high * 2**32 + low`."""
    high = np.int64(0)
    low = np.int64(0)
    for i in range(values.size):
        sign = values[i] >> 63
        size = values[i] ^ sign
        high += size >> 32
        low += (size & 0xFFFFFFFF) - sign
    return high, low


@kernel
def magnitude_halves_by_depth(depth, values, high, low):
    """Sum the magnitudes of every depth, each as `high * 2**32 + low`."""
    for i in range(depth.size):
        d = U(depth[i])
        sign = values[i] >> 63
        size = values[i] ^ sign
        high[d] += size >> 32
        low[d] += (size & 0xFFFFFFFF) - sign
