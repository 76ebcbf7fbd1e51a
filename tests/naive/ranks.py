"""A slow, obvious twin of the rank pass: one member after the other, deepest first, from the plan's words.

A requirement is a tuple: a kind and its arguments, as the strategies of the tests make them. `Field` holds one
random field with everything that can be measured without ranks.
"""

from __future__ import annotations

from fractions import Fraction

from naive.volumes import children_of, subtree


class Field:
    def __init__(self, parents, pv, active_from=100):
        self.parents = parents
        self.children = children_of(parents)
        self.pv = [Fraction(x) for x in pv]
        self.gv = [sum((self.pv[x] for x in subtree(parents, m)), Fraction(0)) for m in range(len(parents))]
        self.active = [x >= active_from for x in self.pv]
        self.members = range(len(parents))

    def leg(self, head):
        return subtree(self.parents, head)


def holds(field, requirement, member, ranks):
    """Whether a requirement holds; `ranks` has the ranks of everybody below."""
    kind, *given = requirement
    kids = field.children[member]

    def has(other, rank, also=False):
        return ranks[other] >= rank and (field.active[other] or not also)

    if kind == "any":
        return any(holds(field, r, member, ranks) for r in given)
    if kind == "all":
        return all(holds(field, r, member, ranks) for r in given)
    if kind == "pv":
        return field.pv[member] >= given[0]
    if kind == "active":
        return field.active[member]
    if kind == "active_front":
        return sum(field.active[kid] for kid in kids) >= given[0]
    if kind == "gv":
        return field.gv[member] >= given[0]
    if kind == "capped":
        needed, cap, own_is_leg = given
        own = min(field.pv[member], cap) if own_is_leg else field.pv[member]
        return own + sum(min(field.gv[kid], cap) for kid in kids) >= needed
    if kind == "capped_total":
        needed, share = given
        cap = (field.gv[member] * share * 100).__floor__() / Fraction(100)
        return field.pv[member] + sum(min(field.gv[kid], cap) for kid in kids) >= needed
    if kind == "outside":
        needed, rank = given
        legs = [field.gv[kid] for kid in kids if not any(has(x, rank) for x in field.leg(kid))]
        return field.pv[member] + sum(legs) >= needed
    if kind == "breakaway":
        needed, rank = given
        return group(field, member, rank, ranks) >= needed
    if kind == "legs_active":
        return sum(any(field.active[x] for x in field.leg(kid)) for kid in kids) >= given[0]
    if kind == "legs":
        return distinct_legs(field, kids, given[0], has)
    if kind == "frontline":
        return sum(has(kid, given[1]) for kid in kids) >= given[0]
    if kind == "downline":
        return sum(has(x, given[1]) for kid in kids for x in field.leg(kid)) >= given[0]
    raise AssertionError(kind)


def group(field, member, rank, ranks):
    """Own volume and that of the downline, without members of the rank and everybody below them."""
    below = [group(field, kid, rank, ranks) for kid in field.children[member] if ranks[kid] < rank]
    return field.pv[member] + sum(below)


def distinct_legs(field, kids, wanted, has):
    """Whether every wanted (rank, also) gets a leg of its own: try all ways."""
    if not wanted:
        return True
    (rank, also), rest = wanted[0], wanted[1:]
    for kid in kids:
        if any(has(x, rank, also) for x in field.leg(kid)):
            others = [other for other in kids if other != kid]
            if distinct_legs(field, others, rest, has):
                return True
    return False


def ranks_of(field, ladder, *, closed=False, eligible=None):
    """Rank numbers of all members: children stand behind their parents, so the last comes first."""
    ranks = [0] * len(field.parents)
    for member in reversed(field.members):
        if eligible is not None and not eligible[member]:
            continue
        for number, requirements in enumerate(ladder, 1):
            if all(holds(field, r, member, ranks) for r in requirements):
                ranks[member] = number
            elif closed:
                break
    return ranks
