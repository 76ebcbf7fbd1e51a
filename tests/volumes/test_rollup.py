from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compplan.errors import ExactnessError
from compplan.jit import JIT
from compplan.volumes import rollup
from tests.naive import volumes as naive
from tests.volumes.forests import cases, tree_of

pytestmark = pytest.mark.kernels

check = settings(deadline=None, max_examples=60)
thread_counts = st.sampled_from([1, 2, 3, 8])


@check
@given(thread_counts, cases())
def test_roll_up(threads, case):
    assert rollup.roll_up(case.tree, case.v, threads=threads).tolist() == naive.roll_up(case.parents, case.values)


@check
@given(thread_counts, cases(), st.integers(0, 30))
def test_roll_up_levels(threads, case, levels):
    found = rollup.roll_up_levels(case.tree, case.v, levels, threads=threads)
    assert found.tolist() == naive.roll_up_levels(case.parents, case.values, levels)


@check
@given(thread_counts, cases(), st.integers(0, 4))
def test_few_levels(threads, case, levels):
    found = rollup.roll_up_levels(case.tree, case.v, levels, threads=threads)
    assert found.tolist() == naive.roll_up_levels(case.parents, case.values, levels)


@check
@given(thread_counts, cases())
def test_roll_up_stopping(threads, case):
    found = rollup.roll_up_stopping(case.tree, case.v, case.f, threads=threads)
    assert found.tolist() == naive.roll_up_stopping(case.parents, case.values, case.flags)


@check
@given(thread_counts, cases())
def test_roll_up_outside_uplines(threads, case):
    found = rollup.roll_up_outside_uplines(case.tree, case.v, case.f, case.g, threads=threads)
    assert found.tolist() == naive.roll_up_outside_uplines(case.parents, case.values, case.flags, case.marks)
    alone = rollup.roll_up_outside_uplines(case.tree, case.v, case.f, threads=threads)
    nobody = [False] * len(case.values)
    assert alone.tolist() == naive.roll_up_outside_uplines(case.parents, case.values, case.flags, nobody)


@check
@given(thread_counts, cases())
def test_outside_legs(threads, case):
    found = rollup.outside_legs(case.tree, case.v, case.w, case.f, threads=threads)
    assert found.tolist() == naive.outside_legs(case.parents, case.values, case.others, case.flags)


@check
@given(thread_counts, cases())
def test_move_up(threads, case):
    moved, lost = rollup.move_up(case.tree, case.v, case.f, threads=threads)
    assert (moved.tolist(), lost) == naive.move_up(case.parents, case.values, case.flags)
    assert int(moved.sum()) + lost == sum(case.values)
    assert type(lost) is int


@check
@given(thread_counts, cases())
def test_any_in_subtree(threads, case):
    found = rollup.any_in_subtree(case.tree, case.f, threads=threads)
    assert found.tolist() == naive.any_in_subtree(case.parents, case.flags)


@check
@given(thread_counts, cases())
def test_result_may_take_the_place_of_an_input(threads, case):
    for function, extra in [
        (rollup.roll_up, ()),
        (rollup.roll_up_levels, (2,)),
        (rollup.roll_up_stopping, (case.f,)),
        (rollup.roll_up_outside_uplines, (case.f,)),
        (rollup.outside_legs, (case.w, case.f)),
        (lambda *given, **named: rollup.move_up(*given, **named)[0], (case.f,)),
        (rollup.any_in_subtree, ()),
    ]:
        column = case.f if function is rollup.any_in_subtree else case.v
        out = column.copy()
        assert function(case.tree, out, *extra, out=out, threads=threads) is out
        assert np.array_equal(out, function(case.tree, column, *extra))


def test_hong_kong_ruby_volume():
    """Published case 03: qualified lines leave, and so do the uplines between, with their own value only."""
    names = ["A", "B", "C", "D", "E", "F", "G", "H"]
    tree = tree_of([0, 1, 1, 2, 1, 2, 1, 2])
    pv = np.array([15_000, 8_000, 2_000, 4_000, 2_000, 10_000, 2_000, 10_000], np.int64)
    reached_21 = np.isin(names, ["F", "H"])
    status = np.isin(names, ["D"])
    ruby = rollup.roll_up_outside_uplines(tree, pv, reached_21, stop=status)
    assert ruby[0] == 25_000
    assert ruby[0] * 16 == 400_000
    assert ruby[0] * 16 * 2 // 100 == 8_000
    # The status of D leaves its upline C in; as a qualification it would take C out as well.
    assert rollup.roll_up_outside_uplines(tree, pv, reached_21 | status)[0] == 23_000


def test_side_branches_of_uplines_stay():
    """0 measures; 1 stands between it and the qualified 2 and leaves; its other branch 3 and 4 stays."""
    tree = tree_of([0, 1, 2, 2, 3])
    values = np.array([1, 10, 100, 1_000, 10_000], np.int64)
    found = rollup.roll_up_outside_uplines(tree, values, np.array([0, 0, 1, 0, 0], np.bool_))
    assert found.tolist() == [11_001, 11_010, 100, 11_000, 10_000]


def test_long_chain_and_wide_star():
    n = 10**6 if JIT else 10**4
    ones = np.ones(n, np.int64)
    chain = tree_of(range(n))
    assert np.array_equal(rollup.roll_up(chain, ones), np.arange(n, 0, -1))
    assert np.array_equal(rollup.roll_up(chain, ones, threads=4), np.arange(n, 0, -1))
    assert np.array_equal(rollup.roll_up_levels(chain, ones, 7), np.minimum(8, np.arange(n, 0, -1)))
    half = np.minimum(n // 2 + 1, np.arange(n, 0, -1))
    assert np.array_equal(rollup.roll_up_levels(chain, ones, n // 2), half)
    star = tree_of([0] + [1] * (n - 1))
    assert rollup.roll_up(star, ones, threads=4)[0] == n
    assert rollup.roll_up_levels(star, ones, 1, threads=4)[0] == n


def test_the_limit_is_exact():
    tree = tree_of([0, 1, 2])
    most = np.array([2**62, 2**61, 2**61 - 1], np.int64)
    assert rollup.roll_up(tree, most)[0] == 2**63 - 1
    assert rollup.roll_up(tree, -most)[0] == -(2**63) + 1
    more = most + np.array([0, 0, 1])
    for one_more in (more, -more, np.array([-(2**63), 0, 0])):
        with pytest.raises(ExactnessError, match="does not fit 64 bits") as caught:
            rollup.roll_up(tree, one_more)
        assert caught.value.problems[0].place.column == "values"


@pytest.mark.parametrize("function", [rollup.roll_up_stopping, rollup.roll_up_outside_uplines, rollup.move_up])
def test_every_sum_is_guarded(function):
    tree = tree_of([0, 1])
    with pytest.raises(ExactnessError):
        function(tree, np.array([2**62, 2**62]), np.zeros(2, np.bool_))


def test_outside_legs_leaves_room_for_own_values():
    tree, flag = tree_of([0, 1]), np.zeros(2, np.bool_)
    legs = np.array([2**62 - 1, 2**62 - 1])
    assert rollup.outside_legs(tree, legs, np.array([2**61, 0]), flag)[0] == 2**62 + 2**61 - 1
    with pytest.raises(ExactnessError):
        rollup.outside_legs(tree, legs, np.array([2**62 + 1, 0]), flag)
