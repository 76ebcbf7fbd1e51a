"""Pairs of two sides against their naive twin: sums by side, ratios, increments, what is carried on, ages."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compplan.bonuses.pairing.run import lay_by_age, pair_sides, sides_below
from compplan.bonuses.pairing.spec import KEEP, Pairing, Sides, table_of
from compplan.errors import ExactnessError
from compplan.genealogy.tree import Tree
from tests.naive import pairing as naive

pytestmark = pytest.mark.kernels
check = settings(deadline=None, max_examples=50)

RATIOS = [Fraction(1), Fraction(2), Fraction(3), Fraction(3, 2)]


def column(values, dtype=np.int64):
    return np.array(values, dtype)


@st.composite
def binary_trees(draw, most=25):
    """Parents and sides in pre-order, left children before right ones: random shapes, chains and several roots."""
    n = draw(st.integers(0, most))
    chain = draw(st.booleans())
    parents, sides, spine = [], [], []
    for member in range(n):
        free = [p for p in spine if parents.count(p) < 2] if not chain else spine[-1:]
        parent = draw(st.sampled_from([-1, *free])) if free and not chain else (free[-1] if free else -1)
        taken = [sides[m] for m in range(member) if parents[m] == parent and parent >= 0]
        side = -1 if parent < 0 else draw(st.sampled_from([s for s in (0, 1) if s > max(taken, default=-1)] or [2]))
        if side == 2:
            parent, side = -1, -1
        parents.append(parent)
        sides.append(side)
        spine = [] if parent < 0 else spine[: spine.index(parent) + 1]
        spine.append(member)
    return parents, sides


def tree_of(parents, sides):
    n = len(parents)
    depth, end = [0] * n, list(range(1, n + 1))
    for member in range(n):
        if parents[member] >= 0:
            depth[member] = depth[parents[member]] + 1
    for member in reversed(range(n)):
        if parents[member] >= 0:
            end[parents[member]] = max(end[parents[member]], end[member])
    arrays = (column(each, np.int32) for each in (depth, parents, end))
    return Tree("binary", *arrays, side=column(sides, np.int8), max_depth=max(depth, default=0))


@check
@given(binary_trees(), st.data())
def test_sums_by_side_are_the_climbed_ones(shape, data):
    values = data.draw(st.lists(st.integers(-50, 500), min_size=len(shape[0]), max_size=len(shape[0])))
    found = sides_below(tree_of(*shape), column(values))
    assert list(zip(found.left.tolist(), found.right.tolist(), strict=True)) == naive.sides_of(*shape, values)


@st.composite
def members(draw):
    """Sides of some members and how they are paired, small enough that every edge is met."""
    n = draw(st.integers(1, 6))
    amount = st.integers(-20, 60) | st.integers(0, 5000)
    units = draw(st.lists(st.sampled_from([0, 2, 6, 10]), min_size=1, max_size=2))
    steps = draw(st.none() | st.lists(st.integers(1, 30), min_size=1, max_size=4, unique=True).map(sorted))
    if steps is not None:
        steps = [6 * step for step in steps]
    anew = steps is None and draw(st.booleans())
    return {
        "n": n,
        "sides": [tuple(draw(amount) for _ in range(4)) for _ in range(n)],
        "ratios": draw(st.lists(st.sampled_from(RATIOS), min_size=1, max_size=2)),
        "units": [6 * unit for unit in units],
        "steps": steps,
        "row": [draw(st.integers(-1, 99)) for _ in range(n)],
        "may": draw(st.none() | st.lists(st.booleans(), min_size=n, max_size=n)),
        "most": draw(st.none() | st.lists(st.integers(0, 9), min_size=n, max_size=n)),
        "anew": anew,
        "balanced": not anew and draw(st.booleans()),
        "carry": draw(st.sampled_from(list(KEEP))),
    }


@check
@given(members(), st.sampled_from([1, 2]))
def test_pairs_are_those_taken_one_by_one(case, threads):
    units = [case["steps"] or ([unit] if unit else []) for unit in case["units"]]
    table, steps = table_of(case["ratios"], units)
    steps = steps if case["steps"] is not None else None
    rows = [r % (len(case["ratios"]) * len(units)) if r >= 0 else -1 for r in case["row"]]
    pairing = Pairing(table, steps, case["anew"], case["balanced"], KEEP[case["carry"]])
    new_left, new_right, old_left, old_right = (column([s[k] for s in case["sides"]]) for k in range(4))
    found = pair_sides(
        pairing,
        Sides(new_left, new_right),
        Sides(old_left, old_right),
        column(rows, np.int16),
        may=None if case["may"] is None else column(case["may"], np.bool_),
        limit=None if case["most"] is None else column(case["most"]),
        threads=threads,
    )
    for i, (a, b, c, d) in enumerate(case["sides"]):
        ratio = None if rows[i] < 0 else case["ratios"][rows[i] // len(units)]
        pairs, step, out = naive.pair_member(
            (a + c, b + d),
            ratio,
            0 if rows[i] < 0 else case["units"][rows[i] % len(units)],
            most=None if case["most"] is None else case["most"][i],
            may=case["may"] is None or case["may"][i],
            anew=case["anew"],
            balanced=case["balanced"],
            carry=case["carry"],
            steps=case["steps"],
        )
        assert found.pairs[i] == pairs
        assert (found.out.left[i], found.out.right[i]) == out
        assert found.step is None or found.step[i] == step


@check
@given(st.data())
def test_the_oldest_volume_is_used_up_first(data):
    lots = data.draw(st.lists(st.integers(0, 50), min_size=1, max_size=4))
    new = data.draw(st.integers(0, 50))
    total = data.draw(st.integers(-10, sum(lots) + new))
    found, expired = lay_by_age(column([total]), column([new]), [column([lot]) for lot in lots])
    assert ([int(lot[0]) for lot in found], int(expired[0])) == naive.aged(total, new, lots)


def test_a_million_pairs_take_no_time():
    """Two sides that alternate to the end, in closed form: 300,000,000 of each make 2,000,000 pairs of 200 and 100."""
    table, _ = table_of([Fraction(2)], [[100]])
    pairing = Pairing(table, None, anew=True, balanced=False, keep=KEEP["both"])
    sides, none = column([300_000_000]), column([0])
    found = pair_sides(pairing, Sides(sides, sides), Sides(none, none), column([0], np.int16))
    assert found.pairs.tolist() == [2_000_000]
    assert found.out.left.tolist() == found.out.right.tolist() == [0]


def test_sides_that_do_not_fit_are_an_error():
    table, _ = table_of([Fraction(1)], [[]])
    pairing = Pairing(table, None, anew=False, balanced=False, keep=KEEP["both"])
    large, none = column([2**60]), column([0])
    with pytest.raises(ExactnessError, match="left side"):
        pair_sides(pairing, Sides(large, none), Sides(large, none), column([0], np.int16))


@pytest.mark.parametrize(
    ("carry", "sides", "out"),
    [
        ("strong", (100, -70), (100, -70)),
        ("strong", (-50, -70), (-50, -70)),
        ("strong", (100, 70), (30, 0)),
        ("both", (-50, -70), (-50, -70)),
        ("none", (100, -70), (0, 0)),
    ],
)
def test_a_side_below_zero_is_carried_as_it_is(carry, sides, out):
    table, steps = table_of([Fraction(1)], [[]])
    nothing = Sides(column([0]), column([0]))
    new = Sides(column([sides[0]]), column([sides[1]]))
    found = pair_sides(
        Pairing(table, steps, anew=False, balanced=False, keep=KEEP[carry]), new, nothing, column([0], np.int16)
    )
    assert (found.out.left[0], found.out.right[0]) == out
