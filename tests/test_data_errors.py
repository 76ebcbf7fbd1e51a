"""Bad tables: every problem at once, each with table, column, rows, ids and a hint; and nothing is written."""

from __future__ import annotations

import math
from datetime import date, datetime, timedelta
from decimal import Decimal

import pyarrow as pa
import pytest

import compplan as cp
from compplan.arrow import write

PLAN = cp.load_plan("""
compplan: 1
name: strict
currency: USD
period: monthly
rounding: {mode: half_up, at: payment}
trees:
  enrollment: {parent: sponsor_id}
  binary: {parent: placement_id, side: side}
volumes:
  pv: {sum: orders.qv, credit: distributor}
  kits: {sum: orders.cv, only: {type: kit}}
  early: {sum: orders.cv, window: {from_enrolment: 30 days}}
  score: {member: score, decimals: 1}
  gv: {roll_up: pv, tree: binary}
conditions:
  local: member.country in ("US", "CA")
  vip: member.vip and pv > 0
bonuses:
  retail: {kind: retail, of: pv, rates: 10%, payment: order, pay_when: local}
""")


def members(**columns):
    """Six members of a sound table, with some columns replaced (None takes one away)."""
    table = {
        "member_id": [1, 2, 3, 4, 5, 6],
        "sponsor_id": [None, 1, 1, 2, 2, 3],
        "placement_id": [None, 1, 1, 2, 2, 3],
        "side": [None, "left", "right", "left", "right", "left"],
        "kind": ["distributor"] * 5 + ["customer"],
        "enrolled_on": [date(2026, 1, 1)] * 6,
        "country": ["US", "CA", None, "DE", "US", "US"],
        "vip": [True, False, None, True, False, False],
        "score": [Decimal("1.5")] * 6,
    } | columns
    return pa.table({name: values for name, values in table.items() if values is not None})


def orders(**columns):
    """Four sound orders, with some columns replaced."""
    table = {
        "order_id": ["o1", "o2", "o3", "o4"],
        "member_id": [1, 2, 6, 6],
        "date": [date(2026, 10, 1), date(2026, 10, 31), date(2026, 10, 9), date(2026, 10, 9)],
        "qv": [Decimal("10.00"), Decimal("5.25"), Decimal("-1.00"), Decimal("3.00")],
        "cv": [1, 2, 3, 4],
        "type": ["kit", "kit", None, "autoship"],
    } | columns
    return pa.table({name: values for name, values in table.items() if values is not None})


def run(member_table=None, order_table=None, **options):
    return cp.run(PLAN, members=member_table or members(), orders=order_table or orders(), period="2026-10", **options)


def problems(member_table=None, order_table=None, **options):
    with pytest.raises(cp.DataError) as caught:
        run(member_table, order_table, **options)
    for problem in caught.value.problems:
        assert problem.code
        assert problem.message in str(caught.value)
        assert problem.hint, problem
    return caught.value.problems


def places(found):
    """Return where problems are: column, rows and ids, in any order."""
    return sorted((p.place.table, p.place.column or "", p.place.count, p.place.rows, p.place.ids) for p in found)


def test_the_sound_tables_are_sound():
    assert run().manifest["rows"] == {"members": 6, "orders": 4}


# ---- one thing wrong


ORDERS = {
    "unknown buyer": ({"member_id": [1, 99, 6, 98]}, "member_id", (1, 3), ("99", "98")),
    "no buyer": ({"member_id": [1, None, 6, 6]}, "member_id", (1,), ("o2",)),
    "before the period": (
        {"date": [date(2026, 9, 30), date(2026, 10, 1), date(2026, 10, 1), date(2026, 10, 1)]}, "date", (0,), ("o1",),
    ),
    "after the period": (
        {"date": [datetime(2026, 10, 31, 23, 59, 59, 999999), *[datetime(2026, 10, 1)] * 2, datetime(2026, 11, 1)]},
        "date", (3,), ("o4",),
    ),
    "no date": ({"date": ["2026-10-01", None, "2026-10-01", "2026-10-01"]}, "date", (1,), ("o2",)),
    "a text that is no date": ({"date": ["2026-10-01", "9 Oct", "2026-10-01", "2026-10-01"]}, "date", (1,), ("o2",)),
    "no amount": ({"qv": [Decimal(1), None, Decimal(2), None]}, "qv", (1, 3), ("o2", "o4")),
    "too many digits": ({"qv": ["1.00", "1.005", "2", "3.000"]}, "qv", (1,), ("o2",)),
    "an amount in words": ({"qv": ["1.00", "ten", "2", "1e3"]}, "qv", (1, 3), ("o2", "o4")),
    "an amount beyond 64 bits": ({"cv": [1, 2**62, 2, 3]}, "cv", (1,), ("o2",)),
    "an order without an id": ({"order_id": ["o1", None, "o3", "o4"]}, "order_id", (1,), ()),
}  # fmt: skip


@pytest.mark.parametrize(("columns", "column", "rows", "ids"), ORDERS.values(), ids=ORDERS)
def test_orders_that_cannot_be_paid_on(columns, column, rows, ids):
    assert places(problems(order_table=orders(**columns))) == [("orders", column, len(rows), rows, ids)]


MEMBERS = {
    "an id twice": ({"member_id": [1, 2, 3, 4, 5, 5]}, "member_id", (4, 5), ("5", "5")),
    "no id": ({"member_id": [1, 2, 3, 4, 5, None]}, "member_id", (5,), ()),
    "an unknown parent": ({"sponsor_id": [None, 1, 1, 77, 2, 3]}, "sponsor_id", (3,), ("4",)),
    "a parent of itself": ({"sponsor_id": [None, 1, 3, 2, 2, 3]}, "sponsor_id", (2,), ("3",)),
    "a cycle": ({"sponsor_id": [None, 4, 1, 2, 2, 3]}, "sponsor_id", (1, 3), ("2", "4")),
    "a side taken": ({"side": [None, "left", "left", "left", "right", "left"]}, "side", (1, 2), ("2", "3")),
    "no side": ({"side": [None, "left", "right", None, "right", "left"]}, "side", (3,), ("4",)),
    "no enrolment": ({"enrolled_on": [date(2026, 1, 1)] * 5 + [None]}, "enrolled_on", (5,), ("6",)),
    "a number with too many digits": ({"score": [Decimal("1.25")] + [Decimal(1)] * 5}, "score", (0,), ("1",)),
    "no number": ({"score": [Decimal(1)] * 4 + [None, Decimal(1)]}, "score", (4,), ("5",)),
    "a flag that is none": ({"vip": ["true", "0", None, "maybe", "1", "FALSE"]}, "vip", (3,), ("4",)),
}


@pytest.mark.parametrize(("columns", "column", "rows", "ids"), MEMBERS.values(), ids=MEMBERS)
def test_members_that_cannot_be_used(columns, column, rows, ids):
    assert places(problems(members(**columns))) == [("members", column, len(rows), rows, ids)]


# ---- floats


def test_floats_are_refused_without_consent():
    floats = {"qv": [10.1, 5.25, -1.0, 3.0]}
    (problem,) = problems(order_table=orders(**floats))
    assert (problem.code, problem.place.column, problem.place.count) == ("float-amount", "qv", 4)
    given = run(order_table=orders(**floats), allow_floats=True)
    assert given.members.rows()[0]["pv"] == Decimal("10.10")
    (problem,) = problems(members(score=[1.5] * 6))
    assert (problem.code, problem.place.column) == ("float-amount", "score")


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_a_float_that_is_no_number_is_never_read(value):
    found = problems(order_table=orders(qv=[10.1, value, -1.0, 3.0]), allow_floats=True)
    assert places(found) == [("orders", "qv", 1, (1,), ("o2",))]


def test_a_float_with_too_many_digits_is_not_rounded():
    found = problems(order_table=orders(qv=[10.1, 0.125, -1.0, 3.0]), allow_floats=True)
    assert places(found) == [("orders", "qv", 1, (1,), ("o2",))]


# ---- all at once


def test_all_problems_of_the_orders_come_at_once():
    wrong = orders(
        order_id=["o1", "o2", None, "o4"],
        member_id=[1, 99, 6, None],
        date=["2026-11-01", "soon", None, "2026-10-31"],
        qv=["1.001", "many", None, "99999999999999999999"],
        cv=[1.5, 2.5, 3.5, 4.5],
        type=[1, 2, 3, 4],
    )
    found = places(problems(order_table=wrong))
    assert [(column, rows) for _, column, _, rows, _ in found] == [
        ("cv", ()),
        ("date", (0,)), ("date", (1,)), ("date", (2,)),
        ("member_id", (1,)), ("member_id", (3,)),
        ("order_id", (2,)),
        ("qv", (0,)), ("qv", (1,)), ("qv", (2,)), ("qv", (3,)),
        ("type", ()),
    ]  # fmt: skip


def test_all_problems_of_the_trees_come_at_once():
    wrong = members(
        member_id=[1, 2, 3, 4, 5, 5],
        sponsor_id=[None, 4, 3, 2, 88, 1],
        placement_id=[None, 1, 1, 2, 2, 77],
        side=[None, "left", "left", "up", None, "left"],
    )
    found = {(p.code, p.place.column) for p in problems(wrong)}
    assert {
        ("id-repeated", "member_id"),
        ("parent-unknown", "sponsor_id"),
        ("parent-self", "sponsor_id"),
        ("parent-cycle", "sponsor_id"),
        ("parent-unknown", "placement_id"),
        ("side-shared", "side"),
        ("side-invalid", "side"),
        ("side-missing", "side"),
    } == found


def test_all_problems_of_the_member_columns_come_at_once():
    wrong = members(
        enrolled_on=["2026-01-01", "once", None, "2026-01-01", "2026-01-01", "2026-01-01"],
        score=["1", "x", "2.25", None, "3", "4"],
        vip=["yes", None, None, None, None, None],
    )
    found = [(column, rows) for _, column, _, rows, _ in places(problems(wrong))]
    assert found == [
        ("enrolled_on", (1,)), ("enrolled_on", (2,)), ("score", (1,)), ("score", (2,)), ("score", (3,)), ("vip", (0,)),
    ]  # fmt: skip


def test_problems_of_trees_and_of_member_columns_come_at_once():
    wrong = members(member_id=[1, 2, 3, 4, 5, 5], score=["1", "x", "2", "3", "4", "5"])
    assert {p.place.column for p in problems(wrong)} == {"member_id", "score"}


def test_problems_of_members_and_orders_come_at_once():
    found = problems(members(score=["1", "x", "2", "3", "4", "5"]), orders(qv=["1", "y", "2", "3"]))
    assert {(p.place.table, p.place.column) for p in found} == {("members", "score"), ("orders", "qv")}


def test_missing_columns_come_at_once_with_the_nearest_name():
    found = problems(members(sponsor_id=None, score=None, scores=[1] * 6))
    assert sorted((p.place.table, p.message) for p in found) == [
        ("members", 'there is no column "score"'),
        ("members", 'there is no column "sponsor_id"'),
    ]
    assert 'did you mean "scores"?' in {p.hint for p in found}
    found = problems(order_table=orders(qv=None, date=None, dates=["2026-10-01"] * 4))
    assert sorted(p.message for p in found) == ['there is no column "date"', 'there is no column "qv"']


def test_a_hundred_wrong_rows_are_one_problem_with_the_first_five():
    size = 120
    wrong = pa.table(
        {
            "order_id": [f"o{i}" for i in range(size)],
            "member_id": [i + 1 if i < 3 else 1000 + i for i in range(size)],
            "date": [date(2026, 10, 1) + timedelta(days=i % 31) for i in range(size)],
            "qv": ["1"] * size,
            "cv": [0] * size,
            "type": ["kit"] * size,
        }
    )
    assert places(problems(order_table=wrong)) == [
        ("orders", "member_id", 117, (3, 4, 5, 6, 7), ("1003", "1004", "1005", "1006", "1007")),
    ]


# ---- arguments


def test_orders_are_needed_where_the_plan_sums_them():
    with pytest.raises(cp.UsageError, match="give orders="):
        cp.run(PLAN, members=members(), period="2026-10")


def test_a_genealogy_of_other_members_is_refused():
    flat = cp.flatten(PLAN, members())
    other = members(member_id=[1, 2, 3, 4, 5, 7])
    with pytest.raises(cp.CompplanError):
        cp.run(PLAN, members=other, orders=orders(), period="2026-10", genealogy=flat)
    with pytest.raises(cp.CompplanError):
        cp.run(PLAN, members=members().slice(0, 5), orders=orders(), period="2026-10", genealogy=flat)


@pytest.mark.parametrize("threads", [0, -1])
def test_threads_are_at_least_one(threads):
    with pytest.raises(cp.UsageError, match="threads"):
        run(threads=threads)


# ---- files


def test_nothing_is_written_when_a_table_cannot_be_built(tmp_path, monkeypatch):
    result = run()
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / "members.parquet").write_bytes(b"last month")
    monkeypatch.setattr(type(result), "state", property(broken))
    for folder in ("new", "old"):
        with pytest.raises(cp.ExactnessError):
            result.write(tmp_path / folder)
    assert sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*")) == [
        "old",
        "old/members.parquet",
    ]
    assert (tmp_path / "old" / "members.parquet").read_bytes() == b"last month"


def broken(_run):
    raise cp.ExactnessError("no number is better than a wrong one")


def test_nothing_is_written_when_the_disk_fails(tmp_path, monkeypatch):
    written = []

    def failing(value, path):
        written.append(path)
        if len(written) == 4:
            raise OSError("no space left on device")
        ordinary(value, path)

    result, ordinary = run(), write._write_one
    monkeypatch.setattr(write, "_write_one", failing)
    with pytest.raises(OSError, match="no space"):
        result.write(tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


def test_a_written_run_is_whole(tmp_path):
    result = run()
    for suffix in (".parquet", ".arrow", ".csv"):
        result.write(tmp_path / suffix, suffix=suffix)
        names = {path.name for path in (tmp_path / suffix).iterdir()}
        assert names == {f"{table}{suffix}" for table in ("members", "ledger", "payables", "breakage", "state")} | {
            "manifest.json"
        }


def test_an_unknown_suffix_writes_nothing(tmp_path):
    with pytest.raises(cp.UsageError, match="xlsx"):
        run().write(tmp_path / "out", suffix=".xlsx")
    assert list(tmp_path.iterdir()) == []
