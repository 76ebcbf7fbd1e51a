"""Numbers of every exact Arrow type as int64 fixed point, against Decimal and Fraction."""

from __future__ import annotations

import subprocess
import sys
from decimal import Decimal
from fractions import Fraction
from tempfile import TemporaryDirectory

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from compplan.arrow import fixed_column
from compplan.arrow.buffers import SLICE_ROWS
from compplan.errors import DataError
from compplan.money import from_fixed, parse_decimal
from tests.naive import money as naive

relaxed = settings(deadline=None, max_examples=60)
TEXT_TYPES = [pa.string(), pa.large_string(), pa.string_view()]


@pytest.mark.parametrize("kind", [pa.decimal128(38, 0), pa.decimal256(60, 0)])
def test_a_row_that_is_too_large_in_two_ways_is_told_once(kind):
    """The low word of 10**30 is too large with two decimals, and the other words are more than its sign."""
    column = pa.chunked_array([pa.array([Decimal(10) ** 30, 1, Decimal(10) ** 30], kind)])
    _, (problem,) = read(column)
    assert (problem.code, problem.place.count, problem.place.rows) == ("too-large", 2, (0, 2))


def read(column, scale=2, **options):
    problems = []
    out = fixed_column(column, table="orders", name="qv", scale=scale, problems=problems, **options)
    assert out.dtype == np.int64
    assert out.flags.writeable
    assert len(out) == len(column)
    return out.tolist(), problems


def codes(problems):
    return {problem.code: problem.place.count for problem in problems}


def expected(values, scale):
    """Return fixed-point values and the count of each kind of problem, one value at a time."""
    out, wrong = [], {}
    for value in values:
        fixed = Fraction(value) * 10**scale
        code = None
        if fixed.denominator != 1:
            code = "too-many-decimals"
        elif not naive.fits(fixed.numerator):
            code = "too-large"
        out.append(0 if code else fixed.numerator)
        if code:
            wrong[code] = wrong.get(code, 0) + 1
    return out, wrong


INTEGERS = [pa.int8(), pa.int16(), pa.int32(), pa.int64(), pa.uint8(), pa.uint16(), pa.uint32(), pa.uint64()]


@pytest.mark.parametrize("kind", INTEGERS, ids=str)
def test_integers_of_every_width(kind):
    low = 0 if str(kind).startswith("u") else -(2 ** (kind.bit_width - 1))
    high = 2**kind.bit_width - 1 + low
    values = [low, 0, 1, 7, high]
    out, problems = read(pa.array(values, kind), scale=2)
    assert (out, codes(problems)) == expected(values, 2)


@relaxed
@given(st.lists(st.integers(-(2**63), 2**63 - 1), max_size=8), st.integers(0, 20))
@example([-(2**63), 2**63 - 1], 0)
@example([0, 1, -1], 19)
def test_int64_at_any_scale(values, scale):
    out, problems = read(pa.array(values, pa.int64()), scale)
    assert (out, codes(problems)) == expected(values, scale)


@st.composite
def decimal_columns(draw):
    width, digits = draw(st.sampled_from([(32, 9), (64, 18), (128, 38), (256, 76)]))
    own = draw(st.integers(0, digits))
    numbers = st.integers(-(10**digits) + 1, 10**digits - 1) | st.integers(-(10**6), 10**6)
    zeros = 10 ** (own // 2 + 1)
    round_ones = numbers.map(lambda n: abs(n) // zeros * zeros * (1 if n > 0 else -1))
    values = [from_fixed(n, own) for n in draw(st.lists(numbers | round_ones, max_size=8))]
    return pa.array(values, getattr(pa, f"decimal{width}")(digits, own)), values


@settings(deadline=None, max_examples=200)
@given(decimal_columns(), st.integers(0, 12))
def test_decimals_of_every_width_and_scale(column_and_values, scale):
    column, values = column_and_values
    out, problems = read(column, scale)
    expected_out, expected_codes = expected(values, scale)
    assert out == expected_out
    # a number that is too large and has too many decimals is reported as either or both
    assert set(codes(problems)) >= set(expected_codes) - {"too-large"}
    assert (not problems) == (not expected_codes)


def test_a_wide_scale_is_cut_where_only_zeros_are_lost():
    column = pa.array([Decimal("1234567890.5"), None, Decimal("-0.25")], pa.decimal128(38, 18))
    assert read(column, nulls="zero") == ([123456789050, 0, -25], [])
    wrong = pa.array([Decimal("1234567890.505"), None, Decimal("-0.25")], pa.decimal128(38, 18))
    out, problems = read(wrong, nulls="zero")
    assert out == [0, 0, -25]
    assert codes(problems) == {"too-many-decimals": 1}


def test_a_negative_scale():
    column = pa.array([Decimal(1200), Decimal(-300)], pa.decimal128(5, -2))
    assert read(column) == ([120000, -30000], [])


@pytest.mark.parametrize("kind", TEXT_TYPES, ids=str)
def test_texts_are_read_exactly(kind):
    texts = ["12.50", "-0.05", "+7", ".5", "5.", "0012", "1.5000", "92233720368547758.07"]
    out, problems = read(pa.array(texts, kind))
    assert out == [1250, -5, 700, 50, 500, 1200, 150, 2**63 - 1]
    assert not problems


@settings(deadline=None, max_examples=300)
@given(st.text("0123456789.+-eE_ ,x", max_size=12) | st.text("0123456789.-", min_size=1, max_size=45))
@example("1." + "0" * 40 + "1")
@example("1." + "0" * 40)
@example("0" * 50 + "1")
@example("1e-40")
def test_a_text_is_read_as_parse_decimal_reads_it(text):
    out, problems = read(pa.array([text]))
    try:
        value = parse_decimal(text)
    except ValueError:
        assert codes(problems) == {"not-a-number": 1}
    else:
        assert (out, codes(problems)) == expected([value], 2)


def test_wrong_texts_are_told_apart_with_rows_and_ids():
    texts = pa.array(["1.5", "1,234.50", None, "1.505", "1e3", "99999999999999999999", "2"])
    ids = pa.array([11, 12, 13, 14, 15, 16, 17])
    out, problems = read(texts, ids=ids)
    assert out == [150, 0, 0, 0, 0, 0, 200]
    found = {problem.code: (problem.place.rows, problem.place.ids) for problem in problems}
    assert found == {
        "not-a-number": ((1, 4), ("12", "15")),
        "too-many-decimals": ((3,), ("14",)),
        "too-large": ((5,), ("16",)),
        "empty": ((2,), ("13",)),
    }
    text = str(DataError(problems))
    assert 'orders.qv: 2 rows, first at 1, 4 (ids 12, 15): "1,234.50" is not a plain decimal number' in text
    assert "1.505 has more than 2 decimals" in text
    assert "99999999999999999999 with 2 decimals does not fit 64 bits" in text


def test_floats_need_consent():
    column = pa.array([0.1])
    out, problems = read(column)
    assert out == [0]
    assert codes(problems) == {"float-amount": 1}
    assert "allow floats" in problems[0].hint
    assert read(column, allow_floats=True) == ([10], [])


@relaxed
@given(st.lists(st.decimals(-(10**9), 10**9, places=2), max_size=8))
def test_an_allowed_float_is_the_decimal_that_it_was_written_as(values):
    column = pa.array([float(value) for value in values], pa.float64())
    assert read(column, allow_floats=True) == (expected(values, 2)[0], [])


@settings(deadline=None, max_examples=200)
@given(st.floats(allow_nan=False, allow_infinity=False), st.integers(0, 18))
@example(1e22, 0)
@example(5e-324, 2)
@example(1e16, 2)
@example(-0.0, 2)
def test_an_allowed_float_is_its_shortest_decimal(value, scale):
    out, problems = read(pa.array([value], pa.float64()), scale, allow_floats=True)
    assert (out, codes(problems)) == expected([Decimal(repr(value))], scale)


def test_single_and_half_floats_are_shortest_in_their_own_width():
    assert read(pa.array([0.1, 16777216], pa.float32()), allow_floats=True) == ([10, 1677721600], [])
    half = pc.cast(pa.array([0.5, 2], pa.float32()), pa.float16())
    assert read(half, allow_floats=True) == ([50, 200], [])


def test_floats_that_are_no_number():
    column = pa.array([1.5, float("nan"), float("inf"), float("-inf"), None])
    out, problems = read(column, allow_floats=True)
    assert out == [150, 0, 0, 0, 0]
    assert codes(problems) == {"not-a-number": 3, "empty": 1}


COLUMNS_WITH_NULLS = [
    pa.array([1, None, 3], pa.int16()),
    pa.array([1, None, 3], pa.uint64()),
    pa.array([Decimal(1), None, Decimal(3)], pa.decimal32(5, 1)),
    pa.array([Decimal(1), None, Decimal(3)], pa.decimal64(10, 5)),
    pa.array([Decimal(1), None, Decimal(3)], pa.decimal128(38, 2)),
    pa.array([Decimal(1), None, Decimal(3)], pa.decimal256(60, 20)),
    pa.array(["1", None, "3.0"]),
    pa.array(["1", None, "3.0"]).dictionary_encode(),
    pa.array([1, None, 3]).dictionary_encode(),
]


@pytest.mark.parametrize("column", COLUMNS_WITH_NULLS, ids=lambda column: str(column.type))
def test_nulls(column):
    assert read(column, nulls="zero") == ([100, 0, 300], [])
    out, problems = read(column)
    assert out == [100, 0, 300]
    assert [(p.code, p.place.rows) for p in problems] == [("empty", (1,))]


@pytest.mark.parametrize("kind", [pa.int64(), pa.uint64(), pa.decimal128(38, 9), pa.decimal256(76, 9)], ids=str)
def test_what_lies_under_a_null_does_not_matter(kind):
    garbage = pa.py_buffer(b"\xff" * (kind.bit_width // 8 * 3))
    column = pa.Array.from_buffers(kind, 3, [pa.py_buffer(b"\x00"), garbage])
    assert read(column, nulls="zero") == ([0, 0, 0], [])


def test_columns_without_values():
    assert read(pa.nulls(2), nulls="zero") == ([0, 0], [])
    assert codes(read(pa.nulls(2))[1]) == {"empty": 2}
    for kind in [pa.null(), pa.int64(), pa.decimal128(5, 2), pa.string(), pa.string_view(), pa.float64()]:
        assert read(pa.nulls(0, kind), allow_floats=True) == ([], [])
        assert read(pa.chunked_array([], kind), allow_floats=True) == ([], [])


@pytest.mark.parametrize("column", [pa.array([True]), pa.array([[1]]), pa.array([b"1"])], ids=lambda c: str(c.type))
def test_other_types_are_refused(column):
    out, problems = read(column)
    assert out == [0]
    assert codes(problems) == {"wrong-type": 1}


def test_dictionaries_run_ends_and_views():
    texts = pa.array(["1.5", "2", "1.5", None], pa.string_view())
    by_hand = pa.DictionaryArray.from_arrays(pa.array([0, 1, None], pa.int8()), texts.slice(0, 2))
    assert read(by_hand, nulls="zero") == ([150, 200, 0], [])
    run_ends = pa.RunEndEncodedArray.from_arrays([2, 5], pa.array([Decimal("1.25"), None]))
    assert read(run_ends, nulls="zero") == ([125, 125, 0, 0, 0], [])
    assert read(run_ends.slice(1, 2), nulls="zero") == ([125, 0], [])


@pytest.mark.parametrize("column", COLUMNS_WITH_NULLS, ids=lambda column: str(column.type))
def test_slices_and_chunks(column):
    chunks = pa.chunked_array([column.slice(2), column.slice(0, 0), column.slice(1), column])
    out, problems = read(chunks.slice(1))
    assert out == [0, 300, 100, 0, 300]
    assert problems[0].place.rows == (0, 3)


def test_rows_are_counted_over_many_slices():
    values = np.arange(3 * SLICE_ROWS + 5)
    texts = pc.cast(pa.array(values), pa.string()).to_pylist()
    texts[SLICE_ROWS + 7] = texts[-1] = "?"
    out, problems = read(pa.array(texts), scale=0)
    assert problems[0].place.rows == (SLICE_ROWS + 7, 3 * SLICE_ROWS + 4)
    assert out == np.where(np.isin(values, problems[0].place.rows), 0, values).tolist()


def test_without_a_collector_everything_is_raised_at_once():
    with pytest.raises(DataError) as caught:
        fixed_column(pa.array(["x", None]), table="orders", name="qv", scale=2)
    assert [problem.code for problem in caught.value.problems] == ["not-a-number", "empty"]


def test_no_pandas_and_no_numba():
    code = """
import sys, numpy as np, pyarrow as pa
from compplan import arrow
from compplan.arrow.buffers import numbers, texts
ints = numbers(np.arange(3), pa.int64())
money = arrow.fixed_to_decimal(np.arange(3), 2)
text = arrow.dictionary_column(np.array([0, -1, 0], np.int32), ["1.5"])
for column in [ints, money, text, texts(["1", "2"])]:
    arrow.fixed_column(column, table="t", name="c", scale=4, nulls="zero")
arrow.text_codes(text), arrow.instant_column(texts(["2026-10-31"]), table="t", name="c")
arrow.flag_column(ints.slice(0, 2), table="t", name="c")
frame = arrow.Frame(pa.Table.from_arrays([ints, money, text], names=["i", "m", "t"]))
str(frame), frame.rows()
for name in ["f.csv", "f.arrow", "f.parquet"]:
    arrow.read_table(frame.write(sys.argv[1] + "/" + name), name="t", columns=["m"])
assert not {"pandas", "numba"} & set(sys.modules)
"""
    with TemporaryDirectory() as folder:
        subprocess.run([sys.executable, "-c", code, folder], check=True)
