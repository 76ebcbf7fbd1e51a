"""Fixed point, rounding and splits in pure Python."""

from __future__ import annotations

import decimal
import subprocess
import sys
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compplan.money import (
    ROUNDING_CODES,
    divide_rounded,
    format_fixed,
    from_fixed,
    parse_decimal,
    round_fraction,
    split,
    to_fixed,
)
from tests.naive import money as naive

relaxed = settings(deadline=None, max_examples=50)
modes = st.sampled_from(sorted(ROUNDING_CODES))
amounts = st.integers(-(10**25), 10**25)

DECIMAL_MODES = {
    "half_up": decimal.ROUND_HALF_UP,
    "half_even": decimal.ROUND_HALF_EVEN,
    "half_down": decimal.ROUND_HALF_DOWN,
    "toward_zero": decimal.ROUND_DOWN,
    "away_from_zero": decimal.ROUND_UP,
    "floor": decimal.ROUND_FLOOR,
    "ceiling": decimal.ROUND_CEILING,
}


def test_every_mode_has_its_code_in_the_order_of_the_plan_language():
    assert list(ROUNDING_CODES.values()) == list(range(7))


# Source of the printed values: chocoalano/mlm-engine, MIT, DirectSponsorProportionalStrategyTest.php and
# ADR-020 at 640359ea (rounding to millionths, per award).
@pytest.mark.parametrize(
    ("quantity", "unit", "exact", "mode", "printed"),
    [
        ("1.234567", "2.345678", "2.895896651426", "toward_zero", "2.895896"),
        ("1.234567", "2.345678", "2.895896651426", "away_from_zero", "2.895897"),
        ("1.234567", "2.345678", "2.895896651426", "half_up", "2.895897"),
        ("1.234567", "2.345678", "2.895896651426", "half_even", "2.895897"),
        ("0.000003", "0.5", "0.0000015", "toward_zero", "0.000001"),
        ("0.000003", "0.5", "0.0000015", "away_from_zero", "0.000002"),
        ("0.000003", "0.5", "0.0000015", "half_up", "0.000002"),
        ("0.000003", "0.5", "0.0000015", "half_even", "0.000002"),
        ("0.000001", "0.5", "0.0000005", "toward_zero", "0.000000"),
        ("0.000001", "0.5", "0.0000005", "away_from_zero", "0.000001"),
        ("0.000001", "0.5", "0.0000005", "half_up", "0.000001"),
        ("0.000001", "0.5", "0.0000005", "half_even", "0.000000"),
        ("100.25", "0.1", "10.025", "half_even", "10.025000"),
    ],
)
def test_printed_awards_in_millionths(quantity, unit, exact, mode, printed):
    award = Fraction(parse_decimal(quantity)) * Fraction(parse_decimal(unit))
    assert award == Fraction(parse_decimal(exact))
    assert format_fixed(round_fraction(award * 10**6, mode), 6) == printed


def test_each_award_is_rounded_before_adding_up():
    twice = [round_fraction(Fraction(6, 10), "half_up") for _ in range(2)]
    assert sum(twice) == 2
    assert round_fraction(Fraction(12, 10), "half_up") == 1
    assert sum(round_fraction(Fraction(4, 10), "half_up") for _ in range(2)) == 0


@relaxed
@given(amounts, st.integers(-(10**12), 10**12).filter(bool), modes)
def test_divide_rounded_is_the_definition(num, den, mode):
    assert divide_rounded(num, den, mode) == naive.quotient(num, den, mode)


@relaxed
@given(st.integers(-1000, 1000), st.integers(1, 12), modes)
def test_ties_are_met_often(num, den, mode):
    assert divide_rounded(num, den, mode) == naive.quotient(num, den, mode)


@relaxed
@given(st.decimals(-(10**9), 10**9, places=4), modes)
def test_round_fraction_agrees_with_decimal(value, mode):
    with decimal.localcontext(prec=60):
        assert round_fraction(Fraction(value), mode) == int(value.to_integral_value(DECIMAL_MODES[mode]))


def test_an_unknown_mode_is_named():
    with pytest.raises(ValueError, match='no rounding mode "up"; known: half_up'):
        divide_rounded(1, 2, "up")


def test_division_by_zero():
    with pytest.raises(ZeroDivisionError):
        divide_rounded(1, 0, "floor")


@pytest.mark.parametrize(
    "text", ["0", "-0.00", "+12.50", "007", ".50", "-5.", "123456789012345678901234567890.000000000001"]
)
def test_plain_decimals_keep_every_digit(text):
    assert parse_decimal(text) == Decimal(text)
    assert parse_decimal(text).as_tuple() == Decimal(text).as_tuple()


@pytest.mark.parametrize(
    "text",
    [
        "",
        " 1",
        "1 ",
        "1e3",
        "1,234.50",
        "1_000",
        "NaN",
        "inf",
        ".",
        "+",
        "1.2.3",
        "--1",
        "٣",
        "0x10",
        "1\n",
        "$5",
    ],
)
def test_other_spellings_are_refused(text):
    with pytest.raises(ValueError, match="not a plain decimal number"):
        parse_decimal(text)


@pytest.mark.parametrize(
    ("value", "scale", "fixed"),
    [
        ("12.5", 2, 1250),
        ("12.500", 1, 125),
        ("-0.01", 2, -1),
        (7, 3, 7000),
        (Decimal("1E+3"), 2, 100_000),
        (Decimal("0E+999999"), 2, 0),
        (Decimal("0E-999999"), 2, 0),
        ("92233720368547758.07", 2, 2**63 - 1),
        ("-92233720368547758.08", 2, -(2**63)),
    ],
)
def test_to_fixed(value, scale, fixed):
    assert to_fixed(value, scale) == fixed


@pytest.mark.parametrize(
    ("value", "scale", "message"),
    [
        ("12.505", 2, "12.505 has more than 2 decimals"),
        (Decimal("1E-999999"), 2, "more than 2 decimals"),
        (Decimal("1E+999999"), 2, "does not fit 64 bits"),
        ("92233720368547758.08", 2, "does not fit 64 bits"),
        (-(2**63) - 1, 0, "does not fit 64 bits"),
        (Decimal("NaN"), 2, "not a finite number"),
        (Decimal("-Infinity"), 2, "not a finite number"),
        ("1e2", 2, "not a plain decimal number"),
    ],
)
def test_to_fixed_refuses_what_does_not_fit(value, scale, message):
    with pytest.raises(ValueError, match=message):
        to_fixed(value, scale)


@pytest.mark.parametrize("value", [1.5, True, None, Fraction(1, 2)])
def test_to_fixed_refuses_other_types(value):
    with pytest.raises(TypeError, match="an exact amount is int, Decimal or text"):
        to_fixed(value, 2)


@relaxed
@given(st.integers(naive.INT64_MIN, naive.INT64_MAX), st.integers(0, 18))
def test_fixed_point_round_trip(value, scale):
    with decimal.localcontext(prec=3):  # the context must not matter
        number = from_fixed(value, scale)
        assert Fraction(number) == Fraction(value, 10**scale)
        assert number.as_tuple().exponent == -scale
        assert to_fixed(number, scale) == value
        assert to_fixed(format_fixed(value, scale), scale) == value


@pytest.mark.parametrize(
    ("value", "scale", "text"),
    [
        (-5, 2, "-0.05"),
        (0, 2, "0.00"),
        (1250, 0, "1250"),
        (1, 12, "0.000000000001"),
        (-(2**63), 0, str(-(2**63))),
    ],
)
def test_format_fixed(value, scale, text):
    assert format_fixed(value, scale) == text


weights = st.lists(st.integers(0, 40), min_size=1, max_size=12).filter(any)


@relaxed
@given(st.integers(-500, 500), weights, st.sampled_from(["earlier", "later"]))
def test_split_is_the_largest_remainder(amount, weights, tie):
    parts = split(amount, weights, tie)
    assert parts == naive.split(amount, weights, tie)
    assert sum(parts) == amount


@relaxed
@given(amounts, st.lists(st.integers(0, 10**20), min_size=1, max_size=6).filter(any))
def test_split_stays_within_one_unit_of_the_exact_share(amount, weights):
    parts = split(amount, weights)
    assert sum(parts) == amount
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part - Fraction(amount * weight, sum(weights))) < 1


def test_split_gives_nothing_to_weight_zero():
    assert split(10, [0, 3, 0]) == [0, 10, 0]
    assert split(0, [1, 1]) == [0, 0]


@pytest.mark.parametrize(("weights", "message"), [([], "above zero"), ([0, 0], "above zero"), ([2, -1], "negative")])
def test_split_refuses_weights_that_share_nothing(weights, message):
    with pytest.raises(ValueError, match=message):
        split(10, weights)


def test_money_imports_neither_numpy_nor_numba():
    code = "import sys, compplan.money; assert not {'numpy', 'numba', 'pyarrow'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)
