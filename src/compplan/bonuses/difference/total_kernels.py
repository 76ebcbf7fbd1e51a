"""Exact totals: the volume of all sources that meet a member is carried up from earner to earner, in one sweep."""

from __future__ import annotations

import numpy as np

from compplan.jit import inline, kernel

U = np.uint32
LOW = 0xFFFFFFFF
LOST, EXTRA, LOWER, STOPPED = range(4)


@inline
def add(sums, kind, product):
    """Add a product to a sum that is kept as a high and a low half."""
    sums[U(2 * kind)] += product >> 32
    sums[U(2 * kind + 1)] += product & LOW


@kernel
def carry_up(count, best, rates, takes, chain, volume, pay, sums):
    """Pay each his rate of the volume that reaches him, less what is taken, and send the volume on."""
    for m in range(count, 0, -1):
        v, row = volume[U(m)], U(chain.row[U(m)])
        rate, take, low, up = rates[row], takes[row], chain.low[U(m)], chain.next[U(m)]
        pay[U(m)] += rate * v
        if take != rate:
            add(sums, LOST, (take - rate) * v)
        if up > 0:
            volume[U(up)] += v
            pay[U(up)] -= low * v
            if take != low:
                add(sums, EXTRA, (take - low) * v)
        else:
            add(sums, STOPPED if up < 0 else LOWER, (best - take) * v)


@kernel
def hand_out(count, who, pays, earned, pay, unpaid):
    """Write what members earned to their places: what is paid, and by number what they cannot be paid."""
    for m in range(1, count + 1):
        i, amount = U(who[U(m)]), earned[U(m)]
        if pays[i]:
            pay[i] = amount
        else:
            unpaid[U(m)] = amount
