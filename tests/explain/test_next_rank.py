"""What is missing for the next rank, on fields whose gaps are worked out by hand."""

from __future__ import annotations

from decimal import Decimal

import polars as pl
import pytest

import compplan as cp

PLAN = """
compplan: 1
name: Gaps
currency: USD
period: monthly
rounding: {mode: half_up, at: payment}
trees: {enrollment: {parent: sponsor_id}}
volumes:
  pv: {sum: orders.qv}
  gv: {roll_up: pv}
conditions:
  active: pv >= 100
ranks:
  ladder:
    starter: []
    bronze: [active, "gv >= 500, at most 50% from one leg"]
    silver:
      - active
      - any:
          - 2 legs with bronze
          - all: [3 legs with active, "4 downline with active"]
"""

# ann 100 -> bob 300 -> cid 200;  ann -> dee 60;  ann -> eve 90 -> fay 120
EDGES = [("ann", None), ("bob", "ann"), ("cid", "bob"), ("dee", "ann"), ("eve", "ann"), ("fay", "eve")]
PV = {"ann": 100, "bob": 300, "cid": 200, "dee": 60, "eve": 90, "fay": 120}


@pytest.fixture(scope="module")
def run():
    members = [{"member_id": m, "sponsor_id": s} for m, s in EDGES]
    orders = [{"member_id": m, "date": "2026-10-01", "qv": v} for m, v in PV.items()]
    return cp.run(PLAN, members, orders, period="2026-10")


def by_code(answer, route=1):
    return {r.code: r for r in answer.routes[route]}


def test_capped_legs(run):
    """gv of ann: own 100, legs 500 (counts 250), 60, 210: 620 of 500, so bronze; bob: own 300, leg 200: 500, bronze."""
    assert run.rank_of("ann") == "bronze"
    assert run.rank_of("bob") == "bronze"
    gap = by_code(run.next_rank("ann", "bronze"))["gv.leg_cap"]
    assert (gap.measured, gap.needed, gap.gap, gap.met) == (Decimal("620.00"), Decimal("500.00"), 0, True)
    assert gap.unit == "volume"


def test_gap_and_nearest_legs_of_a_capped_volume(run):
    """eve: own 90, leg fay 120: 210 of 500, 290 missing; fay's leg has room for 250 - 120 = 130."""
    answer = run.next_rank("eve")
    assert (answer.rank, answer.target, answer.met) == ("starter", "bronze", False)
    gap = by_code(answer)["gv.leg_cap"]
    assert gap.gap == Decimal("290.00")
    (near,) = gap.nearest
    assert (near.leg, near.volume, near.room) == ("fay", Decimal("120.00"), Decimal("130.00"))
    assert by_code(answer)["active.pv"].gap == Decimal("10.00")


def test_alternatives_stay_apart(run):
    """silver: one leg with bronze (bob) of 2; or legs with active: bob's and eve's (fay), 2 of 3, and 3 of 4 active below."""
    answer = run.next_rank("ann")
    assert answer.target == "silver"
    first, second = by_code(answer, 1), by_code(answer, 2)
    assert (first["legs.bronze"].measured, first["legs.bronze"].gap) == (1, 1)
    assert (second["legs.active"].measured, second["legs.active"].gap) == (2, 1)
    assert (second["downline.active"].measured, second["downline.active"].gap) == (3, 1)
    assert [r.code for r in answer.missing] == ["legs.bronze"]


def test_nearest_legs_of_a_rank(run):
    """Legs without a bronze: eve's and dee's, all starters; the first of each leg is named with what he lacks."""
    nearest = by_code(run.next_rank("ann"), 1)["legs.bronze"].nearest
    assert [near.leg for near in nearest] == ["dee", "eve"]
    lacks = {near.leg: {r.code: r.gap for r in near.missing} for near in nearest}
    assert lacks["dee"] == {"active.pv": Decimal("40.00"), "gv.leg_cap": Decimal("440.00")}
    assert lacks["eve"] == {"active.pv": Decimal("10.00"), "gv.leg_cap": Decimal("290.00")}


def test_nearest_legs_of_a_condition(run):
    """The one leg without an active member is dee's: she lacks 40."""
    (near,) = by_code(run.next_rank("ann"), 2)["legs.active"].nearest
    assert (near.leg, near.member, near.missing[0].gap) == ("dee", "dee", Decimal("40.00"))


def test_prints_as_a_table_and_opens_as_data(run):
    answer = run.next_rank("ann")
    assert "way 2 of 2" in str(answer)
    table = pl.DataFrame(answer)
    assert table["gap"].to_list() == [r.gap for r in answer.requirements]


def test_top_of_the_ladder_and_bad_questions(run):
    with pytest.raises(cp.UsageError, match="zoe"):
        run.next_rank("zoe")
    with pytest.raises(cp.UsageError, match="did you mean"):
        run.next_rank("ann", "sliver")
    assert run.next_rank("ann", "starter").met


def test_customers_can_never_rank():
    plan = PLAN.replace("{sum: orders.qv}", "{sum: orders.qv, credit: distributor}")
    members = [
        {"member_id": "ann", "sponsor_id": None, "kind": "distributor"},
        {"member_id": "cus", "sponsor_id": "ann", "kind": "customer"},
    ]
    run = cp.run(plan, members, [{"member_id": "cus", "date": "2026-10-01", "qv": 900}], period="2026-10")
    assert run.rank_of("cus") is None
    assert by_code(run.next_rank("cus"))["members"].met is False
