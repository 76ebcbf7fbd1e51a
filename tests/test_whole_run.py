"""The engine against a naive engine: random plans on random fields, every column, every payment, every total."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given, settings

import compplan as cp
from naive.engine import Engine
from random_plans import PERIOD, fields, loaded, plans

LEDGER = ("bonus", "entry", "earner", "source", "order", "level", "base", "rate", "factor", "amount", "currency")


def without_tiers(plan, drawn):
    """The drawn field; a state has a tier only where the plan pays the first time another amount."""
    if "first_time" in plan["bonuses"].get("club", {}):
        return drawn
    known = [{name: value for name, value in row.items() if name != "club:tier"} for row in drawn.state]
    return replace(drawn, state=known)


def naive(plan, ladder, drawn):
    engine = Engine(plan, ladder, drawn.members, drawn.orders, drawn.state)
    return engine, engine.run()


def of_members(engine, books, totals):
    """Return the members table as the naive engine computes it."""
    plan, names = engine.plan, [None, *engine.rank_numbers]
    found = {name: engine.quantity(name) for name in engine.rules}
    found |= {name: engine.condition(name) for name in plan["conditions"]}
    found |= {name: {i: names[n] for i, n in engine.ranks(name).items()} for name in ("rank", "title", "paid_as")}
    found |= {f"pay:{name}": book.pay for name, book in books.items()}
    found["earned"] = {i: totals[i, plan["currency"]["code"]][0] for i in engine.ids}
    return found


def compared(value):
    return value if value is None or isinstance(value, (bool, str)) else Fraction(value)


def balances(books):
    return {name: {reason: amount for reason, amount in book.balance.items() if amount} for name, book in books.items()}


@pytest.mark.kernels
@settings(max_examples=120)
@given(plans(), fields())
def test_a_run_equals_the_naive_engine(made, drawn):
    plan, ladder = made
    drawn = without_tiers(plan, drawn)
    run = cp.run(loaded(plan), period=PERIOD, **drawn.given)
    engine, books = naive(plan, ladder, drawn)
    totals_rows, totals = engine.totals()

    table = run.members.to_arrow()
    assert table["member_id"].to_pylist() == engine.ids
    for name, expected in of_members(engine, books, totals).items():
        got = [compared(value) for value in table[name].to_pylist()]
        assert (name, got) == (name, [compared(expected[i]) for i in engine.ids])

    given_rows = Counter(tuple(compared(r[c]) for c in LEDGER) for r in run.ledger.rows())
    expected_rows = [*(r for book in books.values() for r in book.rows), *totals_rows]
    assert given_rows == Counter(tuple(map(compared, r)) for r in expected_rows)

    columns = ("earned", "carried_in", "withheld", "payable")
    given_totals = {
        (r["member_id"], r["currency"]): tuple(Fraction(r[c]) for c in columns) for r in run.payables.rows()
    }
    assert given_totals == {key: amounts for key, amounts in totals.items() if amounts[0] or amounts[1]}

    own = {b["bonus"]: b for b in run.manifest["balances"] if b["bonus"] is not None}
    given_balances = {
        name: {k: Fraction(v) for k, v in b.items() if k not in {"bonus", "currency"} and Fraction(v)}
        for name, b in own.items()
    }
    assert given_balances == balances(books)

    assert_state(run, engine, totals, drawn)


def assert_state(run, engine, totals, drawn):
    names, rows = [None, *engine.rank_numbers], {r["member_id"]: r for r in run.state.rows()}
    own, buyers = engine.plan["currency"]["code"], {o["member_id"] for o in drawn.orders}
    for i in engine.ids:
        assert rows[i]["title"] == names[engine.ranks("title")[i]]
        assert rows[i]["last_rank"] == names[engine.ranks("rank")[i]]
        assert rows[i]["ordered_before"] == (engine.before[i]["ordered_before"] or i in buyers)
        assert Fraction(rows[i]["balance"]) == totals[i, own][2]
        if "first_time" in engine.plan["bonuses"].get("club", {}):
            assert rows[i]["club:tier"] == engine.tiers[i]
