"""Kernels that give members places in a tree of limited width, one after another.

`child` is int32[n * width]: the member at each place below each member, -1 where it is free. `open_` is int32[n]: how
many levels below a member the nearest free place is, 0 for one of his own.
"""

from __future__ import annotations

from compplan.jit import kernel


@kernel
def measure_open(down, width, child, open_):
    """Fill `open_` for members who have places; `down` lists them, every parent before his children."""
    for i in range(len(down) - 1, -1, -1):
        member = down[i]
        nearest = 2**31 - 2
        for k in range(width):
            below = child[member * width + k]
            nearest = min(nearest, -1 if below < 0 else open_[below])
        open_[member] = nearest + 1


@kernel
def free_in_level(top, leg, width, child, open_):
    """Return the first free place below a member: level by level, each from left to right; of one leg if leg >= 0."""
    if leg >= 0:
        below = child[top * width + leg]
        if below < 0:
            return top * width + leg
        top = below
    while open_[top] > 0:
        for k in range(width):
            below = child[top * width + k]
            if open_[below] == open_[top] - 1:
                top = below
                break
    for k in range(width):
        if child[top * width + k] < 0:
            return top * width + k
    return -1


@kernel
def free_at_edge(top, leg, width, child, tail):
    """Return the free place at the outer end of a leg; `tail` remembers members further down, to find ends fast."""
    end = top
    while True:
        known, below = tail[end * width + leg], child[end * width + leg]
        if known == end and below < 0:
            break
        end = known if known != end else below
    while top != end:
        known = tail[top * width + leg]
        following = known if known != top else child[top * width + leg]
        tail[top * width + leg] = end
        top = following
    return end * width + leg


@kernel
def lighter_leg(top, width, child, weight):
    """Return the leg with the smallest weight, the first of equal ones; a free leg weighs nothing."""
    best, least = 0, 2**63 - 1
    for k in range(width):
        below = child[top * width + k]
        found = 0 if below < 0 else weight[below]
        if found < least:
            best, least = k, found
    return best


@kernel
def settle_in(member, spot, width, child, parent, open_):
    """Put a member on a free place, and bring what is open above him up to date."""
    above = spot // width
    child[spot], parent[member], open_[member] = member, above, 0
    while above >= 0:
        nearest = 2**31 - 2
        for k in range(width):
            below = child[above * width + k]
            nearest = min(nearest, -1 if below < 0 else open_[below])
        if open_[above] == nearest + 1:
            return
        open_[above] = nearest + 1
        above = parent[above]


@kernel
def add_weight(member, own, parent, weight):
    """Add a member's own weight to his legs' above, and give him his."""
    weight[member] = own
    above = parent[member]
    while above >= 0:
        weight[above] += own
        above = parent[above]


@kernel
def place_all(turns, sponsor, leg, rule, width, own, child, parent, open_, tail, weight):
    """Place members in their turns.

    leg is int8[n], the wanted leg of each member or -1; rule[0] says which leg (0 any, 1 the lighter, 2 the wanted one,
    3 the sponsor's own), rule[1] whether the outer end of it is meant. sponsor is the one to stand below, placed
    before.
    """
    for member in turns:
        top = sponsor[member]
        chosen = leg[member]
        if rule[0] == 1:
            chosen = lighter_leg(top, width, child, weight)
        elif rule[0] == 3:
            chosen = 0
            if parent[top] >= 0:
                for k in range(width):
                    if child[parent[top] * width + k] == top:
                        chosen = k
        if rule[1]:
            spot = free_at_edge(top, chosen, width, child, tail)
        else:
            spot = free_in_level(top, chosen, width, child, open_)
        settle_in(member, spot, width, child, parent, open_)
        if rule[0] == 1:
            add_weight(member, own[member], parent, weight)


@kernel
def nearest_standing(parent, rows, held, top):
    """top[row] = row of the nearest sponsor above who does not wait in the holding tank; parents come first."""
    for i in range(len(parent)):
        if parent[i] >= 0:
            above = rows[parent[i]]
            top[rows[i]] = top[above] if held[above] else above


@kernel
def add_up(parent, row_of, weight):
    """Add the weight of each member to all above him; parents come first."""
    for i in range(len(parent) - 1, -1, -1):
        if parent[i] >= 0:
            weight[row_of[parent[i]]] += weight[row_of[i]]
