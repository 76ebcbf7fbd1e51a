"""The slow, obvious twin of the difference: every source climbs, one member at a time; money is a `Fraction`.

A setting is a dict with the names of `Difference` and `DifferenceInputs`, but `parents[i]` is a list of indices (-1 for
a root), `rates` a list, and `lines[source]` a list of `(index, value)`; without lines the index is -1.
"""

from __future__ import annotations

from fractions import Fraction

from compplan.money import ROUNDING_CODES, round_fraction

MODES = list(ROUNDING_CODES)
REASONS = (
    "allotted",
    "paid",
    "no_upline",
    "not_qualified",
    "held",
    "first_levels",
    "lower_rate",
    "blocked",
    "rounding",
)


def walk_of(case, source):
    """Who stands in the walk of a source, from below."""
    path = [source] if case["from_self"] else []
    member = case["parents"][source]
    while member >= 0:
        path.append(member)
        member = case["parents"][member]
    return [member for member in path if case["stands"][member]]


def rate_of(case, member):
    return case["rates"][case["klass"][member]] if case["klass"][member] >= 0 else 0


def best_of(case):
    best = max([*case["rates"], case["least_taken"]])
    return best if case["limit"] is None else case["limit"]


def floor_of(case, member, level):
    if case["klass"][member] < 0 or level < case["from_level"]:
        return 0
    return case["floors"][level - 1] if level <= len(case["floors"]) else case["floor_tail"]


class Climb:
    """One line on its way up: `parts` are (member, level, numerator), `books` numerators by reason."""

    def __init__(self, case, source):
        self.case, self.source = case, source
        self.parts, self.books = [], dict.fromkeys(REASONS, 0)
        self.before = case["taken"][source] if case["taken"] else 0
        self.taken, self.peak, self.leg = self.before, 0, 0
        self.allotted, self.met, self.blocked = best_of(case), False, False
        self.own = rate_of(case, source)
        self.last = None

    def cut(self, rate):
        return min(rate, self.own) if self.case["lower_of_both"] else rate

    def run(self):
        case = self.case
        for level, member in enumerate(walk_of(case, self.source), 1):
            if level > case["levels"] or (case["limit"] is not None and self.taken >= case["limit"]):
                break
            if case["unpaid"] == "pass_up" and not case["pay"][member]:
                continue
            if level < case["from_level"] and not case["first_take"]:
                continue
            if self.meets(member, level):
                self.blocked = True
                break
        return self.closed()

    def meets(self, member, level):
        """Pay a member what is his; say whether he ends the walk."""
        case, rate = self.case, rate_of(self.case, member)
        take = max(rate, case["least_taken"])
        if take == 0 and not (case["klass"][member] >= 0 and (any(case["floors"]) or case["floor_tail"])):
            self.leg = 0
            return False
        against = self.leg if case["less"] == "direct_leg" else self.peak
        if self.met and 0 < rate <= against:
            how = case["equal_rate" if rate == against else "lower_rate"]
            if how == "stops":
                return True
            if how == "skipped" and not floor_of(case, member, level):
                self.leg = take
                return False
        self.give(member, level, rate, take)
        return False

    def give(self, member, level, rate, take):
        case = self.case
        if case["less"] == "highest_between":
            part = max(self.cut(rate) - self.taken, 0)
            if not (part and case["floor_at_zero"]):
                part = max(part, floor_of(case, member, level))
            if case["limit"] is not None:
                part = min(part, case["limit"] - self.taken)
            after = max(self.taken + part, self.cut(take))
            if case["limit"] is not None:
                after = min(after, max(case["limit"], self.taken))
            self.books["lower_rate"] += after - self.taken - part
            self.taken = after
        else:
            low = self.leg if case["less"] == "direct_leg" else 0
            if self.met and rate <= low:
                self.leg = take
                return
            part = self.cut(rate) - self.cut(low)
            part = max(part, 0)
            self.books["lower_rate"] += self.cut(take) - self.cut(rate)
            if self.last is not None:
                self.allotted += self.last - self.cut(low)
            self.last = self.cut(take)
        self.peak, self.leg = max(self.peak, rate), take
        self.met = True
        if part:
            self.parts.append((member, level, part))

    def closed(self):
        """Draw up the books of the line."""
        if self.case["less"] == "highest_between":
            self.allotted = max(self.taken, best_of(self.case)) - self.before
            left = max(best_of(self.case) - self.taken, 0)
        else:
            left = best_of(self.case) - (self.last or 0)
        reason = "blocked" if self.blocked else "lower_rate" if self.anybody() else "no_upline"
        self.books[reason] += left
        self.books["allotted"] = self.allotted
        return self

    def anybody(self):
        """Say whether anybody above could take a rate."""
        case = self.case
        floored = any(case["floors"]) or case["floor_tail"]
        for level, member in enumerate(walk_of(case, self.source), 1):
            hidden = case["unpaid"] == "pass_up" and not case["pay"][member]
            early = level < case["from_level"] and not case["first_take"]
            rated = max(rate_of(case, member), case["least_taken"]) > 0 or (floored and case["klass"][member] >= 0)
            if rated and not hidden and not early:
                return True
        return False


def run(case):
    """Return pay, held, rows and books."""
    pay, held, rows = [0] * len(case["parents"]), [0] * len(case["parents"]), []
    books = dict.fromkeys(REASONS, Fraction(0))
    for source, lines in enumerate(case["lines"]):
        for index, value in lines:
            climb = Climb(case, source).run() if value else None
            for reason, numerator in climb.books.items() if climb else ():
                books[reason] += Fraction(numerator * value, case["denominator"])
            for member, level, part in climb.parts if climb else ():
                exact = Fraction(value * part, case["denominator"])
                amount = round_fraction(exact, MODES[case["rounding"]]) if case["round_each"] else exact
                if level < case["from_level"]:
                    books["first_levels"] += exact
                elif case["pay"][member]:
                    pay[member] += int(amount)
                    books["paid"] += amount
                    books["rounding"] += exact - amount
                    if amount:
                        rows.append((member, source, index, level, case["klass"][member], value, part, int(amount)))
                elif case["unpaid"] == "hold":
                    held[member] += int(amount)
                    books["held"] += amount
                    books["rounding"] += exact - amount
                else:
                    books["not_qualified"] += exact
    return pay, held, rows, books
