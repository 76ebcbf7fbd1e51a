"""The slow, obvious twin of the bonus by points: every source climbs, one member at a time; money is a `Fraction`.

A case is a dict: `parents[i]` (-1 for a root), `own[i]` and `edge[i]` (what i asks for of his own volume, and what his
parent asks for of what comes through i), `counted`, `pays`, `lines[source]` a list of `(index, value)`, and the names of
`Points`.
"""

from __future__ import annotations

from fractions import Fraction

from compplan.money import ROUNDING_CODES, round_fraction

MODES = list(ROUNDING_CODES)


def askers_of(case, source):
    """Who asks, the nearest first: (member, what he asks for)."""
    if case["from_self"]:
        yield source, case["own"][source]
    member = source
    while case["parents"][member] >= 0:
        yield case["parents"][member], case["edge"][member]
        member = case["parents"][member]


def amount_of(case, value, took):
    exact = Fraction(value * took * case["factor"], case["denominator"])
    return exact, round_fraction(exact, MODES[case["rounding"]]) if case["round_each"] else exact


def run(case):
    """Return pay, rows and the books in ledger units."""
    pay, rows = [0] * len(case["parents"]), []
    books = dict.fromkeys(("allotted", "paid", "no_upline", "not_qualified", "rounding"), Fraction(0))
    for source, lines in enumerate(case["lines"]):
        for index, value in lines:
            left, place = case["points"], 0
            for member, asked in askers_of(case, source):
                place += case["counted"][member]
                took = min(asked, left)
                left -= took
                exact, amount = amount_of(case, value, took)
                if not case["pays"][member]:
                    books["not_qualified"] += exact
                    continue
                books["paid"] += amount
                books["rounding"] += exact - amount
                pay[member] += int(amount)
                if amount:
                    line = -1 if index is None else index
                    rows.append((member, source, line, place, took, value, int(amount)))
            books["allotted"] += amount_of(case, value, case["points"])[0]
            books["no_upline"] += amount_of(case, value, left)[0]
    return pay, rows, books


def outcomes(case, earner):
    """What an earner finds: (source, line, place, points left, asked, value), lines of value zero left out."""
    found = []
    for source, lines in enumerate(case["lines"]):
        for index, value in lines:
            left, place = case["points"], 1
            for member, asked in askers_of(case, source):
                if member == earner:
                    line = source if index is None else index
                    if value:
                        found.append((source, line, place, left, asked, value))
                    break
                left -= min(asked, left)
                place += case["counted"][member]
    return found
