"""Pools: the division and the places against their plain twins, and what a run does with them."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import compplan as cp
import naive.share_out as naive
from compplan.bonuses.share_out.divide import Terms, divide
from compplan.bonuses.share_out.places import first_places
from compplan.bonuses.share_out.share import Rule
from compplan.errors import DataError, PlanError
from compplan.money import ROUNDING_CODES

PARTS = st.sampled_from([Fraction(1, 10), Fraction(1, 3), Fraction(1, 2), Fraction(1)])
TERMS = st.builds(
    Terms,
    part=PARTS,
    most_share=st.none() | PARTS,
    most_value=st.none() | st.fractions(1, 500, max_denominator=1000),
    value_step=st.none() | st.sampled_from([Fraction(1), Fraction(100), Fraction(1, 100)]),
    value_mode=st.sampled_from([*ROUNDING_CODES]),
    over=st.sampled_from(["paid", "scaled"]),
    shared=st.booleans(),
)


@pytest.mark.kernels
@settings(max_examples=150, deadline=None)
@given(st.data(), TERMS)
def test_a_pool_is_divided_as_with_fractions(data, terms):
    weights = data.draw(st.lists(st.integers(0, 10_000), min_size=1, max_size=7))
    qualified = data.draw(st.lists(st.booleans(), min_size=len(weights), max_size=len(weights)))
    ids = data.draw(st.permutations(range(len(weights))))
    whole = data.draw(st.sampled_from([sum(weights), 5_000]))
    available = Fraction(data.draw(st.integers(0, 10**8)), data.draw(st.sampled_from([1, 100])))
    unit = data.draw(st.sampled_from([1, 10, 100]))
    residue, mode = data.draw(st.sampled_from(["largest_remainder", "company", "rounded_alone"])), "half_up"
    found = divide(
        terms,
        np.array(weights, np.int64),
        np.array(qualified, np.bool_),
        whole,
        unit,
        available,
        Rule(residue, mode, lambda tied: np.array(ids, np.int64)[tied]),
    )
    expected = naive.divide(weights, qualified, whole, unit, available, terms, residue=residue, mode=mode, ids=ids)
    assert found.paid.tolist() == expected
    over = found.left.get("over_pool", 0)
    rest = available - sum(expected) - sum(found.left.values())
    assert abs(rest) <= len(weights) + 6
    assert over <= 0 or terms.over == "paid"


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_places_are_those_of_a_sorted_list(data):
    numbers = data.draw(st.lists(st.integers(-1, 5), min_size=1, max_size=9))
    size = len(numbers)
    shares = sorted(data.draw(st.lists(st.integers(0, 60), min_size=1, max_size=5)), reverse=True)
    ties = data.draw(st.sampled_from(["earlier_last_order", "smaller_id", "shared"]))
    ids, last = (
        data.draw(st.permutations(range(size))),
        data.draw(st.lists(st.integers(0, 2), min_size=size, max_size=size)),
    )
    keys = np.array(ids, np.int64)
    found = first_places(
        np.array(numbers, np.int64), np.ones(size, np.bool_), shares, ties, lambda t: keys[t], np.array(last, np.int64)
    )
    held = {
        int(who): (int(place), Fraction(int(weight), found.factor))
        for who, place, weight in zip(found.members, found.place, found.weights, strict=True)
    }
    assert held == naive.places(numbers, shares, ties, ids, last)


PLAN = """
compplan: 1
name: small
currency: USD
period: monthly
rounding: {mode: half_up, at: member}
trees: {enrollment: {parent: sponsor_id}}
volumes:
  pv: {sum: orders.pv}
  gv: {roll_up: pv}
  profit: {company: profit}
  points: {member: points, decimals: 1}
conditions: {active: pv >= 100}
ranks: {ladder: {member: [], silver: [pv >= 200], gold: [pv >= 300]}}
bonuses:
  pool: {kind: pool, BONUS}
"""
# member: pv, points. 600 in all; ann and eve are gold, ben is silver, cid is not active.
FIELD = {"ann": (300, "2.5"), "ben": (200, "1.5"), "cid": (50, "4"), "dee": (100, "0"), "eve": (350, "2")}
MEMBERS = [{"member_id": who, "sponsor_id": None, "points": points} for who, (_, points) in FIELD.items()]


def orders(month="10"):
    return [{"member_id": who, "date": f"2026-{month}-05", "pv": pv} for who, (pv, _) in FIELD.items()]


def run(bonus, *, period="2026-10", state=None, profit="1000.00", more="", members=None):
    plan = cp.load_plan(PLAN.replace("BONUS", bonus) + more)
    return cp.run(plan, members or MEMBERS, orders(period[-2:]), period=period, state=state, company={"profit": profit})


def pay(result):
    table = result.members.to_arrow()
    return {m: str(p) for m, p in zip(*(table[c].to_pylist() for c in ("member_id", "pay:pool")), strict=True) if p}


# 10 % of 1,000 is a pool of 100.
CASES = {
    "of: profit, rates: 10%, residue: company": ("20.00 20.00 20.00 20.00 20.00", {}),
    "of: profit, rates: 10%, residue: company, pay_when: active": ("25.00 25.00 - 25.00 25.00", {}),
    # six left of seven: points 2.5 + 1.5 + 2 = 6, and the 4 of cid, who forfeits: 100 / 10 a point
    "of: profit, rates: 10%, by: points, residue: company, pay_when: active, unqualified: forfeit": (
        "25.00 15.00 - - 20.00",
        {"not_qualified": "40.00"},
    ),
    # 100 / 6 = 16.666..: 41.666, 25, 33.333; one cent is left, and goes to the largest remainder, ann's
    "of: profit, rates: 10%, by: points, residue: largest_remainder, pay_when: active": ("41.67 25.00 - - 33.33", {}),
    "of: profit, rates: 10%, by: points, residue: company, pay_when: active": (
        "41.66 25.00 - - 33.33",
        {"residue": "0.01"},
    ),
    # a point is worth 16.66, of 6 points 99.96
    "of: profit, rates: 10%, by: points, residue: company, pay_when: active, point_decimals: 2": (
        "41.65 24.99 - - 33.32",
        {"residue": "0.04"},
    ),
    "of: profit, rates: 10%, by: points, residue: company, pay_when: active, point_max: 10": (
        "25.00 15.00 - - 20.00",
        {"capped": "40.00"},
    ),
    # at most 30 of 100: ann and eve are cut by 11.66 and 3.33
    "of: profit, rates: 10%, by: points, residue: company, pay_when: active, share_max: 30%": (
        "30.00 25.00 - - 30.00",
        {"capped": "14.99", "residue": "0.01"},
    ),
    # what they lose goes to ben, who then is above the most himself: nothing more can be shared
    "of: profit, rates: 10%, by: points, residue: company, pay_when: active, share_max: 30%, rest: shared": (
        "30.00 30.00 - - 30.00",
        {"capped": "10.00"},
    ),
    # silver 2, gold 3 times the points: 7.5 + 3 + 6 = 16.5 (dee, a plain member, has no weight)
    "of: profit, rates: 10%, by: points, weights: {silver: 2, gold: 3}, residue: company, pay_when: active": (
        "45.45 18.18 - - 36.36",
        {"residue": "0.01"},
    ),
    # the weights do not count in the sum of 6 points: 41.67 x 3, 25 x 2, 33.33 x 3
    "of: profit, rates: 10%, by: points, weights: {silver: 2, gold: 3}, weights_on: share, over_pool: paid, "
    "residue: rounded_alone, pay_when: active": ("125.00 50.00 - - 100.00", {"over_pool": "-175.00"}),
    "of: profit, rates: 10%, by: points, weights: {silver: 2, gold: 3}, weights_on: share, over_pool: scaled, "
    "residue: rounded_alone, pay_when: active": ("45.45 18.18 - - 36.36", {"residue": "0.01"}),
    # silver's 60 for ben, ann and eve; gold's 40 for the latter
    "amounts: {silver: 60, gold: 40}, open_to: key_and_higher, residue: company": ("40.00 20.00 - - 40.00", {}),
    "amounts: {silver: 60, gold: 40}, open_to: key, residue: company": ("20.00 60.00 - - 20.00", {}),
    # thresholds of pv: from 100 on 50, from 300 on 30
    "amounts: {100: 50, 300: 30}, rates_by: pv, open_to: key_and_higher, residue: company": (
        "27.50 12.50 - 12.50 27.50",
        {},
    ),
    "of: pv, rates: 10%, residue: company, cap: 15": ("15.00 15.00 15.00 15.00 15.00", {"capped": "25.00"}),
    "amounts: 100, by: pv, places: [50%, 30%, 10%], ties: smaller_id, residue: company": (
        "30.00 10.00 - - 50.00",
        {"not_in_place": "10.00"},
    ),
    "amounts: 100, by: pv, places: [50%, 30%, 10%], ties: smaller_id, residue: company, rest: shared": (
        "33.33 11.11 - - 55.55",
        {"residue": "0.01"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("bonus", CASES)
def test_pools_by_hand(bonus):
    result = run(bonus)
    amounts, lost = CASES[bonus]
    expected = {who: amount for who, amount in zip(FIELD, amounts.split(), strict=True) if amount != "-"}
    assert pay(result) == expected
    found = {row["reason"]: row["amount"] for row in result.breakage.rows()}
    assert found == {reason: Decimal(amount) for reason, amount in lost.items()}
    for who in FIELD:
        assert str(result.why(who, "pool").total) == expected.get(who, "0.00")


def test_what_nobody_gets_is_carried_to_the_next_pool():
    bonus = "of: profit, rates: 10%, residue: company, pays: 75%, rest: carry, pay_when: rank >= gold"
    first = run(bonus)
    assert pay(first) == {"ann": "37.50", "eve": "37.50"}
    assert [str(row["pool:carried"]) for row in first.state.rows()] == ["25.00"] * 5
    assert {row["reason"]: str(row["amount"]) for row in first.breakage.rows()} == {"carried": "25.000"}
    second = run(bonus, period="2026-11", state=first.state)  # 75 % of 125.00 = 93.75
    assert pay(second) == {"ann": "46.87", "eve": "46.87"}
    assert {row["pool:carried"] for row in second.state.rows()} == {Decimal("31.25")}
    assert second.manifest["balances"][0]["allotted"] == "125.000"


def test_without_takers_all_is_carried():
    bonus = "of: profit, rates: 10%, residue: company, rest: carry, pay_when: pv > 9999"
    result = run(bonus)
    assert pay(result) == {}
    assert {row["pool:carried"] for row in result.state.rows()} == {Decimal("100.00")}


def test_a_loss_is_no_pool():
    assert pay(run("of: profit, rates: 10%, residue: company", profit="-5")) == {}


def test_of_a_total_and_a_computation_of_company_numbers():
    text = PLAN.replace("  points:", "  all_pv: {total: pv}\n  base: {compute: profit - all_pv}\n  points:")
    plan = cp.load_plan(text.replace("BONUS", "of: base, rates: 100%, residue: company"))
    result = cp.run(plan, MEMBERS, orders(), period="2026-10", company={"profit": Decimal(1100)})
    assert pay(result) == dict.fromkeys(FIELD, "20.00")  # 1,100 - 1,000 of pv
    assert result.manifest["control_totals"]["base"] == "100.00"


def test_the_same_bytes_in_any_row_order():
    bonus = "of: profit, rates: 10%, by: points, residue: largest_remainder"
    backwards = run(bonus, members=MEMBERS[::-1])
    assert run(bonus).ledger.to_arrow().equals(backwards.ledger.to_arrow())


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (None, 'the run is not given the company\'s "profit"'),
        ({"profit": 1.5}, "an exact amount is int, Decimal or text"),
        ({"profit": "1.005"}, "has more than 2 decimals"),
        ({"profit": 1, "loss": 2}, 'the plan reads no company number "loss"'),
    ],
)
def test_company_numbers_that_cannot_be_used(given, said):
    plan = cp.load_plan(PLAN.replace("BONUS", "of: profit, rates: 10%, residue: company"))
    with pytest.raises(DataError, match=said):
        cp.run(plan, MEMBERS, orders(), period="2026-10", company=given)


BAD = {
    "of: pv, rates: 5%": '"residue" is missing',
    "residue: company": "a pool has rates or amounts",
    "of: pv, amounts: 5, residue: company": "rates need a quantity, and amounts none",
    "of: gv, rates: 5%, residue: company": "counts volume more than once",
    "of: pv, rates: 101%, residue: company": "the pool is more than what it is a part of",
    "of: pv, rates: {silver: 5%}, residue: company": "it is not said who shares in the pool of a key",
    "of: pv, rates: {gold: 5%, silver: 5%}, open_to: key_and_higher, residue: company": "the ranks do not ascend",
    "of: pv, rates: 5%, open_to: key, residue: company": "open_to goes with a pool for each key",
    "of: pv, rates: 5%, total_of: key, residue: company": "total_of: key goes with a rate for each key",
    "amounts: {silver: 5}, open_to: key, total_of: key, residue: company": "total_of: key goes with a rate for each key",
    "of: profit, rates: {silver: 5%}, open_to: key, total_of: key, residue: company": "is one number of the company",
    "of: pv, rates: {x: 5%}, rates_by: member.team, open_to: key_and_higher, residue: company": "have no order",
    "of: pv, rates: 5%, pays: 50%, residue: company": "what is not paid out has no place to go",
    "of: pv, rates: 5%, weights: {silver: 2}, weights_on: share, residue: company": "can be more than the pool",
    "of: pv, rates: 5%, weights_on: share, residue: company": "there are no weights",
    "of: pv, rates: 5%, point_decimals: 2, residue: largest_remainder": "a rest that is not handed out",
    "of: pv, rates: 5%, places: [50%], ties: shared, residue: company": "places need a number to rank by",
    "of: pv, rates: 5%, by: pv, places: [50%], residue: company": "it is not said who of equals comes first",
    "of: pv, rates: 5%, by: pv, places: [60%, 50%], ties: shared, residue: company": "the places get 110% of the pool",
    "of: pv, rates: 5%, by: pv, places: [40%, 50%], ties: shared, residue: company": "a lower place gets more",
    "of: pv, rates: 5%, ties: shared, residue: company": "ties goes with places",
    "of: pv, rates: 5%, by: pv, places: {0: [50%]}, ties: shared, residue: company": "places_by goes with places by",
    "of: pv, rates: 5%, by: pvv, residue: company": '"pvv" is not a quantity',
    "of: pv, rates: 5%, by: pv, places: [50%, 50% and deeper], ties: shared, residue: company": "a list of places ends",
}


@pytest.mark.parametrize("bonus", BAD)
def test_pools_that_make_no_sense_are_refused_with_their_place(bonus):
    with pytest.raises(PlanError) as raised:
        cp.load_plan(PLAN.replace("BONUS", bonus))
    (found,) = [problem for problem in raised.value.problems if BAD[bonus] in problem.message]
    assert found.place.line == 16
    assert found.hint


RULES = """
compplan: 1
name: rules of published pools without printed numbers
currency: USD
period: monthly
rounding: {mode: half_up, at: payment}
trees: {enrollment: {parent: sponsor_id}}
volumes:
  cv: {member: cv, decimals: 0}
  group: {roll_up: cv}
  lesser: {legs: group, pick: second}
  growth_shares: {compute: lesser / 100, decimals: 0, rounding: floor}
counts:
  big_legs: {count: group >= 300, among: frontline}
bonuses:
  pool: {kind: pool, BONUS}
"""
TREE = {"ann": None, "ben": "ann", "cid": "ann", "dee": "ben", "eve": "ben"}
VOLUMES = {"ann": 10, "ben": 100, "cid": 350, "dee": 250, "eve": 199}
PUBLISHED = {
    # growth shares of the lesser leg, one for each 100: ann has legs of 549 and 350, 3 shares; ben 250 and 199, 1 share
    "amounts: 100, by: growth_shares, residue: largest_remainder": {"ann": "75.00", "ben": "25.00"},
    # shares a leg: ann has two legs of 300 and more
    "amounts: 100, by: big_legs, residue: company": {"ann": "100.00"},
    # the value of a point is rounded down to cents: 30 / 909 = 0.033.., 0.03 each
    "amounts: 30, by: cv, point_decimals: 2, residue: company": {
        "ann": "0.30",
        "ben": "3.00",
        "cid": "10.50",
        "dee": "7.50",
        "eve": "5.97",
    },
    # seventy per cent are paid, the rest is in the next pool
    "amounts: 100, pays: 70%, rest: carry, residue: company": dict.fromkeys(TREE, "14.00"),
}


@pytest.mark.parametrize("bonus", PUBLISHED)
def test_rules_of_published_pools(bonus):
    people = [{"member_id": who, "sponsor_id": above, "cv": VOLUMES[who]} for who, above in TREE.items()]
    result = cp.run(cp.load_plan(RULES.replace("BONUS", bonus)), people, period="2026-10")
    assert pay(result) == PUBLISHED[bonus]


def test_a_part_of_what_is_left_after_a_limit_can_be_stated():
    """A pool is held like any other bonus: 60 of the 100 that it would share."""
    more = "limits:\n  held: {bonuses: [pool], amounts: 60}\n"
    result = run("of: profit, rates: 10%, residue: company", more=more)
    assert pay(result) == dict.fromkeys(FIELD, "12.00")
    assert {row["reason"]: str(row["amount"]) for row in result.breakage.rows()} == {"limited": "40.000"}


def test_the_last_order_of_the_frontline_breaks_a_tie():
    text = PLAN.replace(
        "BONUS",
        "amounts: 100, by: points, places: [60%, 40%], ties: earlier_last_order, last_order_of: frontline, residue: company",
    )
    people = [
        {"member_id": "ann", "sponsor_id": None, "points": 1},
        {"member_id": "ben", "sponsor_id": None, "points": 1},
        {"member_id": "cid", "sponsor_id": "ann", "points": 0},
        {"member_id": "dee", "sponsor_id": "ben", "points": 0},
    ]
    bought = [
        {"member_id": who, "date": f"2026-10-{day}", "pv": 1}
        for who, day in (("cid", "20"), ("dee", "10"), ("ann", "01"))
    ]
    result = cp.run(cp.load_plan(text), people, bought, period="2026-10", company={"profit": 0})
    assert pay(result) == {"ben": "60.00", "ann": "40.00"}


def test_a_company_number_is_in_the_manifest():
    bonus = "of: profit, rates: 10%, residue: company"
    inputs = run(bonus, profit="1000.5").manifest["inputs"]
    assert inputs["company"] == {"profit": "1000.50"}
    assert run(bonus).manifest["inputs"] != inputs


def test_without_a_row_of_weights_points_count_nothing_and_why_says_so():
    result = run("amounts: 100, by: points, weights: {silver: 2}, residue: company")
    assert pay(result) == {"ben": "100.00"}
    why = result.why("ann", "pool")
    (row,) = why.rows.rows()
    assert (row["reason"], str(row["base"])) == ("no_rate", "2.5")
    assert "row of weights: none" in str(why)
    assert "row of weights" not in str(result.why("ben", "pool"))
    assert len(result.why("dee", "pool").rows) == 0
    text = PLAN.replace("BONUS", "amounts: 100, by: points, weights: {silver: 2}, residue: company")
    assert "points counts times as silver: 2; whoever has no row there counts nothing." in cp.load_plan(text).describe()


WEEKS = """
compplan: 1
name: weekly pool
currency: USD
period: monthly
weeks: {belong: first_day}
rounding: {mode: half_up, at: payment}
trees: {enrollment: {parent: sponsor_id}}
volumes:
  sales: {sum: orders.amount, over: week}
conditions: {shares: sales >= 3000}
bonuses:
  pool: {kind: pool, of: sales, rates: 10%, pay_when: shares, residue: company, rest: carry}
"""


@pytest.mark.parametrize("before", [0, 5])
def test_a_month_of_weekly_pools_says_what_is_carried_at_its_end(before):
    """10 % of 1,000, 2,000, 3,000 and 400: nobody shares in the first two and the last, Ann takes all in the third.

    The pools of the weeks are 100, 300, 600 and 40 (the first three with the 5 that came in); the month sets aside
    640, pays 600 and hands on 40.
    """
    orders = [
        {"member_id": "ann", "date": f"2026-10-{day:02}", "amount": amount}
        for day, amount in ((5, 1000), (12, 2000), (19, 3000), (26, 400))
    ]
    members = [{"member_id": "ann", "sponsor_id": None}]
    state = [{"member_id": "ann", "pool:carried": before}]
    run = cp.run(cp.load_plan(WEEKS), members, orders, period="2026-10", state=state)
    (balance,) = run.manifest["balances"]
    amounts = {name: Decimal(value) for name, value in balance.items() if name not in {"bonus", "currency"}}
    assert amounts == {"allotted": 640 + before, "paid": 600 + before, "carried": 40, "residue": 0}
    (row,) = run.state.rows()
    assert row["pool:carried"] == 40
    assert [(r["reason"], r["amount"]) for r in run.breakage.rows()] == [("carried", 40)]
