"""Exact totals: the volume of all sources that meet a member is carried up from earner to earner, in one sweep."""

from __future__ import annotations

import numpy as np

from compplan.jit import inline, kernel

U = np.uint32
LOW = 0xFFFFFFFF
LOST, EXTRA, LOWER, STOPPED, NOBODY, FIRST, UNPAID, REST = range(8)
SUMS = 8


@inline
def add(sums, kind, product):
    """Add a product to a sum that is kept as a high and a low half."""
    sums[U(2 * kind)] += product >> 32
    sums[U(2 * kind + 1)] += product & LOW


@kernel
def carry_up(count, best, rates, takes, chain, volume, less, pays, pay, held, sums):
    """Pay each his rate of the volume that reaches him, less what is taken, and send the volume on.

    What a member cannot be paid is `held`, or lost where that is None; `less` is zeros, by number.
    """
    for m in range(count, 0, -1):
        v, row = volume[U(m)], U(chain.row[U(m)])
        rate, take, low, up = rates[row], takes[row], chain.low[U(m)], chain.next[U(m)]
        amount = rate * v - less[U(m)]
        if take != rate:
            add(sums, LOST, (take - rate) * v)
        if up > 0:
            volume[U(up)] += v
            less[U(up)] += low * v
            if take != low:
                add(sums, EXTRA, (take - low) * v)
        else:
            add(sums, STOPPED if up < 0 else LOWER, (best - take) * v)
        i = U(chain.who[U(m)])
        if pays[i]:
            pay[i] = amount
        elif held is not None:
            held[i] = amount
        else:
            add(sums, UNPAID, amount)
