"""Match-down: shares are equal, exact, and nothing is lost; against its definition on random fields."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import compplan as cp
from tests.bonuses.test_generations import HEAD, fields, paid, tables

CENT = Decimal("0.01")


def plan(residue, *, other=""):
    return cp.load_plan(
        HEAD.replace("{sponsor: {parent: sponsor_id}}", "{sponsor: {parent: sponsor_id}" + other + "}")
        + "  base: {kind: retail, of: pv, rates: 10%}\n"
        + "  bonus: {kind: match_down, of: base, rates: {r2: 33%, r3: 50%}, pay_when: active, where: boundary, "
        + f"residue: {residue}}}\n"
    )


def shared(members, residue):
    """What each member gets of the pay of the member above."""
    found = [Decimal(0)] * len(members)
    for above, member in enumerate(members):
        base = ((member["volume"] + 10) / 10).quantize(CENT, ROUND_HALF_UP)
        share = {1: Decimal(0), 2: Decimal("0.33"), 3: Decimal("0.5")}[member["rank"]]
        cents = int((base * share).quantize(CENT, ROUND_HALF_UP) * 100) if member["boundary"] else 0
        recruits = [i for i, m in enumerate(members) if m["parent"] == above and m["pays"]]
        for place, recruit in enumerate(recruits):
            extra = residue == "largest_remainder" and place < cents % len(recruits)
            found[recruit] += Decimal(cents // len(recruits) + extra) / 100
    return found


@pytest.mark.kernels
@settings(deadline=None, max_examples=30)
@given(fields(), st.sampled_from(["largest_remainder", "company"]))
def test_parts_are_equal_and_exact(members, residue):
    run = cp.run(plan(residue), *tables(members), period="2026-10")
    own = [((m["volume"] + 10) / 10).quantize(CENT, ROUND_HALF_UP) for m in members]
    expected = shared(members, residue)
    assert paid(run, len(members)) == [a + b for a, b in zip(own, expected, strict=True)]
    for member in range(len(members)):
        why = run.why(member, "bonus")
        assert why.total == expected[member] == sum((row["amount"] for row in why.paid), Decimal(0))
    books = next(each for each in run.manifest["balances"] if each["bonus"] == "bonus")
    given = {name: Decimal(value) for name, value in books.items() if name not in {"bonus", "currency"}}
    assert given.pop("allotted") == sum(given.values())


def mentored(members):
    """What each member gets of the pay of those above him: a level is an active member above; only the active get."""
    rates = {1: ["0.03"], 2: ["0.03", "0.025"], 3: []}
    found = [Decimal(0)] * len(members)
    for who, member in enumerate(members):
        above, level = member["parent"], 0
        while above is not None and member["pays"] and not member["boundary"]:
            if not members[above]["boundary"]:
                if level < len(rates[member["rank"]]):
                    pay = ((members[above]["volume"] + 10) / 10).quantize(CENT, ROUND_HALF_UP)
                    found[who] += (pay * Decimal(rates[member["rank"]][level])).quantize(CENT, ROUND_HALF_UP)
                level += 1
            above = members[above]["parent"]
    return found


@pytest.mark.kernels
@settings(deadline=None, max_examples=30)
@given(fields(), st.booleans())
def test_whole_parts_go_down_level_by_level(members, second_tree):
    head = HEAD.replace("{sponsor:", "{flat: {parent: nobody}, sponsor:") if second_tree else HEAD
    text = (
        head
        + "  base: {kind: retail, of: pv, rates: 10%}\n"
        + "  bonus: {kind: match_down, of: base, parts: whole, rates: {r1: [3%], r2: [3%, 2.5%]}, pay_when: active, "
        + "compress: boundary, tree: sponsor}\n"
    )
    people, orders = tables(members)
    people = [{**row, "nobody": None} for row in reversed(people)]
    run = cp.run(cp.load_plan(text), people, orders, period="2026-10")
    own = [((m["volume"] + 10) / 10).quantize(CENT, ROUND_HALF_UP) for m in members]
    expected = mentored(members)
    assert paid(run, len(members)) == [a + b for a, b in zip(own, expected, strict=True)]
    for member in range(len(members)):
        why = run.why(member, "bonus")
        assert why.total == expected[member] == sum((row["amount"] for row in why.paid), Decimal(0))
    books = next(each for each in run.manifest["balances"] if each["bonus"] == "bonus")
    given = {name: Decimal(value) for name, value in books.items() if name not in {"bonus", "currency"}}
    assert given.pop("allotted") == sum(given.values())
