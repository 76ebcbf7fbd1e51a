"""What one period hands to the next: titles, ranks, tiers, first orders, withheld pay; in memory and in files."""

from __future__ import annotations

from decimal import Decimal

import pyarrow as pa
import pytest

import compplan as cp
from outputs import assert_same, column_of

PLAN = """
compplan: 1
name: months
currency: USD
period: monthly
rounding: {mode: half_up, at: payment}
trees: {enrollment: {parent: sponsor_id}}
volumes:
  pv: {sum: orders.qv}
  first: {sum: orders.qv, first_order: only}
counts:
  front: {count: active, among: frontline}
conditions:
  active: pv >= 100
ranks:
  PAID_AS
  ladder: {member: [], silver: [active], gold: [pv >= 300]}
bonuses:
  retail: {kind: retail, of: pv, rates: {member: 1%, silver: 2%, gold: 5%}}
  club: {kind: tier, by: front, amounts: {1: 10, 2: 30}, first_time: {1: 100, 2: 300}}
payout: {minimum: 5}
"""
MEMBERS = [{"member_id": m, "sponsor_id": s} for m, s in (("a", None), ("b", "a"), ("c", "a"), ("d", "b"))]


def plan(paid_as="rank"):
    return cp.load_plan(PLAN.replace("PAID_AS", f"paid_as: {paid_as}"))


def month(number, volumes, state=None, *, members=MEMBERS, paid_as="rank"):
    """Run one month with one order a member."""
    orders = [
        {"order_id": i, "member_id": m, "date": f"2026-{number:02}-09", "qv": v}
        for i, (m, v) in enumerate(volumes.items())
    ]
    orders = orders or [{"order_id": 0, "member_id": members[0]["member_id"], "date": f"2026-{number:02}-01", "qv": 0}]
    return cp.run(plan(paid_as), members=members, orders=orders, period=f"2026-{number:02}", state=state)


# ---- what is carried


def test_a_title_never_falls_and_the_last_rank_is_the_last():
    earned, titles, last, run = [], [], [], None
    for number, volume in enumerate([100, 300, 0, 100], 1):
        run = month(number, {"a": volume}, run and run.state)
        earned.append(run.rank_of("a"))
        titles.append(column_of(run, "title")["a"])
        last.append(column_of(run, "last_rank", "state")["a"])
    assert earned == last == ["silver", "gold", "member", "silver"]
    assert titles == ["silver", "gold", "gold", "gold"]


@pytest.mark.parametrize(
    ("paid_as", "ranks"),
    [
        ("rank", ["silver", "gold", "member", "silver"]),
        ("title", ["silver", "gold", "gold", "gold"]),
        ("last_rank", [None, "silver", "gold", "member"]),
    ],
)
def test_the_rank_used_for_pay(paid_as, ranks):
    rates = {None: "0.00", "member": "1.00", "silver": "2.00", "gold": "5.00"}
    run, found, paid = None, [], []
    for number, volume in enumerate([100, 300, 0, 100], 1):
        run = month(number, {"a": volume}, run and run.state, paid_as=paid_as)
        found.append(column_of(run, "paid_as")["a"])
        paid.append(column_of(run, "pay:retail")["a"])
    assert found == ranks
    assert paid == [Decimal(rates[rank]) * volume / 100 for rank, volume in zip(ranks, [100, 300, 0, 100], strict=True)]


def test_a_tier_pays_its_first_time_once():
    """The best tier ever reached is remembered; a higher one is new, a lower one is not."""
    run, paid = None, []
    for number, active in enumerate(["b", "b", "", "bc", "bc", "b"], 1):
        run = month(number, dict.fromkeys(active, 100), run and run.state)
        paid.append(int(column_of(run, "pay:club")["a"]))
    assert paid == [100, 10, 0, 300, 30, 10]
    assert column_of(run, "club:tier", "state") == {"a": 2, "b": 0, "c": 0, "d": 0}


def test_a_first_order_is_first_once():
    january = month(1, {"a": 50})
    february = month(2, {"a": 70, "b": 30}, january.state)
    march = month(3, {"a": 1, "b": 2, "c": 3}, february.state)
    firsts = [{m: v for m, v in column_of(run, "first").items() if v} for run in (january, february, march)]
    assert firsts == [{"a": 50}, {"b": 30}, {"c": 3}]


def test_pay_below_the_minimum_is_carried_until_it_is_reached():
    run, rows = None, []
    for number, volume in enumerate([100, 200, 50, 300], 1):
        run = month(number, {"b": volume}, run and run.state)
        rows += [
            {k: str(v) for k, v in row.items() if k != "currency"}
            for row in run.payables.rows()
            if row["member_id"] == "b"
        ]
    columns = ("earned", "carried_in", "withheld", "payable")
    assert [[row[c] for c in columns] for row in rows] == [
        ["2.00", "0.00", "2.00", "0.00"],
        ["4.00", "2.00", "0.00", "6.00"],
        ["0.50", "0.00", "0.50", "0.00"],
        ["15.00", "0.50", "0.00", "15.50"],
    ]


def test_what_is_owed_by_a_member_is_carried_and_set_off():
    january = month(1, {"c": -800})
    assert column_of(january, "balance", "state")["c"] == Decimal("-8.00")
    february = month(2, {"c": 300}, january.state)
    (row,) = (row for row in february.payables.rows() if row["member_id"] == "c")
    assert [str(row[k]) for k in ("earned", "carried_in", "withheld", "payable")] == ["15.00", "-8.00", "0.00", "7.00"]


def test_new_members_start_empty_and_gone_ones_are_forgotten():
    january = month(1, {"a": 300, "d": 300})
    members = [*MEMBERS[:3], {"member_id": "e", "sponsor_id": "c"}]
    february = month(2, {"e": 40}, january.state, members=members)
    assert column_of(february, "title") == {"a": "gold", "b": "member", "c": "member", "e": "member"}
    assert column_of(february, "first")["e"] == 40
    assert list(column_of(february, "title", "state")) == ["a", "b", "c", "e"]


def test_a_rank_in_the_state_of_a_plan_without_ranks_is_told_with_a_way_out():
    text = PLAN.partition("ranks:")[0] + "bonuses:\n  retail: {kind: retail, of: pv, rates: 1%}\n"
    with pytest.raises(cp.DataError) as raised:
        cp.run(cp.load_plan(text), MEMBERS, [], period="2026-02", state=[{"member_id": "a", "title": "gold"}])
    assert "does not have: gold\n  hint: it has none: leave the column out" in str(raised.value)


# ---- the form of a state


NUMBERS = {"a": 1, "b": 2, "c": 3, "d": 4, None: None}


@pytest.mark.parametrize(
    ("suffix", "numbers"), [(".parquet", False), (".parquet", True), (".csv", False), (".arrow", True)]
)
def test_a_state_may_be_a_file(suffix, numbers, tmp_path):
    known = NUMBERS if numbers else {m: m for m in NUMBERS}
    members = [{key: known[value] for key, value in row.items()} for row in MEMBERS]
    january = month(1, {known["a"]: 300, known["b"]: 100, known["c"]: -20}, members=members)
    path = january.state.write(tmp_path / f"state{suffix}")
    volumes = {known["a"]: 100, known["d"]: 40}
    february = month(2, volumes, january.state, members=members)
    shuffled = january.state.to_arrow().take([2, 0, 3, 1])
    for state in (path, str(path), january.state.to_arrow().to_pandas(), january.state.rows(), shuffled):
        assert_same(february, month(2, volumes, state, members=members))


def test_the_written_folder_of_a_run_has_the_state(tmp_path):
    january = month(1, {"a": 300})
    january.write(tmp_path / "january")
    path = tmp_path / "january" / "state.parquet"
    assert_same(month(2, {"b": 9}, january.state), month(2, {"b": 9}, path))


def test_a_state_needs_no_more_than_the_ids():
    bare = [{"member_id": m} for m in "abcd"]
    assert_same(month(2, {"a": 9}), month(2, {"a": 9}, bare))


# ---- what can be wrong


def problems(state, **rows):
    table = {name: [row[name] for row in state.rows()] for name in state.column_names} | rows
    with pytest.raises(cp.DataError) as caught:
        month(2, {"a": 100}, pa.table(table))
    return caught.value.problems


def test_an_unknown_rank_in_the_state_is_named():
    state = month(1, {"a": 300}).state
    (problem,) = problems(state, title=["gold", "diamond", None, "ruby"])
    assert "diamond, ruby" in problem.message
    assert (problem.place.table, problem.place.column, problem.place.count) == ("state", "title", 2)
    assert problem.place.rows == (1, 3)
    assert problem.place.ids == ("b", "c")  # rows stand in pre-order: a, b, d, c
    assert problem.hint


def test_withheld_pay_of_a_member_who_is_gone_is_named():
    january = month(1, {"d": 100})
    assert column_of(january, "balance", "state")["d"] == 2
    with pytest.raises(cp.DataError) as caught:
        month(2, {"a": 100}, january.state, members=MEMBERS[:3])
    (problem,) = caught.value.problems
    assert problem.place.count == 1
    assert problem.place.ids == ("d",)
    assert problem.hint


def test_all_problems_of_a_state_come_at_once():
    state = month(1, {"a": 300}).state
    found = problems(
        state,
        member_id=["a", "b", "c", "gone"],
        title=["gold", "diamond", None, None],
        ordered_before=["true", "perhaps", "false", "false"],
        balance=["1.00", "0.005", "0", "7.00"],
    )
    assert {(p.place.table, p.place.column) for p in found} == {
        ("state", "title"), ("state", "ordered_before"), ("state", "balance"),
    }  # fmt: skip
    assert len(found) == 4


def test_a_state_without_ids_is_a_data_error():
    with pytest.raises(cp.DataError, match="member_id"):
        month(2, {"a": 100}, pa.table({"title": ["gold"]}))


def test_a_member_twice_in_the_state_is_a_data_error():
    state = month(1, {"a": 300, "b": 100}).state.to_arrow()
    with pytest.raises(cp.DataError, match=r"state\.member_id"):
        month(2, {"a": 100}, pa.concat_tables([state, state.slice(1, 1)]))


def test_ids_of_another_kind_are_a_data_error():
    with pytest.raises(cp.DataError, match=r"state\.member_id"):
        month(2, {"a": 100}, pa.table({"member_id": pa.array([1, 2])}))


TIERS = """
compplan: 1
name: tiers
currency: USD
period: monthly
rounding: {mode: half_up, at: payment}
trees: {enrollment: {parent: sponsor_id}}
volumes: {pv: {sum: orders.pv}}
bonuses:
  start:
    kind: tier
    by: pv
    first_time: AMOUNTS
    instalments: {payments: 3}
    multiplier: {by: pv, values: {100: 1, 400: 2}, periods: 2}
"""


def tiers(number, amounts="{100: 100, 300: 300}", state=None):
    orders = [{"order_id": "1", "member_id": "a", "date": f"2026-{number:02}-05", "pv": 400}]
    member = {"member_id": "a", "sponsor_id": None}
    return cp.run(TIERS.replace("AMOUNTS", amounts), [member], orders, period=f"2026-{number:02}", state=state)


@pytest.mark.parametrize(
    ("column", "value", "most"),
    [("tier", 3, 2), ("tier", -1, 2), ("left_2", 3, 2), ("left_1", -1, 2), ("factor", 3, 2)],
)
def test_a_state_that_counts_the_rows_of_another_table_is_a_data_error(column, value, most):
    state = tiers(7).state.to_arrow()
    place = state.column_names.index(f"start:{column}")
    state = state.set_column(place, state.field(place), pa.array([value], state.field(place).type))
    with pytest.raises(cp.DataError) as caught:
        tiers(8, state=state)
    (problem,) = caught.value.problems
    assert (problem.code, problem.place.column) == ("state-table", f"start:{column}")
    assert f"cannot hold, which are 0 to {most}" in problem.message
    assert "the state is of another table of" in problem.hint


def test_a_table_of_tiers_that_lost_one_does_not_fit_the_state():
    state = tiers(7).state
    with pytest.raises(cp.DataError, match="values that the plan's tiers cannot hold, which are 0 to 1"):
        tiers(8, "{100: 100}", state)
    assert str(tiers(8, state=state).why("a", "start").total) == "200.00"


POOL = """
compplan: 1
name: x
currency: USD
period: monthly
rounding: {mode: half_up, at: payment}
trees: {e: {parent: s}}
volumes: {pv: {sum: orders.pv}}
bonuses:
  p: {kind: pool, of: pv, rates: 10%, pay_when: pv >= 999, residue: company, rest: carry}
  d: {kind: differential, of: pv, start: self, rates_by: pv, rates: {0: 10%}, pay_when: pv >= 50, unpaid: hold}
"""


def two(period, members, plan=None, state=None, **bought):
    rows = [{"member_id": m, "s": None} for m in members]
    orders = [
        {"order_id": n, "member_id": m, "date": f"{period}-02", "pv": v} for n, (m, v) in enumerate(bought.items())
    ]
    return cp.run(plan or cp.load_plan(POOL), rows, orders, period=period, state=state)


def test_a_number_of_the_company_outlives_the_members_in_whose_rows_it_stands():
    """October leaves 10 % of 400 in the pool; b is gone in November, when a gets this and 10 % of 1,000."""
    october = two("2026-10", "ab", a=400)
    november = two("2026-11", "a", state=october.state, a=1000)
    assert column_of(november, "pay:p") == {"a": Decimal(140)}
    rows = october.state.rows()
    rows[0]["p:carried"] += 1
    with pytest.raises(cp.DataError, match="not the same in every row"):
        two("2026-11", "ab", state=rows, a=1000)


def test_what_is_held_survives_a_period_without_the_bonus():
    """4.00 of October are held; November is run without the bonus, and December pays them with its own 6.00."""
    october = two("2026-10", "a", a=40)
    without = cp.load_plan(POOL).patched("compplan_patch: 1\nname: y\nremove: [bonuses.d]\n")
    november = two("2026-11", "a", plan=without, state=october.state, a=1)
    december = two("2026-12", "a", state=november.state, a=60)
    assert column_of(december, "pay:d") == {"a": Decimal(10)}
