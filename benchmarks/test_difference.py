"""Differences on a random tree and on a chain of as many members, side by side: depth must not cost.

Three members in a hundred have one of twelve rates, or thirty; totals are carried up, payments are rounded one by one,
with and without rows.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from benchmarks.conftest import SIZES
from compplan.bonuses.difference.run import run_difference
from compplan.bonuses.difference.spec import Difference, DifferenceInputs
from compplan.genealogy.tree import Tree

RATES = np.array([3, 5, 6, 8, 9, 10, 12, 14, 16, 18, 20, 22])
WAYS = {"totals": (1, False), "rounded": (100, False), "rows": (100, True)}


def depths(size: int, shape: str):
    """A chain, or a walk that wanders down to sixty levels."""
    if shape == "chain":
        return np.arange(size, dtype=np.int32)
    falls = np.random.default_rng(1).geometric(0.5, size) - 2
    found, depth = np.zeros(size, np.int32), 0
    for i, fall in enumerate(falls.tolist()):
        depth = min(60, max(1, depth - fall)) if i else 0
        found[i] = depth
    return found


def tree_of(depth) -> Tree:
    """The tree of a pre-order of depths."""
    size, deepest = depth.size, int(depth.max())
    parent, end, last = np.full(size, -1, np.int32), np.arange(1, size + 1, dtype=np.int32), [-1] * (deepest + 2)
    for i, d in enumerate(depth.tolist()):
        parent[i] = last[d - 1] if d else -1
        last[d] = i
    for i in range(size - 1, 0, -1):
        end[parent[i]] = max(end[parent[i]], end[i])
    return Tree("sponsor", depth, parent, end, None, deepest)


@cache
def inputs(size: int, shape: str, ranked: int) -> DifferenceInputs:
    """Volumes of up to 200.00, and ranks of which each is half as frequent as the one below."""
    rng = np.random.default_rng(5)
    rank = np.minimum(rng.geometric(0.5, size) - 1, RATES.size - 1)
    klass = np.where(rng.random(size) * 100 < ranked, rank, -1).astype(np.int16)
    everyone = np.ones(size, np.bool_)
    return DifferenceInputs(tree_of(depths(size, shape)), klass, everyone, everyone, base=rng.integers(0, 20000, size))


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("ranked", [3, 30])
@pytest.mark.parametrize("shape", ["random", "chain"])
@pytest.mark.parametrize("size", SIZES)
def test_difference(benchmark, report, size, shape, ranked, way):
    given = inputs(size, shape, ranked)
    denominator, keep_rows = WAYS[way]
    rule = Difference("bonus", RATES, denominator, from_self=True, round_each=denominator > 1)
    made = benchmark.pedantic(run_difference, (rule, given), {"keep_rows": keep_rows}, rounds=7, warmup_rounds=1)
    touched = sum(array.nbytes for array in (given.tree.depth, given.klass, given.pay, given.stands, given.values))
    touched += made.pay.nbytes + sum(column.nbytes for column in made.rows or ())
    report(size, touched)
