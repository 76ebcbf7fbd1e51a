"""Placement one member at a time, with dictionaries: the obvious twin of `compplan.genealogy.placement`."""

from __future__ import annotations

from collections import deque


def place(members, *, width, leg="any", within="levels"):
    """Return {member: (parent, side)} of members given as dicts in their turns, sponsors first.

    A member has sponsor, parent and side (None where he has no place yet), wanted (a side or None), weight and hold.
    """
    facts = {m["id"]: m for m in members}
    child = {(m["parent"], m["side"]): m["id"] for m in members if m["parent"] is not None}
    found = {m["id"]: (m["parent"], m["side"]) for m in members}

    def subtree(top):
        if top is None:
            return []
        return [top, *(x for k in range(width) for x in subtree(child.get((top, k))))]

    def weight(top):
        return sum(facts[x]["weight"] for x in subtree(top))

    def chosen(member, top):
        if leg == "given":
            return member["wanted"]
        if leg == "weak":
            return min(range(width), key=lambda k: (weight(child.get((top, k))), k))
        if leg == "own":
            return found[top][1] if found[top][0] is not None else 0
        return None

    def first_free(top, side):
        queue = deque([(top, range(width) if side is None else [side])])
        while queue:
            here, places = queue.popleft()
            for k in places:
                below = child.get((here, k))
                if below is None:
                    return here, k
                queue.append((below, range(width)))
        raise AssertionError

    def edge(top, side):
        while (top, side) in child:
            top = child[top, side]
        return top, side

    for member in members:
        if member["parent"] is not None or member["sponsor"] is None or member["hold"]:
            continue
        top = member["sponsor"]
        while top is not None and facts[top]["hold"]:
            top = facts[top]["sponsor"]
        if top is None:
            continue
        side = chosen(member, top)
        spot = edge(top, side if side is not None else 0) if within == "edge" else first_free(top, side)
        child[spot] = member["id"]
        found[member["id"]] = spot
    return found
