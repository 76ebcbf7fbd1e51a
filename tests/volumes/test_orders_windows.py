from __future__ import annotations

import datetime as dt

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compplan.plan.times import Span
from compplan.volumes.orders.sequence import id_keys
from compplan.volumes.orders.windows import on_days, opening_hours, span_end
from tests.naive import orders as naive

pytestmark = pytest.mark.kernels

EPOCH = dt.datetime(1970, 1, 1)
moments = st.datetimes(dt.datetime(1900, 1, 1), dt.datetime(2200, 1, 1))
month_ends = st.dates(dt.date(1950, 1, 1), dt.date(2100, 1, 1)).map(
    lambda day: dt.datetime(day.year, day.month, 1) - dt.timedelta(days=1),
)
spans = st.builds(Span, count=st.integers(0, 60), unit=st.sampled_from(["days", "months"]))


def microseconds(moment):
    return (moment - EPOCH) // dt.timedelta(microseconds=1)


def instants(given_moments):
    return np.array([microseconds(moment) for moment in given_moments], np.int64)


@settings(deadline=None)
@given(st.lists(moments | month_ends), spans)
def test_spans_end_as_in_the_calendar(starts, span):
    assert span_end(instants(starts), span).tolist() == [microseconds(naive.span_end(s, span)) for s in starts]


@settings(deadline=None, max_examples=200)
@given(st.data(), st.lists(spans, max_size=2), st.none() | spans)
def test_opening_hours_hold_for_every_order_of_a_period(data, inside, after):
    start = data.draw(moments)
    stop = start + data.draw(st.timedeltas(dt.timedelta(microseconds=1), dt.timedelta(days=40)))
    near = st.datetimes(start - dt.timedelta(days=1900), stop + dt.timedelta(days=3))
    if not inside and after is None:
        return
    enrolled, day = data.draw(moments | near), data.draw(st.datetimes(start, stop))
    if day == stop:
        return
    opens, closes = opening_hours(
        instants([enrolled]), inside, after, (microseconds(start), microseconds(stop))
    ).tolist()
    expected = all(naive.midnight(enrolled) <= day < naive.span_end(enrolled, span) for span in inside)
    expected &= after is None or day >= naive.span_end(enrolled, after)
    assert (opens <= microseconds(day) < closes) == expected


@settings(deadline=None)
@given(st.lists(moments, min_size=1), st.tuples(st.integers(1, 31), st.integers(1, 31)).map(sorted))
def test_days_of_the_month(days, wanted):
    period = microseconds(min(days)), microseconds(max(days)) + 1
    assert on_days(instants(days), tuple(wanted), period).tolist() == [wanted[0] <= d.day <= wanted[1] for d in days]


def test_spans_that_never_end_do_not_pass_64_bits():
    start = instants([dt.datetime(2024, 1, 31)])
    for unit in ("days", "months"):
        assert span_end(start, Span(count=10**30, unit=unit))[0] > microseconds(dt.datetime(9999, 1, 1))


texts = st.lists(st.text(max_size=30) | st.sampled_from(["a", "a\0", "b" * 70, "b" * 71, "", "\0"]), max_size=8)


@settings(deadline=None)
@given(texts, st.sampled_from(["", "shared-"]))
def test_keys_are_as_equal_and_in_the_same_order_as_the_ids(ids, prefix):
    ids = [prefix + own for own in ids]
    keys = [tuple(key) for key in id_keys(pa.array(ids, pa.large_string())).T.tolist()]
    for i, own in enumerate(ids):
        for j, other in enumerate(ids):
            assert (keys[i] == keys[j]) == (own == other)
            if "\0" not in own + other:
                assert (keys[i] < keys[j]) == (own.encode() < other.encode())


def test_keys_of_a_slice_of_ids():
    whole = pa.array(["zz", "order-1", "order-22", "order-1"], pa.large_string())
    first, second, third = id_keys(whole.slice(1)).T.tolist()
    assert first == third != second
    assert id_keys(pa.array([5, -7, 5]).slice(1)).tolist() == [[-7, 5]]
