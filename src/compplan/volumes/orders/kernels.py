"""Kernels from orders to volumes: sums by buyer, then by the member who is credited.

Only what differs from order to order is done order by order; shares, and who is credited, are the same for
all orders of a buyer and wait for the sums. Buyers come in any order: one random cache line an order is the
cost, so it is asked for ahead of time, and up to four volumes share it.
"""

from __future__ import annotations

import numpy as np

from compplan.genealogy.prefetch_kernels import AHEAD, prefetch
from compplan.jit import kernel

U32 = np.uint32
LANES = 4


@kernel
def add_values(buyers, values, sums):
    """sums[buyer] += value, for all orders."""
    for i in range(buyers.size):
        if i + AHEAD < buyers.size:
            prefetch(sums, buyers[i + AHEAD])
        sums[U32(buyers[i])] += values[i]


@kernel
def add_values_where(buyers, values, keep, sums):
    """sums[buyer] += value, for the orders to keep, without a branch: which those are cannot be foreseen."""
    for i in range(buyers.size):
        if i + AHEAD < buyers.size:
            prefetch(sums, buyers[i + AHEAD])
        sums[U32(buyers[i])] += values[i] * keep[i]


@kernel
def add_rows(buyers, keep, sums):
    """sums[buyer] += 1, for the orders to keep."""
    for i in range(buyers.size):
        if i + AHEAD < buyers.size:
            prefetch(sums, buyers[i + AHEAD])
        sums[U32(buyers[i])] += keep[i]


@kernel
def add_four(buyers, a, b, c, d, lanes, sums):
    """sums[4 * buyer + lane] += value of that lane, where bit `lane` of lanes[i] is set; sums is flat."""
    for i in range(buyers.size):
        if i + AHEAD < buyers.size:
            prefetch(sums, np.int64(buyers[i + AHEAD]) * LANES)
        at = U32(buyers[i]) * np.uint64(LANES)
        bits = np.int64(lanes[i])
        sums[at] += a[i] * (bits & 1)
        sums[at + np.uint64(1)] += b[i] * ((bits >> 1) & 1)
        sums[at + np.uint64(2)] += c[i] * ((bits >> 2) & 1)
        sums[at + np.uint64(3)] += d[i] * (bits >> 3)


@kernel
def keep_within(buyers, times, bounds, keep):
    """Keep orders from the buyer's opening on and before his closing: bounds[2 b] and bounds[2 b + 1]."""
    for i in range(buyers.size):
        if i + AHEAD < buyers.size:
            prefetch(bounds, np.int64(buyers[i + AHEAD]) * 2)
        at = U32(buyers[i]) * np.uint64(2)
        keep[i] &= (bounds[at] <= times[i]) & (times[i] < bounds[at + np.uint64(1)])


@kernel
def share_out(sums, stride, lane, distributor, factors, out):
    """out[j] = own sum times the factor of the kind: factors[0] of distributors, factors[1] of customers."""
    for j in range(out.size):
        out[j] = sums[j * stride + lane] * (factors[0] if distributor[j] else factors[1])


@kernel
def credit_up(sums, stride, lane, distributor, factors, credit, out):
    """out[credit[j]] += a member's own sum times the factor of his kind.

    Returns how many members have volume that nobody is credited with.
    """
    lost = 0
    for j in range(out.size):
        value = sums[j * stride + lane] * (factors[0] if distributor[j] else factors[1])
        if credit[j] >= 0:
            out[U32(credit[j])] += value
        else:
            lost += value != 0
    return lost
