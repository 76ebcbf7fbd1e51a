"""Sides: what may stand in the column, and what it means."""

from __future__ import annotations

import pyarrow as pa
import pytest

from compplan.genealogy.sides import INVALID, NONE, can_be_sides, read_sides


def test_words_in_any_case():
    column = pa.array(["left", "RIGHT", "L", "r", "Left", None, "middle", "", "0"])
    expected = [0, 1, 0, 1, 0, NONE, INVALID, INVALID, INVALID]
    assert read_sides(column, 2).tolist() == expected
    for type_ in (pa.large_string(), pa.string_view(), pa.dictionary(pa.int8(), pa.string())):
        assert read_sides(column.cast(type_), 2).tolist() == expected


@pytest.mark.parametrize("type_", [pa.int8(), pa.int32(), pa.int64(), pa.uint8()])
def test_numbers_up_to_the_width(type_):
    assert read_sides(pa.array([0, 1, 2, None, 3], type_), 3).tolist() == [0, 1, 2, NONE, INVALID]


def test_numbers_out_of_any_range():
    assert read_sides(pa.array([-1, 2**40]), 64).tolist() == [INVALID, INVALID]
    assert read_sides(pa.array([2**64 - 1, 1], pa.uint64()), 64).tolist() == [INVALID, 1]


def test_right_needs_two_places():
    assert read_sides(pa.array(["left", "right"]), 1).tolist() == [0, INVALID]


def test_chunks_and_nothing():
    assert read_sides(pa.chunked_array([["left"], [None, "right"]]), 2).tolist() == [0, NONE, 1]
    assert read_sides(pa.nulls(2), 2).tolist() == [NONE, NONE]
    assert read_sides(pa.array([], pa.string()), 2).tolist() == []


def test_types_that_hold_no_sides():
    assert not can_be_sides(pa.float64())
    assert not can_be_sides(pa.bool_())
    assert can_be_sides(pa.null())
    assert can_be_sides(pa.dictionary(pa.int8(), pa.string_view()))


def test_sides_may_be_called_a_and_b():
    assert read_sides(pa.array(["A", "b", None, "C"]), 2).tolist() == [0, 1, NONE, INVALID]
