"""Lines of legs against a slow twin that sorts."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compplan.volumes.lines import lines_with_shares
from compplan.volumes.rollup import roll_up
from tests.volumes.forests import depths, parents_of, tree_of


def naive_lines(legs, total, shares, *, joins):
    """Take the largest legs one by one; a line that falls short ends the count."""
    left, count = sorted((leg for leg in legs if leg > 0), reverse=True), 0
    for share in shares:
        joined = 0
        while left and total > 0:
            joined += left.pop(0)
            if not joins or joined >= share * total:
                break
        if joined == 0 or joined < share * total:
            break
        count += 1
    return count


@pytest.mark.kernels
@settings(max_examples=60, deadline=None)
@given(st.data(), depths(14), st.booleans())
def test_lines_are_those_of_the_twin(data, shape, joins):
    n = len(shape)
    values = data.draw(st.lists(st.integers(-3, 40), min_size=n, max_size=n))
    shares = data.draw(st.lists(st.sampled_from([0, 5, 10, 20, 30, 50]), min_size=1, max_size=5))
    shares = [Fraction(share, 100) for share in shares]
    tree, parents = tree_of(shape), parents_of(shape)
    volume = roll_up(tree, np.array(values, np.int64))
    total = volume - np.array(values, np.int64)
    found = lines_with_shares(tree, volume, total, shares, joins=joins)
    for member in range(n):
        legs = [int(volume[child]) for child in range(n) if parents[child] == member]
        assert found[member] == naive_lines(legs, int(total[member]), shares, joins=joins)
