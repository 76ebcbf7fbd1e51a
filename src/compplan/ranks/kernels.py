"""The rank sweep: one pass bottom-up over the members that can matter, driven by the requirement table.

Members come compacted ("listed"), in pre-order; the list is closed upwards, so that the children of a listed
member in the list are exactly his listed frontline, one depth below. What is not listed holds no rank and is
smaller than every cap, so its legs can be added in one sum.

A row of `acc` gathers what the listed frontline has pushed so far:

    0         how many there are
    sums      per subtree sum: sum of their legs
    small     per subtree sum and cap class: sum of the legs of that class
    large     per subtree sum and cap class: number of the legs of that class
    lanes     per lane: legs without a rank in them, or what reaches upwards and stops at a rank
    hist      per group and rank: legs by the best rank in them, or frontline, or downline members by rank
    best      per group: the best rank in the legs

A leg is of cap class `j` when it is larger than exactly `j` of the caps; so one addition serves all caps.
"""

from __future__ import annotations

import numpy as np

from compplan.jit import kernel

STATIC, CAPPED, LANE, HISTOGRAM = 0, 1, 2, 3
OUTSIDE, BREAKAWAY = 0, 1
LEGS, FRONTLINE, DOWNLINE = 0, 1, 2
OWN_FULL, OWN_CAPPED, OWN_NONE = 0, 1, 2

U = np.uint32


# One function of three parts: split into helpers that take the arrays, a member cost 30 times as much.
@kernel
def rank_sweep(
    depth,
    candidate,
    floor,
    held,
    features,
    flags,
    route_rank,
    route_first,
    kind,
    arg,
    way,
    bound,
    low,
    high,
    total_of,
    own_of,
    cap_first,
    caps,
    lane_kind,
    lane_total,
    lane_rank,
    group_kind,
    group_flag,
    ranks,
    closed,
    acc,
    rank,
):
    """Give every listed member his rank.

    `floor` is the rank that each gets without a requirement, `held` the rank he brings (his title, or 0): legs see
    the better of it and the earned one. Routes are sorted by rank, highest first.
    """
    totals = total_of.size
    classes = caps.size + totals
    lanes, groups, routes = lane_kind.size, group_kind.size, route_rank.size
    at_small = 1 + totals
    at_large = at_small + classes
    at_lane = at_large + classes
    at_hist = at_lane + lanes
    at_best = at_hist + groups * (ranks + 1)
    width = at_best + groups
    for i in range(depth.size - 1, -1, -1):
        d = U(depth[i])
        e = d + U(1)
        r = np.int64(floor[i])
        if candidate[i]:
            for s in range(routes):
                t = U(routes - 1 - s) if closed else U(s)
                if closed:
                    if route_rank[t] != r + 1:
                        continue
                elif route_rank[t] <= r:
                    break
                met = True
                for q in range(route_first[t], route_first[t + U(1)]):
                    k, a = kind[U(q)], arg[U(q)]
                    if k == STATIC:
                        x = features[U(i), U(a)]
                    elif k == HISTOGRAM:
                        x = np.int64(0)
                        for h in range(bound[U(q)], ranks + 1):
                            x += acc[e, U(at_hist + a * (ranks + 1) + h)]
                    else:
                        u = lane_total[U(a)] if k == LANE else a
                        own = features[U(i), U(own_of[U(u)])]
                        x = features[U(i), U(total_of[U(u)])] - own - acc[e, U(1 + u)]
                        if k == LANE:
                            x += acc[e, U(at_lane + a)]
                        else:
                            cap = caps[U(bound[U(q)])]
                            for j in range(cap_first[U(u)] + u, bound[U(q)] + u + 1):
                                x += acc[e, U(at_small + j)]
                            for j in range(bound[U(q)] + u + 1, cap_first[U(u + 1)] + u + 1):
                                x += acc[e, U(at_large + j)] * cap
                            if way[U(q)] == OWN_CAPPED:
                                own = min(own, cap)
                        if way[U(q)] != OWN_NONE:
                            x += own
                    if x < low[U(q)] or x > high[U(q)]:
                        met = False
                        break
                if met:
                    r = np.int64(route_rank[t])
                    if not closed:
                        break
        rank[U(i)] = r
        h = max(r, np.int64(held[i]))

        acc[d, U(0)] += 1
        for u in range(totals):
            leg = features[U(i), U(total_of[U(u)])]
            j = cap_first[U(u)] + u
            for c in range(cap_first[U(u)], cap_first[U(u + 1)]):
                j += leg > caps[U(c)]
            acc[d, U(1 + u)] += leg
            acc[d, U(at_small + j)] += leg
            acc[d, U(at_large + j)] += 1
        for a in range(lanes):
            u = lane_total[U(a)]
            leg = features[U(i), U(total_of[U(u)])]
            if lane_kind[U(a)] == BREAKAWAY:
                leg += acc[e, U(at_lane + a)] - acc[e, U(1 + u)]
                top = h
            else:
                top = max(h, acc[e, U(at_best)])
            acc[d, U(at_lane + a)] += leg * (top < lane_rank[U(a)])
        for g in range(groups):
            base = at_hist + g * (ranks + 1)
            own = h
            if group_flag[U(g)] >= 0:
                own = h * flags[U(i), U(group_flag[U(g)])]
            best = max(own, acc[e, U(at_best + g)])
            acc[d, U(at_best + g)] = max(acc[d, U(at_best + g)], best)
            acc[d, U(base + (best if group_kind[U(g)] == LEGS else own))] += 1
            if group_kind[U(g)] == DOWNLINE:
                for j in range(base, base + ranks + 1):
                    acc[d, U(j)] += acc[e, U(j)]

        if acc[e, U(0)] != 0:
            for w in range(width):
                acc[e, U(w)] = 0


@kernel
def list_positions(listed, out):
    """Write the positions of the listed members; return how many there are."""
    found = 0
    for i in range(listed.size):
        out[U(found)] = i
        found += listed[i]
    return found


@kernel
def gather_feature(values, listed, out, column):
    """Copy a column of all members into one feature of the listed."""
    for i in range(listed.size):
        out[U(i), U(column)] = values[listed[i]]
