"""The rank sweep: one pass bottom-up over the members that can matter, driven by the requirement table.

Members come compacted ("listed"), in pre-order; the list is closed upwards, so that the children of a listed
member in the list are exactly his listed frontline, one depth below. What is not listed holds no rank and is
smaller than every cap, so its legs can be added in one sum.

A row of `acc` gathers what the children of the member above have pushed so far:

    sums    per leg total: sum of the listed legs
    capped  per (leg total, cap): sum of the listed legs, each capped
    hist    per group and rank: legs by the best rank in them, or frontline, or downline members by rank
    best    per group: the best rank in the listed legs
    outside per (leg total, rank): sum of listed legs without that rank
    breaks  per (leg total, rank): what reaches upwards, stopping at that rank
"""

from __future__ import annotations

import numpy as np

from compplan.jit import inline, kernel

STATIC, CAPPED, OUTSIDE, BREAKAWAY, HISTOGRAM = 0, 1, 2, 3, 4
LEGS, FRONTLINE, DOWNLINE = 0, 1, 2
OWN_FULL, OWN_CAPPED, OWN_NONE = 0, 1, 2


@inline
def _own_part(own, way, cap):
    """Return how own volume counts beside the legs."""
    if way == OWN_FULL:
        return own
    if way == OWN_CAPPED:
        return min(own, cap)
    return own * 0


@inline
def _measure(k, i, e, kind, arg, way, bound, features, total_of, own_of, at_sums, at_lanes, at_hist, ranks, acc):
    """Return the number that row `k` of the table measures for listed member `i`."""
    if kind[k] == STATIC:
        return features[arg[k], i]
    if kind[k] == HISTOGRAM:
        found = acc[e, 0] * 0
        for r in range(bound[k], ranks + 1):
            found += acc[e, at_hist + arg[k] * (ranks + 1) + r]
        return found
    lane = arg[k]
    own = features[own_of[lane], i]
    unlisted = features[total_of[lane], i] - own - acc[e, at_sums + lane]
    return _own_part(own, way[k], bound[k]) + unlisted + acc[e, at_lanes + lane]


@inline
def _reached(i, e, first, last, low, high, kind, arg, way, bound, features, total_of, own_of, at_sums, at_lanes, at_hist, ranks, acc):
    """Tell whether all rows of a route hold."""
    for k in range(first, last):
        measured = _measure(k, i, e, kind, arg, way, bound, features, total_of, own_of, at_sums, at_lanes, at_hist, ranks, acc)
        if measured < low[k] or measured > high[k]:
            return False
    return True


@kernel
def rank_sweep(
    depth, candidate, floor, held, features, flags,
    route_rank, route_first, kind, arg, way, bound, low, high,
    lane_kind, total_of, own_of, lane_bound,
    group_kind, group_flag, ranks, closed, acc, rank,
):
    """Give every listed member his rank.

    `floor` is the rank that each gets without a requirement (0 or 1), `held` the rank he brings (his title, or
    0): legs see the better of it and the earned one. Routes are sorted by rank, highest first.
    """
    lanes = lane_kind.size
    groups = group_kind.size
    at_sums, at_lanes, at_hist = 0, lanes, 2 * lanes
    at_best = at_hist + groups * (ranks + 1)
    width = at_best + groups
    for i in range(depth.size - 1, -1, -1):
        d = np.uint32(depth[i])
        e = d + np.uint32(1)
        r = np.int64(floor[i])
        if candidate[i]:
            r = _climb(i, e, r, closed, route_rank, route_first, low, high, kind, arg, way, bound, features,
                       total_of, own_of, at_sums, at_lanes, at_hist, ranks, acc)
        rank[i] = r
        h = max(r, np.int64(held[i]))
        _push(i, d, e, h, lane_kind, total_of, own_of, lane_bound, features, lanes, group_kind, group_flag, flags,
              groups, at_hist, at_best, ranks, acc)
        for w in range(width):
            acc[e, w] = 0


@inline
def _climb(i, e, r, closed, route_rank, route_first, low, high, kind, arg, way, bound, features,
           total_of, own_of, at_sums, at_lanes, at_hist, ranks, acc):
    """Return the rank of a candidate: the highest that is met, or with closed gaps the last before one is missed."""
    routes = route_rank.size
    if not closed:
        for t in range(routes):
            if route_rank[t] > r and _reached(i, e, route_first[t], route_first[t + 1], low, high, kind, arg, way, bound,
                                              features, total_of, own_of, at_sums, at_lanes, at_hist, ranks, acc):
                return np.int64(route_rank[t])
        return r
    for t in range(routes - 1, -1, -1):
        if route_rank[t] == r + 1 and _reached(i, e, route_first[t], route_first[t + 1], low, high, kind, arg, way, bound,
                                               features, total_of, own_of, at_sums, at_lanes, at_hist, ranks, acc):
            r = np.int64(route_rank[t])
    return r


@inline
def _push(i, d, e, h, lane_kind, total_of, own_of, lane_bound, features, lanes, group_kind, group_flag, flags,
          groups, at_hist, at_best, ranks, acc):
    """Add what member `i` brings to the accumulators of the member above him."""
    for lane in range(lanes):
        leg = features[total_of[lane], i]
        acc[d, lane] += leg
        if lane_kind[lane] == CAPPED:
            acc[d, lanes + lane] += min(leg, lane_bound[lane])
        elif lane_kind[lane] == OUTSIDE:
            if max(h, acc[e, at_best]) < lane_bound[lane]:
                acc[d, lanes + lane] += leg
        elif h < lane_bound[lane]:
            acc[d, lanes + lane] += leg - acc[e, lane] + acc[e, lanes + lane]
    for g in range(groups):
        base = at_hist + g * (ranks + 1)
        own = h if group_flag[g] < 0 or flags[group_flag[g], i] else h * 0
        best = max(own, acc[e, at_best + g])
        acc[d, at_best + g] = max(acc[d, at_best + g], best)
        if group_kind[g] == LEGS:
            acc[d, base + best] += 1
        else:
            acc[d, base + own] += 1
            if group_kind[g] == DOWNLINE:
                for r in range(ranks + 1):
                    acc[d, base + r] += acc[e, base + r]


@kernel
def list_positions(listed, out):
    """Write the positions of the listed members; return how many there are."""
    found = 0
    for i in range(listed.size):
        out[found] = i
        found += listed[i]
    return found
