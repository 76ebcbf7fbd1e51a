"""The slow, obvious twin of the upline walk: every source climbs, one ancestor at a time; money is a `Fraction`.

A setting is a dict with the names of `Walk` and `WalkInputs`, but `parents[i]` is a list of indices (-1 for a root),
`rates[class]` a list of numerators, `lines[source]` a list of `(index, value, time)`; without lines the index is
None. Results are `pay`, a list of rows in order, and the tally as a dict of fractions of a ledger unit.
"""

from __future__ import annotations

from fractions import Fraction
from operator import eq, ge, gt, le, lt, ne

from compplan.money import ROUNDING_CODES, round_fraction

MODES = list(ROUNDING_CODES)
REASONS = ("allotted", "paid", "no_upline", "not_qualified", "lower_rate", "rounding")


def upline_of(case, source):
    """Who can earn from a source, the nearest first."""
    above = [source] if case["from_self"] else []
    member = case["parents"][source]
    while member >= 0:
        above.append(member)
        member = case["parents"][member]
    return above


OPERATORS = {0: ge, 1: lt, 2: le, 3: gt, 4: eq, 5: ne}


def fits(case, member, source):
    """Whether one of the alternatives of the condition on earner and source holds."""
    if case["pairs"] is None:
        return True
    rows = case["pairs"]["rows"]
    return any(
        all(OPERATORS[op](rows[row][0][member], rows[row][1][source]) for row, op in term)
        for term in case["pairs"]["terms"]
    )


def rate_of(case, member, level, when):
    """What a member is paid at a level (from 1): None if he is not qualified, else his numerator."""
    time, source = when
    klass = case["klass"][member]
    if not case["pay"][member] or klass < 0:
        return None
    numerator = case["rates"][klass][min(level - 1, case["columns"] - 1)]
    if numerator and case["since"] is not None and not case["since"][member] < time:
        return None
    if numerator and not fits(case, member, source):
        return None
    return numerator


def counts_source(case):
    return case["from_self"] if case.get("source_counts") is None else case["source_counts"]


def listed_of(case):
    return case["columns"] - case["tail"]


def is_level(case, level):
    return level <= listed_of(case) or case["tail"]


def best_of(case, level):
    return max((rates[min(level - 1, case["columns"] - 1)] for rates in case["rates"]), default=0)


def uses_level(case, member):
    return case["counted"] is None or case["counted"][member]


def is_skipped(case, member):
    """Whether a member uses up no level and takes nothing, neither his own nor what is passed up."""
    return not uses_level(case, member) and not case["uncounted_paid"]


class Books:
    """Payments and tally of one run."""

    def __init__(self, case):
        self.case = case
        self.pay = [0] * len(case["parents"])
        self.rows = []
        self.given = []
        self.tally = dict.fromkeys(REASONS, Fraction(0))

    def share(self, value, numerator):
        base = (value > 0) - (value < 0) if self.case["fixed"] else value
        return Fraction(base * numerator, self.case["denominator"])

    def lose(self, reason, value, numerator):
        self.tally[reason] += self.share(value, numerator)

    def allot(self, value, numerator):
        self.tally["allotted"] += self.share(value, numerator)

    def give(self, earner, source, line, level, numerator, *, passed_up=False):
        index, value, _ = line
        exact = self.share(value, numerator)
        amount = round_fraction(exact, MODES[self.case["rounding"]]) if self.case["round_each"] else exact
        self.tally["paid"] += amount
        self.tally["rounding"] += exact - amount
        assert amount == int(amount)
        self.pay[earner] += int(amount)
        self.given.append((earner, source, line, level, int(amount), passed_up))
        if amount:
            line_index = -1 if index is None else index
            klass = self.case["klass"][earner]
            self.rows.append((earner, source, line_index, level, klass, value, int(amount)))


def run(case):
    books = Books(case)
    for source, lines in enumerate(case["lines"]):
        for line in lines:
            if line[1]:
                walk = walk_payable if case["counts"] == "payable" else walk_levels
                walk(case, books, source, line)
    return books


def walk_payable(case, books, source, line):
    """Whoever can be paid at the next level takes it; nobody else matters."""
    _, value, time = line
    time = (time, source)
    level = 1
    for member in upline_of(case, source):
        if is_level(case, level) and rate_of(case, member, level, time):
            numerator = rate_of(case, member, level, time)
            books.give(member, source, line, level, numerator)
            books.lose("lower_rate", value, best_of(case, level) - numerator)
            if level > listed_of(case):
                books.allot(value, best_of(case, level))
            level += 1
    for missing in range(level, listed_of(case) + 1):
        books.lose("no_upline", value, best_of(case, missing))
    for every in range(1, listed_of(case) + 1):
        books.allot(value, best_of(case, every))


def walk_levels(case, books, source, line):
    """Who counts uses up a level; what he cannot take is lost, or goes to the nearest above who can."""
    _, value, time = line
    time = (time, source)
    upline = upline_of(case, source)
    level = 1
    if case["from_self"] and not counts_source(case):  # level 1 without using it up
        upline = upline[1:]
        if is_level(case, 1) and (numerator := rate_of(case, source, 1, time)):
            books.give(source, source, line, 1, numerator)
            books.allot(value, numerator)
    elif counts_source(case) and not case["from_self"] and case["counted"][source]:
        if is_level(case, 1):
            books.lose("not_qualified" if case["rates"] else "lower_rate", value, best_of(case, 1))
        if listed_of(case) == 0:
            books.allot(value, best_of(case, 1))
        level = 2
    for place, member in enumerate(upline):
        if not is_level(case, level):
            break
        numerator = rate_of(case, member, level, time)
        if not uses_level(case, member):
            if not is_skipped(case, member) and numerator:
                books.give(member, source, line, level, numerator)
                books.allot(value, numerator)
            continue
        best = best_of(case, level)
        if level > listed_of(case):
            books.allot(value, best)
        takers = [member] if numerator else []
        if case["pass_up"] and not takers:
            above = [other for other in upline[place + 1 :] if not is_skipped(case, other)]
            takers = [other for other in above if rate_of(case, other, level, time)]
        if takers:
            taken = rate_of(case, takers[0], level, time)
            books.give(takers[0], source, line, level, taken, passed_up=takers[0] != member)
            books.lose("lower_rate", value, best - taken)
        else:
            books.lose("not_qualified" if numerator is None else "lower_rate", value, best)
        level += 1
    for missing in range(level, listed_of(case) + 1):
        books.lose("no_upline", value, best_of(case, missing))
    for every in range(1, listed_of(case) + 1):
        books.allot(value, best_of(case, every))


def outcomes(case, earner):
    """What became of every line below an earner: `(source, line, level, value, amount, name of the reason)`."""
    found = []
    for taker, source, line, level, amount, passed_up in run(case).given:
        if taker == earner:
            name = "ROUNDED_TO_ZERO" if amount == 0 else "PAID_PASSED_UP" if passed_up else "PAID"
            found.append((source, -1 if line[0] is None else line[0], level, line[1], amount, name))
    own = {(entry[0], entry[1], entry[2]) for entry in found}
    for source, lines in enumerate(case["lines"]):
        for index, value, date in lines:
            time = (date, source)
            if value and earner in upline_of(case, source):
                level = level_at(case, earner, source, time)
                key = (source, -1 if index is None else index, level)
                if key not in own:
                    found.append((*key, value, 0, reason(case, earner, level, time)))
    return sorted(found)


def level_at(case, earner, source, time):
    """The level that is next when the walk comes to the earner."""
    level = 1
    if counts_source(case) and not case["from_self"]:
        level += case["counted"][source]
    for member in upline_of(case, source):
        if member == earner:
            return level
        if member == source and not counts_source(case):
            continue
        if case["counts"] == "payable":
            level += bool(is_level(case, level) and rate_of(case, member, level, time))
        else:
            level += uses_level(case, member)
    raise AssertionError("not above the source")


def reason(case, earner, level, time):
    """The first reason why an earner does not take the level he meets."""
    klass = case["klass"][earner]
    if is_skipped(case, earner):
        return "SKIPPED"
    if not is_level(case, level):
        return "BEYOND_LEVELS"
    if not case["pay"][earner]:
        return "NOT_QUALIFIED"
    if klass < 0:
        return "NO_RATE_TABLE"
    if not case["rates"][klass][min(level, case["columns"]) - 1]:
        return "RATE_IS_ZERO"
    if case["since"] is not None and not case["since"][earner] < time[0]:
        return "BEFORE_SINCE"
    assert not fits(case, earner, time[1])
    return "DOES_NOT_FIT"
