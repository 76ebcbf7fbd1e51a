"""Sums over compressed levels against their naive twin."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compplan.errors import UsageError
from compplan.volumes.compressed import sum_levels
from tests.naive import volumes as naive
from tests.volumes.forests import Case, cases, tree_of

pytestmark = pytest.mark.kernels


@settings(deadline=None, max_examples=50)
@given(cases(), st.integers(1, 5))
def test_sums_are_the_naive_ones(case: Case, levels):
    expected = naive.sum_levels(case.parents, case.values, case.flags, levels)
    assert sum_levels(case.tree, case.v, case.f, levels).tolist() == expected


def test_levels_are_at_least_one():
    case = Case([0], [1], [1], [True], [True])
    with pytest.raises(UsageError, match="levels must be between 1"):
        sum_levels(tree_of([0]), case.v, case.f, 0)
