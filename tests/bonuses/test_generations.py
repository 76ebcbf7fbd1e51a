"""Generations and matches as plans say them, against their definitions on random fields."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import compplan as cp
from tests.naive import generations as naive
from tests.volumes.forests import depths, parents_of

pytestmark = pytest.mark.kernels
check = settings(deadline=None, max_examples=30)

HEAD = """
compplan: 1
name: generations
currency: USD
period: monthly
rounding: {mode: half_up, at: payment}
trees: {sponsor: {parent: sponsor_id}}
volumes:
  pv: {sum: orders.pv}
  number: {member: rank_number, decimals: 0}
conditions:
  active: member.active
  boundary: member.ends
ranks:
  ladder:
    r1: []
    r2: [number >= 2]
    r3: [number >= 3]
bonuses:
"""
TEXT = {1: "r1", 2: "r2", 3: "r3"}
RATES = st.dictionaries(
    st.sampled_from([1, 2, 3]),
    st.lists(st.sampled_from([0, 1, 3, 7, 10]), min_size=1, max_size=4),
    min_size=1,
)


@st.composite
def fields(draw, most=14):
    """Random members, parents first, some of them in the shapes that break sweeps."""
    parents = parents_of(draw(depths(most)))
    flag = draw(st.sampled_from([st.booleans(), st.just(True), st.just(False)]))
    return [
        {
            "parent": None if parent < 0 else parent,
            "volume": Decimal(draw(st.integers(0, 99_999))) / 100,
            "rank": draw(st.integers(1, 3)),
            "boundary": draw(flag),
            "pays": draw(st.sampled_from([True, True, False])),
        }
        for parent in parents
    ]


def tables(members):
    """The field as members and orders."""
    people = [
        {
            "member_id": i,
            "sponsor_id": m["parent"],
            "rank_number": m["rank"],
            "active": m["pays"],
            "ends": m["boundary"],
        }
        for i, m in enumerate(members)
    ]
    orders = [
        {"order_id": 2 * i + k, "member_id": i, "date": "2026-10-01", "pv": m["volume"] if k == 0 else Decimal(10)}
        for i, m in enumerate(members)
        for k in range(2)
        if m["volume"] or k
    ]
    return people, orders


def rates_text(rates):
    return "{" + ", ".join(f"{TEXT[rank]}: [{', '.join(f'{r}%' for r in row)}]" for rank, row in rates.items()) + "}"


def exact(rates):
    return {rank: [Decimal(r) / 100 for r in row] for rank, row in rates.items()}


def paid(run, count):
    found = [Decimal(0)] * count
    for row in run.payables.rows():
        found[row["member_id"]] = row["earned"]
    return found


def ledger(run, *columns):
    return sorted(tuple(row[c] for c in columns) for row in run.ledger.rows() if row["bonus"] == "bonus")


@check
@given(fields(), RATES, st.booleans(), st.booleans(), st.sampled_from(["absolute", "relative"]))
def test_generations_are_those_of_the_definition(members, rates, opens, before_first, kind):
    boundary = "boundary" if kind == "absolute" else "paid_as >= earner.paid_as"
    plan = cp.load_plan(
        f"{HEAD}  bonus: {{kind: generation, of: pv, boundary: '{boundary}', pay_when: active, "
        f"boundary_member: {'opens' if opens else 'closes'}, own_group: {'before_first' if before_first else 'first'}, "
        f"rates: {rates_text(rates)}}}\n"
    )
    for each in members:
        each["volume"] += 10

    def ends(member, earner):
        return member["boundary"] if kind == "absolute" else member["rank"] >= earner["rank"]

    expected, rows = naive.generation_pay(members, exact(rates), ends, opens=opens, before_first=before_first)
    for each in members:
        each["volume"] -= 10
    run = cp.run(plan, *tables(members), period="2026-10")
    assert paid(run, len(members)) == expected
    assert ledger(run, "earner", "source", "level", "amount") == sorted(rows)
    assert paid(cp.run(plan, *tables(members), period="2026-10", ledger=False), len(members)) == expected
    for member in range(len(members)):
        found = sorted((r["source"], r["level"], r["amount"]) for r in run.why(member, "bonus").paid)
        assert found == sorted(row[1:] for row in rows if row[0] == member)


@check
@given(fields(), RATES, st.booleans(), st.booleans())
def test_totals_without_rounding_are_exact(members, rates, opens, before_first):
    text = (
        f"{HEAD}  bonus: {{kind: generation, of: pv, boundary: boundary, pay_when: active, "
        f"boundary_member: {'opens' if opens else 'closes'}, own_group: {'before_first' if before_first else 'first'}, "
        f"rates: {rates_text(rates)}}}\n"
    )
    plan = cp.load_plan(text.replace("at: payment", "at: member"))
    found = [cp.run(plan, *tables(members), period="2026-10", ledger=rows) for rows in (True, False)]
    assert found[0].payables.to_arrow().equals(found[1].payables.to_arrow())
    assert found[0].breakage.to_arrow().equals(found[1].breakage.to_arrow())


@check
@given(fields(), RATES, st.sampled_from(["order", "period"]), st.booleans(), st.booleans(), st.booleans())
def test_a_cascade_matches_what_it_pays(members, rates, payment, compressed, selected, pair):
    words = (
        f"payment: {payment}, rates: {rates_text(rates)}, pay_when: 'active{' and paid_as >= source.paid_as' * pair}'"
    )
    words += ", compress: not boundary" * compressed + ", where: boundary" * selected
    plan = cp.load_plan(
        f"{HEAD}  base: {{kind: unilevel, of: pv, payment: order, rates: [20%, 10%]}}\n"
        f"  bonus: {{kind: match, of: base, cascade: true, {words}}}\n"
    )
    run = cp.run(plan, *tables(members), period="2026-10")
    base = {}
    for row in run.ledger.rows():
        if row["bonus"] == "base":
            order = base.setdefault(row["order"] if payment == "order" else None, {})
            order[row["earner"]] = order.get(row["earner"], 0) + row["amount"]
    expected, rows = naive.cascade_pay(
        members,
        base,
        exact(rates),
        counts=lambda m: m["boundary"] or not compressed,
        matches=lambda m: m["boundary"] or not selected,
        fits=lambda e, s: not pair or e["rank"] >= s["rank"],
    )
    books = next(each for each in run.manifest["balances"] if each["bonus"] == "bonus")
    assert Decimal(books["paid"]) == sum(expected)
    if payment == "period":
        found = ledger(run, "earner", "source", "level", "base", "amount")
        assert found == sorted((e, s, level, b, a) for e, s, _, level, b, a in rows)
    else:
        found = ledger(run, "earner", "source", "order", "level", "base", "amount")
        assert found == sorted(rows)
    totals = cp.run(plan, *tables(members), period="2026-10", ledger=False)
    assert totals.payables.to_arrow().equals(run.payables.to_arrow())
    for member in range(len(members)):
        assert sorted(r["amount"] for r in run.why(member, "bonus").paid) == sorted(
            row[-1] for row in rows if row[0] == member
        )


@check
@given(fields(), RATES, st.sampled_from(["bonus", "member"]))
def test_a_cascade_rounds_to_the_digits_of_what_it_matches(members, rates, at):
    plan = cp.load_plan(
        f"{HEAD.replace('at: payment', f'at: {at}')}  base: {{kind: unilevel, of: pv, rates: [20%, 10%]}}\n"
        f"  bonus: {{kind: match, of: base, cascade: true, rates: {rates_text(rates)}, pay_when: active}}\n"
    )
    runs = [cp.run(plan, *tables(members), period="2026-10", ledger=rows) for rows in (True, False)]
    assert runs[0].payables.to_arrow().equals(runs[1].payables.to_arrow())
    paid_of = {member: Decimal(0) for member in range(len(members))}
    for row in runs[0].ledger.rows():
        if row["bonus"] == "bonus":
            paid_of[row["earner"]] += row["amount"]
    for member, total in paid_of.items():
        assert runs[0].why(member, "bonus").total == total
