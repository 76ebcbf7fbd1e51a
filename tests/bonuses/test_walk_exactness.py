"""Where a walk refuses: numbers that do not fit 64 bits, inputs that do not fit, books that do not balance."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compplan.bonuses.walk import run
from compplan.bonuses.walk.books import Volumes, tally
from compplan.bonuses.walk.spec import Tally, Walk, WalkInputs
from compplan.errors import ExactnessError, UsageError
from tests.bonuses.walk_cases import inputs_of, rows_of, tally_of, walk_of, walks
from tests.naive import walk as naive
from tests.volumes.forests import tree_of

pytestmark = pytest.mark.kernels
check = settings(deadline=None, max_examples=60)
huge = st.integers(-(2**63), 2**63 - 1) | st.integers(-(2**60), 2**60)


@check
@given(walks(values=huge), st.booleans())
def test_huge_volumes_are_right_or_refused(case, keep_rows):
    walk, inputs = walk_of(case), inputs_of(case)
    try:
        found = run.run_walk(walk, inputs, keep_rows=keep_rows)
    except ExactnessError:
        return
    expected = naive.run(case)
    assert found.pay.tolist() == expected.pay
    assert found.rows is None or rows_of(found.rows) == expected.rows
    assert tally_of(found.tally) == expected.tally


def chain_inputs(volume, /, **arrays):
    n = len(volume)
    given_arrays = {
        "klass": np.zeros(n, np.int16),
        "pay": np.ones(n, np.bool_),
        "base": np.array(volume, np.int64),
    }
    return WalkInputs(tree_of(list(range(n))), **given_arrays | arrays)


def rates(*rows):
    return np.array(rows, np.int64)


def test_products_of_more_than_64_bits_are_paid_exactly():
    walk = Walk("bonus", rates([123456, 7]), 10**6, round_each=True)
    found = run.run_walk(walk, chain_inputs([0, 0, 2**62]))
    assert found.pay.tolist() == [(2**62 * 7 + 500000) // 10**6, (2**62 * 123456 + 500000) // 10**6, 0]
    assert found.tally.allotted == 2**62 * 123463


def test_pay_that_may_not_fit_is_refused():
    walk = Walk("bonus", rates([2]))
    with pytest.raises(ExactnessError, match="smaller scale"):
        run.run_walk(walk, chain_inputs([0, 2**62]))
    with pytest.raises(ExactnessError, match="may reach"):
        run.run_walk(walk, chain_inputs([0, 2**62]), keep_rows=False)


def test_volumes_that_may_not_fit_are_refused():
    walk = Walk("bonus", rates([1]), 10**6, round_each=True)
    with pytest.raises(ExactnessError, match="volumes"):
        run.run_walk(walk, chain_inputs([0, 2**62, 2**62]))
    with pytest.raises(ExactnessError, match="volumes"):
        run.run_walk(replace(walk, tail=True), chain_inputs([0, 0, 2**62]))


def test_a_tail_counts_volumes_once_for_each_ancestor_only():
    walk = Walk("bonus", rates([1]), 10**6, tail=True, round_each=True)
    assert run.run_walk(walk, chain_inputs([2**62, 0, 0, 0])).pay.tolist() == [0, 0, 0, 0]


def test_lanes_look_at_each_earner_where_the_sum_over_all_is_too_large():
    pairs = WalkInputs(
        tree_of([0, 1] * 4),
        np.zeros(8, np.int16),
        np.ones(8, np.bool_),
        base=np.array([0, 2**60] * 4, np.int64),
    )
    walk = Walk("bonus", rates([4]))
    assert run.run_walk(walk, pairs, keep_rows=False).pay.tolist() == [2**62, 0] * 4
    with pytest.raises(ExactnessError):
        run.run_walk(walk, pairs)


def test_the_tally_in_full():
    """A chain: the source's parent has no pay flag, the next the lower rate, the next the better one; level 4 is
    missing. 333 at 10.5, 10, 5 and 5 percent; halves go up."""
    inputs = chain_inputs([0, 0, 0, 333], klass=np.array([0, 1, 0, 0], np.int16), pay=np.array([1, 1, 0, 1], np.bool_))
    walk = Walk("bonus", rates([105, 100, 50, 50], [0, 60, 0, 0]), 1000, round_each=True)
    found = run.run_walk(walk, inputs)
    assert found.pay.tolist() == [17, 20, 0, 0]  # 16.65 and 19.98
    assert found.tally == Tally(
        denominator=1000,
        allotted=333 * 305,
        paid=37000,
        no_upline=333 * 50,
        not_qualified=333 * 105,
        lower_rate=333 * 40,
        rounding=333 * 110 - 37000,
    )
    assert found.tally.breakage == 333 * 305 - 37000


def test_books_that_do_not_balance_are_refused():
    walk = Walk("bonus", rates([5]))
    with pytest.raises(ExactnessError, match="do not balance"):
        tally(walk, 100, Volumes.none(walk), np.zeros(1, np.int64))


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"numerators": np.array([5])}, "int64"),
        ({"numerators": np.array([[0.5]])}, "int64"),
        ({"numerators": np.zeros((1, 0), np.int64)}, "no column"),
        ({"numerators": rates([-1])}, "negative"),
        ({"denominator": 0, "round_each": True}, "denominator is 0"),
        ({"denominator": 100}, "exact payments"),
        ({"counts": "nobody"}, "counts is 'nobody'"),
        ({"uncounted_paid": True}, "needs flagged"),
        ({"rounding": 7}, "no rounding mode"),
    ],
)
def test_walks_that_make_no_sense(settings, message):
    with pytest.raises(UsageError, match=message):
        Walk(**{"bonus": "bonus", "numerators": rates([5])} | settings)


def test_all_problems_of_a_walk_at_once():
    with pytest.raises(UsageError) as caught:
        Walk("bonus", rates([-1]), 0, rounding=9)
    assert len(caught.value.problems) == 4


ONE = np.ones(1, np.int64)


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"base": None}, "either base"),
        ({"line_start": np.array([0, 1]), "line_value": ONE}, "either base"),
        ({"base": None, "line_value": ONE}, "belong together"),
        ({"line_time": ONE, "since": ONE}, "needs lines"),
        ({"since": ONE}, "belong together"),
        ({"klass": np.zeros(1, np.int64)}, r"klass must be int16\[1\], found int64\[1\]"),
        ({"pay": np.ones(2, np.bool_)}, r"pay must be bool\[1\]"),
        ({"pay": [True]}, "found list"),
        ({"base": None, "line_start": np.array([0, 2]), "line_value": ONE}, "must rise from 0 to 1"),
    ],
)
def test_inputs_that_make_no_sense(arrays, message):
    with pytest.raises(UsageError, match=message):
        chain_inputs([5], **arrays)


def test_lines_rise():
    with pytest.raises(UsageError, match="must rise"):
        chain_inputs([0, 0], base=None, line_start=np.array([0, 2, 1]), line_value=ONE)


@pytest.mark.parametrize(
    ("settings", "arrays", "message"),
    [
        ({"counts": "flag"}, {}, "counted is missing"),
        ({}, {"counted": np.ones(1, np.bool_)}, "counted is not read"),
        ({}, {"klass": np.array([1], np.int16)}, "class 1 has no row"),
        ({}, {"klass": np.array([-2], np.int16)}, "class -2 has no row"),
    ],
)
def test_walks_and_inputs_that_do_not_fit(settings, arrays, message):
    with pytest.raises(UsageError, match=message):
        run.run_walk(Walk("bonus", rates([5]), **settings), chain_inputs([5], **arrays))
