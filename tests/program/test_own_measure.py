"""Caps that are quantities, and pairs as a quantity: against plain sums, and what makes no sense."""

from __future__ import annotations

from decimal import ROUND_FLOOR, Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import compplan as cp
from compplan.errors import PlanError
from outputs import column_of

PLAN = """
compplan: 1
name: measure
currency: USD
period: monthly
weeks: {belong: last_day}
rounding: {mode: half_up, at: AT}
trees: {binary: {parent: parent_id, side: side, width: 2}}
volumes:
  pv: {sum: orders.pv}
  weekly_pv: {sum: orders.pv, over: week}
  most: {member: most, decimals: 3}
  of_year: {accumulate: pv, periods: year}
  pairs: {pairs_of: PAIRS}
  paid: {pay_of: binary}
conditions:
  has_pairs: pairs >= 1
bonuses:
  binary: {kind: binary, of: pv, tree: binary, unit: 100, amounts: 10BINARY}
  weekly: {kind: binary, of: weekly_pv, tree: binary, unit: 100, amounts: 10}
  other: {kind: binary, of: pv, tree: binary, unit: 50, amounts: 1}
  own: {kind: retail, of: pv, rates: 10%OWN}
"""


def plan(pairs="binary", binary="", own=", cap: most", at="payment"):
    text = PLAN
    for word, value in {"PAIRS": pairs, "BINARY": binary, "OWN": own, "AT": at}.items():
        text = text.replace(word, value)
    return cp.load_plan(text)


def member(name, parent=None, side=None, most="100", owner="x"):
    return {"member_id": name, "parent_id": parent, "side": side, "most": Decimal(most), "owner": owner}


def run(plan, people, pv, period="2026-10", state=None):
    orders = [{"order_id": m, "member_id": m, "date": f"{period}-05", "pv": Decimal(v)} for m, v in pv.items()]
    return cp.run(plan, people, orders, period=period, state=state)


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.tuples(st.decimals(-200, 2000, places=2), st.decimals(-50, 200, places=3)), min_size=1, max_size=5),
    st.sampled_from(["payment", "bonus", "member"]),
)
def test_a_cap_by_a_quantity_is_the_lesser_of_both(lives, at):
    """Pay of 10 % is at most the member's number, cut to cents, and at most nothing where it is below zero."""
    people = [member(str(n), most=str(most)) for n, (_, most) in enumerate(lives)]
    found = run(plan(at=at), people, {str(n): pv for n, (pv, _) in enumerate(lives)})
    (book,) = (b for b in found.manifest["balances"] if b["bonus"] == "own")
    paid = column_of(found, "pay:own")
    for n, (pv, most) in enumerate(lives):
        due = pv / 10
        if at != "member":
            due = due.quantize(Decimal("0.01"), rounding="ROUND_HALF_UP")
        assert paid[str(n)] == min(due, max(most, Decimal(0)).quantize(Decimal("0.01"), ROUND_FLOOR))
    assert Decimal(book["allotted"]) == sum(
        Decimal(v) for k, v in book.items() if k not in {"bonus", "currency", "allotted"}
    )


def test_a_cap_too_large_for_the_books_caps_nothing():
    """9 x 10**15 with three digits fits 64 bits, and with the digits of an unrounded ledger it would not."""
    people = [member("a", most="9007199254740993.000")]
    assert column_of(run(plan(at="member"), people, {"a": "123.45"}), "pay:own")["a"] == Decimal("12.345")


def test_a_cap_of_a_year_by_what_was_bought_in_it():
    """10 % are no more than the year's purchases; with a cap of half of them and 20 % it would bind."""
    text = PLAN.replace("of_year: {accumulate: pv, periods: year}", "of_year: {accumulate: most, periods: year}")
    for word, value in {
        "PAIRS": "binary",
        "BINARY": "",
        "OWN": ", cap: of_year, cap_per: year",
        "AT": "payment",
    }.items():
        text = text.replace(word, value)
    people = [member("a", most="30")]
    october = run(cp.load_plan(text), people, {"a": 500})
    november = run(cp.load_plan(text), people, {"a": 500}, "2026-11", october.state)
    january = run(cp.load_plan(text), people, {"a": 500}, "2027-01", november.state)
    # 50 of 30; then 50 of 60 less 30; then a new year with 30
    assert [column_of(r, "pay:own")["a"] for r in (october, november, january)] == [30, 30, 30]
    november = run(cp.load_plan(text), [member("a", most="90")], {"a": 500}, "2026-11", october.state)
    assert column_of(november, "pay:own")["a"] == 50  # of 30 + 90 less 30


def test_positions_of_one_owner_have_the_largest_of_theirs():
    people = [member("a", most="30"), member("b", most="50"), member("c", most="20", owner="y")]
    found = run(plan(own=", cap: most, cap_over: member.owner"), people, dict.fromkeys("abc", 400))
    assert column_of(found, "pay:own") == {"a": 25, "b": 25, "c": 20}


FIELD = [member("a"), member("l", "a", "left"), member("r", "a", "right")]


def test_pairs_are_those_that_are_paid():
    """350 and 420 are three pairs of 100 and seven of 50; who does not qualify is paid none."""
    pv = {"l": 350, "r": 420}
    assert column_of(run(plan("binary"), FIELD, pv), "pairs")["a"] == 3
    assert column_of(run(plan("[binary, other]"), FIELD, pv), "pairs")["a"] == 10
    assert column_of(run(plan(binary=", pair_cap: 2"), FIELD, pv), "pairs")["a"] == 2
    assert column_of(run(plan(binary=", cap: 10"), FIELD, pv), "pairs")["a"] == 3
    assert column_of(run(plan(binary=", cap: 10, over_cap: carried"), FIELD, pv), "pairs")["a"] == 1
    assert column_of(run(plan(binary=", pay_when: pv >= 1"), FIELD, pv), "pairs")["a"] == 0


def test_a_cap_on_money_may_be_a_quantity_that_carries_pairs():
    """25 are room for two pairs of 10; the third pair is carried on."""
    found = run(
        plan(binary=", cap: most, over_cap: carried"), [member("a", most="25"), *FIELD[1:]], {"l": 350, "r": 420}
    )
    assert (column_of(found, "pay:binary")["a"], column_of(found, "binary:left", "state")["a"]) == (20, 150)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"pairs": "own"}, '"own" is not a binary bonus'),
        ({"pairs": "binari"}, 'did you mean "binary"'),
        ({"pairs": "[binary, binary]"}, "names a bonus twice, or none"),
        ({"pairs": "[]"}, "names a bonus twice, or none"),
        ({"binary": ", pay_when: has_pairs"}, "in a circle"),
        ({"binary": ", cap: paid"}, "in a circle"),
        ({"own": ", cap: nowhere"}, '"nowhere" is not a quantity'),
        ({"own": ", cap: most, cap_by: rank"}, "the cap is a quantity, and has no keys"),
        (
            {"own": ", cap: most, currency: {x: USD, y: EUR}, currency_by: member.owner"},
            "a quantity is no amount of several currencies",
        ),
        ({"own": ", cap: weekly_pv"}, '"pv" is measured once'),
    ],
)
def test_what_makes_no_sense_is_refused(given, said):
    with pytest.raises(PlanError, match=said):
        plan(**given)


def test_it_is_told_in_words():
    text = plan("[binary, other]", own=", cap: most, cap_per: year, cap_over: member.owner").describe()
    assert "pairs: how many pairs binary and other pay the member." in text
    assert "At most his most for all with the same member.owner together and year." in text


BY_WEEK = """
compplan: 1
name: Weekly caps
currency: USD
period: monthly
weeks: {belong: last_day}
rounding: {mode: half_up, at: payment}
trees: {enrollment: {parent: sponsor_id}}
volumes: {w: {sum: orders.pv, over: week}, most: {compute: 0.1 * w}, so_far: {accumulate: most, periods: month}}
bonuses:
  own: {kind: direct, of: w, rates: 5%, cap: CAP}
"""


@pytest.mark.parametrize("cap", ["so_far, cap_per: month", "most, cap_per: week", "most"])
def test_what_a_cap_of_too_little_should_have_said(cap):
    """ann buys 100 in each of four weeks and cy 1000 below her: 5 % is 50, and 10 % of her own purchases is 10."""
    people = [{"member_id": "ann", "sponsor_id": None}, {"member_id": "cy", "sponsor_id": "ann"}]
    orders = [
        {"member_id": who, "date": f"2026-10-{day:02}", "pv": pv}
        for day in (1, 6, 13, 20)
        for who, pv in (("ann", 100), ("cy", 1000))
    ]
    found = cp.run(cp.load_plan(BY_WEEK.replace("CAP", cap)), people, orders, period="2026-10")
    amounts: dict[str, Decimal] = {}
    for row in found.ledger.rows():
        amounts[row["period"]] = amounts.get(row["period"], Decimal(0)) + row["amount"]
    assert amounts == dict.fromkeys(("2026-W40", "2026-W41", "2026-W42", "2026-W43"), Decimal(10))
