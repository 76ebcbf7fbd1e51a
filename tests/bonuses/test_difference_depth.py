"""Long lines: no way looks at more members than can earn, and what could wrap is an error."""

from __future__ import annotations

import numpy as np
import pytest

import compplan as cp
from compplan.bonuses.difference.run import run_difference
from compplan.bonuses.difference.spec import Difference, DifferenceInputs
from compplan.genealogy.tree import Tree


def chain(n, klass, base, **more):
    order = np.arange(n, dtype=np.int32)
    tree = Tree("sponsor", order, order - 1, np.full(n, n, np.int32), None, n - 1)
    everyone = np.ones(n, np.bool_)
    return DifferenceInputs(tree, klass=klass, pay=everyone, stands=everyone, base=base, **more)


@pytest.mark.compiled
@pytest.mark.parametrize("less", ["highest_between", "direct_leg", "nothing"])
@pytest.mark.parametrize("keep_rows", [True, False])
def test_a_line_of_two_hundred_thousand_is_paid_at_once(less, keep_rows):
    n = 200_000
    klass = np.full(n, 0, np.int16)
    klass[0], klass[1] = 2, 1
    rule = Difference("step", np.array([5, 10, 15]), 100, less=less, from_self=True, round_each=True)
    found = run_difference(rule, chain(n, klass, np.full(n, 100)), keep_rows=keep_rows)
    assert found.pay[2:].tolist() == [5] * (n - 2)
    whole = {"highest_between": (5, 5), "direct_leg": (5, 5), "nothing": (15, 10)}[less]
    assert found.pay[:2].tolist() == [15 + whole[0] * (n - 1), 10 + whole[1] * (n - 2)]
    assert found.tally.allotted == found.tally.paid + found.tally.breakage


def test_both_ways_agree_where_nothing_is_rounded():
    klass, base = np.array([1, 0, -1, 0, 1, 0], np.int16), np.array([3, -5, 7, 11, 0, 13])
    for less in ("highest_between", "direct_leg", "nothing"):
        rule = Difference("step", np.array([5, 9]), less=less)
        one_by_one, carried = (run_difference(rule, chain(6, klass, base), keep_rows=keep) for keep in (True, False))
        assert one_by_one.pay.tolist() == carried.pay.tolist()
        assert one_by_one.tally == carried.tally


def test_what_may_not_fit_is_an_error():
    rule = Difference("step", np.array([10**6]), 10**6, round_each=True)
    with pytest.raises(cp.ExactnessError, match="does not fit 64 bits"):
        run_difference(rule, chain(2, np.zeros(2, np.int16), np.array([1, 2**62])))


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"less": "everything"}, "less is 'everything'"),
        ({"rates": np.array([-1])}, "has the negative -1"),
        ({"rates": np.array([1.0])}, "must be int64"),
        ({"lower_rate": "paid"}, "a difference of zero cannot be paid"),
        ({"less": "nothing", "lower_rate": "paid"}, "a lower rate is paid, and an equal one is not"),
        ({"limit": 5, "less": "direct_leg"}, "needs highest_between"),
        ({"least_taken": 5, "equal_rate": "stops"}, "skips lower rates"),
        ({"levels": 1, "from_level": 2}, "levels 2 to 1"),
        ({"denominator": 7}, "the denominator is 7"),
        ({"rounding": 9}, "no rounding mode"),
        ({"floor_tail": -1}, "a rate is negative"),
    ],
)
def test_a_rule_that_does_not_fit_together_is_refused(more, message):
    with pytest.raises(cp.UsageError, match=message):
        Difference("step", **{"rates": np.array([1]), **more})


def test_arrays_that_do_not_fit_are_refused():
    rule, klass, base = Difference("step", np.array([1])), np.zeros(2, np.int16), np.array([1, 2])
    with pytest.raises(cp.UsageError, match=r"klass must be int16\[2\]"):
        chain(2, klass.astype(np.int8), base)
    with pytest.raises(cp.UsageError, match="belong together"):
        chain(2, klass, base, line_start=np.array([0, 1, 2]))
    with pytest.raises(cp.UsageError, match="must rise from 0 to 2"):
        chain(2, klass, None, line_start=np.array([0, 2, 1]), line_value=base)
    with pytest.raises(cp.UsageError, match="a class is not one of 1 rates"):
        run_difference(rule, chain(2, klass + np.int16(1), base))
