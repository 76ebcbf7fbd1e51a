"""The rank sweep: one pass bottom-up over the members that can matter, driven by the requirement table.

Members come compacted ("listed"), in pre-order; the list is closed upwards, so that the children of a listed
member in the list are exactly his listed frontline, one depth below. Who is not listed holds no rank, and no cap cuts
him as a leg of a candidate, so such legs can be added in one sum.

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
    listed,
    depth,
    candidate,
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

    `rank` comes with the rank that each gets without a requirement, `held` is the rank he brings (his title, or 0):
    legs see the better of it and the earned one. Features and flags are of the listed, other columns of all members.
    Routes are sorted by rank, highest first.
    """
    totals = total_of.size
    classes = caps.size + totals
    lanes, groups, routes = lane_kind.size, group_kind.size, route_rank.size
    at_small = 1 + totals
    at_large = at_small + classes
    at_lane = at_large + classes
    at_hist = at_lane + lanes
    at_best = at_hist + groups * (ranks + 1)
    for i in range(listed.size - 1, -1, -1):
        p = U(listed[i])
        d = U(depth[p])
        up, down = acc[d], acc[d + U(1)]
        r = np.int64(rank[p])
        if candidate[p]:
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
                        x = features[U(a), U(i)]
                    elif k == HISTOGRAM:
                        x = np.int64(0)
                        for h in range(bound[U(q)], ranks + 1):
                            x += down[U(at_hist + a * (ranks + 1) + h)]
                    else:
                        u = lane_total[U(a)] if k == LANE else a
                        own = features[U(own_of[U(u)]), U(i)]
                        x = features[U(total_of[U(u)]), U(i)] - own - down[U(1 + u)]
                        if k == LANE:
                            x += down[U(at_lane + a)]
                        else:
                            cap = caps[U(bound[U(q)])]
                            for j in range(cap_first[U(u)] + u, bound[U(q)] + u + 1):
                                x += down[U(at_small + j)]
                            for j in range(bound[U(q)] + u + 1, cap_first[U(u + 1)] + u + 1):
                                x += down[U(at_large + j)] * cap
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
        rank[p] = r
        h = max(r, np.int64(held[p]))

        up[U(0)] += 1
        for u in range(totals):
            leg = features[U(total_of[U(u)]), U(i)]
            j, last = cap_first[U(u)], cap_first[U(u + 1)]
            while j < last and leg > caps[U(j)]:
                j += 1
            j += u
            up[U(1 + u)] += leg
            up[U(at_small + j)] += leg
            up[U(at_large + j)] += 1
        for a in range(lanes):
            u = lane_total[U(a)]
            leg = features[U(total_of[U(u)]), U(i)]
            if lane_kind[U(a)] == BREAKAWAY:
                leg += down[U(at_lane + a)] - down[U(1 + u)]
                top = h
            else:
                top = max(h, down[U(at_best)])
            up[U(at_lane + a)] += leg * (top < lane_rank[U(a)])
        for g in range(groups):
            base = at_hist + g * (ranks + 1)
            own = h
            if group_flag[U(g)] >= 0:
                own = h * flags[U(group_flag[U(g)]), U(i)]
            best = max(own, down[U(at_best + g)])
            up[U(at_best + g)] = max(up[U(at_best + g)], best)
            up[U(base + (best if group_kind[U(g)] == LEGS else own))] += 1
            if group_kind[U(g)] == DOWNLINE:
                for j in range(base, base + ranks + 1):
                    up[U(j)] += down[U(j)]

        for w in range(down.size):
            down[w] = 0


@kernel
def demand(values, least, flags):
    """Take the flag from everybody who has less than the least."""
    for i in range(values.size):
        flags[i] &= values[i] >= least


@kernel
def add_large_legs(parent, candidate, volume, cap, matters):
    """Flag the legs of candidates that a cap cuts; a root, which is no leg, may be flagged too and does no harm."""
    for i in range(volume.size):
        matters[i] |= (volume[i] > cap) & candidate[U(max(parent[i], 0))]


@kernel
def list_upwards(depth, matters, out):
    """Write the positions of who matters, and of all above them, to the end of `out`.

    Return where they begin, and the largest depth. Backward, an ancestor of those listed is whoever is the first
    above the last one listed, so that one depth says who is still to come.
    """
    begin, above, deepest = depth.size, np.int32(0), np.int32(0)
    for i in range(depth.size - 1, -1, -1):
        d = depth[U(i)]
        if matters[U(i)] | (d < above):
            above = d
            deepest = max(deepest, d)
            begin -= 1
            out[U(begin)] = i
    return begin, deepest


@kernel
def gather_feature(values, listed, out):
    """Copy a column of all members into that of the listed."""
    for i in range(listed.size):
        out[i] = values[U(listed[i])]
