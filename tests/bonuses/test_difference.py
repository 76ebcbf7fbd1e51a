"""The difference mechanism against its twin, on chains, stars, spines and anything else."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from compplan.bonuses.difference.run import run_difference
from naive import difference as naive
from tests.bonuses.difference_cases import differences, inputs_of, rows_of, rule_of, tally_of


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
