from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compplan.errors import UsageError
from compplan.jit import JIT
from compplan.volumes import counts
from tests.naive import volumes as naive
from tests.volumes.forests import cases, tree_of

pytestmark = pytest.mark.kernels

check = settings(deadline=None, max_examples=60)
thread_counts = st.sampled_from([1, 2, 3, 8])


@pytest.mark.parametrize("name", ["frontline_count", "downline_count", "legs_with"])
@check
@given(threads=thread_counts, case=cases())
def test_counts(name, threads, case):
    found = getattr(counts, name)(case.tree, case.f, threads=threads)
    assert found.dtype == np.int64
    assert found.tolist() == getattr(naive, name)(case.parents, case.flags)


@check
@given(thread_counts, cases(), st.integers(0, 4) | st.integers(0, 30))
def test_downline_count_levels(threads, case, levels):
    found = counts.downline_count_levels(case.tree, case.f, levels, threads=threads)
    assert found.tolist() == naive.downline_count_levels(case.parents, case.flags, levels)


@check
@given(thread_counts, cases(), st.integers(0, 4))
def test_capped_leg_counts(threads, case, cap):
    found = counts.capped_leg_counts(case.tree, case.f, cap, threads=threads)
    assert found.tolist() == naive.capped_leg_counts(case.parents, case.flags, cap)


@check
@given(thread_counts, cases())
def test_frontline_sum(threads, case):
    out = case.v.copy()
    assert counts.frontline_sum(case.tree, out, out=out, threads=threads) is out
    assert out.tolist() == naive.frontline_sum(case.parents, case.values)


@check
@given(thread_counts, cases(), st.booleans())
def test_nearest_flagged_ancestor(threads, case, from_self):
    found = counts.nearest_flagged_ancestor(case.tree, case.f, from_self=from_self, threads=threads)
    assert found.dtype == np.int32
    assert found.tolist() == naive.nearest_flagged_ancestor(case.parents, case.flags, from_self)


@check
@given(cases(), st.integers(1, 3))
def test_full_levels(case, width):
    assert counts.full_levels(case.tree, width, case.f).tolist() == naive.full_levels(case.parents, width, case.flags)
    assert counts.full_levels(case.tree, width).tolist() == naive.full_levels(
        case.parents, width, [True] * len(case.parents)
    )


def test_credit_of_customers_on_a_long_chain():
    n = 10**6 if JIT else 10**4
    chain, flag = tree_of(range(n)), np.zeros(n, np.bool_)
    flag[[3, n // 2]] = True
    found = counts.nearest_flagged_ancestor(chain, flag, from_self=True, threads=4)
    assert found.tolist() == [-1] * 3 + [3] * (n // 2 - 3) + [n // 2] * (n - n // 2)
    assert counts.downline_count_levels(chain, ~flag, 5).tolist()[:4] == [4, 4, 4, 5]


def test_negative_levels_and_caps():
    tree, flag = tree_of([0]), np.ones(1, np.bool_)
    for function in (counts.downline_count_levels, counts.capped_leg_counts):
        with pytest.raises(UsageError, match="must be between 0"):
            function(tree, flag, -1)
