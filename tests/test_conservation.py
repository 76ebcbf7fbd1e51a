"""The books: every cent of a payable is a sum of ledger rows, and what was allotted is paid or breakage, exactly."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings

import compplan as cp
from compplan.bonuses.books.book import Book
from compplan.bonuses.books.caps import Cap, Caps
from compplan.bonuses.books.settle import settle
from compplan.bonuses.own_tier import passes
from compplan.periods.payables import Payables
from compplan.plan.sections import Rounding
from outputs import sums
from random_plans import PERIOD, fields, loaded, plans

BESIDES = {"bonus", "currency", "allotted", "paid"}


@settings(max_examples=120)
@given(plans(), fields())
def test_every_run_balances(made, drawn):
    run = cp.run(loaded(made[0]), period=PERIOD, **drawn.given)
    ledger, payables = run.ledger.rows(), run.payables.rows()
    assert_rows_add_up(run, ledger, payables)
    assert_books_balance(run, ledger)
    assert_totals_balance(run, payables)


def assert_rows_add_up(run, ledger, payables):
    """Rows of an earner sum to what he earned, and rows of a bonus to its column."""
    by_earner = sums([{**r, "who": (r["earner"], r["currency"])} for r in ledger], "who")
    assert by_earner == {(r["member_id"], r["currency"]): r["earned"] for r in payables if r["earned"]}
    by_bonus = sums([{**r, "who": (r["earner"], r["bonus"])} for r in ledger if r["bonus"]], "who")
    table = run.members.to_arrow()
    columns = [name for name in table.column_names if name.startswith("pay:")]
    paid = {
        (member, name.removeprefix("pay:")): amount
        for name in columns
        for member, amount in zip(table["member_id"].to_pylist(), table[name].to_pylist(), strict=True)
    }
    assert by_bonus == {who: amount for who, amount in paid.items() if amount}


def assert_books_balance(run, ledger):
    """Allotted is paid and breakage, bonus by bonus; the breakage table says the same."""
    breakage = sums([{**r, "what": (r["bonus"], r["currency"], r["reason"])} for r in run.breakage.rows()], "what")
    for balance in run.manifest["balances"]:
        whose = balance["bonus"], balance["currency"]
        lost = {reason: Decimal(amount) for reason, amount in balance.items() if reason not in BESIDES}
        assert {reason: breakage.pop((*whose, reason), Decimal(0)) for reason in lost} == lost
        paid = sum((r["amount"] for r in ledger if (r["bonus"], r["currency"]) == whose), Decimal(0))
        if balance["bonus"] is None:
            assert paid == -lost["rounding"]
        else:
            assert Decimal(balance["paid"]) == paid
            assert Fraction(balance["allotted"]) == Fraction(paid) + sum(map(Fraction, lost.values()))
    assert breakage == {}


def assert_totals_balance(run, payables):
    """What is due is paid or withheld; the state and the manifest carry the same sums."""
    for row in payables:
        assert row["earned"] + row["carried_in"] == row["withheld"] + row["payable"]
        assert row["payable"] >= 0
        assert not (row["withheld"] and row["payable"])
    own = run.manifest["payables"][0]["currency"]
    withheld = {r["member_id"]: r["withheld"] for r in payables if r["currency"] == own and r["withheld"]}
    assert withheld == {r["member_id"]: r["balance"] for r in run.state.rows() if r["balance"]}
    for total in run.manifest["payables"]:
        mine = [r for r in payables if r["currency"] == total["currency"]]
        named = {"earned": "earned", "carried": "carried_in", "withheld": "withheld", "paid": "payable"}
        assert {k: Decimal(total[k]) for k in named} == {
            k: sum((r[c] for r in mine), Decimal(0)) for k, c in named.items()
        }


# ---- money over several periods


@settings(max_examples=10)
@given(plans(), fields(largest=6))
def test_nothing_is_lost_between_periods(made, drawn):
    """What members earned over three periods is what they were paid, and what is withheld at the end."""
    plan, state = loaded(made[0]), drawn.state or None
    earned = paid = Decimal(0)
    carried = sum((row["balance"] for row in drawn.state), Decimal(0))
    for year in (2026, 2027, 2028):
        orders = [{**order, "date": order["date"].replace(year=year)} for order in drawn.orders]
        run = cp.run(plan, members=drawn.members, orders=orders, state=state, period=f"{year}-10")
        own = run.manifest["payables"][0]
        earned, paid, state = earned + Decimal(own["earned"]), paid + Decimal(own["paid"]), run.state
    assert carried + earned == paid + sum((row["balance"] for row in state.rows()), Decimal(0))


# ---- books that do not balance


def book(**facts):
    sound = {
        "bonus": "unilevel", "currency": "USD", "scale": 2, "exact_scale": 4, "base_scale": 2,
        "pay": np.array([100, 250, 0]), "rows": None, "rates": np.zeros((0, 0), np.int64), "rate_scale": 0,
        "allotted": 40_000, "breakage": {"not_qualified": 5_000, "rounding": 0}, "factor": Decimal(1),
    }  # fmt: skip
    return Book(**{**sound, **facts})


def capped(most):
    """The caps of members who are alone, for one period."""
    return Caps(Cap("", (), ""), None, 2, np.array(most), None, None)


def test_a_sound_book_balances():
    book().must_balance()
    settle(book(), Rounding(mode="half_up", at="payment"), 2, capped([50, 2**63 - 1, 10]))


@pytest.mark.parametrize(
    "wrong",
    [
        {"allotted": 40_001},
        {"pay": np.array([100, 250, 1])},
        {"breakage": {"not_qualified": 4_999, "rounding": 0}},
        {"breakage": {"not_qualified": 5_000, "rounding": -1}},
        {"scale": 3},
    ],
)
def test_a_book_that_does_not_balance_is_an_error(wrong):
    with pytest.raises(cp.ExactnessError, match="the books of unilevel do not balance"):
        book(**wrong).must_balance()
    with pytest.raises(cp.ExactnessError, match="unilevel"):
        settle(book(**wrong), Rounding(mode="half_even", at="bonus"), 2, capped([2**63 - 1] * 3))


def test_rounding_and_caps_stay_in_the_books():
    settled = book(scale=4, pay=np.array([10_050, 24_949, 1]), breakage={"not_qualified": 5_000})
    settle(settled, Rounding(mode="half_up", at="bonus"), 2, capped([9_999, 2**63 - 1, 0]))
    assert settled.pay.tolist() == [9_999, 24_900, 0]
    assert settled.breakage == {"not_qualified": 5_000, "rounding": -50 + 49 + 1, "capped": 101}
    assert [(each.entry, each.earner.tolist(), each.amount.tolist()) for each in settled.adjustments] == [
        ("rounding", [0, 1, 2], [50, -49, -1]),
        ("capped", [0], [-101]),
    ]


def test_payables_that_do_not_balance_are_an_error():
    two = np.array([5, -3])
    Payables("USD", 2, two, two, two * 0, paid=np.array([5, 0]), withheld=np.array([0, -3])).must_balance()
    with pytest.raises(cp.ExactnessError, match="payables do not balance"):
        Payables("USD", 2, two, two, two * 0, paid=np.array([5, 1]), withheld=np.array([0, -3])).must_balance()


def test_a_bonus_that_pays_too_much_stops_the_run(monkeypatch):
    """A mechanism that pays a cent that it did not enter is found out, whoever wrote it."""

    def generous(self, work, base, due):
        return sound(self, work, base, due) + 1

    sound = passes.OwnTierPass._amounts
    monkeypatch.setattr(passes.OwnTierPass, "_amounts", generous)
    monkeypatch.setattr(passes, "exact_products", lambda a, b: sum(int(x) * int(y) for x, y in zip(a, b, strict=True)))
    monkeypatch.setattr(passes, "exact_sum", lambda values: int(values.sum()) - values.size)
    with pytest.raises(cp.ExactnessError, match="shop"):
        cp.run(SHOP, members=[MEMBER], orders=[order("10.00")], period=PERIOD)


# ---- never a wrong number


MEMBER = {"member_id": 1, "sponsor_id": None}
SHOP = """
compplan: 1
name: shop
currency: USD
period: monthly
rounding: {mode: half_up, at: bonus}
trees: {enrollment: {parent: sponsor_id}}
volumes:
  pv: {sum: orders.qv}
  fine: {sum: orders.cv, decimals: 9}
bonuses:
  shop: {kind: retail, of: pv, rates: 10%}
"""
FINE = "  tiny: {kind: retail, of: fine, rates: 0.0000001%, currency: EUR}\n"


def order(qv, cv="0"):
    return {"order_id": 1, "member_id": 1, "date": "2026-10-02", "qv": qv, "cv": cv}


def test_amounts_of_different_digits_stand_in_one_ledger():
    """A bonus in cents beside one in billionths: the ledger is exact, or there is none."""
    for qv in ("12.30", "1000000.00", "99999999999.99"):
        run = cp.run(SHOP + FINE, members=[MEMBER], orders=[order(qv, "0.000000001")], period=PERIOD)
        try:
            rows = [r for r in run.ledger.rows() if r["bonus"] == "shop"]
        except cp.ExactnessError:
            continue
        exact = Decimal(qv) / 10
        assert next((r["entry"], r["base"]) for r in rows) == ("payment", Decimal(qv))
        assert rows[0]["amount"] == exact
        assert sum(r["amount"] for r in rows) == next(
            r["earned"] for r in run.payables.rows() if r["currency"] == "USD"
        )


@pytest.mark.parametrize("qv", ["92233720368547758.07", "92233720368547757.00"])
def test_the_largest_volume_is_paid_exactly_or_not_at_all(qv):
    try:
        run = cp.run(SHOP, members=[MEMBER], orders=[order(qv)], period=PERIOD)
    except cp.ExactnessError:
        return
    assert run.payables.rows()[0]["earned"] == (Decimal(qv) / 10).quantize(Decimal("0.01"), "ROUND_HALF_UP")


def test_many_large_payments_do_not_wrap():
    orders = [{**order("60000000000000000.00"), "order_id": n} for n in (1, 2)]
    with pytest.raises(cp.ExactnessError, match="64 bits"):
        cp.run(SHOP, members=[MEMBER], orders=orders, period=PERIOD)
    plan = SHOP.replace("rates: 10%", "rates: 100%, money_per_point: 90")
    with pytest.raises(cp.ExactnessError):
        cp.run(plan, members=[MEMBER], orders=[order("2000000000000000.00")], period=PERIOD)
