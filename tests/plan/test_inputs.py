"""Which columns a plan reads: exactly those that its rules look at, each with what it holds."""

from __future__ import annotations

from pathlib import Path

import pytest
from plan_texts import HEAD, plan

from compplan.plan.inputs import member_fields
from compplan.plan.load import load_plan

LAKESIDE = Path(__file__).parents[2] / "plans" / "lakeside.yaml"
LADDER = "member: []\nsilver: [active]"
MEMBERS = {"member_id", "sponsor_id", "placement_id"}
ORDERS = {"member_id", "date", "qv"}


def test_lakeside():
    assert load_plan(LAKESIDE).required_inputs() == {
        "members": {
            "member_id": "id of the member: whole number or text, unique",
            "sponsor_id": 'id of the parent in the tree "enrollment"; empty for roots',
            "kind": "kind of member: distributor for distributors; any other text is a customer",
            "enrolled_on": "date of enrolment",
        },
        "orders": {
            "member_id": "id of the buyer",
            "date": "date or instant that decides the period",
            "order_id": "id of the order",
            "qv": "exact number with up to 2 digits after the point, for bought",
            "cv": "exact number with up to 2 digits after the point, for cv",
            "amount": "exact number with up to 2 digits after the point, for sales",
            "type": "what orders are selected by",
        },
    }


def needed(**sections):
    """What is needed beyond the least plan: columns of members, columns of orders."""
    inputs = plan(**sections).required_inputs()
    return inputs["members"].keys() - MEMBERS, inputs["orders"].keys() - ORDERS


def test_the_least():
    assert needed() == (set(), set())
    assert needed(ladder=LADDER) == (set(), set())


@pytest.mark.parametrize(
    ("sections", "members", "orders"),
    [
        ({"volumes": "x: {sum: orders.x, only: {type: [kit]}, exclude: {free: true}}"}, set(), {"x", "type", "free"}),
        ({"volumes": "n: {sum: orders}"}, set(), set()),
        ({"volumes": "n: {sum: orders, first_order: only}"}, set(), {"order_id"}),
        ({"volumes": "p: {member: price}"}, {"price"}, set()),
        ({"volumes": "x: {sum: orders.qv, credit: distributor}"}, {"kind"}, set()),
        ({"volumes": "x: {sum: orders.qv, buyers: customers}"}, {"kind"}, set()),
        ({"volumes": "x: {sum: orders.qv, customer_share: 50%}"}, {"kind"}, set()),
        ({"volumes": "x: {sum: orders.qv, share: 50%}"}, set(), set()),
        ({"volumes": "x: {sum: orders.qv, window: {from_enrolment: 60 days}}"}, {"enrolled_on"}, set()),
        ({"volumes": "x: {sum: orders.qv, window: {after_enrolment: 2 calendar months}}"}, {"enrolled_on"}, set()),
        ({"volumes": "x: {sum: orders.qv, window: {days_of_month: [1, 7]}}"}, set(), set()),
        ({"volumes": "x: {move_up: pv, where: is_customer}"}, {"kind"}, set()),
        ({"volumes": "x: {roll_up: pv, where: member.vip}"}, {"vip"}, set()),
        ({"volumes": "x: {roll_up: pv, stop_at: member.vip, with_uplines: member.top}"}, {"vip", "top"}, set()),
        ({"counts": "c: {count: is_distributor, among: legs}"}, {"kind"}, set()),
        ({"conditions": 'x: member.country in ("NO", "SE")'}, {"country"}, set()),
        ({"ladder": LADDER, "ranks": "members: is_distributor and member.vip"}, {"kind", "vip"}, set()),
        ({"ladder": "a: [{any: [active, {all: [member.vip, 2 legs with is_customer]}]}]"}, {"kind", "vip"}, set()),
        ({"ladder": "a: [2 frontline with member.vip]"}, {"vip"}, set()),
        (
            {"bonuses": "b: {kind: unilevel, of: pv, rates: 5%, pay_when: member.vip, compress: member.away}"},
            {"vip", "away"},
            set(),
        ),
        ({"bonuses": "b: {kind: unilevel, of: pv, rates_by: member.level, rates: {a: 5%}}"}, {"level"}, set()),
        ({"bonuses": "b: {kind: unilevel, of: pv, rates: 5%, cap_by: member.level, cap: {a: 5}}"}, {"level"}, set()),
        ({"bonuses": "b: {kind: unilevel, of: pv, rates: 5%, payment: order}"}, set(), {"order_id"}),
        (
            {"bonuses": "b: {kind: unilevel, of: pv, rates: 5%, payment: order, qualified_since: member.since}"},
            {"since"},
            {"order_id"},
        ),
        ({"bonuses": "b: {kind: fast_start, of: pv, rates: 5%, window: 60 days}"}, {"enrolled_on"}, {"order_id"}),
        (
            {"bonuses": "b: {kind: fast_start, of: pv, rates: 5%, window: 60 days, payment: period}"},
            {"enrolled_on"},
            set(),
        ),
    ],
    ids=lambda value: "-".join(sorted(value)),
)
def test_what_a_rule_needs(sections, members, orders):
    assert needed(**sections) == (members, orders)


def test_columns_have_the_names_that_the_plan_gives():
    head = (
        HEAD
        + "members: {id: associate, kind: type, enrolled: joined, distributors: [ibo, manager]}\norders: {id: number, member: buyer, date: paid_on}\n"
    )
    inputs = plan(
        head=head,
        trees="line: {parent: upline, side: leg}",
        volumes="x: {sum: orders.cv, credit: distributor, decimals: 4}",
        bonuses="b: {kind: fast_start, of: pv, rates: 5%, window: 60 days}",
    ).required_inputs()
    assert inputs["members"] == {
        "associate": "id of the member: whole number or text, unique",
        "upline": 'id of the parent in the tree "line"; empty for roots',
        "leg": 'side below the parent in the tree "line": left or right, or a number from 0',
        "type": "kind of member: ibo, manager for distributors; any other text is a customer",
        "joined": "date of enrolment",
    }
    assert inputs["orders"].keys() == {"buyer", "paid_on", "number", "qv", "cv"}
    assert inputs["orders"]["cv"] == "exact number with up to 4 digits after the point, for x"


def test_a_plan_without_orders_reads_none():
    text = "compplan: 1\nname: x\ncurrency: USD\nperiod: monthly\nrounding: {mode: floor, at: bonus}\ntrees: {t: {parent: p}}\nvolumes: {v: {member: v}}\n"
    assert load_plan(text).required_inputs()["orders"] == {}


def test_kinds_of_member_fields():
    scope = plan(
        conditions='a: member.vip and member.country == "NO"\nb: not member.vip\nc: member.zone in ("x",)\nd: "\'NO\' != member.land"',
        bonuses="b: {kind: unilevel, of: pv, rates_by: member.level, rates: {a: 5%}, payment: order, qualified_since: member.since}",
    ).scope
    assert member_fields(scope) == {
        "vip": "flag", "country": "text", "zone": "text", "land": "text", "level": "text", "since": "instant",
    }  # fmt: skip
    inputs = plan(conditions="a: member.vip").required_inputs()
    assert inputs["members"]["vip"] == "true or false"
