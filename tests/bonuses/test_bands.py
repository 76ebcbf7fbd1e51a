"""Marginal bands: parts of a span, and what a volume is worth."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import compplan as cp
from compplan.bonuses.prepare.bands import Bands
from naive import bands as naive

numbers = st.integers(-5_000, 50_000)
ladders = st.lists(st.integers(0, 20_000), min_size=1, max_size=6, unique=True).map(sorted)


@pytest.mark.kernels
@settings(max_examples=50, deadline=None)
@given(ladders, st.lists(st.tuples(numbers, numbers), max_size=8))
def test_parts_are_those_of_the_twin(starts, spans):
    bands = Bands(np.array(starts, np.int64), 0)
    low, high = (np.array([span[side] for span in spans], np.int64) for side in (0, 1))
    found = bands.parts(low, high)
    expected = [(at, band, size) for at, span in enumerate(spans) for band, size in naive.parts(starts, *span).items()]
    assert list(zip(found.span.tolist(), found.band.tolist(), found.size.tolist(), strict=True)) == expected
    sums = np.zeros(len(spans), np.int64)
    np.add.at(sums, found.span, found.size)
    assert sums.tolist() == [high - low for low, high in spans]


@pytest.mark.kernels
@settings(max_examples=50, deadline=None)
@given(ladders, st.lists(st.integers(0, 99), min_size=6, max_size=6), st.lists(numbers, max_size=8))
def test_worth_is_that_of_the_twin(starts, rates, values):
    rates = rates[: len(starts)]
    found = Bands(np.array(starts, np.int64), 0).worth(np.array(rates, np.int64), np.array(values, np.int64))
    assert found.tolist() == [naive.worth(starts, rates, value) for value in values]


def test_thresholds_with_more_digits_lift_the_scale():
    bands = Bands.of([Decimal("0.5"), Decimal("10.25")], scale=1)
    assert (bands.scale, bands.starts.tolist()) == (2, [50, 1025])
    assert bands.lifted(np.array([7]), 1).tolist() == [70]


def test_what_could_wrap_is_an_error():
    bands = Bands(np.array([0, 100]), 4)
    with pytest.raises(cp.ExactnessError, match="62 bits"):
        bands.lifted(np.array([2**55]), 0)
    with pytest.raises(cp.ExactnessError, match="64 bits"):
        bands.worth(np.array([10, 2**40]), np.array([2**30]))
