"""Bonuses on a member's own pay: boosters, guarantees, and the greater of several, against plain sums."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import compplan as cp

CENT = Decimal("0.01")
HEAD = """
compplan: 1
name: own pay
currency: USD
period: monthly
rounding: {mode: half_up, at: payment}
trees: {sponsor: {parent: sponsor_id}}
volumes:
  sales: {sum: orders.amount}
  team: {member: team}
conditions: {active: sales >= 50}
"""
PLAN = (
    HEAD
    + """
bonuses:
  own: {kind: retail, of: sales, rates: 10%}
  group: {kind: retail, of: team, rates: 3%, cap: 100}
  more: {kind: booster, of: [own, group], rates: {0: 0, 60: 50%}, rates_by: sales, pay_when: active}
  least: {kind: guarantee, of: [own, group, more], amounts: {0: 10, 70: 25.5}, rates_by: sales, pay_when: active}
greater_of: {one_of_two: [own, group]}
"""
)


def rounded(value):
    return value.quantize(CENT, ROUND_HALF_UP)


def expected(sales, team):
    """Return what the four bonuses pay one member."""
    own = rounded(sales * Decimal("0.1")) if sales else Decimal(0)
    group = min(rounded(team * Decimal("0.03")), Decimal(100))
    own, group = (own, Decimal(0)) if own >= group else (Decimal(0), group)
    active = sales >= 50
    more = rounded((own + group) / 2) if active and sales >= 60 else Decimal(0)
    least = Decimal("25.5") if sales >= 70 else Decimal(10)
    missing = max(least - max(own + group + more, Decimal(0)), Decimal(0)) if active else Decimal(0)
    return {"own": own, "group": group, "more": more, "least": missing}


amounts = st.decimals(-200, 200, places=2, allow_nan=False)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(amounts, amounts.map(lambda x: x * 30)), min_size=1, max_size=4))
def test_own_pay_is_that_of_plain_sums(lives):
    members = [{"member_id": n, "sponsor_id": None, "team": team} for n, (_, team) in enumerate(lives)]
    orders = [{"member_id": n, "date": "2026-10-05", "amount": sales} for n, (sales, _) in enumerate(lives) if sales]
    run = cp.run(cp.load_plan(PLAN), members, orders, period="2026-10")
    for row in run.members.rows():
        want = expected(*lives[row["member_id"]])
        assert {name: row[f"pay:{name}"] for name in want} == want


def run_one(sales, team, plan=PLAN):
    members = [{"member_id": "ann", "sponsor_id": None, "team": Decimal(team)}]
    orders = [{"member_id": "ann", "date": "2026-10-05", "amount": Decimal(sales)}]
    return cp.run(cp.load_plan(plan), members, orders, period="2026-10")


def test_the_lesser_bonus_becomes_breakage_and_says_why():
    run = run_one("100", "200")  # 10.00 and 6.00
    assert next((row["bonus"], row["reason"], row["amount"]) for row in run.breakage.rows()) == ("group", "lesser", 6)
    why = run.why("ann", "group")
    assert (why.total, why.adjustments) == (0, {"lesser": -6})
    assert [str(step) for step in why.details] == ["own pays: 10.00 USD", "group pays: 6.00 USD"]


def test_of_equal_ones_the_first_is_paid():
    run = run_one("30", "100")
    assert {
        row["bonus"]: row["amount"] for row in run.payables.rows() and run.ledger.rows() if row["entry"] == "lesser"
    } == {"group": -3}


def test_a_guarantee_tells_what_it_looked_at():
    why = run_one("50", "0").why("ann", "least")
    assert (why.total, [str(step) for step in why.details]) == (5, ["own and group and more pays: 5.00 USD"])


RETURNS = """
bonuses:
  own: {kind: retail, of: sales, rates: 10%}
  group: {kind: retail, of: team, rates: 3%}
  least: {kind: guarantee, of: [own, group], amounts: 30}
"""


@pytest.mark.parametrize(
    ("word", "topped", "told"),
    [
        (
            "",
            "30.00",
            ["own and group pays: -4.50 USD", "taken back, which counts as nothing and stays owed: 4.50 USD"],
        ),
        (", below_zero: topped_up", "34.50", ["own and group pays: -4.50 USD"]),
    ],
)
def test_what_returns_take_back_is_not_made_good_unless_the_plan_says_so(word, topped, told):
    """Returns of 75 take back 7.50, the team brings 3.00: together 4.50 are owed, and 30 are guaranteed."""
    run = run_one("-75", "100", HEAD + RETURNS.replace("amounts: 30", f"amounts: 30{word}"))
    (row,) = run.members.rows()
    assert [str(row[f"pay:{name}"]) for name in ("own", "group", "least")] == ["-7.50", "3.00", topped]
    assert [str(step) for step in run.why("ann", "least").details] == told


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("greater_of: {x: [own]}", "two or more bonuses are compared"),
        ("greater_of: {x: [own, own]}", "a bonus is named twice"),
        ("greater_of: {x: [own, groop]}", '"groop" is not a bonus'),
        ("greater_of: {x: [own, group], y: [group, least]}", '"group" is compared in two places'),
        ("greater_of: {x: [own, more]}", "in a circle"),
    ],
)
def test_what_cannot_be_compared_is_refused(change, said):
    with pytest.raises(cp.PlanError, match=said):
        cp.load_plan(PLAN.replace("greater_of: {one_of_two: [own, group]}", change))


def test_more_than_the_whole_must_be_said():
    plan = HEAD + "bonuses: {own: {kind: retail, of: sales, rates: 120%}}\n"
    with pytest.raises(cp.PlanError, match="the rates can pay 120% of what they are of"):
        cp.load_plan(plan)
    with pytest.raises(cp.PlanError, match="can pay 110%"):
        cp.load_plan(HEAD + "bonuses: {own: {kind: unilevel, of: sales, rates: [60%, 50%]}}\n")
    cp.load_plan(plan.replace("120%", "120%, over_100_percent: allowed"))
