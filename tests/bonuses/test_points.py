"""The bonus by points against its naive twin."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from compplan.bonuses.points.run import points_outcomes, run_points
from compplan.bonuses.points.spec import Points, PointsInputs
from compplan.errors import ExactnessError
from compplan.genealogy import parallel
from tests.bonuses.walk_cases import column, draw_lines, rows_of
from tests.naive import points as naive
from tests.volumes.forests import depths, parents_of, tree_of

pytestmark = pytest.mark.kernels
check = settings(deadline=None, max_examples=50)


@pytest.fixture(autouse=True, scope="module")
def _tiny_pieces():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(parallel, "LEAST", 1)
        yield


@st.composite
def cases(draw):
    shape = draw(depths(14))
    n = len(shape)
    points = draw(st.sampled_from([0, 1, 5, 8, 40]))
    asks = st.sampled_from([0, 0, 0, 1, 2, 3, points, points + 1])
    counted = column(draw, n, st.booleans() | st.just(True))
    parents, own, edge = parents_of(shape), column(draw, n, asks), column(draw, n, asks)
    lined, round_each = draw(st.booleans()), draw(st.booleans())
    lines = draw_lines(draw, n, st.integers(-9, 99) | st.integers(-(2**40), 2**40), lined=lined, timed=False)
    factor = draw(st.sampled_from([1, 3, 340, 2**20]))
    denominator = draw(st.sampled_from([1, 7, 100, 1000])) if round_each else 1
    # What a run as a whole may pay fits 64 bits, or there is no run.
    assume(sum(abs(value) for own_lines in lines for _, value, _ in own_lines) * points * factor // denominator < 2**62)
    return {
        "depths": shape,
        "parents": parents,
        "own": [ask * yes for ask, yes in zip(own, counted, strict=True)],
        "edge": [ask * (up >= 0 and counted[up]) for ask, up in zip(edge, parents, strict=True)],
        "counted": counted,
        "pays": column(draw, n, st.booleans() | st.just(True)),
        "lined": lined,
        "lines": [[(index, value) for index, value, _ in own_lines] for own_lines in lines],
        "points": points,
        "factor": factor,
        "denominator": denominator,
        "from_self": draw(st.booleans()),
        "round_each": round_each,
        "rounding": draw(st.integers(0, 6)),
    }


def rule_of(case):
    names = ("points", "factor", "denominator", "from_self", "round_each", "rounding")
    return Points("sale", **{name: case[name] for name in names})


def inputs_of(case):
    flat = [value for lines in case["lines"] for _, value in lines]
    if case["lined"]:
        start = np.cumsum([0, *map(len, case["lines"])]).astype(np.int64)
        volume = {"line_start": start, "line_value": np.array(flat, np.int64)}
    else:
        volume = {"base": np.array(flat, np.int64)}
    flags = {name: np.array(case[name], np.bool_) for name in ("counted", "pays")}
    asks = {name: np.array(case[name], np.int64) for name in ("own", "edge")}
    return PointsInputs(tree_of(case["depths"]), **asks, **flags, **volume)


@check
@given(cases(), st.sampled_from([1, 2, 3]))
def test_points_are_the_naive_ones(case, threads):
    pay, rows, books = naive.run(case)
    rule, inputs = rule_of(case), inputs_of(case)
    found = run_points(rule, inputs, threads=threads)
    assert found.pay.tolist() == pay
    assert rows_of(found.rows) == rows
    assert {name: Fraction(getattr(found.tally, name), rule.denominator) for name in books} == books
    totals = run_points(rule, inputs, keep_rows=False)
    assert (totals.rows, totals.pay.tolist(), totals.tally) == (None, pay, found.tally)


@check
@given(cases())
def test_points_left_are_the_naive_ones(case):
    inputs = inputs_of(case)
    for earner in range(len(case["parents"])):
        found = points_outcomes(inputs, rule_of(case), earner)
        assert rows_of(found) == naive.outcomes(case, earner)


def test_a_sum_that_does_not_fit_is_an_error():
    case = {"depths": [0], "own": [1], "edge": [0], "counted": [True], "pays": [True], "lined": False}
    inputs = inputs_of(case | {"lines": [[(None, 2**62)]]})
    with pytest.raises(ExactnessError, match="does not fit 64 bits"):
        run_points(Points("sale", 8, from_self=True), inputs)
