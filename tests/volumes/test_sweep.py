"""Several threads, and the cuts between their ranges."""

from __future__ import annotations

import multiprocessing
import sys

import numpy as np
import pytest

from compplan.volumes import rollup, sweep
from tests.volumes.forests import random_tree, tree_of

pytestmark = pytest.mark.kernels


def test_ranges_cut_where_ancestors_wait():
    tree = tree_of([0, 1, 2, 3, 3, 2, 1, 2])
    assert sweep.ranges(tree, 1) is None
    assert sweep.ranges(tree, 2) == [(0, 4, [2, 1, 0]), (4, 8, [])]
    assert sweep.ranges(tree, 4) == [(0, 2, [1, 0]), (2, 4, [2]), (4, 6, []), (6, 8, [])]


def test_a_long_cut_runs_on_one_thread(monkeypatch):
    monkeypatch.setattr(sweep, "CUT_COST", 2)
    assert sweep.ranges(tree_of([0, 1, 2, 3, 4, 5, 5, 5]), 2) == [(0, 4, [3, 2, 1, 0]), (4, 8, [])]
    monkeypatch.setattr(sweep, "CUT_COST", 3)
    assert sweep.ranges(tree_of([0, 1, 2, 3, 4, 5, 5, 5]), 2) is None


def test_small_trees_run_on_one_thread(monkeypatch):
    monkeypatch.setattr(sweep, "SMALLEST_RANGE", 1001)
    assert sweep.ranges(tree_of([0] * 1000), 8) is None


def test_threads_do_not_change_a_larger_tree(monkeypatch):
    monkeypatch.setattr(sweep, "SMALLEST_RANGE", 100)
    tree = random_tree(5000, 1)
    values = np.random.default_rng(2).integers(-99, 99, 5000)
    alone = rollup.roll_up(tree, values)
    for threads in (2, 3, 7, 50):
        assert np.array_equal(rollup.roll_up(tree, values, threads=threads), alone)


def test_errors_in_a_thread_are_raised():
    def task(item):
        if item == 0:
            raise ValueError(item)

    with pytest.raises(ValueError, match="0"):
        sweep.in_threads(task, [0, 1, 2])


def sum_in_child(queue):
    queue.put(sweep.in_threads(sum, [[1, 2], [3, 4]]))


@pytest.mark.skipif(sys.platform != "linux", reason="needs fork")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_fork_starts_its_own_threads():
    sweep.in_threads(sum, [[1], [2]])
    context = multiprocessing.get_context("fork")
    queue = context.Queue()
    child = context.Process(target=sum_in_child, args=(queue,))
    child.start()
    assert queue.get(timeout=30) == [3, 7]
    child.join()
