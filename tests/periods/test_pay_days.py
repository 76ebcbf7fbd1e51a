"""Pay days: their dates, payouts one after the other, and what is refused."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import compplan as cp
from compplan.errors import PlanError, UsageError
from compplan.periods.period import read_period
from compplan.plan.pay_day import pay_date
from outputs import column_of

PLAN = """
compplan: 1
name: days
currency: USD
period: monthly
weeks: {belong: last_day}
rounding: {mode: half_up, at: AT}
trees: {sponsor: {parent: sponsor_id}}
volumes:
  sales: {sum: orders.cv, over: week}
  cv: {sum: orders.cv}
bonuses:
  weekly: {kind: retail, of: sales, rates: 10%WEEKLY}
  monthly: {kind: retail, of: cv, rates: 5%MONTHLY}
  euros: {kind: retail, of: cv, rates: 1%, currency: EUREUROS}
payout: {minimum: MINIMUM, fee: FEEPAYOUT}
"""
DAYS = {"WEEKLY": ", pay_day: 5 days after", "PAYOUT": ", pay_day: day 15 of next month"}
NONE = {"WEEKLY": "", "MONTHLY": "", "EUROS": "", "PAYOUT": "", "AT": "payment", "MINIMUM": "0", "FEE": "0"}


def plan(more="", **words):
    text = PLAN
    for word, value in {**NONE, **words}.items():
        text = text.replace(word, value)
    return cp.load_plan(text + more)


def run(plan, orders, state=None):
    rows = [{"order_id": n, "member_id": who, "date": day, "cv": cv} for n, (who, day, cv) in enumerate(orders)]
    members = [{"member_id": who, "sponsor_id": None} for who in "ab"]
    return cp.run(plan, members, rows, period="2026-10", state=state)


@pytest.mark.parametrize(
    ("rule", "period", "day"),
    [
        ("5 days after", "2026-10", "2026-11-05"),
        ("1 day after", "2026-12-31", "2027-01-01"),
        ("0 days after", "2026-W41", "2026-10-11"),
        ("day 15 of next month", "2026-12", "2027-01-15"),
        ("day 31 of next month", "2027-01", "2027-02-28"),
        ("day 30 of next month", "2028-01", "2028-02-29"),
        ("last day of this month", "2026-10-01/2026-10-16", "2026-10-31"),
        ("last day of next month", "2026-Q4", "2027-01-31"),
        ("day 25 of this month", "2026-W40", "2026-10-25"),  # its last day is October 4
    ],
)
def test_dates_by_hand(rule, period, day):
    assert pay_date(rule, read_period(period)) == date.fromisoformat(day)


def test_a_day_after_the_end_of_the_calendar_is_refused():
    with pytest.raises(UsageError, match="after the year 9999"):
        pay_date("400 days after", read_period("9999-06"))


orders = st.lists(
    st.tuples(
        st.sampled_from("ab"),
        st.dates(date(2026, 9, 28), date(2026, 10, 31)).map(str),
        st.decimals(-300, 900, places=2),
    ),
    max_size=6,
)


@settings(max_examples=30, deadline=None)
@given(orders, st.integers(0, 60), st.sampled_from([0, 2]), st.sampled_from(["payment", "bonus", "member"]))
def test_each_day_is_a_payout_that_takes_over_what_the_day_before_kept(orders, minimum, fee, at):
    """Day by day: what is due with what was kept is kept again below the minimum, and else paid less the fee."""
    result = run(plan(**DAYS, MINIMUM=str(minimum), FEE=str(fee), AT=at), orders)
    rows = {(r["member_id"], r["currency"], r["pay_day"]): r for r in result.payables.rows()}
    days = sorted({day for _, _, day in rows})
    for who in "ab":
        kept = Decimal(0)
        for day in days:
            row = rows.get((who, "USD", day))
            if row is None:
                assert kept == 0
                continue
            assert row["carried_in"] == kept
            due = row["earned"] + kept
            waits = due < minimum or due < 0 or due < fee or (due == fee and due > 0)
            assert (row["withheld"], row["payable"]) == ((due, 0) if waits else (0, due - (fee if due else 0)))
            kept = row["withheld"]
        assert column_of(result, "balance", "state")[who] == kept
    whole = run(plan(MINIMUM=str(minimum), FEE=str(fee), AT=at), orders)
    if at != "member":  # else each payout is rounded for itself
        assert column_of(result, "earned") == column_of(whole, "earned")
    sums = {who: sum(r["earned"] for key, r in rows.items() if key[:2] == (who, "USD")) for who in "ab"}
    assert column_of(result, "earned") == sums


def test_weeks_are_due_after_each_of_them_and_other_currencies_for_themselves():
    """100 in week 41 and 300 in week 43: 10 on October 16, 30 on the 30th; 20 and 4 euros on November 15."""
    result = run(plan(**DAYS), [("a", "2026-10-06", 100), ("a", "2026-10-20", 300)])
    found = [(str(r["pay_day"]), r["currency"], str(r["payable"])) for r in result.payables.rows()]
    assert found == [
        ("2026-10-16", "USD", "10.00"),
        ("2026-10-30", "USD", "30.00"),
        ("2026-11-15", "USD", "20.00"),
        ("2026-11-15", "EUR", "4.00"),
    ]
    totals = [(t["pay_day"], t["currency"], t["paid"]) for t in result.manifest["payables"] if t["paid"] != "0.00"]
    assert totals == found


def test_what_a_limit_of_the_month_takes_from_weeks_is_taken_of_the_last():
    """Of 10 and 30 the month allows 9 % of 400 = 36, which is known at its end: the last week, of nothing, owes 4."""
    limit = "limits:\n  most: {bonuses: [weekly], of: cv, rates: 9%}\n"
    result = run(plan(limit, **DAYS), [("a", "2026-10-06", 100), ("a", "2026-10-13", 300)])
    found = {str(r["pay_day"]): r["earned"] for r in result.payables.rows() if r["currency"] == "USD"}
    assert found == {"2026-10-16": 10, "2026-10-23": 30, "2026-10-30": -4, "2026-11-15": 20}


def test_without_pay_days_nothing_changes():
    assert "pay_day" not in run(plan(), [("a", "2026-10-06", 100)]).payables.column_names


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ({"WEEKLY": ", pay_day: 5 days after"}, 'other bonuses have a pay day, and "monthly" has none'),
        ({"PAYOUT": ", pay_day: friday"}, '"friday" is no pay day'),
        ({"PAYOUT": ", pay_day: day 32 of next month"}, '"day 32 of next month" is no pay day'),
        ({"PAYOUT": ", pay_day: day 0 of next month"}, "write 5 days after, day 15 of next month"),
        ({"PAYOUT": ", pay_day: 15"}, "pay_day"),
    ],
)
def test_what_makes_no_sense_is_refused(words, said):
    with pytest.raises(PlanError, match=said):
        plan(**words)


def test_it_is_told_in_words():
    text = plan(**DAYS).describe()
    assert "Paid on this day: 5 days after." in text
    assert "Payouts are on this day: day 15 of next month." in text
