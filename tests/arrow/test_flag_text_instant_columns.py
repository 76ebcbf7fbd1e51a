"""Flags, codes of texts and instants, and the columns that are not there."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compplan.arrow import NO_INSTANT, flag_column, instant_column, missing_columns, read_table, text_codes
from compplan.arrow.buffers import SLICE_ROWS
from compplan.errors import DataError

relaxed = settings(deadline=None, max_examples=50)
PLACE = {"table": "members", "name": "column"}


def flags(column, **options):
    problems = []
    out = flag_column(column, **PLACE, problems=problems, **options)
    assert out.dtype == np.bool_
    assert out.flags.writeable
    return out.tolist(), [(problem.code, problem.place.rows) for problem in problems]


def instants(column, **options):
    problems = []
    out = instant_column(column, **PLACE, problems=problems, **options)
    assert out.dtype == np.int64
    assert out.flags.writeable
    return out.tolist(), [(problem.code, problem.place.rows) for problem in problems]


def micros(moment):
    return (moment - dt.datetime(1970, 1, 1)) // dt.timedelta(microseconds=1)


@pytest.mark.parametrize(
    "column",
    [
        pa.array([True, False, None, True]),
        pa.array([1, 0, None, 1], pa.int8()),
        pa.array([1, 0, None, 1], pa.uint64()),
        pa.array(["true", "False", None, "1"]),
        pa.array(["TRUE", "0", None, "1"], pa.string_view()),
        pa.array(["true", "false", None, "true"]).dictionary_encode(),
    ],
    ids=lambda column: str(column.type),
)
def test_flags(column):
    assert flags(column, nulls="false") == ([True, False, False, True], [])
    assert flags(column) == ([True, False, False, True], [("empty", (2,))])
    assert flags(pa.chunked_array([column.slice(3), column]).slice(1), nulls="false")[0] == [
        True,
        False,
        False,
        True,
    ]


@relaxed
@given(st.lists(st.none() | st.booleans(), max_size=30), st.integers(0, 30))
def test_packed_flags_at_any_offset(values, offset):
    column = pa.array(values, pa.bool_())
    assert flags(column.slice(offset), nulls="false")[0] == [value is True for value in values[offset:]]


@pytest.mark.parametrize("column", [pa.array([0, 2, -1, 1]), pa.array(["0", "yes", "", "1"])])
def test_values_that_are_no_flags(column):
    assert flags(column) == ([False, False, False, True], [("not-a-flag", (1, 2))])


def test_flags_of_another_type():
    assert flags(pa.array([1.0, 0.0])) == ([False, False], [("wrong-type", ())])
    assert flags(pa.nulls(2), nulls="false") == ([False, False], [])


@relaxed
@given(st.lists(st.none() | st.sampled_from(["web", "app", "", "ä"]), max_size=20), st.integers(0, 20))
@pytest.mark.parametrize("kind", ["string", "large_string", "string_view", "dictionary"])
def test_text_codes(kind, values, cut):
    column = pa.array(values, pa.string() if kind == "dictionary" else getattr(pa, kind)())
    if kind == "dictionary":
        column = column.dictionary_encode()
    distinct = list(dict.fromkeys(value for value in values if value is not None))
    for form in (column, pa.chunked_array([column.slice(0, cut), column.slice(cut)])):
        codes, texts = text_codes(form)
        assert codes.dtype == np.int32
        assert texts == distinct
        assert [None if code < 0 else texts[code] for code in codes] == values


def test_codes_of_a_dictionary_count_only_what_is_used():
    column = pa.DictionaryArray.from_arrays(pa.array([2, None, 0, 3]), pa.array(["a", "b", "c", None]))
    codes, texts = text_codes(column)
    assert (codes.tolist(), texts) == ([0, -1, 1, -1], ["c", "a"])


def test_integers_are_coded_as_their_text():
    codes, texts = text_codes(pa.array([7, None, 5, 7]))
    assert (codes.tolist(), texts) == ([0, -1, 1, 0], ["7", "5"])


def test_codes_of_nothing_and_of_another_type():
    assert text_codes(pa.nulls(2))[0].tolist() == [-1, -1]
    assert text_codes(pa.chunked_array([], pa.string())) == (pytest.approx([]), [])
    problems = []
    codes, texts = text_codes(pa.array([1.5]), **PLACE, problems=problems)
    assert (codes.tolist(), texts, problems[0].code) == ([-1], [], "wrong-type")
    with pytest.raises(DataError, match=r"members.column: 1 row: double is not a column of texts"):
        text_codes(pa.array([1.5]), **PLACE)


moments = st.datetimes(dt.datetime(1, 1, 1), dt.datetime(9999, 12, 31))


@relaxed
@given(st.lists(st.none() | moments, max_size=8))
def test_timestamps_of_every_unit(values):
    expected = [NO_INSTANT if value is None else micros(value) for value in values]
    assert instants(pa.array(values, pa.timestamp("us")), nulls="missing") == (expected, [])
    whole = [value and value.replace(microsecond=0) for value in values]
    expected = [NO_INSTANT if value is None else micros(value) for value in whole]
    for unit in ("s", "ms"):
        assert instants(pa.array(whole, pa.timestamp(unit)), nulls="missing") == (expected, [])


@relaxed
@given(st.lists(st.none() | st.dates(), max_size=8))
def test_dates_are_their_first_moment(values):
    expected = [NO_INSTANT if v is None else micros(dt.datetime(v.year, v.month, v.day)) for v in values]
    for column in (pa.array(values, pa.date32()), pa.array(values, pa.date64())):
        assert instants(column, nulls="missing") == (expected, [])
    texts = pa.array([value and value.isoformat() for value in values], pa.string())
    assert instants(texts, nulls="missing") == (expected, [])


@relaxed
@given(st.lists(moments, min_size=1, max_size=5), st.sampled_from(["T", " "]))
def test_iso_texts(values, between):
    expected = [micros(value) for value in values]
    texts = [value.isoformat(between) for value in values]
    for kind in (pa.string(), pa.large_string(), pa.string_view()):
        assert instants(pa.array(texts, kind)) == (expected, [])


def test_zones_become_utc():
    utc = micros(dt.datetime(2026, 10, 31, 22))
    zoned = pa.array([dt.datetime(2026, 10, 31, 22)], pa.timestamp("us")).cast(pa.timestamp("us", "Europe/Vienna"))
    assert instants(zoned) == ([utc], [])
    texts = ["2026-10-31T22:00:00Z", "2026-10-31T23:00:00+01:00"]
    assert instants(pa.array(texts)) == ([utc, utc], [])
    assert instants(pa.array([*texts, "2026-10-31T22:00:00"])) == ([utc, utc, utc], [])


def test_nanoseconds_stay_on_their_side_of_a_boundary():
    boundary = micros(dt.datetime(1969, 11, 1))
    column = pa.array([boundary * 1000 - 1, boundary * 1000], pa.timestamp("ns"))
    assert instants(column) == ([boundary - 1, boundary], [])


def test_texts_that_are_no_time():
    texts = ["2026-10-31", "31.10.2026", "2026-02-30", "", None, "2026-13-01T00:00:00", "now"]
    out, problems = instants(pa.array(texts))
    assert problems == [("not-an-instant", (1, 2, 3, 5, 6)), ("empty", (4,))]
    assert out == [micros(dt.datetime(2026, 10, 31)), *[NO_INSTANT] * 6]


@pytest.mark.parametrize(
    "column",
    [
        pa.array([2**31 - 1, 0], pa.date32()),
        pa.array([2**62, 0], pa.timestamp("s")),
        pa.array([-(2**62), 0], pa.date64()),
    ],
    ids=lambda column: str(column.type),
)
def test_times_out_of_range(column):
    assert instants(column) == ([NO_INSTANT, 0], [("not-an-instant", (0,))])


def test_instants_in_chunks_and_slices():
    column = pa.chunked_array([pa.array([1], pa.timestamp("us")), pa.array([2, None, 3], pa.timestamp("us"))])
    assert instants(column.slice(1)) == ([2, NO_INSTANT, 3], [("empty", (1,))])
    many = pa.array(np.arange(SLICE_ROWS + 3), pa.timestamp("us"))
    assert instants(many)[0] == list(range(SLICE_ROWS + 3))
    assert instants(pc.dictionary_encode(many))[0] == list(range(SLICE_ROWS + 3))


def test_instants_of_other_types():
    assert instants(pa.array([5])) == ([NO_INSTANT], [("wrong-type", ())])
    assert instants(pa.nulls(1), nulls="missing") == ([NO_INSTANT], [])


def test_missing_columns_name_the_nearest_of_all_columns():
    source = pa.table({"member_id": [1, 2], "QV": [3, 4], "sponsor": [5, 6]})
    assert missing_columns(source, ["QV", "member_id"], name="orders") == []
    table = read_table(source, name="orders", columns=["member", "sponsor"])
    assert table.column_names == ["sponsor"]
    problems = missing_columns(table, ["member", "sponsor", "cv"], name="orders")
    assert [problem.hint for problem in problems] == [
        'did you mean "member_id"?',
        "known: member_id, QV, sponsor",
    ]
    assert str(problems[1]).startswith('orders: 2 rows: there is no column "cv"')
