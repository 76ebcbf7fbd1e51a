"""The kind `points`: what does not fit, how it is described, and what its settings do to pay."""

from __future__ import annotations

import pytest
from plan_texts import expect, plan

import compplan as cp

LADDER = "member: []\nsilver: [active]"
HEAD = "p:\n  kind: points\n  of: pv\n"


@pytest.mark.parametrize(
    ("fields", "message", "hint"),
    [
        ("points: ▸0\n  takes: 1", '"points" should be more than 0, found the number 0', ""),
        ("points: 8\n  takes: ▸0", "nobody takes a point", "give at least one key a number above zero"),
        ("points: 8\n  takes: {▸gold: 1}", '"gold" is not a rank', "known: member, silver"),
        ("points: 8\n  takes: {▸silver: [1, 2]}", "levels have no meaning here", "give one value"),
        (
            "points: 8\n  takes: 1\n  rank_in_leg: ▸when_opened",
            "everybody takes the same",
            "give takes keys, or leave rank_in_leg out",
        ),
        (
            "points: 8\n  takes: {0: 1, 10: 2}\n  takes_by: ▸pv\n  rank_in_leg: when_opened",
            "only ranks are kept when a line opens",
            "let takes go by a rank",
        ),
        (
            "points: 8\n  takes: {0: 1, 10: 2}\n  takes_by: ▸pv\n  rank_in_leg: member.line",
            "a line has a key, and no threshold",
            "let takes go by a rank, or by a member field",
        ),
        ("points: ▸8\n  takes: 0.0000001", "8 points are too many", "at most 1000000 of the finest part"),
    ],
)
def test_what_does_not_fit(fields, message, hint):
    expect((message, hint), ladder=LADDER, bonuses=f"{HEAD}  {fields}\n")


def test_it_is_described():
    fields = "points: 40%\n  takes: {member: 10%, silver: 20%}\n  compress: not active\n  stop_at: rank >= silver\n"
    text = " ".join(plan(ladder=LADDER, bonuses=f"{HEAD}  {fields}").describe().split())
    assert "Each member's volume of the period of pv carries 40%" in text
    assert "Beginning with the member above, each takes as member: 10%; as silver: 20%, until nothing is left." in text
    assert "A member with not active takes nothing." in text
    assert "is the last who takes" in text


FIELD = [
    {"member_id": "a", "sponsor_id": None, "takes": "4", "active": True},
    {"member_id": "b", "sponsor_id": "a", "takes": "3", "active": False},
    {"member_id": "c", "sponsor_id": "b", "takes": "2", "active": True},
    {"member_id": "d", "sponsor_id": "c", "takes": "1", "active": True},
]
PLAN = """\
compplan: 1
name: points
currency: USD
period: monthly
rounding: {mode: half_up, at: payment}
trees: {sponsor: {parent: sponsor_id}}
volumes: {pv: {sum: orders.pv}}
bonuses:
  p:
    kind: points
    of: pv
    points: 6
    takes: {"1": 1, "2": 2, "3": 3, "4": 4}
    takes_by: member.takes
"""


def pay(fields, *, buyer="d", threads=1):
    orders = [{"order_id": 1, "member_id": buyer, "date": "2026-10-05", "pv": 10}]
    run = cp.run(cp.load_plan(PLAN + fields), FIELD, orders, period="2026-10", threads=threads)
    found = {row["earner"]: int(row["amount"]) for row in run.ledger.rows() if row["entry"] == "payment"}
    for who in "abcd":
        why = run.why(who, "p")
        assert why.total == sum(row["amount"] for row in why.rows.rows()) + sum(why.adjustments.values())
    return found, {row["reason"]: int(row["amount"]) for row in run.breakage.rows() if row["amount"]}


@pytest.mark.parametrize(
    ("fields", "expected", "lost"),
    [
        ("", {"c": 20, "b": 30, "a": 10}, {}),
        ("    start: self\n", {"d": 10, "c": 20, "b": 30}, {}),
        ("    pay_when: member.active\n", {"c": 20, "a": 10}, {"not_qualified": 30}),
        ("    pay_when: member.active\n    compress: unpayable\n", {"c": 20, "a": 40}, {}),
        ("    compress: not member.active\n", {"c": 20, "a": 40}, {}),
        ("    stop_at: not member.active\n", {"c": 20, "b": 30}, {"no_upline": 10}),
        ("    where: not member.active\n", {}, {}),
        ("    cap: 25\n", {"c": 20, "b": 25, "a": 10}, {"capped": 5}),
        ("    money_per_point: 0.5\n", {"c": 10, "b": 15, "a": 5}, {}),
    ],
)
@pytest.mark.parametrize("payment", ["period", "order"])
def test_its_settings(fields, expected, lost, payment):
    found, missing = pay(f"{fields}    payment: {payment}\n")
    if "cap" in fields:  # it is an entry of its own
        expected = {**expected, "b": 30}
    assert (found, missing) == (expected, lost)
