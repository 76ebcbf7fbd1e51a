"""What goes up from group to group, against its naive twin."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compplan.bonuses.leadership.flow import flow_up
from compplan.errors import ExactnessError
from tests.bonuses.walk_cases import column
from tests.naive import leadership as naive
from tests.volumes.forests import depths, parents_of, tree_of

pytestmark = pytest.mark.kernels


@settings(deadline=None, max_examples=50)
@given(depths(), st.data())
def test_the_flow_is_the_naive_one(shape, data):
    n = len(shape)
    money = st.integers(0, 9) | st.integers(0, 2**40)
    own, owed = column(data.draw, n, money), column(data.draw, n, money)
    keeps = column(data.draw, n, st.booleans())
    expected, top = naive.flow(parents_of(shape), own, owed, keeps)
    arrays = np.array(own, np.int64), np.array(owed, np.int64), np.array(keeps, np.bool_)
    found = flow_up(tree_of(shape), *arrays, what="leadership")
    assert [found.received.tolist(), found.sent.tolist(), found.kept.tolist()] == expected
    assert found.top == top


def test_a_sum_that_does_not_fit_is_an_error():
    none, keeps = np.zeros(2, np.int64), np.zeros(2, np.bool_)
    with pytest.raises(ExactnessError, match="does not fit 64 bits"):
        flow_up(tree_of([0, 1]), np.full(2, 2**62), none, keeps, what="leadership")
