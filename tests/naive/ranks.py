"""A slow, obvious twin of the rank pass: one member after the other, deepest first, from the plan's words.

A requirement is a tuple: a kind and its arguments, as the strategies of the tests make them. `Field` holds one
random field with everything that can be measured without ranks.
"""

from __future__ import annotations

from fractions import Fraction

from naive.volumes import children_of, subtree, uplines_of


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
    return fits((field,), requirement, member, ranks, ranks)


def fits(fields, requirement, member, ranks, seen):
    """Whether a requirement holds by the ranks of those below, and by those that are seen in another way.

    The first of the fields is that of the ranks' tree, the second the same members in another tree.
    """
    kind, *given = requirement
    if kind == "any":
        return any(fits(fields, r, member, ranks, seen) for r in given)
    if kind == "all":
        return all(fits(fields, r, member, ranks, seen) for r in given)
    if kind == "there":
        return fits((fields[1], fields[0]), given[0], member, seen, seen)
    if kind == "own_legs":
        count, rank, also = given
        own = [x for x in fields[0].members if counts_as_own(fields, x, member, seen, rank, also)]
        return sum(not set(own).isdisjoint(fields[0].leg(kid)) for kid in fields[0].children[member]) >= count
    if kind == "ranked":
        needed, rank = given
        return ranked(fields[0], member, rank, seen) >= needed
    if kind == "ranked_capped":
        needed, rank, cap = given
        own = fields[0].pv[member] if seen[member] >= rank else 0
        return own + sum(min(ranked(fields[0], kid, rank, seen), cap) for kid in fields[0].children[member]) >= needed
    if kind == "self":
        return seen[member] >= given[0]
    return measures(fields[0], requirement, member, ranks)


def counts_as_own(fields, other, member, ranks, rank, also):
    here, there = fields
    return there.parents[other] == member and ranks[other] >= rank and (here.active[other] or not also)


def ranked(field, member, rank, ranks):
    """The volume of a member and his downline, of those who hold the rank."""
    return sum(field.pv[x] for x in field.leg(member) if ranks[x] >= rank)


def measures(field, requirement, member, ranks):
    kind, *given = requirement
    kids = field.children[member]

    def has(other, rank, also=False):
        return ranks[other] >= rank and (field.active[other] or not also)

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
        if eligible is None or eligible[member]:
            ranks[member] = rank_of((field,), ladder, member, ranks, ranks, closed=closed)
    return ranks


def rank_of(fields, ladder, member, ranks, seen, *, closed=False):
    """The rank of one member by the ranks of the others."""
    found = 0
    for number, requirements in enumerate(ladder, 1):
        if all(fits(fields, r, member, ranks, seen) for r in requirements):
            found = number
        elif closed:
            break
    return found


def least_ranks(fields, ladder, order, *, closed=False, eligible=None):
    """Ranks that only rise, from nothing: look at one member after the other, in any order, until none changes."""
    ranks, changed = [0] * len(fields[0].parents), True
    while changed:
        changed = False
        for member in order:
            if eligible is not None and not eligible[member]:
                continue
            rank = rank_of(fields, ladder, member, ranks, ranks, closed=closed)
            assert rank >= ranks[member], "more ranks have taken a rank away"
            changed |= rank != ranks[member]
            ranks[member] = rank
    return ranks


def ranks_in_rounds(fields, ladder, free, *, closed=False):
    """Ranks round after round, for rules that can take ranks away; None where the same ranks come back and change."""
    ranks, known = list(free), []
    while ranks not in known:
        known.append(ranks)
        now = list(free)
        for member in sorted(fields[0].members, key=lambda m: -len(uplines_of(fields[0].parents, m))):
            now[member] = rank_of(fields, ladder, member, now, ranks, closed=closed)
        if now == ranks:
            return ranks, len(known)
        ranks = now
    return None, len(known)
