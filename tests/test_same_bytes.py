"""The same inputs give the same bytes: in any row order, with any number of threads, by every way to run."""

from __future__ import annotations

import decimal
import random
from fractions import Fraction
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import compplan as cp
from compplan.volumes import sweep
from outputs import TABLES, all_bytes, assert_same
from random_plans import PERIOD, fields, loaded, plans

LAKESIDE = Path(__file__).parents[1] / "plans" / "lakeside.yaml"
TOTALS = ("members", "payables", "breakage", "state")


@pytest.fixture(scope="module", autouse=True)
def tiny_ranges():
    """Let several threads run on trees of a few members as well."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sweep, "SMALLEST_RANGE", 1)
        patch.setattr(sweep, "CUT_COST", 1)
        yield


# ---- a whole field


def field(ids="int"):
    return cp.synth(3_000, seed=11, returns="0.03", ids=ids)


@pytest.fixture(scope="module")
def lakeside():
    return cp.load_plan(LAKESIDE)


@pytest.fixture(scope="module")
def whole(lakeside):
    members, orders = field()
    run = cp.run(lakeside, members=members, orders=orders, period=PERIOD)
    assert len(run.ledger) > 1000
    assert len(set(run.members.to_arrow()["rank"].to_pylist())) >= 4
    return run


def shuffled(table, seed):
    return table.take(pa.array(np.random.default_rng(seed).permutation(table.num_rows)))


@pytest.mark.compiled
@pytest.mark.parametrize("threads", [2, 3, 16])
def test_threads_do_not_matter(threads, lakeside, whole):
    members, orders = field()
    assert_same(whole, cp.run(lakeside, members=members, orders=orders, period=PERIOD, threads=threads))


@pytest.mark.compiled
def test_row_order_does_not_matter(lakeside, whole):
    members, orders = field()
    mixed = {"members": shuffled(members, 1), "orders": shuffled(orders, 2)}
    assert_same(whole, cp.run(lakeside, **mixed, period=PERIOD, threads=2))


@pytest.mark.compiled
def test_a_run_twice_is_the_same(whole):
    members, orders = field()
    assert_same(whole, cp.run(LAKESIDE, members=members, orders=orders, period=PERIOD))


@pytest.mark.compiled
def test_totals_are_the_same_without_rows(lakeside, whole):
    members, orders = field()
    bare = cp.run(lakeside, members=members, orders=orders, period=PERIOD, ledger=False)
    assert_same(whole, bare, TOTALS)
    assert len(bare.ledger) == 0
    assert bare.ledger.schema.equals(whole.ledger.schema)


@pytest.mark.compiled
def test_a_kept_genealogy_gives_the_same(lakeside, whole, tmp_path):
    members, orders = field()
    flat = cp.flatten(lakeside, members)
    cp.save_genealogy(flat, tmp_path / "tree.arrow")
    for genealogy in (flat, whole.genealogy, cp.load_genealogy(tmp_path / "tree.arrow")):
        run = cp.run(lakeside, members=members, orders=orders, period=PERIOD, genealogy=genealogy)
        assert_same(whole, run)


@pytest.mark.compiled
def test_a_kept_genealogy_never_mixes_up_members(lakeside, whole):
    """Over the same members in another order of rows it is refused, or gives the same."""
    members, orders = field()
    try:
        run = cp.run(lakeside, members=shuffled(members, 3), orders=orders, period=PERIOD, genealogy=whole.genealogy)
    except cp.CompplanError:
        return
    assert_same(whole, run)


@pytest.mark.compiled
def test_text_ids_pay_the_same_amounts(lakeside, whole):
    members, orders = field(ids="text")
    texts = cp.run(lakeside, members=members, orders=orders, period=PERIOD)
    for name in TABLES:
        numbered, named = (getattr(run, name).to_arrow() for run in (whole, texts))
        for column in numbered.column_names:
            values = named[column].to_pylist()
            if column in {"member_id", "earner", "source", "order"}:
                values = [None if text is None else int(text[1:]) for text in values]
            assert numbered[column].to_pylist() == values, (name, column)


def test_the_tables_of_a_run_do_not_depend_on_who_asks_first(lakeside):
    members, orders = cp.synth(200, seed=3)
    one, other = (cp.run(lakeside, members=members, orders=orders, period=PERIOD) for _ in range(2))
    first = {name: all_bytes(one, (name,)) for name in TABLES}
    for name in reversed(TABLES):
        other.next_rank(members["member_id"][0].as_py())
        assert all_bytes(other, (name,)) == first[name]


def test_the_callers_decimal_context_does_not_matter():
    members, orders = cp.synth(200, seed=4)
    expected = all_bytes(cp.run(LAKESIDE, members=members, orders=orders, period=PERIOD))
    with decimal.localcontext(decimal.Context(prec=3, rounding=decimal.ROUND_UP)):
        assert all_bytes(cp.run(cp.load_plan(LAKESIDE), members=members, orders=orders, period=PERIOD)) == expected


# ---- random plans


def mixed(drawn, seed):
    """Return the same tables in another order of rows."""
    other = random.Random(seed)  # noqa: S311 - a shuffle
    return {name: rows and other.sample(rows, len(rows)) for name, rows in drawn.given.items()}


@settings(max_examples=20)
@given(plans(), fields(largest=20), st.integers(0, 99))
def test_random_plans_give_the_same_bytes(made, drawn, seed):
    """Threads, another order of rows and a kept genealogy come together, as they do in use."""
    plan = loaded(made[0])
    run = cp.run(plan, period=PERIOD, **drawn.given)
    assert_same(run, cp.run(plan, period=PERIOD, threads=2, **mixed(drawn, seed)))
    assert_same(run, cp.run(plan, period=PERIOD, ledger=False, genealogy=run.genealogy, **drawn.given), TOTALS)


def test_rows_that_differ_in_amount_alone_may_stand_in_any_order():
    """No order ids are read here, so nothing but the amounts tells the rows apart."""
    plan = cp.load_plan(PLAIN)
    members = [{"member_id": 1, "sponsor_id": None}, {"member_id": 2, "sponsor_id": 1}]
    orders = [{"member_id": 2, "date": "2026-10-02", "qv": q, "cv": c} for q, c in ((1, 2), (2, 1), (1, 1), (3, 0))]
    run = cp.run(plan, members=members, orders=orders, period=PERIOD)
    for seed in range(5):
        other = random.Random(seed).sample(orders, 4)  # noqa: S311 - a shuffle
        assert_same(run, cp.run(plan, members=members, orders=other, period=PERIOD))


PLAIN = """
compplan: 1
name: plain
currency: USD
period: monthly
rounding: {mode: half_up, at: payment}
trees: {enrollment: {parent: sponsor_id}}
volumes:
  pv: {sum: orders.qv}
  cv: {sum: orders.cv}
bonuses:
  unilevel: {kind: unilevel, of: pv, rates: [10%, 5%]}
"""

# ---- hashes


CHANGES = {
    "a buyer": ("orders", "member_id", 4),
    "a day": ("orders", "date", "2026-10-30"),
    "an amount": ("orders", "qv", 41),
    "an order's kind": ("orders", "type", "autoship"),
    "an order's id": ("orders", "order_id", 9),
    "a sponsor": ("members", "sponsor_id", 1),
    "a kind of member": ("members", "kind", "customer"),
    "a date of enrolment": ("members", "enrolled_on", "2026-10-06"),
    "a number of a member": ("members", "score", 7),
    "a flag of a member": ("members", "vip", True),
    "a date of a member": ("members", "since", "2026-10-20"),
    "a text of a member": ("members", "country", "CA"),
    "a title": ("state", "title", "top"),
    "a last rank": ("state", "last_rank", "top"),
    "a first order": ("state", "ordered_before", True),
    "withheld pay": ("state", "balance", 9),
    "a tier": ("state", "club:tier", 1),
}

HASHED = """
compplan: 1
name: hashed
currency: USD
period: monthly
rounding: {mode: half_up, at: payment}
trees: {enrollment: {parent: sponsor_id}}
volumes:
  pv: {sum: orders.qv, credit: distributor, only: {type: kit}}
  first: {sum: orders.qv, first_order: only}
  early: {sum: orders.qv, window: {from_enrolment: 10 days}}
  score: {member: score}
conditions:
  local: member.country == "US" and not member.vip
ranks: {ladder: {low: [], top: [pv >= 1000]}, paid_as: title}
bonuses:
  orders: {kind: unilevel, of: pv, rates: {low: 10%, top: 20%}, payment: order, qualified_since: member.since}
  scores: {kind: unilevel, of: score, rates: 10%, pay_when: local and last_rank == low}
  firsts: {kind: retail, of: first, rates: 1%}
  early: {kind: retail, of: early, rates: 1%}
  club: {kind: tier, by: pv, amounts: {0: 1}, first_time: {0: 5}}
"""
TABLES_OF = {
    "members": [
        {
            "member_id": m, "sponsor_id": s, "kind": "distributor", "enrolled_on": "2026-09-28", "score": 3,
            "vip": False, "since": "2026-09-01", "country": "US",
        }
        for m, s in ((1, None), (2, 1), (3, 2), (4, 3))
    ],
    "orders": [
        {"order_id": o, "member_id": m, "date": "2026-10-05", "qv": 40, "type": "kit"} for o, m in ((1, 3), (2, 3), (3, 4))
    ],
    "state": [
        {"member_id": m, "title": "low", "last_rank": "low", "ordered_before": False, "balance": 0, "club:tier": 0}
        for m in (1, 2, 3, 4)
    ],
}  # fmt: skip


def changed(table, column, value):
    """Return the tables with one value changed, in a row that matters."""
    rows = [dict(row) for row in TABLES_OF[table]]
    rows[1 if table == "orders" else 2][column] = value
    return {**TABLES_OF, table: rows}


@pytest.mark.parametrize(("table", "column", "value"), CHANGES.values(), ids=CHANGES)
def test_whatever_changes_the_result_changes_a_hash(table, column, value):
    plan = cp.load_plan(HASHED)
    before = cp.run(plan, period=PERIOD, **TABLES_OF)
    after = cp.run(plan, period=PERIOD, **changed(table, column, value))
    tables = [all_bytes(run, ("members", "ledger", "payables", "state")) for run in (before, after)]
    for found in tables:
        del found["manifest"]
    assert tables[0] != tables[1], "the example must matter"
    assert before.manifest["inputs"] != after.manifest["inputs"]


def test_the_name_of_a_plans_content_is_its_hash():
    plan = cp.load_plan(HASHED)
    assert cp.load_plan(HASHED + "\n# a remark\n").hash == plan.hash
    assert cp.load_plan(HASHED.replace("10%", "0.10")).hash != "" != plan.hash
    assert cp.load_plan(HASHED.replace("rates: 10%", "rates: 11%")).hash != plan.hash


def test_control_totals_are_sums_of_the_columns(whole):
    table = whole.members.to_arrow()
    for name, total in whole.manifest["control_totals"].items():
        assert sum(map(Fraction, table[name].to_pylist())) == Fraction(total), name
