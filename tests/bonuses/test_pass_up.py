"""Pass-up against its naive twin, in one go and in two periods."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compplan.bonuses.pass_up.run import Counters, PassUp, PassUpInputs, run_pass_up
from tests.bonuses.walk_cases import NEVER, column, rows_of
from tests.naive import pass_up as naive
from tests.volumes.forests import depths, parents_of, tree_of

pytestmark = pytest.mark.kernels
MOST = 4


@st.composite
def cases(draw):
    shape = draw(depths(14))
    n = len(shape)
    buyers = st.integers(0, max(n - 1, 0))
    values = st.sampled_from([100, 100, 50, 0, -30])
    times = sorted(draw(st.lists(st.integers(0, 9), max_size=20 if n else 0)))
    return {
        "depths": shape,
        "parents": parents_of(shape),
        "klass": column(draw, n, st.sampled_from([0, 0, 1, None])),
        "passes": [draw(st.sets(st.integers(1, MOST))) for _ in range(2)],
        "keeps": column(draw, n, st.booleans()),
        "takes": column(draw, n, st.booleans()),
        "since": draw(st.none() | st.just(column(draw, n, st.integers(0, 9) | st.just(NEVER)))),
        "sales": [(draw(buyers), draw(values), time) for time in times],
        "by_buyer": draw(st.booleans()),
        "same_receiver": draw(st.booleans()),
        "lost_goes_up": draw(st.booleans()),
    }


def paid(case, sales, counters):
    passes = np.array([[k in numbers for k in range(MOST + 1)] for numbers in case["passes"]], np.bool_)
    rule = PassUp(passes, **{name: case[name] for name in ("by_buyer", "same_receiver", "lost_goes_up")})
    klass = np.array([-1 if k is None else k for k in case["klass"]], np.int16)
    flags = (np.array(case[name], np.bool_) for name in ("keeps", "takes"))
    since = None if case["since"] is None else np.array(case["since"], np.int64)
    buyer, value, time = (np.array([sale[at] for sale in sales], np.int64) for at in range(3))
    inputs = PassUpInputs(tree_of(case["depths"]), klass, *flags, since)
    return rows_of(run_pass_up(rule, inputs, buyer.astype(np.int32), value, time, counters))


def fresh(case):
    return Counters(*(np.zeros(len(case["parents"]), np.int64) for _ in range(3)))


@settings(deadline=None, max_examples=80)
@given(cases(), st.integers(0, 20))
def test_sales_go_where_the_naive_ones_go(case, cut):
    known = {}, {}, {}
    expected = naive.run(case, *known)
    assert paid(case, case["sales"], fresh(case)) == expected
    counters = fresh(case)
    in_two = paid(case, case["sales"][:cut], counters) + paid(case, case["sales"][cut:], counters)
    assert in_two == expected
    for column_, values in zip(counters[:2], known[:2], strict=True):
        assert {member: count for member, count in enumerate(column_.tolist()) if count} == values
    assert all(counters.receiver[buyer] == taker for buyer, taker in known[2].items())
