"""Retail in bands and blocks, advances, and bonuses by country, each in whole runs against its twin."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import compplan as cp
from naive import own_volume as naive

CENT = Decimal("0.01")
HEAD = """
compplan: 1
name: own volume
currency: USD
period: monthly
rounding: {mode: half_up, at: payment}
trees: {sponsor: {parent: sponsor_id}}
volumes: {sales: {sum: orders.amount}, before: {member: before}, lifetime: {compute: before + sales}}
conditions: {open: member.open}
"""
STARTS, RATES = [0, 300, 1000], [Decimal("0.05"), Decimal("0.1"), Decimal("0.25")]
TABLE = "{0: 5%, 300: 10%, 1000: 25%}"


def rounded(value):
    return Decimal(value).quantize(CENT, ROUND_HALF_UP)


def run(bonus, lives, *, plan=HEAD):
    """Run a bonus over members who are (before, amounts of their orders)."""
    members = [{"member_id": n, "sponsor_id": None, "before": b, "open": True} for n, (b, _) in enumerate(lives)]
    orders = [
        {"order_id": f"{n}-{place}", "member_id": n, "date": f"2026-10-{place + 1:02}", "amount": amount}
        for n, (_, amounts) in enumerate(lives)
        for place, amount in enumerate(amounts)
    ]
    return cp.run(f"{plan}bonuses: {{b: {bonus}}}\n", members, orders, period="2026-10")


def pay_of(result):
    return {row["member_id"]: row["pay:b"] for row in result.members.rows()}


amounts = st.integers(-200, 900).filter(bool).map(Decimal)
lives = st.lists(st.tuples(st.integers(0, 1500), st.lists(amounts, max_size=4)), min_size=1, max_size=4)


@settings(max_examples=25, deadline=None)
@given(lives)
def test_marginal_bands_of_a_lifetime_order_by_order(drawn):
    found = pay_of(
        run(f"{{kind: retail, of: sales, payment: order, rates_by: lifetime, rates: {TABLE}, bands: marginal}}", drawn)
    )
    for member, (before, orders) in enumerate(drawn):
        assert found[member] == sum(rounded(p) for *_, p in naive.marginal(STARTS, RATES, before, orders))


@settings(max_examples=25, deadline=None)
@given(lives)
def test_marginal_bands_of_a_month(drawn):
    found = pay_of(run(f"{{kind: retail, of: sales, rates_by: lifetime, rates: {TABLE}, bands: marginal}}", drawn))
    for member, (before, orders) in enumerate(drawn):
        assert found[member] == sum(rounded(p) for *_, p in naive.marginal(STARTS, RATES, before, [sum(orders)]))


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.integers(-100, 2500), min_size=1, max_size=4),
    st.sampled_from([100, 150, 300]),
    st.sampled_from(["own_rate", "previous_rate", "unpaid"]),
    st.integers(0, 4),
)
def test_blocks(volumes, size, incomplete, after):
    after = 0 if incomplete == "unpaid" else after
    blocks = f"blocks: {{size: {size}, incomplete: {incomplete}, after: {after}}}"
    bonus = f"{{kind: retail, of: sales, rates_by: sales, rates: {TABLE}, bands: marginal, {blocks}}}"
    found = pay_of(run(bonus, [(0, [Decimal(v)] if v else []) for v in volumes]))
    for member, volume in enumerate(volumes):
        paid = naive.blocks(STARTS, RATES, volume, size, incomplete, after) if volume > 0 else []
        assert found[member] == sum(part * rate for part, rate, pays in paid if pays)


# ---- advances


@settings(max_examples=15, deadline=None)
@given(
    st.lists(
        st.lists(st.tuples(st.sampled_from([0, 30, 49]), st.booleans()), min_size=2, max_size=2), min_size=3, max_size=5
    ),
    st.sampled_from(["as_earned", "advance", "nothing"]),
)
def test_advances_over_several_months(months, after):
    plan = cp.load_plan(
        HEAD
        + f"bonuses: {{b: {{kind: advance, of: sales, rates: 7.5%, periods: 3, after: {after}, pay_when: open}}}}\n"
    )
    kept, state = dict.fromkeys((0, 1), (0, 0, 0, 0)), None
    for number, month in enumerate(months, 1):
        members = [{"member_id": 9, "sponsor_id": None, "kind": "distributor", "before": 0, "open": month[0][1]}]
        members += [{"member_id": n, "sponsor_id": 9, "kind": "customer", "before": 0, "open": True} for n in (0, 1)]
        orders = [{"member_id": n, "date": f"2026-{number:02}-05", "amount": v} for n, (v, _) in enumerate(month) if v]
        result = cp.run(plan, members, orders, period=f"2026-{number:02}", state=state)
        want = Decimal(0)
        for n, (volume, _) in enumerate(month):
            (base, rate), kept[n] = naive.advance(Decimal("0.075"), 3, after, volume, month[0][1], kept[n])
            want += rounded(base * rate)
        assert pay_of(result)[9] == want
        state = result.state


# ---- by country

BY_COUNTRY = """
compplan: 1
name: by country
currency: USD
period: monthly
rounding: {mode: half_up, at: payment}
trees: {sponsor: {parent: sponsor_id}}
volumes: {usd: {sum: orders.usd}, jpy: {sum: orders.jpy, decimals: 0}}
bonuses:
  kit:
    kind: unilevel
    of: {US: usd, JP: jpy}
    of_by: member.country
    currency: {US: USD, JP: JPY}
    currency_by: member.country
    rates: [10%, 5%]
    cap: {US: 40, JP: 900}
    cap_by: member.country
"""


@settings(max_examples=15, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["US", "JP", "FR"]), st.integers(0, 300)), min_size=1, max_size=8), st.data())
def test_one_bonus_by_country_is_two_bonuses(people, data):
    """Each earner gets his level of his own country's price, in his own currency; who has no country gets nothing."""
    above = [None] + [data.draw(st.integers(0, n - 1)) for n in range(1, len(people))]
    members = [{"member_id": n, "sponsor_id": above[n], "country": c} for n, (c, _) in enumerate(people)]
    orders = [{"member_id": n, "date": "2026-10-05", "usd": v, "jpy": v * 110} for n, (_, v) in enumerate(people) if v]
    result = cp.run(BY_COUNTRY, members, orders, period="2026-10")
    want = dict.fromkeys(range(len(people)), Decimal(0))
    for n, (_, volume) in enumerate(people):
        earner = above[n]
        for rate in (Decimal("0.1"), Decimal("0.05")):
            if earner is None:
                break
            country = people[earner][0]
            unit = {"US": (Decimal(1), CENT), "JP": (Decimal(110), Decimal(1))}.get(country)
            if unit:
                want[earner] += (volume * rate * unit[0]).quantize(unit[1], ROUND_HALF_UP)
            earner = above[earner]
    most = {"US": 40, "JP": 900}
    want = {n: min(amount, Decimal(most.get(people[n][0], 0))) for n, amount in want.items()}
    paid = {row["member_id"]: row["pay:kit"] for row in result.members.rows()}
    assert paid == want
    codes = {"US": "USD", "JP": "JPY"}
    assert {(r["member_id"], r["currency"]): r["payable"] for r in result.payables.rows()} == {
        (n, codes[people[n][0]]): amount for n, amount in want.items() if amount
    }
    for n, (country, _) in enumerate(people):
        why = result.why(n, "kit")
        assert why.total == want[n]
        assert str(why.details[0]) == f"member.country: {country if country in codes else 'no key of the tables'}"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("    of_by: member.country\n", "", "of is a table"),
        ("currency: {US: USD, JP: JPY}", "currency: {US: USD}", "have different keys"),
        ("currency: {US: USD, JP: JPY}", "currency: {US: USD, JP: yen}", "is not a currency code"),
        ("currency: {US: USD, JP: JPY}", "currency: JPY", "currency is no table"),
        ("JP: jpy}", "JP: yen}", '"yen" is not a quantity'),
        ("JP: JPY}", "JP: {code: JPY, decimals: 0, sign: Y}}", "a currency has a code and decimals"),
        ("cap: {US: 40, JP: 900}", "cap: {US: 40, JP: 900}\n    cap_per: month", "cap_per does not go with tables"),
        ("    rates: [10%, 5%]", "    rates: [10%, 5%]\n    every: week", "this is one of each week"),
    ],
)
def test_tables_by_country_that_make_no_sense_are_refused(old, new, said):
    assert old in BY_COUNTRY
    with pytest.raises(cp.PlanError, match=said):
        cp.load_plan(BY_COUNTRY.replace(old, new))


@pytest.mark.parametrize(
    ("bonus", "said"),
    [
        ("{kind: retail, of: sales, rates: 5%, bands: marginal}", "bands need thresholds"),
        ("{kind: retail, of: sales, rates: 5%, amounts: 3}", "either rates or amounts"),
        (
            "{kind: retail, of: sales, rates: {0: 5%}, rates_by: lifetime, bands: marginal, blocks: {size: 5}}",
            "blocks are counted in",
        ),
        ("{kind: retail, of: sales, rates: 5%, blocks: {size: 0.001}}", "more digits than sales"),
        ("{kind: retail, of: sales, rates: 5%, blocks: {size: 5, after: 2}}", "an incomplete block is never paid"),
        ("{kind: retail, of: sales, rates: 5%, payment: order, true_up: month}", "a true-up is of a sum"),
        ("{kind: tier, by: sales, held: 2}", "has amounts, first_time, or both"),
        ("{kind: tier, by: sales, amounts: {5: 1}, within: 30 days}", "within is about the first time"),
        ("{kind: tier, by: sales, amounts: {5: 1}, instalments: {payments: 2}}", "instalments is about the first time"),
        (
            "{kind: tier, by: sales, first_time: {5: 1}, grace: {periods: 1, share: 50%}}",
            "grace is about what is paid again",
        ),
        ("{kind: tier, by: sales, first_time: 5}", "tiers are a mapping"),
        ("{kind: tier, by: sales, first_time: {gold: 5}}", '"gold" is not a number'),
        ("{kind: tier, by: rank, first_time: {gold: 5}}", '"gold" is not a rank'),
        ("{kind: tier, by: sales, first_time: {5: 1}, within: {6: 30 days}}", '"6" is not a tier'),
        ("{kind: tier, by: sales, amounts: {US: {5: 1}}}", "these are tables of tables"),
        ("{kind: tier, by: sales, first_time: {5: 0.005}, instalments: {payments: 2}}", "more digits than the money"),
        ("{kind: tier, by: sales, amounts: {5: 1}, multiplier: {by: sales, values: {x: 2}}}", '"x" is not a number'),
    ],
)
def test_what_makes_no_sense_is_refused(bonus, said):
    with pytest.raises(cp.PlanError, match=said):
        cp.load_plan(f"{HEAD}bonuses: {{b: {bonus}}}\n")
