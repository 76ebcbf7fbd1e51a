"""Rates by keys of the source or the order: what they are refused with, and with what else they go together."""

from __future__ import annotations

import pytest

import compplan as cp
from compplan.errors import DataError, PlanError

PLAN = """
compplan: 1
name: small
currency: USD
period: monthly
rounding: {mode: half_up, at: payment}
trees: {enrollment: {parent: sponsor_id}}
volumes:
  pv: {sum: orders.pv, %s}
  gv: {roll_up: pv}
ranks: {paid_as: last_rank, ladder: {bronze: [], silver: [pv >= 1]}}
bonuses: {line: {%s}}
"""
LINE = "kind: unilevel, of: pv, payment: order"


def refused(bonus):
    with pytest.raises(PlanError) as found:
        cp.load_plan(PLAN % ("decimals: 2", bonus))
    return str(found.value)


@pytest.mark.parametrize(
    ("bonus", "text"),
    [
        (f"{LINE}, rates_by: source.rnak, rates: {{a: 1%}}", '"source.rnak" is not known'),
        (f"{LINE}, rates_by: source.rank, rates: {{gold: 1%}}", '"gold" is not a rank'),
        (f"{LINE}, rates_by: source.pv, rates: {{many: 1%}}", "thresholds of pv"),
        (f"{LINE}, rates_by: order.gv, rates: {{1: 1%}}", "name a sum of orders (pv), or a column: orders.gv"),
        (f"{LINE}, rates_by: orders.pv, rates: {{1: 1%}}", "for the size of one order write order.pv"),
        (f"{LINE}, rates_by: orders.pack, rates: {{a: [60%], b: [10%, 60%], c: [50%, 60%]}}", "can pay 110%"),
        (f"{LINE}, rates_by: order.pv, rates: {{5: 1%, 2: 2%}}", "do not ascend"),
        ("kind: unilevel, of: pv, rates_by: order.pv, rates: {5: 1%}", "add payment: order"),
        ("kind: unilevel, of: gv, rates_by: orders.pack, rates: {a: 1%}", "keys of the order need one"),
        (f"{LINE}, rates_by: [rank, orders.pack], rates: {{bronze: 1%, silver: {{a: 1%}}}}", "nested everywhere alike"),
        (f"{LINE}, rates: 1%, levels_by: source.rank, levels: {{bronze: 1}}", "is not the earner's"),
        (f"{LINE}, rates: 1%, cap_by: orders.pack, cap: {{a: 1}}", "is not the earner's"),
        ("kind: retail, of: pv, rates_by: source.rank, rates: {bronze: 1%}", "begin with orders. or order."),
        ("kind: tier, by: pv, amounts: {1: 1}, cap_by: order.pv, cap: {1: 1}", "is not the earner's"),
        ("kind: retail, of: pv, rates_by: orders.pack, rates: {a: 1%}, blocks: {size: 1}", "the whole volume"),
        (
            f"{LINE}, rates_by: [orders.a, orders.b], rates: {{{', '.join(f'k{i}: {{l{i}: 1%}}' for i in range(8))}}}",
            "have 81 combinations",
        ),
    ],
)
def test_refused(bonus, text):
    assert text in refused(bonus)


def test_the_rate_of_such_a_bonus_is_no_number():
    plan = PLAN % ("decimals: 2", f"{LINE}, rates_by: source.rank, rates: {{bronze: 1%}}")
    with pytest.raises(PlanError, match="go by the source or the order"):
        cp.load_plan(plan.replace("  gv:", "  own: {rate_of: line}\n  gv:"))


MEMBERS = [{"member_id": n, "sponsor_id": n - 1 or None, "enrolled_on": "2026-10-01"} for n in (1, 2, 3)]
ORDERS = [
    {"order_id": 1, "member_id": 3, "date": "2026-10-05", "pv": 100, "pack": "a"},
    {"order_id": 2, "member_id": 3, "date": "2026-10-20", "pv": 10, "pack": "b"},
    {"order_id": 3, "member_id": 3, "date": "2026-10-20", "pv": 1, "pack": None},
]


def paid(bonus, rule="decimals: 2", **more):
    run = cp.run(PLAN % (rule, bonus), MEMBERS, ORDERS, period="2026-10", **more)
    return run, [int(x) for x in run.members.to_arrow()["pay:line"].to_pylist()]


PACKS = "rates_by: orders.pack, rates: {a: [10%, 5%], b: [100%, 50%]}, over_100_percent: allowed"


def test_packs_of_the_period():
    """Of order 1, 10 and 5; of order 2, 10 and 5; each pack of a source is a payment of its own."""
    run, pay = paid(f"kind: unilevel, of: pv, {PACKS}")
    assert pay == [10, 20, 0]
    assert len(run.ledger) == 4
    assert cp.run(PLAN % ("decimals: 2", f"{LINE}, {PACKS}"), MEMBERS, [], period="2026-10").ledger.rows() == []


def test_packs_of_a_window():
    """Ten days from enrolment: order 1 alone."""
    assert paid(f"kind: fast_start, of: pv, window: 10 days, payment: period, {PACKS}")[1] == [5, 10, 0]
    assert paid(f"kind: fast_start, of: pv, window: 10 days, {PACKS}")[1] == [5, 10, 0]


def test_packs_of_weeks():
    """Two weeks of October have an order each."""

    def weekly(bonus):
        plan = (PLAN % ("over: week", bonus)).replace("ranks:", "# ranks:")
        run = cp.run(plan + "\nweeks: {belong: first_day}", MEMBERS, ORDERS, period="2026-10")
        return run, [int(x) for x in run.members.to_arrow()["pay:line"].to_pylist()]

    run, pay = weekly(f"kind: unilevel, of: pv, {PACKS}")
    assert pay == [10, 20, 0]
    assert {row["reason"] for row in run.why(2, "line").rows.rows()} == {"paid", "no_rate"}
    assert weekly("kind: direct, of: pv, rates_by: source.pv, rates: {0: 100%, 100: 20%}")[1] == [0, 31, 0]
    assert weekly("kind: direct, of: pv, payment: order, rates_by: order.pv, rates: {2: 100%, 100: 20%}")[1] == [
        0,
        30,
        0,
    ]


def test_packs_by_a_boundary_of_the_earner():
    """Member 2 is a boundary for both, and closes generation 1; generation 2 is member 1."""
    assert paid(f"kind: generation, of: pv, boundary: pv >= earner.pv, {PACKS}")[1] == [10, 20, 0]


def test_packs_that_end_at_a_group():
    """Nothing of member 3 gets past member 2, and member 1 is told so for each order."""
    run, pay = paid(f"{LINE}, {PACKS}, stop_at: gv == 111 and pv == 0")
    assert pay == [0, 20, 0]
    assert [row["reason"] for row in run.why(1, "line").rows.rows()] == ["group_ended"] * 3


def test_a_cap_per_source_holds_all_packs_together():
    assert paid(f"kind: unilevel, of: pv, {PACKS}, cap_per_source: 15")[1] == [10, 15, 0]


def test_packs_by_country():
    tables = "of: {US: pv, CA: gv}, of_by: member.country"
    members = [{**row, "country": "US"} for row in MEMBERS]
    plan = PLAN % ("decimals: 2", f"kind: direct, {tables}, rates_by: source.pv, rates: {{0: 1%, 100: 100%}}")
    with pytest.raises(PlanError, match="rolled up"):
        cp.load_plan(plan)
    run = cp.run(plan.replace("CA: gv", "CA: pv"), members, ORDERS, period="2026-10")
    assert [int(x) for x in run.members.to_arrow()["pay:line"].to_pylist()] == [0, 111, 0]


def test_the_column_must_hold_text():
    orders = [{**row, "pack": 1} for row in ORDERS]
    with pytest.raises(DataError, match="selects by"):
        cp.run(PLAN % ("decimals: 2", f"{LINE}, {PACKS}"), MEMBERS, orders, period="2026-10")
    with pytest.raises(DataError, match="pack"):
        cp.run(PLAN % ("decimals: 2", f"{LINE}, {PACKS}"), MEMBERS, [{"member_id": 3}], period="2026-10")


def test_described():
    plan = cp.load_plan(PLAN % ("decimals: 2", f"{LINE}, rates_by: [rank, order.pv], rates: {{silver: {{100: 5%}}}}"))
    assert "with rank silver, on orders from 100 pv: 5%" in plan.describe()


def test_an_order_has_one_key_so_its_rates_alone_come_together():
    cp.load_plan(PLAN % ("decimals: 2", f"{LINE}, rates_by: orders.pack, rates: {{a: [60%], b: [10%, 60%]}}"))


@pytest.mark.parametrize("sku", [1001, "1001"])
def test_a_key_stands_for_a_text_and_for_the_number_it_spells(sku):
    plan = PLAN % ("decimals: 2", f"{LINE}, rates_by: orders.sku, rates: {{1001: 5%, 1002: 7%}}")
    members = [{"member_id": "ann", "sponsor_id": None}, {"member_id": "ben", "sponsor_id": "ann"}]
    orders = [{"order_id": 1, "member_id": "ben", "date": "2026-10-02", "pv": 100, "sku": sku}]
    run = cp.run(plan, members=members, orders=orders, period="2026-10")
    assert [str(row["amount"]) for row in run.ledger.rows()] == ["5.00"]
