"""What every field holds to: arguments, tables, trees, sides, amounts."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import get_args

import pyarrow as pa
import pytest

from compplan.errors import UsageError
from compplan.jit import JIT
from compplan.synthetic import Field, calibration, synth
from compplan.synthetic.field import Ids, Shape

SIZE = 20_000 if JIT else 1_500
SHAPES = get_args(Shape)
BOTH = ("enrollment", "binary")


def rows(table, column):
    return table[column].to_pylist()


def parents(members, column="sponsor_id"):
    """Return the parent's row of each row, -1 for none; a parent that is no member is a KeyError."""
    row_of = {member: row for row, member in enumerate(rows(members, "member_id"))}
    return [-1 if parent is None else row_of[parent] for parent in rows(members, column)]


def depths(parent):
    """Return the depth of each row; parents come first."""
    depth = []
    for row, above in enumerate(parent):
        assert above < row
        depth.append(depth[above] + 1 if above >= 0 else 0)
    return depth


def front(parent):
    """Return the size of the largest frontline."""
    return max(Counter(above for above in parent if above >= 0).values())


def test_import_is_light():
    code = "import sys, compplan.synthetic; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert not {"numba", "numpy", "pyarrow"} & set(done.stdout.split())


def test_a_field_is_a_pair_of_tables():
    field = synth(1_000)
    members, orders = field
    assert isinstance(field, Field)
    assert members is field.members
    assert orders is field.orders
    assert repr(field) == f"Field(1,000 members, {orders.num_rows:,} orders)"


@pytest.mark.parametrize(("ids", "type_"), [("int", pa.int64()), ("random", pa.int64()), ("text", pa.large_string())])
def test_columns(ids, type_):
    members, orders = synth(100, ids=ids, trees=BOTH)
    word = pa.dictionary(pa.int8(), pa.string())
    money = pa.decimal128(12, 2)
    wanted = {
        "member_id": type_,
        "sponsor_id": type_,
        "kind": word,
        "enrolled_on": pa.date32(),
        "country": word,
    }
    assert members.schema == pa.schema(wanted | {"placement_id": type_, "placement_side": word})
    wanted = {"order_id": type_, "member_id": type_, "date": pa.date32(), "type": word, "product_class": word}
    assert orders.schema == pa.schema(wanted | {"qv": money, "cv": money, "amount": money, "autoship": pa.bool_()})
    for table in (members, orders):
        table.validate(full=True)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("members", [0, 1, 2, 3])
def test_very_small_fields(shape, members):
    field = synth(members, shape=shape, trees=BOTH, shuffle=True)
    assert field.members.num_rows == members
    assert field.members["sponsor_id"].null_count == min(members, 1)
    field.members.validate(full=True)
    field.orders.validate(full=True)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("trees", [("enrollment",), BOTH])
def test_trees_are_trees(shape, trees):
    members = synth(SIZE, shape=shape, trees=trees, orders_per_member=0).members
    parent = parents(members)
    depths(parent)
    assert parent.count(-1) == 1
    kinds = rows(members, "kind")
    assert {kinds[above] for above in parent if above >= 0} == {"distributor"}
    enrolled = rows(members, "enrolled_on")
    assert enrolled == sorted(enrolled)
    assert date(2016, 11, 1) <= enrolled[0] <= enrolled[-1] <= date(2026, 10, 31)
    assert ("placement_id" in members.column_names) == ("binary" in trees or shape == "binary")


@pytest.mark.parametrize("shape", SHAPES)
def test_placement(shape):
    members = synth(SIZE, shape=shape, trees=BOTH, orders_per_member=0).members
    sponsor, place = parents(members), parents(members, "placement_id")
    depth = depths(place)
    kinds, sides = rows(members, "kind"), rows(members, "placement_side")
    placed = [row for row, kind in enumerate(kinds) if kind == "distributor" and row > 0]
    assert [row for row, above in enumerate(place) if above >= 0] == placed
    assert [row for row, side in enumerate(sides) if side is not None] == placed
    taken = Counter((place[row], sides[row]) for row in placed)
    assert set(taken.values()) == {1}
    assert {side for _, side in taken} == {"left", "right"}
    for row in placed[:: max(1, len(placed) // 200)]:
        above = row
        while depth[above] > depth[sponsor[row]]:
            above = place[above]
        assert above == sponsor[row], "a distributor is placed outside his sponsor's organization"


def test_field_has_a_heavy_tail_and_long_legs():
    """Largest frontline over 0.2 % of the members, uniform below 0.1 %; and more than twice as deep."""
    field = parents(synth(20_000, orders_per_member=0, customers=False).members)
    uniform = parents(synth(20_000, shape="uniform", orders_per_member=0).members)
    assert front(field) > 20_000 // 500 > 2 * front(uniform)
    assert max(depths(field)) > 2 * max(depths(uniform))


def test_spine():
    """A tenth of the members, give or take a point, in one leg; and no large frontlines."""
    parent = parents(synth(SIZE, shape="spine", orders_per_member=0).members)
    assert Fraction(9, 100) < Fraction(max(depths(parent)), SIZE) < Fraction(11, 100) + Fraction(20, SIZE)
    assert front(parent) < 30


def test_chain_and_star():
    assert parents(synth(500, shape="chain").members) == list(range(-1, 499))
    assert parents(synth(500, shape="star").members) == [-1] + [0] * 499


def test_binary():
    members = synth(SIZE, shape="binary").members
    parent, place, kinds = parents(members), parents(members, "placement_id"), rows(members, "kind")
    assert front(parent) == 2
    assert all(
        above == (at if kind == "distributor" else -1) for above, at, kind in zip(place, parent, kinds, strict=True)
    )


def test_no_customers():
    assert set(rows(synth(1_000, customers=False).members, "kind")) == {"distributor"}


@pytest.mark.parametrize("ids", get_args(Ids))
@pytest.mark.parametrize("shuffle", [False, True])
def test_ids(ids, shuffle):
    members, orders = synth(SIZE, ids=ids, shuffle=shuffle)
    own, numbers = rows(members, "member_id"), rows(orders, "order_id")
    assert len(set(own)) == SIZE
    assert len(set(numbers)) == orders.num_rows
    assert set(rows(orders, "member_id")) <= set(own)
    if ids == "int":
        assert sorted(own) == list(range(1, SIZE + 1))
        assert (own == sorted(own)) is not shuffle
    elif ids == "random":
        assert 0 <= min(own) <= max(own) < 2**63
        assert max(own) > 2**62
    else:
        assert sorted(own) == [f"M{i:09}" for i in range(1, SIZE + 1)]
        assert min(numbers) == "O0000000001"


def test_ids_do_not_change_the_field():
    plain, random = synth(2_000), synth(2_000, ids="random")
    assert parents(plain.members) == parents(random.members)
    assert plain.orders["amount"] == random.orders["amount"]


def test_shuffle_only_moves_rows():
    plain, shuffled = synth(2_000, trees=BOTH), synth(2_000, trees=BOTH, shuffle=True)
    for one, other, key in (
        (plain.members, shuffled.members, "member_id"),
        (plain.orders, shuffled.orders, "order_id"),
    ):
        assert one != other
        assert one.to_pylist() == sorted(other.to_pylist(), key=lambda row, key=key: row[key])
    assert any(above > row for row, above in enumerate(parents(shuffled.members)))


def test_seeds_and_periods_differ():
    assert synth(500, seed=1).members != synth(500, seed=2).members
    assert synth(500).members["sponsor_id"] == synth(500, period="2025-02").members["sponsor_id"]


@pytest.mark.parametrize("period", ["2026-10", "2024-02", "2026", "2026-W41"])
def test_orders_are_in_the_period_and_after_enrolment(period):
    from compplan.periods.period import read_period  # noqa: PLC0415

    span = read_period(period)
    members, orders = synth(SIZE, period=period)
    days = rows(orders, "date")
    assert days == sorted(days)
    assert span.first <= days[0] <= days[-1] < span.after
    enrolled = dict(zip(rows(members, "member_id"), rows(members, "enrolled_on"), strict=True))
    assert max(enrolled.values()) < span.after
    assert all(enrolled[who] <= day for who, day in zip(rows(orders, "member_id"), days, strict=True))


@pytest.mark.parametrize("mean", [1, 3, "7.5"])
def test_mean_number_of_rows(mean):
    """Within 6 % of what was asked for."""
    ratio = synth(SIZE, orders_per_member=mean).orders.num_rows / (SIZE * Fraction(mean))
    assert Fraction(94, 100) < ratio < Fraction(106, 100)


def test_volumes_follow_exactly_from_amounts():
    _, orders = synth(SIZE, returns="0.1")
    qv_of = dict(zip(calibration.PRODUCT_CLASSES, calibration.QV_OF_AMOUNT, strict=True))
    cv_of = dict(zip(calibration.PRODUCT_CLASSES, calibration.CV_OF_AMOUNT, strict=True))
    for row in orders.to_pylist():
        cents = int(abs(row["amount"]).scaleb(2))
        sign = -1 if row["type"] == "return" else 1
        assert row["amount"] == Decimal(sign * cents).scaleb(-2) != 0
        assert row["qv"] == Decimal(sign * (cents * qv_of[row["product_class"]] // 1000)).scaleb(-2)
        assert row["cv"] == Decimal(sign * (cents * cv_of[row["product_class"]] // 1000)).scaleb(-2)
        assert row["autoship"] == (row["type"] == "autoship")


def test_amounts_have_a_heavy_tail():
    """The largest hundredth of the amounts is more than 8 % of the money; none is outside the knots."""
    amounts = sorted(rows(synth(20_000, returns=0).orders, "amount"), reverse=True)
    assert sum(amounts[: len(amounts) // 100]) > sum(amounts) * Decimal("0.08")
    assert amounts[0] <= Decimal(calibration.AMOUNT_KNOTS[-1]).scaleb(-2)
    assert amounts[-1] >= Decimal(calibration.AMOUNT_KNOTS[0]).scaleb(-2)


def test_kits_are_what_new_distributors_buy_first():
    members, orders = synth(SIZE)
    kind = dict(zip(rows(members, "member_id"), rows(members, "kind"), strict=True))
    enrolled = dict(zip(rows(members, "member_id"), rows(members, "enrolled_on"), strict=True))
    kits = [row for row in orders.to_pylist() if row["type"] == "kit"]
    assert {kind[row["member_id"]] for row in kits} == {"distributor"}
    assert all(enrolled[row["member_id"]] == row["date"] for row in kits)
    assert {row["amount"] for row in kits} == {Decimal("49.00")}
    new_buyers = {i for i in rows(orders, "member_id") if kind[i] == "distributor" and enrolled[i] >= date(2026, 10, 1)}
    assert Counter(row["member_id"] for row in kits) == Counter(new_buyers)


@pytest.mark.parametrize(("returns", "low", "high"), [(0, 0, 0), ("0.02", 15, 21), ("0.2", 120, 190)])
def test_returns(returns, low, high):
    """The share is somewhat below the argument, since no two returns follow each other; in per mille."""
    types = Counter(rows(synth(20_000 if JIT else 5_000, returns=returns).orders, "type"))
    assert low <= Fraction(1000 * types["return"], sum(types.values())) <= high


def test_a_return_takes_back_an_earlier_row_or_an_earlier_period():
    members, orders = synth(SIZE, returns="0.3", orders_per_member=2)
    enrolled = dict(zip(rows(members, "member_id"), rows(members, "enrolled_on"), strict=True))
    bought, unmatched = Counter(), Counter()
    for row in orders.to_pylist():
        what = (row["member_id"], row["product_class"], abs(row["amount"]))
        if row["type"] != "return":
            bought[what] += 1
        elif bought[what]:
            bought[what] -= 1
        else:
            unmatched[row["member_id"]] += 1
    assert set(unmatched.values()) == {1}
    assert all(enrolled[who] < date(2026, 10, 1) for who in unmatched)


def test_no_orders():
    assert synth(100, orders_per_member=0).orders.num_rows == 0
    assert synth(100, orders_per_member=0).orders.schema == synth(100).orders.schema


def test_numpy_integers_and_one_tree_as_text_are_fine():
    import numpy as np  # noqa: PLC0415

    assert synth(np.int32(10), seed=np.uint64(2**64 - 1), trees="enrollment").members.num_rows == 10


def test_all_problems_at_once():
    with pytest.raises(UsageError) as caught:
        synth(-1, shape="sphere", seed=-1, period="soon", ids="uuid", trees=("binary",), returns=1)
    assert [p.code for p in caught.value.problems[:4]] == ["members", "seed", "shape", "ids"]
    assert {p.code for p in caught.value.problems[4:]} == {"trees", "error", "returns"}
    assert all(p.hint for p in caught.value.problems if p.code != "error")


@pytest.mark.parametrize(
    "wrong",
    [
        {"members": 10**9, "orders_per_member": 1},
        {"members": True},
        {"members": "100"},
        {"members": 10**9 - 1, "orders_per_member": 3},
        {"seed": 2**64},
        {"seed": 0.5},
        {"period": "1899-12"},
        {"period": "2026-13"},
        {"orders_per_member": "0.5"},
        {"orders_per_member": "many"},
        {"orders_per_member": 1001},
        {"returns": "-0.1"},
        {"returns": "1/0"},
        {"trees": ("enrollment", "matrix")},
        {"trees": ()},
    ],
)
def test_arguments_that_do_not_fit(wrong):
    with pytest.raises(UsageError) as caught:
        synth(**({"members": 10} | wrong))
    assert len(caught.value.problems) == 1
