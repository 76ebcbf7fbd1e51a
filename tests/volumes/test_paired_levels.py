"""On how many levels both sides below a member have somebody, against its definition."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compplan.jit import JIT
from compplan.volumes.paired_levels import ALL, paired_levels
from tests.naive import volumes as naive
from tests.volumes.forests import parents_of, tree_of

pytestmark = pytest.mark.kernels


@st.composite
def binary_depths(draw, most=24):
    """Depths of a pre-order in which nobody has more than two children: deep on the left, or anything."""
    depths, path = [], []
    for _ in range(draw(st.integers(0, most))):
        open_ = [depth for depth, children in enumerate(path) if children < 2]
        depth = draw(st.sampled_from([*open_, open_[-1], open_[-1]])) + 1 if open_ and draw(st.integers(0, 9)) else 0
        del path[depth:]
        if path:
            path[-1] += 1
        path.append(0)
        depths.append(depth)
    return depths


@settings(deadline=None, max_examples=80)
@given(binary_depths(), st.data(), st.integers(1, 6) | st.just(ALL))
def test_levels_of_two_sides(depths, data, most):
    flags = st.lists(st.sampled_from([True, True, False]), min_size=len(depths), max_size=len(depths))
    taken, skipped = data.draw(flags), [not each for each in data.draw(flags)]
    found = paired_levels(tree_of(depths), np.array(taken, np.bool_), np.array(skipped, np.bool_), most)
    assert found.tolist() == naive.paired_levels(parents_of(depths), taken, skipped, most)


def test_two_long_chains():
    """Each level is looked at once, however deep it is: a root with two chains."""
    half = 200_000 if JIT else 2_000
    depths = [0, *range(1, half + 1), *range(1, half + 1)]
    everybody = np.ones(len(depths), np.bool_)
    found = paired_levels(tree_of(depths), everybody, ~everybody)
    assert found.tolist() == [half] + [0] * 2 * half
