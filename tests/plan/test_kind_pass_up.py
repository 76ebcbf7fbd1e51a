"""The kind `pass_up`: what does not fit, how it is described, and what its settings do to pay."""

from __future__ import annotations

from decimal import Decimal

import pytest
from plan_texts import expect, plan

import compplan as cp

LADDER = "member: []\nsilver: [active]"
HEAD = "p:\n  kind: pass_up\n  of: pv\n"


@pytest.mark.parametrize(
    ("fields", "message", "hint"),
    [
        ("rates: 5%\n  passes: [1, ▸0]", "0 is no number of a sale", "from 1 to 10000"),
        ("rates: 5%\n  ▸passes: [2, 1]", "the numbers do not ascend", "write the lowest first"),
        ("rates: 5%\n  ▸passes: []", "no sale is passed up", "use kind: direct"),
        ("rates: 5%\n  passes: {▸gold: [1]}", '"gold" is not a rank', "known: member, silver"),
        (
            "rates: 5%\n  passes: [1]\n  passes_by: ▸pv",
            "passes has no keys",
            "give one list for each key, or leave passes_by out",
        ),
        (
            "rates: 5%\n  passes: [1]\n  repeats: ▸same_number",
            "every order has its own number",
            "leave repeats out, or write counts: buyers",
        ),
        ("▸rates: [5%, 3%]\n  passes: [1]", "a sale is paid once, and has no levels", "give one rate or amount"),
        ("rates: 5%\n  passes: [1]\n  pass_to: ▸pv", '"pv" is not a condition', "compare it, for example with >="),
    ],
)
def test_what_does_not_fit(fields, message, hint):
    expect((message, hint), ladder=LADDER, bonuses=f"{HEAD}  {fields}\n")


def test_volumes_are_sums_of_orders_with_the_same_digits():
    expect(
        ("these volumes have different digits", "give them the same decimals"),
        volumes="fine: {sum: orders.x, decimals: 4}",
        bonuses="p: {kind: pass_up, ▸of: [pv, fine], rates: 5%, passes: 1}",
    )
    expect(
        ('"gv" is not a sum of orders', "payments per order need one"),
        bonuses="p: {kind: pass_up, of: ▸gv, rates: 5%, passes: 1}",
    )


def test_it_is_described():
    fields = (
        "rates: 30%\n  passes: {member: [1, 2], silver: [1]}\n  counts: buyers\n  pass_to: active\n  unpaid: pass_up\n"
    )
    text = " ".join(plan(ladder=LADDER, bonuses=f"{HEAD}  {fields}").describe().split())
    for sentence in (
        "Each order of pv pays 30%, to the member above the buyer.",
        "But his sales of member: number 1, 2; silver: number 1 go to the first above him with active.",
        "Each buyer has one number: his later orders share that of the first, and pay whoever got it.",
        "A sale that its seller keeps, and cannot be paid for, is passed up too.",
    ):
        assert sentence in text, sentence


PLAN = """\
compplan: 1
name: pass-up
currency: USD
period: monthly
rounding: {mode: half_up, at: payment}
trees: {sponsor: {parent: sponsor_id}}
volumes: {sales: {sum: orders.amount}}
bonuses:
  p:
    kind: pass_up
    of: sales
    rates: 10%
    passes: [1]
"""
FIELD = [
    {"member_id": who, "sponsor_id": up, "active": who in "ab", "since": since, "level": level}
    for who, up, since, level in [
        ("a", None, "2026-01-01", "x"),
        ("b", "a", "2026-10-05", "x"),
        ("c", "b", None, "y"),
        ("d", "c", None, "y"),
        ("e", "c", None, None),
    ]
]


@pytest.mark.parametrize(
    ("fields", "orders", "expected", "lost"),
    [
        # c's first sale goes to b, the nearest who can be paid; the second is hers
        ("", [("d", 2, 100), ("e", 3, 100)], [(1, "b", 10), (2, "c", 10)], {}),
        # the earlier order is the first sale, whatever its place in the table
        ("", [("d", 4, 100), ("e", 3, 100)], [(1, "c", 10), (2, "b", 10)], {}),
        ("    pass_to: member.since_flag\n", [("d", 2, 100)], [], {"no_upline": 10}),
        ("    pay_when: member.active\n", [("d", 2, 100), ("e", 3, 100)], [(1, "b", 10)], {"not_qualified": 10}),
        (
            "    pay_when: member.active\n    unpaid: pass_up\n",
            [("d", 2, 100), ("e", 3, 100)],
            [(1, "b", 10), (2, "b", 10)],
            {},
        ),
        # b qualifies on the 5th, so that a gets the sale of the 2nd; c never does, and keeps nothing
        ("    qualified_since: member.since\n", [("d", 2, 100), ("e", 6, 100)], [(1, "a", 10)], {"not_qualified": 10}),
        (
            "    qualified_since: member.since\n    passes: [1, 2]\n",
            [("d", 2, 100), ("e", 6, 100)],
            [(1, "a", 10), (2, "b", 10)],
            {},
        ),
        # a return follows the last sale to its buyer, and has no number
        ("", [("d", 2, 100), ("d", 3, -40), ("e", 4, 100)], [(1, "b", 10), (2, "b", -4), (3, "c", 10)], {}),
        # nobody is above a
        ("", [("a", 2, 100)], [], {"no_upline": 10}),
        ("    where: member.active\n", [("d", 2, 100), ("b", 3, 100)], [], {"no_upline": 10}),
        # by buyers: d's second order is no second sale
        (
            "    counts: buyers\n",
            [("d", 2, 100), ("d", 3, 100), ("e", 4, 100)],
            [(1, "b", 10), (2, "b", 10), (3, "c", 10)],
            {},
        ),
        (
            "    counts: buyers\n    repeats: same_number\n    qualified_since: member.since\n",
            [("d", 2, 100), ("d", 6, 100)],
            [(1, "a", 10), (2, "b", 10)],
            {},
        ),
        (
            "    counts: buyers\n    qualified_since: member.since\n",
            [("d", 2, 100), ("d", 6, 100)],
            [(1, "a", 10), (2, "a", 10)],
            {},
        ),
    ],
)
def test_its_settings(fields, orders, expected, lost):
    changed = "    passes: [1]\n" if "passes:" not in fields else ""
    text = PLAN.replace("    passes: [1]\n", changed)
    field = [{**row, "since_flag": False} for row in FIELD]
    rows = [
        {"order_id": number, "member_id": buyer, "date": f"2026-10-{day:02}", "amount": amount}
        for number, (buyer, day, amount) in enumerate(orders, 1)
    ]
    run = cp.run(cp.load_plan(text + fields), field, rows, period="2026-10")
    for who in "abcde":
        why = run.why(who, "p")
        assert why.total == sum((row["amount"] for row in why.rows.rows()), Decimal(0))
    found = sorted((row["order"], row["earner"], int(row["amount"])) for row in run.ledger.rows())
    missing = {row["reason"]: int(row["amount"]) for row in run.breakage.rows() if row["amount"]}
    assert (found, missing) == (expected, lost)


def test_rates_and_numbers_by_keys():
    """c, of level y, passes her first; who is of level x gets 20 %, of level y 10 %."""
    fields = (
        "    rates: {x: 20%, y: 10%}\n    rates_by: member.level\n    passes: {y: [1]}\n    passes_by: member.level\n"
    )
    text = PLAN.replace("    rates: 10%\n    passes: [1]\n", "")
    rows = [
        {"order_id": number, "member_id": buyer, "date": f"2026-10-0{number}", "amount": 100}
        for number, buyer in enumerate(["d", "e", "c"], 1)
    ]
    run = cp.run(cp.load_plan(text + fields), FIELD, rows, period="2026-10")
    found = sorted((row["order"], row["earner"], row["amount"], row["rate"]) for row in run.ledger.rows())
    assert [(order, who, int(amount)) for order, who, amount, _ in found] == [(1, "b", 20), (2, "c", 10), (3, "b", 20)]
    assert {row["reason"]: int(row["amount"]) for row in run.breakage.rows() if row["amount"]} == {"lower_rate": 10}
