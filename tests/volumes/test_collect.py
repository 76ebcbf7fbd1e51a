"""Volume collected downwards against the same thing level by level."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compplan.errors import ExactnessError
from compplan.genealogy.tree import Tree
from compplan.volumes.collect import collect
from tests.naive import volumes as naive
from tests.volumes.forests import cases, tree_of

pytestmark = pytest.mark.kernels

check = settings(deadline=None, max_examples=60)
amounts = st.integers(-5, 60) | st.integers(-(2**57), 2**57)


@check
@given(st.sampled_from([1, 3]), cases(), amounts, st.none() | st.integers(0, 6), st.booleans())
def test_collect(threads, case, amount, levels, own):
    found = collect(case.tree, case.v, amount, levels=levels, skipped=case.f, own=own, threads=threads)
    expected = naive.collect(case.parents, case.values, amount, 99 if levels is None else levels, case.flags, own)
    assert list(zip(found.total.tolist(), found.levels.tolist(), strict=True)) == expected


@check
@given(cases(), st.integers(1, 60))
def test_small_volumes_of_which_none_is_below_zero(case, amount):
    values = [abs(value) % 20 for value in case.values]
    found = collect(case.tree, np.array(values, np.int64), amount)
    nobody = [False] * len(values)
    expected = naive.collect(case.parents, values, amount, 99, nobody, own=True)
    assert list(zip(found.total.tolist(), found.levels.tolist(), strict=True)) == expected


def test_a_sum_that_does_not_fit_is_an_error():
    with pytest.raises(ExactnessError, match="does not fit 64 bits"):
        collect(tree_of([0, 1]), np.array([2**62, -(2**62)]), 1)


@pytest.mark.compiled
def test_a_chain_without_end_is_no_trouble():
    n = 200_000
    found = collect(tree_of_chain(n), np.ones(n, np.int64), n)
    assert found.total[0] == n
    assert found.levels.tolist()[:3] == [n - 1, n - 2, n - 3]


def tree_of_chain(n):
    depth = np.arange(n, dtype=np.int32)
    return Tree("chain", depth, depth - np.int32(1), np.full(n, n, np.int32), None, n - 1)
