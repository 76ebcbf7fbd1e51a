"""Slow, obvious twins of the tree sweeps: parents as a list, children as lists, Python integers.

`parents[i]` is the parent of member `i`, -1 for a root; parents stand before their children.
"""

from __future__ import annotations

from fractions import Fraction
from math import floor


def children_of(parents):
    children = {member: [] for member in range(len(parents))}
    for member, parent in enumerate(parents):
        if parent >= 0:
            children[parent].append(member)
    return children


def uplines_of(parents, member):
    """The ancestors of a member, nearest first."""
    uplines = []
    while parents[member] >= 0:
        member = parents[member]
        uplines.append(member)
    return uplines


def downline_with_level(parents, member):
    """Every descendant with its level below the member."""
    return [
        (other, uplines_of(parents, other).index(member) + 1)
        for other in range(len(parents))
        if member in uplines_of(parents, other)
    ]


def subtree(parents, member):
    return [member, *(other for other, _ in downline_with_level(parents, member))]


def over_legs(parents, volumes, measure):
    """`measure(volumes of the legs)` for every member."""
    return [measure([volumes[child] for child in kids]) for kids in children_of(parents).values()]


def roll_up(parents, values):
    return [sum(values[x] for x in subtree(parents, m)) for m in range(len(parents))]


def roll_up_levels(parents, values, levels):
    return [
        values[m] + sum(values[x] for x, level in downline_with_level(parents, m) if level <= levels)
        for m in range(len(parents))
    ]


def roll_up_stopping(parents, values, stop):
    """A descendant counts unless it, or somebody between it and the member, stops."""
    totals = list(values)
    for member, value in enumerate(values):
        below = member
        for upline in uplines_of(parents, member):
            if stop[below]:
                break
            totals[upline] += value
            below = upline
    return totals


def roll_up_outside_uplines(parents, values, qualified, stop):
    """Sort every descendant by hand: inside a subtree that leaves, above a qualified member, or counted."""
    holds = any_in_subtree(parents, qualified)
    totals = list(values)
    for member, value in enumerate(values):
        path = [member, *uplines_of(parents, member)]
        for k, upline in enumerate(path[1:], start=1):
            if not holds[member] and not any(qualified[x] or stop[x] for x in path[:k]):
                totals[upline] += value
    return totals


def outside_legs(parents, leg_volume, own, flag):
    holds = any_in_subtree(parents, flag)
    children = children_of(parents)
    return [own[m] + sum(leg_volume[c] for c in children[m] if not holds[c]) for m in range(len(parents))]


def move_up(parents, values, keep):
    moved, lost = [0] * len(parents), 0
    for member, value in enumerate(values):
        keepers = [x for x in [member, *uplines_of(parents, member)] if keep[x]]
        if keepers:
            moved[keepers[0]] += value
        else:
            lost += value
    return moved, lost


def any_in_subtree(parents, flag):
    return [any(flag[x] for x in subtree(parents, m)) for m in range(len(parents))]


def nth_leg(parents, leg_volume, nth):
    return over_legs(parents, leg_volume, lambda legs: [*sorted(legs, reverse=True), *[0] * nth][nth - 1])


def other_legs(parents, leg_volume, after):
    return over_legs(parents, leg_volume, lambda legs: sum(sorted(legs, reverse=True)[after:]))


def capped_legs(parents, leg_volume, caps):
    """`caps` has one value for each earner."""
    children = children_of(parents)
    return [sum(min(leg_volume[c], caps[m]) for c in children[m]) for m in range(len(parents))]


def capped_legs_share(parents, leg_volume, total, num, den):
    return capped_legs(parents, leg_volume, [floor(Fraction(t) * Fraction(num, den)) for t in total])


def leg_count_at_least(parents, leg_volume, threshold):
    return over_legs(parents, leg_volume, lambda legs: sum(leg >= threshold for leg in legs))


def frontline_sum(parents, values):
    return over_legs(parents, values, sum)


def frontline_count(parents, flag):
    return over_legs(parents, flag, lambda flags: sum(map(bool, flags)))


def downline_count_levels(parents, flag, levels):
    return [
        sum(bool(flag[x]) for x, level in downline_with_level(parents, m) if level <= levels)
        for m in range(len(parents))
    ]


def downline_count(parents, flag):
    return downline_count_levels(parents, flag, len(parents))


def legs_with(parents, flag):
    return over_legs(parents, any_in_subtree(parents, flag), sum)


def capped_leg_counts(parents, flag, cap):
    counts = roll_up(parents, [int(f) for f in flag])
    return over_legs(parents, counts, lambda legs: sum(min(leg, cap) for leg in legs))


def nearest_flagged_ancestor(parents, flag, from_self):
    return [
        next((x for x in [m, *uplines_of(parents, m)][0 if from_self else 1 :] if flag[x]), -1)
        for m in range(len(parents))
    ]


def full_levels(parents, width, taken):
    """Levels below each member in which everybody of the level above has all his places taken."""
    children = children_of(parents)

    def count(member):
        level, full = [member], 0
        while level and all(sum(taken[c] for c in children[m]) == width for m in level):
            level = [c for m in level for c in children[m] if taken[c]]
            full += 1
        return full

    return [count(member) for member in range(len(parents))]


def paired_levels(parents, taken, skipped, most):
    """Levels on which somebody taken is below each of two children; who is skipped uses up no level."""
    children = children_of(parents)

    def levels(member, above):
        own = above if skipped[member] else above + 1
        here = {own} if taken[member] and not skipped[member] else set()
        return here.union(*(levels(child, own) for child in children[member]))

    def count(member):
        sides = [levels(child, 0) for child in children[member]]
        return sum(level <= most for level in sides[0] & sides[1]) if len(sides) == 2 else 0

    return [count(member) for member in range(len(parents))]


def leg_on_side(parents, sides, volumes, side):
    """The volume of the child on one side, 0 for none."""
    return [sum(volumes[child] for child in kids if sides[child] == side) for kids in children_of(parents).values()]


def stands_on(parents, sides, member, above):
    """The side below `above` on which a member stands; None where he is not below."""
    while member >= 0 and parents[member] != above:
        member = parents[member]
    return sides[member] if member >= 0 else None


def count_on_side(parents, flag, among, other_parents, sides, side):
    """Flagged members of the frontline or the downline who stand on one side of another tree."""
    found = []
    for earner in range(len(parents)):
        theirs = [m for m, p in enumerate(parents) if p == earner]
        if among == "downline":
            theirs = [m for m in range(len(parents)) if earner in uplines_of(parents, m)]
        found.append(sum(flag[m] and stands_on(other_parents, sides, m, earner) == side for m in theirs))
    return found


def levels_below(parents, member, skipped):
    """Each descendant with its level: who is skipped between does not count."""
    found = []
    for other in range(len(parents)):
        uplines = uplines_of(parents, other)
        if member in uplines:
            between = uplines[: uplines.index(member)]
            found.append((other, 1 + sum(not skipped[x] for x in between)))
    return found


def collect(parents, values, amount, levels, skipped, own):
    """The volume and the number of levels that are taken, one level after the other, until they have the amount."""
    found = []
    for member in range(len(parents)):
        below = levels_below(parents, member, skipped)
        deepest = max([level for _, level in below], default=0)
        have, level = values[member] if own else 0, 0
        while have < amount and level < min(deepest, levels):
            level += 1
            have += sum(values[x] for x, at in below if at == level)
        found.append((have, level))
    return found


def sum_levels(parents, values, skips, levels):
    """The sum of the values below, of those with fewer than `levels` members between who use up a level."""
    found = [0] * len(parents)
    for source, value in enumerate(values):
        above, between = parents[source], 0
        while above >= 0 and between < levels:
            found[above] += value
            between += not skips[above]
            above = parents[above]
    return found


def legs_with_own(parents, flag, sponsors):
    """Legs in which somebody flagged stands whom the member himself enrolled."""

    def own(leg, member):
        return any(flag[x] and sponsors[x] == member for x in subtree(parents, leg))

    return [sum(own(kid, member) for kid in kids) for member, kids in children_of(parents).items()]
