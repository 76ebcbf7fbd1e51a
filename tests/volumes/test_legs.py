from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compplan.errors import ExactnessError, UsageError
from compplan.volumes import counts, legs, rollup
from tests.naive import volumes as naive
from tests.volumes.forests import cases, tree_of

pytestmark = pytest.mark.kernels

check = settings(deadline=None, max_examples=60)
thread_counts = st.sampled_from([1, 2, 3, 8])


@check
@given(thread_counts, cases(), st.integers(1, 3))
def test_nth_leg(threads, case, nth):
    expected = naive.nth_leg(case.parents, case.values, nth)
    assert legs.nth_leg(case.tree, case.v, nth, threads=threads).tolist() == expected
    for number, function in [(1, legs.largest_leg), (2, legs.second_leg)]:
        if nth == number:
            assert function(case.tree, case.v, threads=threads).tolist() == expected


@check
@given(thread_counts, cases(), st.integers(1, 2))
def test_other_legs(threads, case, after):
    found = legs.other_legs(case.tree, case.v, after, threads=threads)
    assert found.tolist() == naive.other_legs(case.parents, case.values, after)


@check
@given(thread_counts, cases(), st.integers(-3, 10))
def test_capped_legs(threads, case, cap):
    found = legs.capped_legs(case.tree, case.v, cap, threads=threads)
    assert found.tolist() == naive.capped_legs(case.parents, case.values, [cap] * len(case.values))


@check
@given(thread_counts, cases())
def test_capped_legs_by_earner(threads, case):
    found = legs.capped_legs(case.tree, case.v, case.w, threads=threads)
    assert found.tolist() == naive.capped_legs(case.parents, case.values, case.others)


@check
@given(thread_counts, cases(), st.integers(0, 2**31), st.integers(1, 2**31))
def test_capped_legs_share_of_any_fraction(threads, case, num, den):
    num %= den
    found = legs.capped_legs_share(case.tree, case.v, case.w, num, den, threads=threads)
    assert found.tolist() == naive.capped_legs_share(case.parents, case.values, case.others, num, den)


@check
@given(thread_counts, cases(), st.integers(0, 130))
def test_capped_legs_share_in_percent(threads, case, percent):
    found = legs.capped_legs_share(case.tree, case.v, case.w, percent, 100, threads=threads)
    assert found.tolist() == naive.capped_legs_share(case.parents, case.values, case.others, percent, 100)


@check
@given(thread_counts, cases(), st.integers(-5, 5))
def test_leg_count_at_least(threads, case, threshold):
    found = legs.leg_count_at_least(case.tree, case.v, threshold, threads=threads)
    assert found.tolist() == naive.leg_count_at_least(case.parents, case.values, threshold)


@check
@given(thread_counts, cases())
def test_group_summary_is_its_three_parts(threads, case):
    found = legs.group_summary(case.tree, case.v, case.f, threads=threads)
    volume = rollup.roll_up(case.tree, case.v)
    assert np.array_equal(found.volume, volume)
    assert np.array_equal(found.largest_leg, legs.largest_leg(case.tree, volume))
    assert np.array_equal(found.frontline, counts.frontline_count(case.tree, case.f))


@check
@given(thread_counts, cases())
def test_result_may_take_the_place_of_the_legs(threads, case):
    for function, extra in [
        (legs.nth_leg, (1,)),
        (legs.nth_leg, (3,)),
        (legs.other_legs, (2,)),
        (legs.capped_legs, (4,)),
        (legs.capped_legs, (case.w,)),
        (legs.leg_count_at_least, (1,)),
    ]:
        out = case.v.copy()
        assert function(case.tree, out, *extra, out=out, threads=threads) is out
        assert np.array_equal(out, function(case.tree, case.v, *extra))


def test_results_are_written_where_wanted():
    tree, values, flag = tree_of([0, 1, 1]), np.array([1, 2, 3]), np.array([False, True, True])
    out = legs.GroupSummary(*(np.empty(3, np.int64) for _ in range(3)))
    found = legs.group_summary(tree, values, flag, out=out)
    assert all(a is b for a, b in zip(found, out, strict=True))
    assert [column[0] for column in out] == [6, 3, 2]


def test_negative_legs_are_legs():
    tree, volume = tree_of([0, 1, 1, 1]), np.array([0, -5, -3, -9], np.int64)
    assert legs.largest_leg(tree, volume).tolist() == [-3, 0, 0, 0]
    assert legs.second_leg(tree, volume)[0] == -5
    assert legs.nth_leg(tree, volume, 3)[0] == -9
    assert legs.other_legs(tree, volume)[0] == -14
    assert legs.other_legs(tree, volume, after=2)[0] == -9


def test_nested_legs_may_sum_past_64_bits_where_siblings_do_not():
    tree = tree_of([0, 1, 2, 3])
    volume = np.full(4, 2**62, np.int64)
    assert legs.other_legs(tree, volume).tolist() == [0, 0, 0, 0]
    assert legs.capped_legs(tree, volume, 2**63 - 1).tolist() == [2**62, 2**62, 2**62, 0]


@pytest.mark.parametrize(
    "function",
    [
        legs.largest_leg,
        legs.second_leg,
        legs.other_legs,
        counts.frontline_sum,
        lambda tree, volume: legs.capped_legs(tree, volume, 5),
        lambda tree, volume: legs.capped_legs(tree, volume, volume),
        lambda tree, volume: legs.capped_legs_share(tree, volume, volume, 1, 2),
    ],
)
def test_siblings_past_64_bits(function):
    tree = tree_of([0, 1, 1])
    with pytest.raises(ExactnessError, match="one depth sum to 9223372036854775808"):
        function(tree, np.array([0, 2**62, -(2**62)]))


def test_negative_caps_past_64_bits():
    tree = tree_of([0, 1, 1])
    legs_of_two, low = np.array([2, 1, 1]), -(2**62)
    with pytest.raises(ExactnessError):
        legs.capped_legs(tree, legs_of_two, low)
    with pytest.raises(ExactnessError):
        legs.capped_legs(tree, legs_of_two, np.array([low, 0, 0]))
    assert legs.capped_legs(tree, legs_of_two, low + 1)[0] == -(2**63) + 2


def test_share_of_a_total():
    tree = tree_of([0, 1, 1])
    volume = np.array([10, 7, 2], np.int64)
    assert legs.capped_legs_share(tree, volume, volume, 55, 100)[0] == 5 + 2
    with pytest.raises(ExactnessError, match="3/2 of the largest value"):
        legs.capped_legs_share(tree, volume, np.array([2**63 - 1, 0, 0]), 3, 2)
    assert legs.capped_legs_share(tree, volume, np.array([-(2**63), 0, 0]), 0, 1)[0] == 0


def test_bad_numbers_are_told():
    tree, volume = tree_of([0, 1]), np.array([2, 1], np.int64)
    for call in (
        lambda: legs.nth_leg(tree, volume, 4),
        lambda: legs.other_legs(tree, volume, after=0),
        lambda: legs.capped_legs(tree, volume, 2**63),
        lambda: legs.capped_legs_share(tree, volume, volume, -1, 2),
        lambda: legs.capped_legs_share(tree, volume, volume, 1, 0),
        lambda: legs.capped_legs_share(tree, volume, volume, 1, 2**31 + 1),
        lambda: legs.leg_count_at_least(tree, volume, 2**63),
    ):
        with pytest.raises(UsageError, match="must be between"):
            call()
    with pytest.raises(UsageError, match="array of caps"):
        legs.capped_legs(tree, volume, volume, out=volume)


@check
@given(cases(), st.integers(1, 6))
def test_legs_by_size(case, nth):
    picked, rest = legs.legs_by_size(case.tree, case.v, nth)
    assert picked.tolist() == naive.nth_leg(case.parents, case.values, nth)
    assert rest.tolist() == naive.other_legs(case.parents, case.values, nth)
