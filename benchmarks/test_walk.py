"""Seven levels on a random tree and on a chain of as many members: totals, rounded payments, and rows.

Half of the members use up levels and are paid; fewer than half bought something.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from benchmarks.conftest import SIZES
from benchmarks.test_difference import depths, tree_of
from compplan.bonuses.walk.run import run_walk
from compplan.bonuses.walk.spec import Walk, WalkInputs

RATES = np.array([[5, 5, 5, 4, 3, 2, 1]])
WAYS = {"totals": (1, False), "rounded": (100, False), "rows": (100, True)}


@cache
def inputs(size: int, shape: str) -> WalkInputs:
    """Volumes of up to 200.00."""
    rng = np.random.default_rng(5)
    half = rng.random(size) < 0.5
    bought = np.where(rng.random(size) < 0.45, rng.integers(0, 20000, size), 0)
    return WalkInputs(tree_of(depths(size, shape)), np.zeros(size, np.int16), half, counted=half, base=bought)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("shape", ["random", "chain"])
@pytest.mark.parametrize("size", SIZES)
def test_walk(benchmark, report, size, shape, way):
    given = inputs(size, shape)
    denominator, keep_rows = WAYS[way]
    walk = Walk("bonus", RATES, denominator, counts="flag", round_each=denominator > 1)
    made = benchmark.pedantic(run_walk, (walk, given), {"keep_rows": keep_rows}, rounds=7, warmup_rounds=1)
    touched = sum(array.nbytes for array in (given.tree.depth, given.klass, given.pay, given.counted, given.values))
    touched += made.pay.nbytes + sum(column.nbytes for column in made.rows or ())
    report(size, touched)
