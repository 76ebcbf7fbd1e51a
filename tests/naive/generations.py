"""Generations and cascades by their definitions, member by member.

A field is a list of dicts: `parent` (an index, or None), `volume`, `rank`, `boundary`, `pays`, and whatever a function
names. Generations are counted on the path between source and earner.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")


def uplines(members, source):
    """Everybody above a member, the nearest first."""
    found, above = [], members[source]["parent"]
    while above is not None:
        found.append(above)
        above = members[above]["parent"]
    return found


def generation_of(members, source, earner, ends, *, opens, before_first):
    """The generation in which a source stands for an earner; `ends(member, earner)` says who ends one."""
    path = uplines(members, source)
    between = path[: path.index(earner)]
    count = sum(ends(members[each], members[earner]) for each in between)
    count += opens and ends(members[source], members[earner])
    return count + (not before_first)


def generation_pay(members, rates, ends, *, opens, before_first):
    """What each member gets; `rates[rank]` is a list of rates by generation."""
    pay, rows = [Decimal(0)] * len(members), []
    for source, member in enumerate(members):
        for earner in uplines(members, source):
            number = generation_of(members, source, earner, ends, opens=opens, before_first=before_first)
            table = rates.get(members[earner]["rank"], [])
            if members[earner]["pays"] and 1 <= number <= len(table):
                amount = (member["volume"] * table[number - 1]).quantize(CENT, ROUND_HALF_UP)
                pay[earner] += amount
                if amount:
                    rows.append((earner, source, number, amount))
    return pay, rows


def cascade_pay(members, paid, rates, *, counts, matches, fits):
    """What a match pays that is matched again; `paid[order][member]` is the other bonuses' pay.

    Members come parents first, so that from the last to the first nobody is left below who could still add anything.
    """
    pay, rows = [Decimal(0)] * len(members), []
    for order, found in paid.items():
        own = dict(found)
        for source in reversed(range(len(members))):
            base, level = own.get(source, Decimal(0)), 0
            if not base or not matches(members[source]):
                continue
            for earner in uplines(members, source):
                if not counts(members[earner]):
                    continue
                level += 1
                table = rates.get(members[earner]["rank"], [])
                if level <= len(table) and members[earner]["pays"] and fits(members[earner], members[source]):
                    amount = (base * table[level - 1]).quantize(CENT, ROUND_HALF_UP)
                    own[earner] = own.get(earner, Decimal(0)) + amount
                    pay[earner] += amount
                    if amount:
                        rows.append((earner, source, order, level, base, amount))
    return pay, rows
