"""Pairing of a binary tree, at random and as a chain: sums by side, pairs, and the whole pass with its state and books.

`one_loop` is the yardstick: a loop that knows one plan only (1 to 1, any amount, 10 %, both sides carried), with fewer
checks than a plan needs.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cache

import numpy as np
import pytest

import compplan as cp
from benchmarks.conftest import PERIOD, SIZES
from compplan.bonuses.pairing import kernels, run
from compplan.bonuses.pairing.spec import KEEP, Pairing, Sides, table_of
from compplan.jit import kernel

U = np.uint32
SHAPES = ["random", "chain"]
PLANS = {
    "ten_per_cent": "rates: 10%, carry: both",
    "cycles": "ratio: 2 to 1, unit: 100, strong_side: each_pair, amounts: 14, pair_cap: 96, carry_cap: 5000",
    "expiring": "rates: 10%, carry: strong, expires: 4, flush_when: bv < 10, flush_after: 2",
}
PLAN = """
compplan: 1
name: Pairing benchmark
currency: USD
period: monthly
rounding: {{mode: half_up, at: payment}}
trees:
  binary: {{parent: parent_id, side: side, width: 2}}
volumes:
  bv: {{member: bv, decimals: 0}}
bonuses:
  pairs: {{kind: binary, of: bv, tree: binary, pay_when: bv >= 30, {fields}}}
"""


@kernel
def one_loop(depth, side, values, left, right, active, paid, out_left, out_right, stack):
    for i in range(depth.size - 1, -1, -1):
        d = U(depth[i])
        e = d + U(1)
        on_left = stack[e, 0]
        on_right = stack[e, 1]
        stack[e, 0] = 0
        stack[e, 1] = 0
        stack[d, U(side[i] & 1)] += values[i] + on_left + on_right
        on_left += left[i]
        on_right += right[i]
        paired = min(on_left, on_right) * active[i]
        paid[i] = np.int64(np.uint64(paired) // np.uint64(10))
        out_left[i] = on_left - paired
        out_right[i] = on_right - paired


@kernel
def grow(free, parent, side):
    """Place everybody on a random free place (splitmix, so that it is the same everywhere)."""
    state = np.uint64(1)
    count = 2
    free[0], free[1] = 0, 1
    for i in range(1, parent.size):
        state += np.uint64(0x9E3779B97F4A7C15)
        mixed = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        pick = np.int64((mixed ^ (mixed >> np.uint64(27))) % np.uint64(count))
        place = free[pick]
        free[pick] = free[count - 1]
        parent[i], side[i] = place >> 1, place & 1
        free[count - 1], free[count] = 2 * i, 2 * i + 1
        count += 1


@dataclass(frozen=True)
class Field:
    members: object
    tree: object
    values: np.ndarray
    sides: Sides
    active: np.ndarray


@cache
def field(size, shape):
    import pyarrow as pa  # noqa: PLC0415

    parent, side = np.arange(-1, size - 1), np.arange(size) % 2
    if shape == "random":
        grow(np.empty(2 * size, np.int64), parent, side)
    above = pa.array(parent, mask=parent < 0)
    place = pa.array(side, mask=parent < 0)
    chance = np.random.default_rng(1)
    members = pa.table(
        {"member_id": pa.array(np.arange(size)), "parent_id": above, "side": place, "bv": chance.integers(0, 100, size)}
    )
    genealogy = cp.flatten(plan("ten_per_cent"), members)
    values, left, right = chance.integers(0, 20_000, (3, size))
    return Field(members, genealogy.trees["binary"], values, Sides(left, right), chance.random(size) < 0.7)


@cache
def plan(name):
    return cp.load_plan(PLAN.format(fields=PLANS[name]))


@pytest.fixture(params=[(size, shape) for shape in SHAPES for size in SIZES], ids=str)
def made(request):
    return field(*request.param)


def tell(report, made, bytes_a_member):
    report(made.tree.n, made.tree.n * bytes_a_member)


def test_one_loop(benchmark, report, made):
    n, tree = made.tree.n, made.tree
    out = [np.empty(n, np.int64) for _ in range(3)]
    stack = np.zeros((tree.max_depth + 2, 2), np.int64)
    active = made.active.astype(np.int64)
    benchmark(one_loop, tree.depth, tree.side, made.values, made.sides.left, made.sides.right, active, *out, stack)
    tell(report, made, 61)


def test_sums_by_side(benchmark, report, made):
    benchmark(run.sides_below, made.tree, made.values)
    tell(report, made, 29)


@pytest.mark.parametrize(("ratio", "unit", "anew"), [(1, 0, False), (2, 100, False), (2, 100, True)])
def test_pairs(benchmark, report, made, ratio, unit, anew):
    table, _ = table_of([Fraction(ratio)], [[unit] if unit else []])
    pairing = Pairing(table, None, anew=anew, balanced=False, keep=KEEP["both"])
    n = made.tree.n
    inputs = run._inputs(pairing, made.sides, made.sides, np.zeros(n, np.int16), made.active, None)
    out = [np.empty(n, np.int64) for _ in range(3)]
    benchmark(run._pair, pairing, inputs, out)
    tell(report, made, 59)


@pytest.mark.parametrize("name", PLANS)
def test_pass(benchmark, report, made, name):
    done = cp.run(plan(name), made.members, period=PERIOD, ledger=False)
    work, each = done._work, next(p for p in done._passes if getattr(p, "bonus", "") == "pairs")
    work.state.kept |= work.state.next_kept
    benchmark.pedantic(each.run, (work,), rounds=5, warmup_rounds=1)
    tell(report, made, 61)


def test_kernels_are_the_same():
    """The yardstick pays what the kernels pay, so that their times can be compared."""
    for shape in SHAPES:
        made = field(10_000, shape)
        n, tree = made.tree.n, made.tree
        paid, left, right = (np.empty(n, np.int64) for _ in range(3))
        active = made.active.astype(np.int64)
        stack = np.zeros((tree.max_depth + 2, 2), np.int64)
        one_loop(
            tree.depth, tree.side, made.values, made.sides.left, made.sides.right, active, paid, left, right, stack
        )
        table, _ = table_of([Fraction(1)], [[]])
        pairing = Pairing(table, None, anew=False, balanced=False, keep=KEEP["both"])
        found = run.pair_sides(
            pairing, run.sides_below(tree, made.values), made.sides, np.zeros(n, np.int16), may=made.active
        )
        assert ((found.pairs // 10) == paid).all()
        assert (found.out.left == left).all()
        assert kernels.NO_LIMIT > 0
