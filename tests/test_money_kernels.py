"""Rounded division in kernels, against fractions; also with JIT off."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from compplan.errors import ExactnessError
from compplan.money import ROUNDING_CODES
from compplan.money_arrays import (
    divide_all,
    exact_abs_sum,
    exact_sum,
    max_abs,
    measures,
    multiply_divide_all,
    product_fits,
)
from compplan.money_kernels import divider, mul_div_round, mul_div_round_by, round_div, round_div_by
from compplan.wide_kernels import Word, divide_wide
from tests.naive import money as naive

pytestmark = pytest.mark.kernels

relaxed = settings(deadline=None, max_examples=200)
modes = st.sampled_from(sorted(ROUNDING_CODES))
edges = [0, 1, -1, 2**31, 2**32, 2**62, -(2**62), 2**63 - 1, -(2**63), -(2**63) + 1]
numbers = st.integers(-(2**63), 2**63 - 1) | st.integers(-1000, 1000) | st.sampled_from(edges)
# near powers of two and of ten a wrong multiplier would show first
near_powers = st.builds(
    lambda base, power, off: min(max(base**power + off, 1), 2**63 - 1),
    st.sampled_from([2, 10]),
    st.integers(0, 63),
    st.integers(-2, 2),
)
dens = near_powers | st.integers(1, 1000) | st.integers(1, 2**63 - 1) | st.sampled_from([1, 2, 2**62, 2**63 - 1])


@relaxed
@given(numbers, dens, modes)
@example(-(2**63), 1, "half_even")
@example(2**63 - 1, 2**63 - 1, "away_from_zero")
def test_round_div_is_the_definition(num, den, mode):
    expected = naive.quotient(num, den, mode)
    assert round_div(num, den, ROUNDING_CODES[mode]) == expected
    assert round_div_by(num, divider(den, mode)) == expected


@relaxed
@given(st.integers(-(2**62), 2**62), dens, modes, st.sampled_from([-1, 0, 1]))
def test_ties_and_their_neighbours(multiple, den, mode, off):
    """Numbers at, just under and just over a half of the divisor, where rounding modes differ."""
    num = multiple // den * den + den // 2 + off
    if naive.fits(num):
        expected = naive.quotient(num, den, mode)
        assert round_div(num, den, ROUNDING_CODES[mode]) == expected
        assert round_div_by(num, divider(den, mode)) == expected


@relaxed
@given(numbers, numbers, dens, modes)
@example(-(2**63), -(2**63), 2**63 - 1, "floor")
@example(2**63 - 1, 2**63 - 1, 2**63 - 1, "half_up")
@example(-(2**63), 1, 1, "half_up")
@example(-(2**63), -1, 1, "half_up")
@example(2**62, 4, 2, "half_up")
def test_mul_div_round_is_exact_in_128_bits(a, b, den, mode):
    expected = naive.quotient(a * b, den, mode)
    for value, overflowed in (
        mul_div_round(a, b, den, ROUNDING_CODES[mode]),
        mul_div_round_by(a, b, divider(den, mode)),
    ):
        assert overflowed == (not naive.fits(expected))
        assert overflowed or value == expected


@relaxed
@given(st.integers(0, 2**64 - 1), st.integers(0, 2**64 - 1), st.integers(1, 2**64 - 1))
@example(2**63 - 1, 2**64 - 1, 2**63)
@example(0x7FFFFFFF00000000, 0, 0x7FFFFFFFFFFFFFFF)
@example(0xFFFFFFFE00000001, 0, 0xFFFFFFFEFFFFFFFF)
def test_divide_wide_by_digits(high, low, den):
    high %= den
    quotient, rest = divide_wide(Word(high), Word(low), Word(den))
    assert (int(quotient), int(rest)) == divmod((high << 64) | low, den)


@pytest.mark.parametrize("den", [0, -1, 2**63])
def test_a_divisor_outside_its_range_is_refused(den):
    with pytest.raises(ValueError, match="a divisor is between"):
        divider(den, "floor")


def test_an_unknown_mode_is_refused():
    with pytest.raises(ValueError, match='no rounding mode "up"'):
        divider(10, "up")


columns = st.lists(numbers, max_size=30)


def array(values):
    return np.array(values, dtype=np.int64)


@settings(deadline=None, max_examples=50)
@given(columns)
def test_sums_never_wrap(values):
    assert exact_sum(array(values)) == sum(values)
    assert exact_abs_sum(array(values)) == sum(map(abs, values))
    assert max_abs(array(values)) == max(map(abs, values), default=0)
    signs = sum(v > 0 for v in values), sum(v < 0 for v in values)
    largest = max(map(abs, values), default=0)
    assert measures(array(values)) == (sum(values), sum(map(abs, values)), largest, *signs)


def test_sums_of_the_extremes_are_python_ints():
    values = array([-(2**63)] * 5)
    assert exact_sum(values) == -5 * 2**63
    assert exact_abs_sum(values) == 5 * 2**63
    assert type(exact_sum(values)) is type(exact_abs_sum(values)) is type(max_abs(values)) is int


def test_sums_take_strided_and_read_only_columns():
    values = np.arange(10, dtype=np.int64)[::2]
    values.flags.writeable = False
    assert exact_sum(values) == 20


def test_sums_refuse_other_columns():
    with pytest.raises(TypeError, match=r"int64\[n\], not int32\[3\]"):
        exact_sum(np.zeros(3, dtype=np.int32))


def test_product_fits():
    values = array([-(2**40), 2**30])
    assert product_fits(values, 2**22)
    assert not product_fits(values, -(2**23))
    assert product_fits(array([]), 2**63)


@settings(deadline=None, max_examples=50)
@given(columns, dens, modes)
def test_divide_all(values, den, mode):
    assert divide_all(array(values), den, mode).tolist() == [naive.quotient(v, den, mode) for v in values]


@settings(deadline=None, max_examples=50)
@given(st.lists(st.tuples(numbers, numbers), max_size=10), dens, modes)
def test_multiply_divide_all(pairs, den, mode):
    expected = [naive.quotient(a * b, den, mode) for a, b in pairs]
    values, factors = (array([pair[side] for pair in pairs]) for side in (0, 1))
    wrong = sum(not naive.fits(value) for value in expected)
    if wrong:
        with pytest.raises(ExactnessError, match=f"{wrong} of {len(pairs)} products"):
            multiply_divide_all(values, factors, den, mode)
    else:
        assert multiply_divide_all(values, factors, den, mode).tolist() == expected


def test_multiply_divide_all_refuses_columns_of_different_length():
    with pytest.raises(ValueError, match="2 values and 1 factors"):
        multiply_divide_all(array([1, 2]), array([1]), 10, "floor")
