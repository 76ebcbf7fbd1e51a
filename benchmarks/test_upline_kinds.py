"""Points, pass-up, leadership, cut trees, compressed levels and volume that is collected: a random tree and a chain of the same size."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from benchmarks.conftest import SIZES
from compplan.bonuses.leadership.flow import flow_up
from compplan.bonuses.pass_up.run import Counters, PassUp, PassUpInputs, run_pass_up
from compplan.bonuses.points.run import run_points
from compplan.bonuses.points.spec import Points, PointsInputs
from compplan.genealogy.build import build_genealogy
from compplan.genealogy.cut import cut_tree
from compplan.genealogy.genealogy import TreeColumns
from compplan.volumes.collect import collect
from compplan.volumes.compressed import sum_levels

SHAPES = ("random", "chain")


@cache
def tree(size, shape):
    """A tree, and flags and volumes of its members."""
    import pyarrow as pa  # noqa: PLC0415 - only here

    rng = np.random.default_rng(7)
    row = np.arange(1, size)
    above = row - 1 if shape == "chain" else (rng.random(size - 1) * row).astype(np.int64)
    parent = pa.array(np.concatenate([[-1], above]), mask=np.arange(size) == 0)
    table = pa.table({"id": np.arange(size), "parent": parent})
    made = build_genealogy(table, id_column="id", trees=[TreeColumns("t", "parent", None, None)], threads=1)
    return made.trees["t"], rng.random(size) < 0.1, rng.integers(0, 10_000, size)


@pytest.fixture(params=[(size, shape) for size in SIZES for shape in SHAPES], ids=lambda each: f"{each[1]}-{each[0]}")
def made(request):
    return tree(*request.param)


def run(benchmark, report, made, what, read):
    benchmark.pedantic(what, rounds=5, warmup_rounds=1)
    report(made[0].n, sum(array.nbytes for array in read))


@pytest.mark.parametrize("keep_rows", [True, False], ids=["rows", "totals"])
def test_points(benchmark, report, made, keep_rows):
    whole, some, volume = made
    takes = np.where(some, 3, 0)
    edge = np.where(whole.parent >= 0, takes[whole.parent], 0)
    inputs = PointsInputs(whole, takes, edge, np.ones(whole.n, np.bool_), some, base=volume)
    rule = Points("sale", 8, denominator=100, from_self=True, round_each=True)
    read = (volume, takes, edge, some, whole.depth)
    run(benchmark, report, made, lambda: run_points(rule, inputs, keep_rows=keep_rows), read)


@pytest.mark.parametrize("dated", [True, False], ids=["dated", "plain"])
def test_pass_up(benchmark, report, made, dated):
    whole, some, volume = made
    rng = np.random.default_rng(3)
    since = rng.integers(0, 2_000, whole.n) if dated else None
    everyone = np.ones(whole.n, np.bool_)
    inputs = PassUpInputs(whole, np.zeros(whole.n, np.int16), everyone, some, since)
    buyer, time = rng.permutation(whole.n).astype(np.int32), np.sort(rng.integers(0, 2_000, whole.n))
    rule = PassUp(np.array([[False, True, True]]))

    def sell():
        counters = Counters(*(np.zeros(whole.n, np.int64) for _ in range(3)))
        run_pass_up(rule, inputs, buyer, volume, time, counters)

    run(benchmark, report, made, sell, (volume, buyer, time, whole.parent, some))


def test_leadership(benchmark, report, made):
    whole, some, volume = made
    owed = np.where(some, 4_000, 0)
    own = np.where(some, volume, 0)
    run(
        benchmark,
        report,
        made,
        lambda: flow_up(whole, own, owed, some, what="leadership"),
        (own, owed, some, whole.depth),
    )


def test_cut_tree(benchmark, report, made):
    whole, some, _ = made
    run(benchmark, report, made, lambda: cut_tree(whole, some, "cut"), (whole.depth, whole.parent, some))


def test_compressed_levels(benchmark, report, made):
    whole, some, volume = made
    run(benchmark, report, made, lambda: sum_levels(whole, volume, ~some, 3), (volume, some, whole.depth))


@pytest.mark.parametrize("losses", [False, True], ids=["plain", "losses"])
@pytest.mark.parametrize("amount", [20_000, 5_000_000])
def test_collect(benchmark, report, made, amount, losses):
    """A few levels suffice, or many do; one order in a hundred is returned, or none is."""
    whole, some, volume = made
    values = np.where(np.arange(whole.n) % 100 == 99, -volume, volume) if losses else volume
    read = (values, some, whole.parent, whole.end)
    run(benchmark, report, made, lambda: collect(whole, values, amount, skipped=some), read)
