"""What became of each source for one earner: against the naive twin, and against the rows of the run."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compplan.bonuses.walk.outcomes import Outcome, walk_outcomes
from compplan.bonuses.walk.run import run_walk
from compplan.errors import UsageError
from tests.bonuses.walk_cases import inputs_of, rows_of, walk_of, walks
from tests.naive import walk as naive

pytestmark = pytest.mark.kernels
check = settings(deadline=None, max_examples=60)
some_walks = walks().filter(lambda case: case["depths"])


@check
@given(some_walks, st.integers(0, 99))
def test_outcomes_are_the_naive_ones(case, earner):
    earner %= len(case["depths"])
    found = walk_outcomes(walk_of(case), inputs_of(case), earner)
    entries = [(*entry[:-1], Outcome(entry[-1]).name) for entry in rows_of(found)]
    assert sorted(entries) == naive.outcomes(case, earner)


@check
@given(some_walks)
def test_paid_outcomes_are_the_rows(case):
    walk, inputs = walk_of(case), inputs_of(case)
    rows = run_walk(walk, inputs).rows
    for earner in range(len(case["depths"])):
        found = walk_outcomes(walk, inputs, earner)
        paid, own = found.code <= Outcome.PAID_PASSED_UP, rows.earner == earner
        for name in ("source", "line", "level", "base", "amount"):
            assert getattr(found, name)[paid].tolist() == getattr(rows, name)[own].tolist()
        assert not found.amount[~paid].any()


def test_codes_are_stable():
    assert [(outcome.value, outcome.name) for outcome in Outcome] == [
        (0, "PAID"),
        (1, "PAID_PASSED_UP"),
        (2, "SKIPPED"),
        (3, "BEYOND_LEVELS"),
        (4, "NOT_QUALIFIED"),
        (5, "NO_RATE_TABLE"),
        (6, "RATE_IS_ZERO"),
        (7, "BEFORE_SINCE"),
        (8, "ROUNDED_TO_ZERO"),
        (9, "DOES_NOT_FIT"),
    ]


@pytest.mark.parametrize("earner", [-1, 3])
def test_an_unknown_earner_is_an_error(earner):
    case = {
        "depths": [0, 1, 2], "rates": [[1]], "columns": 1, "denominator": 1, "tail": False, "fixed": False,
        "counts": "everyone", "uncounted_paid": False, "pass_up": False, "from_self": False, "source_counts": None, "round_each": False,
        "rounding": 0, "klass": [0] * 3, "pay": [True] * 3, "counted": None, "lined": False, "since": None, "pairs": None,
        "lines": [[(None, 5, None)]] * 3,
    }  # fmt: skip
    assert walk_outcomes(walk_of(case), inputs_of(case), 0).amount.tolist() == [5, 0]
    with pytest.raises(UsageError, match="no member at index"):
        walk_outcomes(walk_of(case), inputs_of(case), earner)
