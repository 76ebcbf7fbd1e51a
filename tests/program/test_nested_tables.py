"""Tables with several keys: which cell goes for whom, and what is refused."""

from __future__ import annotations

from decimal import Decimal

import pytest

import compplan as cp

PLAN = """compplan: 1
name: Nested
currency: USD
period: monthly
rounding: {mode: half_up, at: payment}
trees: {sponsor: {parent: sponsor_id}}
volumes: {cv: {sum: orders.cv}, lines: {member: lines, decimals: 0}}
bonuses:
  level: {kind: unilevel, of: cv, rates_by: [member.title, lines], rates: RATES}
"""
TITLES = [("a", 1), ("b", 0), ("a", 3), ("a", 0), ("c", 1)]


@pytest.fixture
def loaded(tmp_path):
    def load(rates):
        path = tmp_path / "plan.yaml"
        path.write_text(PLAN.replace("RATES", rates))
        return cp.load_plan(path)

    return load


def test_each_member_has_the_rate_of_his_cell(loaded):
    members = [
        {"member_id": i, "sponsor_id": i - 1 if i > 1 else None, "title": title, "lines": lines}
        for i, (title, lines) in enumerate(TITLES, 1)
    ]
    orders = [{"order_id": i, "member_id": i, "date": "2026-10-02", "cv": 100} for i in range(1, 6)]
    plan = loaded("{a: {1: 3%, 2: [5%, 1%]}, b: 7%}")
    run = cp.run(plan, members, orders, period="2026-10")
    found = [(row["earner"], row["source"], row["amount"]) for row in run.ledger.rows()]
    assert found == [(1, 2, Decimal(3)), (2, 3, Decimal(7)), (3, 4, Decimal(5)), (3, 5, Decimal(1))]
    assert (
        "with member.title a, from 1 lines: 3%; with member.title a, from 2 lines: 5%, 1% by level" in plan.describe()
    )


@pytest.mark.parametrize(
    ("rates", "message"),
    [
        ("{a: {1: {2: 3%}}}", "the table is nested deeper than rates_by says"),
        ("{a: 3%}", "the table has no keys for lines"),
        ("{a: {2: 3%, 1: 5%}}", "the thresholds do not ascend"),
        ("{a: {x: 3%}}", "is not a number"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_place(loaded, rates, message):
    with pytest.raises(cp.PlanError, match=rf"plan.yaml:9:\d+: .*{message}"):
        loaded(rates)
