"""The difference mechanism against its twin, on chains, stars, spines and anything else."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings

from compplan.bonuses.difference.run import run_difference
from compplan.bonuses.difference.spec import NO_LIMIT, Difference, DifferenceInputs
from naive import difference as naive
from tests.bonuses.difference_cases import differences, inputs_of, rows_of, rule_of, tally_of
from tests.volumes.forests import tree_of


@pytest.mark.kernels
@settings(max_examples=60, deadline=None)
@given(differences())
def test_difference_is_that_of_the_twin(case):
    rule, inputs = rule_of(case), inputs_of(case)
    pay, held, rows, books = naive.run(case)
    for keep_rows in (True, False):
        found = run_difference(rule, inputs, keep_rows=keep_rows)
        assert found.pay.tolist() == pay
        assert (found.held.tolist() if found.held is not None else [0] * len(pay)) == held
        assert tally_of(found.tally) == books
        if keep_rows:
            assert rows_of(found.rows) == rows


@pytest.mark.kernels
@pytest.mark.parametrize(("lower", "paid"), [("stops", 0), ("skipped", 300)])
def test_who_is_met_first_ends_the_walk_though_nothing_was_left_for_him(lower, paid):
    """The top has 5, then come 1 and 2, then the source, of whose volume 2 are taken already.

    The first above it takes 2 and gets 2 - 2 = 0. The next has 1, less than 2: there the walk ends, or he is skipped
    and the top gets 5 - 2 = 3 for each of 100.
    """
    rule = Difference("bonus", np.array([5, 1, 2]), lower_rate=lower)
    everyone = np.ones(4, np.bool_)
    inputs = DifferenceInputs(
        tree_of([0, 1, 2, 3]), np.array([0, 1, 2, -1], np.int16), everyone, everyone,
        base=np.array([0, 0, 0, 100]), taken=np.array([0, 0, 0, 2]),
    )  # fmt: skip
    for keep_rows in (True, False):
        assert run_difference(rule, inputs, keep_rows=keep_rows).pay.tolist() == [paid, 0, 0, 0]


WAYS = [
    {"less": less, "lower_rate": lower, "equal_rate": equal, "limit": limit}
    for less in ("highest_between", "direct_leg", "nothing")
    for lower, equal in itertools.product(("skipped", "stops"), repeat=2)
    for limit in ((None, 9) if less == "highest_between" else (None,))
]


@pytest.mark.kernels
@pytest.mark.parametrize("way", WAYS, ids=lambda way: "-".join(map(str, way.values())))
def test_all_chains_of_five(way):
    """Random trees seldom have an equal, a lower and a higher rate above each other: here are all that there are."""
    plain = {
        "floors": [], "floor_tail": 0, "floor_at_zero": False, "least_taken": 0, "lower_of_both": False, "from_level": 1,
        "first_take": True, "levels": NO_LIMIT, "unpaid": "breakage", "from_self": True, "denominator": 1,
        "round_each": False, "rounding": 0, "lined": False, "taken": None,
    }  # fmt: skip
    chain = {"depths": [*range(5)], "parents": [*range(-1, 4)], "pay": [True] * 5, "stands": [True] * 5}
    lines = {"lines": [[(-1, 0)]] * 4 + [[(-1, 100)]], "rates": [1, 2, 3]}
    for klass in itertools.product(range(3), repeat=5):
        case = plain | chain | lines | way | {"klass": list(klass)}
        found = run_difference(rule_of(case), inputs_of(case), keep_rows=False)
        pay, _, _, books = naive.run(case)
        assert (klass, found.pay.tolist(), tally_of(found.tally)) == (klass, pay, books)
