"""Tables that go on without end, where the levels are cut off by table: the first level of a tail is paid as well."""

from __future__ import annotations

import pytest

import compplan as cp

PLAN = """
compplan: 1
name: small
currency: USD
period: monthly
rounding: {mode: half_up, at: payment}
trees: {enrollment: {parent: sponsor_id}}
volumes: {pv: {sum: orders.pv}}
bonuses: {line: {kind: unilevel, of: pv, %s}}
"""
MEMBERS = [{"member_id": 1, "sponsor_id": None}, {"member_id": 2, "sponsor_id": 1}, {"member_id": 3, "sponsor_id": 2}]
ORDERS = [{"order_id": 1, "member_id": 3, "date": "2026-10-22", "pv": "100.00"}]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("amounts: [1 and deeper], levels: all", [1, 1, 0]),
        ("amounts: [1 and deeper]", [1, 1, 0]),
        ("rates: [1% and deeper], levels: 1", [0, 1, 0]),
        ("rates: [3%, 1% and deeper], levels: all", [1, 3, 0]),
    ],
)
def test_levels_of_a_tail(words, expected):
    run = cp.run(PLAN % words, members=MEMBERS, orders=ORDERS, period="2026-10")
    assert run.members.to_arrow()["pay:line"].to_pylist() == expected
