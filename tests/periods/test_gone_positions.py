"""What positions that left were paid still counts for the others of their owner, and for themselves when they return."""

from __future__ import annotations

from decimal import Decimal

import pyarrow as pa
import pytest

import compplan as cp
from compplan.errors import DataError
from outputs import assert_same, column_of

PLAN = """
compplan: 1
name: owners
currency: USD
period: monthly
rounding: {mode: half_up, at: payment}
trees: {enrollment: {parent: sponsor_id}}
volumes: {sales: {sum: orders.amount}}
bonuses:
  capped: {kind: retail, of: sales, rates: 100%, cap: 1000, cap_per: year, cap_over: member.owner}
  own: {kind: retail, of: sales, rates: 100%, cap: 500, cap_per: year}
  limited: {kind: retail, of: sales, rates: 100%}
limits:
  year: {bonuses: [limited], per: member.owner, amounts: 1000, over: year}
"""
OWNERS = {"a1": "Ann", "a2": "Ann", "b1": "Ben", "n1": "", "n2": ""}
BONUSES = ("capped", "limited")


def month(period, sales, state=None, *, owners=None, here=("a1", "a2", "b1", "n1", "n2")):
    owners = {**OWNERS, **(owners or {})}
    members = [{"member_id": m, "sponsor_id": None, "owner": owners[m]} for m in here]
    orders = [{"order_id": m, "member_id": m, "date": f"{period}-05", "amount": Decimal(v)} for m, v in sales.items()]
    return cp.run(cp.load_plan(PLAN), members, orders, period=period, state=state)


def paid(run, bonus):
    return {member: int(amount) for member, amount in column_of(run, f"pay:{bonus}").items() if amount}


@pytest.mark.parametrize("bonus", BONUSES)
def test_an_owner_keeps_what_a_position_that_left_was_paid(bonus):
    """700 + 200 of 1,000 in October; a1 leaves, so 100 are left for a2, who sells for 400."""
    october = month("2026-10", {"a1": 700, "a2": 200, "b1": 50})
    november = month("2026-11", {"a2": 400, "b1": 990}, october.state, here=("a2", "b1"))
    assert paid(november, bonus) == {"a2": 100, "b1": 950}
    december = month("2026-12", {"a2": 10}, november.state, here=("a2", "b1"))
    assert paid(december, bonus) == {}
    january = month("2027-01", {"a2": 990}, december.state, here=("a2", "b1"))
    assert paid(january, bonus) == {"a2": 990}


@pytest.mark.parametrize("bonus", BONUSES)
def test_it_counts_for_a_position_that_the_owner_opens_later(bonus):
    """Ann's only position leaves after 700; two months later she opens another, for which 300 are left."""
    october = month("2026-10", {"a1": 700}, here=("a1", "b1"))
    november = month("2026-11", {"b1": 1}, october.state, here=("b1",))
    december = month("2026-12", {"a2": 800}, november.state, here=("a2", "b1"))
    assert paid(december, bonus) == {"a2": 300}


def test_who_returns_goes_on_where_he_left():
    """700 of the owner's 1,000 and all of his own 500 are used up, also after a month away."""
    october = month("2026-10", {"a1": 700})
    november = month("2026-11", {}, october.state, here=("b1",))
    december = month("2026-12", {"a1": 600}, november.state)
    assert [paid(december, bonus) for bonus in ("capped", "own", "limited")] == [{"a1": 300}, {}, {"a1": 300}]


def test_a_position_that_is_sold_takes_what_it_was_paid_with_it():
    """It is among the members, so its owner of today counts: 700 of a1 are now Ben's, whose 1,000 leave 300."""
    october = month("2026-10", {"a1": 700, "a2": 100})
    november = month("2026-11", {"a2": 990, "b1": 990}, october.state, owners={"a1": "Ben"})
    assert paid(november, "capped") == {"a2": 900, "b1": 300}


@pytest.mark.parametrize("bonus", BONUSES)
@pytest.mark.parametrize("nobody", ["", None])
def test_who_has_no_owner_is_held_alone(bonus, nobody):
    """Two positions without an owner share nothing, also with one that left."""
    nobodies = {"n1": nobody, "n2": nobody}
    october = month("2026-10", {"n1": 900, "n2": 800}, owners=nobodies)
    assert paid(october, bonus) == {"n1": 900, "n2": 800}
    november = month("2026-11", {"n2": 500}, october.state, here=("n2", "b1"), owners=nobodies)
    assert paid(november, bonus) == {"n2": 200}


def test_the_state_keeps_rows_of_who_is_gone_until_the_year_ends():
    october = month("2026-10", {"a1": 700, "b1": 5})
    november = month("2026-11", {}, october.state, here=("a2", "n1"))
    rows = {row["member_id"]: row for row in november.state.rows()}
    assert list(rows) == ["a2", "n1", "a1", "b1"]  # first the members, then who is gone, by their ids
    gone = rows["a1"]
    assert (gone["capped:paid"], gone["capped:paid_group"], gone["own:paid"]) == (700, "Ann", 500)
    assert (gone["limits.year:paid"], gone["limits.year:group"], gone["balance"]) == (700, "Ann", 0)
    assert (gone["title"], gone["ordered_before"]) == (None, False)
    january = month("2027-01", {}, november.state, here=("a2", "n1"))
    assert [row["member_id"] for row in january.state.rows()] == ["a2", "n1"]


def test_a_state_with_such_rows_may_be_a_file_and_in_any_order(tmp_path):
    october = month("2026-10", {"a1": 700, "a2": 200, "b1": 50})
    november = month("2026-11", {}, october.state, here=("a2",))
    usual = month("2026-12", {"a2": 400}, november.state, here=("a2", "n1"))
    for suffix in (".parquet", ".csv", ".arrow"):
        path = november.state.write(tmp_path / f"state{suffix}")
        assert_same(usual, month("2026-12", {"a2": 400}, path, here=("a2", "n1")))
    shuffled = november.state.to_arrow().take([1, 2, 0])
    assert_same(usual, month("2026-12", {"a2": 400}, shuffled, here=("a2", "n1")))


def test_the_hash_of_a_state_knows_who_is_gone():
    october = month("2026-10", {"a1": 700, "a2": 200})
    rows = october.state.rows()
    changed = [{**row, "capped:paid": row["capped:paid"] - (row["member_id"] == "a1")} for row in rows]
    runs = [month("2026-11", {}, state, here=("a2",)) for state in (rows, changed)]
    first, second = (run.manifest["inputs"]["state"] for run in runs)
    assert first != second


def test_a_state_without_owners_is_read_as_before():
    """A state that was written by hand may not say whose positions they were: then who is gone counts for nobody."""
    october = month("2026-10", {"a1": 700, "a2": 200})
    table = october.state.to_arrow().drop_columns(["capped:paid_group", "limits.year:group"])
    november = month("2026-11", {"a2": 900}, table, here=("a2",))
    assert [paid(november, bonus) for bonus in BONUSES] == [{"a2": 800}, {"a2": 800}]


def test_who_is_gone_comes_once():
    october = month("2026-10", {"a1": 700, "a2": 200})
    twice = pa.concat_tables([october.state.to_arrow(), october.state.to_arrow().slice(0, 1)])
    with pytest.raises(DataError, match="more than once"):
        month("2026-11", {}, twice, here=("a2",))


def test_weeks_of_two_years_start_anew_in_the_second():
    """A weekly cap of a year: the last week of 2026 finds 100 left for Ann, the first of 2027 has 1,000 again."""
    text = """
compplan: 1
name: weeks
currency: USD
period: 2026
rounding: {mode: half_up, at: payment}
trees: {enrollment: {parent: sponsor_id}}
volumes: {sales: {sum: orders.amount}}
bonuses: {capped: {kind: retail, of: sales, rates: 100%, cap: 1000, cap_per: year, cap_over: member.owner}}
""".replace("period: 2026", "period: weekly")
    plan = cp.load_plan(text)

    def week(period, day, sales, state=None, here=("a1", "a2")):
        members = [{"member_id": m, "sponsor_id": None, "owner": OWNERS[m]} for m in here]
        orders = [{"order_id": m, "member_id": m, "date": day, "amount": Decimal(v)} for m, v in sales.items()]
        return cp.run(plan, members, orders, period=period, state=state)

    first = week("2026-W52", "2026-12-23", {"a1": 900})
    second = week("2026-W53", "2026-12-30", {"a2": 300}, first.state, here=("a2",))
    third = week("2027-W01", "2027-01-05", {"a2": 950}, second.state, here=("a2",))
    assert [paid(run, "capped") for run in (second, third)] == [{"a2": 100}, {"a2": 950}]


VARIANT = PLAN.replace("volumes: {sales: {sum: orders.amount}}", "volumes: {sales: {sum: orders.amount}, all: ALL}")


@pytest.mark.parametrize("span", ["all", "year"])
def test_a_variant_without_a_rule_hands_on_rows_of_newcomers_and_of_who_is_gone(span):
    """October knows a sum of all sales; November runs without it, b1 comes and a1 leaves; December has it again."""

    def run(text, period, sales, state, *here):
        members = [{"member_id": m, "sponsor_id": None, "owner": OWNERS[m]} for m in here]
        orders = [{"order_id": m, "member_id": m, "date": f"{period}-05", "amount": v} for m, v in sales.items()]
        return cp.run(cp.load_plan(text), members, orders, period=period, state=state)

    variant = VARIANT.replace("ALL", f"{{accumulate: sales, periods: {span}}}")
    october = run(variant, "2026-10", {"a1": 700, "a2": 20}, None, "a1", "a2")
    november = run(PLAN, "2026-11", {"b1": 10}, october.state, "a2", "b1")
    december = run(variant, "2026-12", {"a2": 400, "b1": 1}, november.state, "a2", "b1")
    assert column_of(december, "all") == {"a2": 420, "b1": 1}
    assert paid(december, "capped") == {"a2": 280, "b1": 1}
