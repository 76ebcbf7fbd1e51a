"""Windows that go by when an order was placed, against a plain look at each order."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from plan_texts import HEAD, expect, plan

import compplan as cp

PLAN = """\
compplan: 1
name: Placed
currency: USD
period: monthly
rounding: {mode: half_up, at: payment}
weeks: {belong: cut}
orders: {placed: placed_on}
trees: {sponsor: {parent: sponsor_id}}
volumes:
  cv: {sum: orders.cv}
  early: {sum: orders.cv, window: {from_enrolment: 20 days}}
  later: {sum: orders.cv, window: {after_enrolment: 20 days}}
  half: {sum: orders.cv, window: {days_of_month: [1, 15]}}
  drive: {sum: orders.cv, window: {dates: [2026-09-10, 2026-10-05]}}
  by_week: {sum: orders.cv, over: week, window: {from_enrolment: 20 days}}
  weeks: {over_parts: by_week, take: sum}
bonuses:
  fast: {kind: fast_start, of: cv, window: 20 days, rates: [10%], payment: period}
"""
OCTOBER = st.dates(dt.date(2026, 10, 1), dt.date(2026, 10, 31))
AROUND = st.dates(dt.date(2026, 8, 20), dt.date(2026, 11, 10))
ORDERS = st.lists(st.tuples(OCTOBER, st.none() | AROUND, st.integers(-500, 500)), max_size=8)


@settings(max_examples=30, deadline=None)
@given(enrolled=AROUND, orders=ORDERS)
def test_windows_go_by_the_placed_date(enrolled, orders):
    members = [
        {"member_id": "ann", "sponsor_id": None, "enrolled_on": dt.date(2026, 1, 1)},
        {"member_id": "ben", "sponsor_id": "ann", "enrolled_on": enrolled},
    ]
    rows = [
        {"order_id": i, "member_id": "ben", "date": date, "placed_on": placed, "cv": cv}
        for i, (date, placed, cv) in enumerate(orders)
    ]
    nothing = {"order_id": 99, "member_id": "ben", "date": dt.date(2026, 10, 1), "placed_on": enrolled, "cv": 0}
    run = cp.run(PLAN, members, [*rows, nothing], period="2026-10")  # so that every column has a type
    row = next(row for row in run.members.rows() if row["member_id"] == "ben")
    placed = [(placed or date, cv) for date, placed, cv in orders]
    ends = enrolled + dt.timedelta(days=20)

    def total(holds):
        return sum((Decimal(cv) for day, cv in placed if holds(day)), Decimal(0))

    early = total(lambda day: enrolled <= day < ends)
    assert row["early"] == row["weeks"] == early
    assert row["later"] == total(lambda day: day >= ends)
    assert row["half"] == total(lambda day: day.day <= 15)
    assert row["drive"] == total(lambda day: dt.date(2026, 9, 10) <= day <= dt.date(2026, 10, 5))
    assert sum(each["amount"] for each in run.ledger.rows()) == early / 10


def test_a_date_that_nothing_goes_by():
    message = "there is no window that could go by it"
    expect((message, "leave it out, or give a volume or a bonus a window"), head=HEAD + "orders: {placed: ▸day}\n")
    windowed = "early: {sum: orders.qv, window: {from_enrolment: 20 days}}"
    loaded = plan(head=HEAD + "orders: {placed: day}\n", volumes=windowed)
    assert "Windows go by day of the orders where it is given, and else by date." in loaded.describe()
    assert "windows go by" in loaded.required_inputs()["orders"]["day"]


def test_what_is_no_date():
    members = [{"member_id": "ann", "sponsor_id": None, "enrolled_on": "2026-01-01"}]
    orders = [{"order_id": 1, "member_id": "ann", "date": "2026-10-02", "placed_on": "soon", "cv": 5}]
    with pytest.raises(cp.DataError) as error:
        cp.run(PLAN, members, orders, period="2026-10")
    assert "placed_on" in str(error.value)
