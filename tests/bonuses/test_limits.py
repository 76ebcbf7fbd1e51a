"""Limits: against their plain twin, by hand, over a year, and the plans that are refused."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import compplan as cp
import naive.share_out as naive
from compplan.errors import PlanError
from compplan.money import ROUNDING_CODES

PLAN = """
compplan: 1
name: limited
currency: USD
period: weekly
rounding: {mode: half_up, at: payment}
trees: {enrollment: {parent: sponsor_id}}
volumes:
  sales: {member: sales}
  team: {roll_up: sales}
  one: {member: one}
  two: {member: two}
  other: {member: other}
  rank_number: {member: rank_number, decimals: 0}
ranks: {ladder: {member: [], silver: [rank_number >= 1], gold: [rank_number >= 2]}}
bonuses:
  first: {kind: retail, of: one, rates: 100%}
  second: {kind: retail, of: two, rates: 100%}
  euros: {kind: retail, of: other, rates: 100%, currency: EUR}
limits:
"""


def members(**columns):
    names = [f"m{n}" for n in range(len(next(iter(columns.values()))))]
    given_columns = {"one": 0, "two": 0, "other": 0, "sales": 0, "rank_number": 0, "owner": ""}
    return [
        {
            "member_id": name,
            "sponsor_id": None,
            **{c: str(columns[c][n]) if c in columns else d for c, d in given_columns.items()},
        }
        for n, name in enumerate(names)
    ]


def run(limits, people, *, period="2026-W41", state=None, at="payment"):
    text = PLAN.replace("at: payment", f"at: {at}")
    return cp.run(cp.load_plan(text + limits), people, period=period, state=state)


def pay(result, bonus):
    return [str(amount) for amount in result.members.to_arrow()[f"pay:{bonus}"].to_pylist()]


@pytest.mark.kernels
@settings(max_examples=60, deadline=None)
@given(st.data())
def test_limits_hold_as_with_fractions(data):
    size = data.draw(st.integers(1, 6))
    amounts = st.lists(st.integers(-500, 5000), min_size=size, max_size=size)
    cents = [data.draw(amounts) for _ in range(2)]
    owners = data.draw(st.lists(st.sampled_from("xyz"), min_size=size, max_size=size))
    most = [data.draw(st.integers(0, 6000)) for _ in range(3)]
    residue, mode = (
        data.draw(st.sampled_from(["largest_remainder", "company", "rounded_alone"])),
        data.draw(st.sampled_from([*ROUNDING_CODES])),
    )
    words = [f"amounts: {amount / Decimal(100)}, residue: {residue}}}\n" for amount in most]
    limits = (
        f"  a: {{bonuses: [first], per: member, {words[0]}"
        f"  b: {{bonuses: [first, second], per: member.owner, {words[1]}"
        f"  c: {{bonuses: [second, first], {words[2]}"
    )
    people = members(one=[Decimal(c) / 100 for c in cents[0]], two=[Decimal(c) / 100 for c in cents[1]], owner=owners)
    text = PLAN.replace("half_up", mode) + limits
    result = cp.run(cp.load_plan(text), people, period="2026-W41")
    rule = {"residue": residue, "mode": mode, "ids": list(range(size))}
    (one,) = naive.limited([cents[0]], range(size), dict.fromkeys(range(size), most[0]), **rule)
    both = naive.limited([one, cents[1]], owners, dict.fromkeys(owners, most[1]), **rule)
    two, one = naive.limited(both[::-1], ["all"] * size, {"all": most[2]}, **rule)
    assert [round(Decimal(p) * 100) for p in pay(result, "first")] == one
    assert [round(Decimal(p) * 100) for p in pay(result, "second")] == two
    for balance in result.manifest["balances"]:
        parts = [Decimal(v) for k, v in balance.items() if k not in {"bonus", "currency", "allotted"}]
        assert Decimal(balance["allotted"]) == sum(parts)


def test_the_published_scale_of_a_pool_limit():
    """Case 44: 800, 1,000, 1,500 and 16,700 of others ask for 20,000; 17 % of 100,000 are 17,000, a factor of 0.85."""
    people = members(one=[800, 1000, 1500, 16700], sales=[100000, 0, 0, 0])
    result = run("  pool: {bonuses: [first], of: sales, rates: 17%}\n", people)
    assert pay(result, "first") == ["680.00", "850.00", "1275.00", "14195.00"]
    assert [row["amount"] for row in result.breakage.rows() if row["reason"] == "limited"] == [Decimal(3000)]


def test_limits_go_in_the_order_of_the_file():
    """Binary pool then global: 17,000 of 20,000, then 40,000 for 30,000 direct and the 17,000 that are left."""
    people = members(one=[30000, 0], two=[8000, 12000], sales=[100000, 0])
    pool = "  pool: {bonuses: [second], of: sales, rates: 17%}\n"
    whole = "  global: {bonuses: [first, second], of: sales, rates: 40%}\n"
    result = run(pool + whole, people)
    # 40,000 x (30,000, 6,800, 10,200) / 47,000 = 25,531.91|49, 5,787.23|40, 8,680.85|11: a cent to the first
    assert pay(result, "first") == ["25531.92", "0.00"]
    assert pay(result, "second") == ["5787.23", "8680.85"]
    # the other way round: 40,000 / 50,000 first, which leaves 16,000 of the second, within its 17,000
    assert pay(run(whole + pool, people), "second") == ["6400.00", "9600.00"]
    entries = Counter((row["bonus"], row["entry"], row["earner"]) for row in result.ledger.rows())
    assert entries["second", "limited", "m0"] == 2
    assert entries["first", "limited", "m0"] == 1


def test_a_limit_by_rank_over_several_bonuses():
    """The earned incentives of a month: 400, 600 or 800 in all; who has no row has no limit."""
    people = members(one=[300, 500, 1000], two=[300, 100, 1000], rank_number=[1, 2, 0])
    result = run("  earned: {bonuses: [first, second], per: member, amounts: {silver: 400, gold: 600}}\n", people)
    assert pay(result, "first") == ["200.00", "500.00", "1000.00"]
    assert pay(result, "second") == ["200.00", "100.00", "1000.00"]


def test_a_part_of_the_own_volume():
    people = members(one=[100, 100], sales=[150, 300])
    assert pay(run("  own: {bonuses: [first], per: member, of: sales, rates: 50%}\n", people), "first") == [
        "75.00",
        "100.00",
    ]


def test_several_positions_of_one_owner():
    """Ann's two positions get 900 together, of 1,200; whoever names no owner stands alone."""
    people = members(one=[800, 400, 700, 900], owner=["ann", "ann", "", ""])
    result = run("  owner: {bonuses: [first], per: member.owner, amounts: 900}\n", people)
    assert pay(result, "first") == ["600.00", "300.00", "700.00", "900.00"]


def test_rates_by_the_sum_of_the_company():
    people = members(one=[100, 100], sales=[150, 100])
    limits = "  all: {bonuses: [first], of: sales, rates_by: sales, rates: {200: 40%, 300: 50%}}\n"
    assert pay(run(limits, people), "first") == ["50.00", "50.00"]  # 40 % of 250
    assert pay(run(limits.replace("200:", "251:"), people), "first") == ["100.00", "100.00"]  # below the first step


def test_what_is_taken_back_is_not_scaled():
    """100 and 50 less 30 are 120, above 90: the 150 are scaled to 90 + 30."""
    people = members(one=[100, 50, -30])
    assert pay(run("  all: {bonuses: [first], amounts: 90}\n", people), "first") == ["80.00", "40.00", "-30.00"]


def test_residues():
    people = members(one=[1, 1, 1])
    for residue, expected in {
        "largest_remainder": ["0.34", "0.33", "0.33"],
        "company": ["0.33", "0.33", "0.33"],
        "rounded_alone": ["0.33", "0.33", "0.33"],
    }.items():
        assert pay(run(f"  all: {{bonuses: [first], amounts: 1, residue: {residue}}}\n", people), "first") == expected


@pytest.mark.parametrize("at", ["bonus", "member"])
def test_scaled_pay_is_whole_cents_also_where_payments_are_not_rounded(at):
    people = members(one=["10.01", "20.02"])
    limits = "  all: {bonuses: [first], amounts: 1.01}\n"
    result = cp.run(
        cp.load_plan(
            (PLAN + limits).replace("at: payment", f"at: {at}").replace("of: one, rates: 100%", "of: one, rates: 33.3%")
        ),
        people,
        period="2026-W41",
    )
    assert [Decimal(p) for p in pay(result, "first")] == [Decimal("0.34"), Decimal("0.67")]


def test_a_year_adds_up_in_the_state_and_begins_anew():
    limits = "  year: {bonuses: [first], per: member, amounts: 250, over: year}\n"
    people, state, found = members(one=[100, 40]), None, []
    for week in ("2026-W50", "2026-W51", "2026-W52", "2027-W01"):
        result = run(limits, people, period=week, state=state)
        state = result.state
        found.append(pay(result, "first"))
    # the third week has 50 left of ann's 250; the week from 28 December 2026 to 3 January is 2026-W53 and left out
    assert found == [["100.00", "40.00"], ["100.00", "40.00"], ["50.00", "40.00"], ["100.00", "40.00"]]
    assert [str(row["limits.year:paid"]) for row in state.rows()] == ["100.00", "40.00"]


def test_a_year_of_the_company():
    limits = "  year: {bonuses: [first], amounts: 250, over: year}\n"
    people = members(one=[100, 40])
    first = run(limits, people, period="2026-W10")
    second = run(limits, people, period="2026-W11", state=first.state)  # 110 of 140
    assert pay(second, "first") == ["78.57", "31.43"]
    assert {str(row["limits.year:paid"]) for row in second.state.rows()} == {"250.00"}


def test_why():
    people = members(one=[300], two=[300], rank_number=[1])
    result = run("  earned: {bonuses: [first, second], per: member, amounts: 400}\n", people)
    found = result.why("m0", "first")
    assert found.adjustments == {"limited": Decimal("-100.00")}
    steps = {step.code: str(step.value) for step in found.details}
    assert steps == {
        "earned.asked": "600.00",
        "earned.allowed": "400.00",
        "earned.before": "300.00",
        "earned.limited": "100.00",
    }


def test_a_limit_that_does_not_bind_changes_nothing():
    people = members(one=[100])
    free, held = (
        run("  all: {bonuses: [first], amounts: 100}\n", people),
        run("  all: {bonuses: [first], amounts: 99999}\n", people),
    )
    assert free.ledger.to_arrow().equals(held.ledger.to_arrow())
    assert free.why("m0", "first").details == ()


BAD = {
    "{bonuses: [frist], amounts: 5}": '"frist" is not a bonus',
    "{bonuses: [first, euros], amounts: 5}": "these bonuses are paid in EUR and USD",
    "{bonuses: [first]}": "a limit has rates or amounts",
    "{bonuses: [first], of: sales, amounts: 5}": "rates need a quantity, and amounts none",
    "{bonuses: [first, first], amounts: 5}": "a bonus is named twice",
    "{bonuses: [first], of: team, rates: 5%}": "counts volume more than once",
    "{bonuses: [first], of: sale, rates: 5%}": '"sale" is not a quantity',
    "{bonuses: [first], of: sales, rates: 150%}": "the limit is more than what it is a part of",
    "{bonuses: [first], amounts: {silver: 5}}": "a company has no rank or field",
    "{bonuses: [first], per: member, amounts: {sliver: 5}}": '"sliver" is not a rank',
    "{bonuses: [first], per: members, amounts: 5}": '"per" does not have the form',
    "{bonuses: [first], amounts: 5.001}": "has more digits than USD",
    "{bonuses: [first], amounts: -5}": "a rate, amount or cap is negative",
    "{bonuses: [first], amounts: [5, 6]}": "levels have no meaning here",
}


@pytest.mark.parametrize("limit", BAD)
def test_limits_that_make_no_sense_are_refused_with_their_place(limit):
    with pytest.raises(PlanError) as raised:
        cp.load_plan(f"{PLAN}  all: {limit}\n")
    (found,) = [problem for problem in raised.value.problems if BAD[limit] in problem.message]
    assert found.place.line == 21


def test_nothing_wraps():
    people = members(one=[9 * 10**16, 1])
    with pytest.raises(cp.ExactnessError, match="passes 64 bits"):
        run("  all: {bonuses: [first], amounts: 5}\n", people)


MATCHED = """
  match: {kind: match, of: first, rates: 10%, of_pay: STAGE}
limits:
  pool: {bonuses: [first], amounts: 500}
  global: {bonuses: [first, second, match], amounts: 540}
  last: {bonuses: [first], amounts: 400}
"""


@pytest.mark.parametrize(("stage", "match"), [("before_limits", "90.00"), ("after_limits", "45.00")])
def test_a_match_reads_pay_before_limits_or_after_those_before_its_own(stage, match):
    """m1 asks for 900 and m0, above him, for 100: 500 after `pool`, of which m1 has 450 and the match 45 (else 90)."""
    people = members(one=[100, 900])
    people[1]["sponsor_id"] = "m0"
    text = PLAN.replace("\nlimits:\n", MATCHED.replace("STAGE", stage))
    result = cp.run(cp.load_plan(text), people, period="2026-W41")
    before = [row["amount"] for row in result.ledger.rows() if (row["bonus"], row["entry"]) == ("match", "payment")]
    assert before == [Decimal(match)]
    total = sum(Decimal(p) for bonus in ("first", "match") for p in pay(result, bonus))
    held = Decimal(pay(result, "match")[0])
    assert pay(result, "first") == ["40.00", "360.00"]  # `last` holds what `global` left, 500 or less
    assert total - held == 400
    assert held == {"90.00": Decimal("82.37"), "45.00": Decimal("44.59")}[match]  # 540 x 90 / 590, 540 x 45 / 545


def test_a_circle_through_limits_is_refused():
    text = PLAN.replace(
        "\nlimits:\n",
        "\n  a: {kind: match, of: first, rates: 10%, of_pay: after_limits}\n  b: {kind: match, of: a, rates: 10%}\n"
        "limits:\n  all: {bonuses: [first, b], amounts: 5}\n",
    )
    with pytest.raises(PlanError, match="paid on each other in a circle"):
        cp.load_plan(text)
