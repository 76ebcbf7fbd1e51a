"""Several threads, and what the sweeps refuse."""

from __future__ import annotations

import multiprocessing
import sys

import numpy as np
import pytest

from compplan.errors import UsageError
from compplan.volumes import exactness, rollup, sweep
from compplan.volumes.member_arrays import FLAG, VOLUME, as_input, member_arrays
from tests.volumes.forests import tree_of


def random_tree(n, seed, *, longest=60):
    """Depths that wander, with some falls back to the roots."""
    rng = np.random.default_rng(seed)
    depths = [0]
    for fall in (rng.geometric(0.5, n - 1) - 2).tolist():
        depths.append(min(longest, max(0, depths[-1] - fall)))
    return tree_of(depths)


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


def test_all_misfits_are_told_at_once():
    tree = tree_of([0, 1, 1])
    with pytest.raises(UsageError) as caught:
        rollup.outside_legs(
            tree,
            np.zeros(2, np.int64),
            np.zeros(3, np.int32),
            [True, False, True],
            out=np.zeros(6, np.int64)[::2],
        )
    problems = [(problem.code, problem.message.split()[0]) for problem in caught.value.problems]
    assert problems == [
        ("wrong_shape", "leg_volume"),
        ("wrong_dtype", "own"),
        ("not_an_array", "flag"),
        ("unwritable", "out"),
    ]
    assert ".astype(np.int64)" in str(caught.value)


def test_money_in_floats_is_refused():
    values = np.ones(1, np.int64)
    with pytest.raises(UsageError, match="exact whole numbers"):
        rollup.roll_up(tree_of([0]), values.astype(np.float64))


def test_numbers_must_be_whole():
    tree, values = tree_of([0]), np.ones(1, np.int64)
    with pytest.raises(UsageError, match="must be a whole number"):
        rollup.roll_up_levels(tree, values, "2")
    with pytest.raises(UsageError, match="threads must be between 1"):
        rollup.roll_up(tree, values, threads=0)


def test_inputs_are_read_only_views():
    values = np.arange(6)[::2]
    assert as_input(values).flags.c_contiguous
    whole = np.arange(3)
    view, flag, out = member_arrays(
        tree_of([0, 1, 1]), {"v": (whole, VOLUME), "f": (whole > 0, FLAG)}, {"out": (None, VOLUME)}
    )
    assert np.shares_memory(view, whole)
    assert not view.flags.writeable
    assert whole.flags.writeable
    assert flag.dtype == bool
    assert out.shape == (3,)


@pytest.mark.parametrize("kind", ["mixed", "low", "high"])
def test_magnitudes_are_exact(kind):
    rng = np.random.default_rng(3)
    values = {
        "mixed": rng.integers(-(2**63), 2**63 - 1, 300, endpoint=True),
        "low": np.full(300, -(2**63)),
        "high": np.full(300, 2**63 - 1),
    }[kind]
    tree = random_tree(300, 4)
    assert exactness.magnitude(values) == sum(abs(v) for v in values.tolist())
    by_depth = {}
    for depth, value in zip(tree.depth.tolist(), values.tolist(), strict=True):
        by_depth[depth] = by_depth.get(depth, 0) + abs(value)
    assert exactness.magnitude_by_depth(tree, values) == max(by_depth.values())
