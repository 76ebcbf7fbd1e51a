"""The explanation of a difference: for each earner the paid entries are his rows, and every source has a reason."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings

from compplan.bonuses.difference.outcomes import Outcome, difference_outcomes
from compplan.bonuses.difference.run import run_difference
from tests.bonuses.difference_cases import differences, inputs_of, rule_of


@pytest.mark.kernels
@settings(max_examples=40, deadline=None)
@given(differences(10))
def test_paid_entries_are_the_rows(case):
    rule, inputs = rule_of(case), inputs_of(case)
    rows = run_difference(rule, inputs).rows
    for earner in range(inputs.klass.size):
        found = difference_outcomes(rule, inputs, earner)
        paid = found.code == Outcome.PAID
        mine = rows.earner == earner
        assert found.source[paid].tolist() == rows.source[mine].tolist()
        assert found.line[paid].tolist() == rows.line[mine].tolist()
        assert found.level[paid].tolist() == rows.level[mine].tolist()
        assert found.amount[paid].tolist() == rows.amount[mine].tolist()
        assert not found.amount[~paid].any()


@pytest.mark.kernels
@settings(max_examples=40, deadline=None)
@given(differences(10))
def test_every_source_below_has_one_entry(case):
    rule, inputs = rule_of(case), inputs_of(case)
    for earner in range(inputs.klass.size):
        found = difference_outcomes(rule, inputs, earner)
        first, last = earner + (not rule.from_self), int(inputs.tree.end[earner])
        lines = [value for source in case["lines"][first:last] for _, value in source if value]
        assert found.base.tolist() == lines
        assert np.isin(found.code, list(Outcome)).all()
        if not case["stands"][earner]:
            assert set(found.code.tolist()) <= {Outcome.COMPRESSED}
