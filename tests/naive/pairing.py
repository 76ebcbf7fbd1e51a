"""The slow, obvious twin of pairing: dictionaries of sides, one pair at a time, money and ratios as `Fraction`."""

from __future__ import annotations

from fractions import Fraction


def sides_of(parents, sides, values):
    """What stands on the left and on the right of everybody: each value climbs to the top, side by side."""
    found = [[0, 0] for _ in parents]
    for member, value in enumerate(values):
        below, above = member, parents[member]
        while above >= 0:
            found[above][sides[below]] += value
            below, above = above, parents[above]
    return [tuple(pair) for pair in found]


def stronger(on):
    """The place of the stronger side; the left one on a tie."""
    return 1 if on[1] > on[0] else 0


def pair_member(on, ratio, unit, *, most=None, may=True, anew=False, balanced=False, carry="both", steps=None):
    """Pair the two sides of one member; returns pairs, the step reached (from 1, or 0), and what is carried on.

    `ratio` is a Fraction (None for a member without), `unit` what one pair takes of the weaker side; 0 for any amount.
    """
    on = list(on)
    if not may:
        return 0, 0, tuple(on)
    if ratio is None:
        return 0, 0, tuple(kept(on, stronger(on), carry))
    first = stronger(on)
    smallest = ratio.denominator
    pairs = step = 0
    if steps is not None:
        reached = [s for s in steps if both_reach(on, first, s * ratio, s)]
        if reached and (most is None or most > 0):
            pairs, step = 1, len(reached)
            take(on, first, reached[-1] * ratio, reached[-1])
            if balanced:
                while both_reach(on, first, smallest * ratio, smallest):
                    take(on, first, smallest * ratio, smallest)
    else:
        each = unit or smallest
        while most is None or pairs < most:
            strong = stronger(on) if anew else first
            if not both_reach(on, strong, each * ratio, each):
                break
            take(on, strong, each * ratio, each)
            pairs += 1
        while balanced and pairs and both_reach(on, first, smallest * ratio, smallest):
            take(on, first, smallest * ratio, smallest)
    return pairs, step, tuple(kept(on, stronger(on) if anew else first, carry))


def both_reach(on, strong, of_strong, of_weak):
    return on[strong] >= of_strong and on[1 - strong] >= of_weak


def take(on, strong, of_strong, of_weak):
    assert of_strong == int(of_strong)
    on[strong] -= int(of_strong)
    on[1 - strong] -= of_weak


def kept(on, strong, carry):
    """What is carried on: both sides, the stronger and any side below zero, or nothing."""
    if carry == "both":
        return on
    return [on[side] if carry == "strong" and (side == strong or on[side] < 0) else 0 for side in (0, 1)]


def aged(total, new, lots):
    """What is left of a side by the periods that it came from, newest first, as it is used up oldest first; and what expired."""
    if total < 0:
        return [total, *[0] * (len(lots) - 1)], 0
    units = [max(0, lot) for lot in (new, *lots)]
    surplus = sum(units) - total
    for age in range(len(lots), -1, -1):  # the oldest goes first
        gone = min(units[age], max(0, surplus))
        units[age] -= gone
        surplus -= gone
    return units[: len(lots)], units[len(lots)]


class Bonus:
    """A whole binary bonus over several periods; settings are the words of the plan, with numbers as `Fraction`.

    `tables` of rates or amounts are dictionaries by type of member; volumes are whole numbers.
    """

    def __init__(self, settings, parents, sides):
        self.given, self.parents, self.sides = settings, parents, sides
        n = len(parents)
        self.lots = [{0: [0] * self.ages, 1: [0] * self.ages} for _ in range(n)]
        self.idle, self.started, self.pairs, self.paid = ([0] * n for _ in range(4))
        self.weaker = [[] for _ in range(n)]
        self.span = None

    @property
    def ages(self):
        return self.given.get("expires") or 1

    def period(self, values, active, types, month):
        """Run one period; returns pay by member, rounded to whole cents (as a number of cents), and pairs made."""
        if month != self.span:
            self.span = month
            self.pairs, self.paid = [0] * len(values), [0] * len(values)
        below = sides_of(self.parents, self.sides, values)
        return [self.member(m, values[m], below[m], active[m], types[m]) for m in range(len(values))]

    def member(self, member, own, below, active, kind):
        given, lots = self.given, self.lots[member]
        new = list(below)
        carried = [sum(lots[0]), sum(lots[1])]
        first = stronger([carried[0] + new[0], carried[1] + new[1]])
        side = {"none": None, "left": 0, "right": 1, "stronger": first, "weaker": 1 - first}[given["own_side"]]
        if side is not None:
            new[side] += own
        on = (carried[0] + new[0], carried[1] + new[1])
        rated = active and all(kind in way["table"] for way in given["ways"])
        best = None
        for way in given["ways"]:
            if way["when"] and not active:
                continue
            found = self.way(member, way, on, kind, rated=rated)
            if best is None or found["amount"] > best["amount"]:
                best = found
        if best is None:
            best = {"amount": 0, "pairs": 0, "paid": 0, "rest": on}
        self.pairs[member] += best["paid"]
        self.started[member] |= best["pairs"] > 0
        self.keep(member, list(best["rest"]), new, min(on), active=active)
        amount = best["amount"]
        if given["cap"] is not None:
            amount = min(amount, max(0, given["cap"] - (self.paid[member] if given["cap_per_month"] else 0)))
        self.paid[member] += amount
        return amount, best["pairs"]

    def limit(self, member, way, kind, *, money):
        """The most pairs: by number, and where pairs beyond the cap are not made, by money."""
        given, most = self.given, None
        if given["pair_cap"] is not None:
            most = max(0, given["pair_cap"] - (self.pairs[member] if given["pair_cap_per_month"] else 0))
        if money and given["cap"] is not None and way["table"].get(kind):
            room = max(0, given["cap"] - (self.paid[member] if given["cap_per_month"] else 0))
            each = way["table"][kind][0] * 100
            if not way["fixed"]:
                each *= base_of(given["paid_on"], way["ratio"], given["unit"] or way["ratio"].denominator)
            fit = int(room // each) if each else None
            most = fit if most is None else most if fit is None else min(most, fit)
        return most

    def way(self, member, way, on, kind, *, rated):
        given, ratio = self.given, way["ratio"]
        may = rated or given["unpaid"] == "breakage"
        carried = given["over_cap"] == "carried"
        most = self.limit(member, way, kind, money=carried)
        made = most if carried else None
        options = {
            "anew": given["anew"],
            "balanced": given["balanced"],
            "carry": given["carry"],
            "steps": given["steps"],
        }
        before = 0
        if given["first_pair"] is not None and may and not self.started[member]:
            start = 1 if made is None else min(1, made)
            before, _, on = pair_member(on, given["first_pair"], given["unit"], most=start)
            made = 0 if not before else None if made is None else made - before
        pairs, step, rest = pair_member(on, ratio, given["unit"], most=made, may=may, **options)
        pairs += before
        paid = 0 if not rated else pairs if most is None else min(pairs, most)
        amount = Fraction(0)
        if paid:
            row = way["table"][kind]
            rate = row[max(step - 1, 0)] if len(row) > 1 else row[0]
            weak = given["steps"][step - 1] if step else given["unit"] or ratio.denominator
            amount = rate * paid * (1 if way["fixed"] else base_of(given["paid_on"], ratio, weak))
        cents = amount * 100
        return {"amount": int(cents + Fraction(1, 2)), "pairs": pairs, "paid": paid, "rest": rest}

    def keep(self, member, rest, new, weaker, *, active):
        """Flush, let expire, cut; then everything is a period older."""
        given = self.given
        if given["flush"]:
            self.idle[member] = 0 if active else self.idle[member] + 1
            if self.idle[member] >= given["flush_after"]:
                rest = [0, 0]
        most = given["carry_cap"]
        if given["average"] is not None:
            times, periods, without = given["average"]
            seen = self.weaker[member][-periods:]
            most = int(times * Fraction(sum(seen), len(seen))) if seen else without
            most = most if most is None else max(0, most)
            self.weaker[member].append(weaker)
        for side in (0, 1):
            lots = self.lots[member][side]
            total = sum(aged(rest[side], new[side], lots)[0]) if given["expires"] else rest[side]
            total = total if most is None else min(total, most)
            self.lots[member][side] = aged(total, new[side], lots)[0] if given["expires"] else [total]


def base_of(paid_on, ratio, weak):
    """The paired volume that rates apply to."""
    return {"weaker": weak, "stronger": weak * ratio, "both": weak + weak * ratio}[paid_on]
