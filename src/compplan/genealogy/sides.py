"""The side column of a tree: which place under the parent a member takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from compplan.arrow.buffers import is_text, null_mask, plain_type
from compplan.genealogy.arrays import codes, integers, one_array

if TYPE_CHECKING:
    from numpy.typing import NDArray

MAX_SIDES = 64
"""Places that a parent can have in a tree with sides: taken places are checked as bits of one word."""
NONE, INVALID = -1, -2
NAMES = {"left": 0, "l": 0, "a": 0, "right": 1, "r": 1, "b": 1}


def can_be_sides(type_: pa.DataType) -> bool:
    """Say whether a column of this type can hold sides: text, integers, or nothing but nulls."""
    type_ = plain_type(type_)
    return is_text(type_) or pa.types.is_integer(type_) or pa.types.is_null(type_)


def read_sides(column: pa.Array | pa.ChunkedArray, width: int) -> NDArray[np.int8]:
    """Return sides as int8: 0 to width - 1, `NONE` for a null, `INVALID` for anything else.

    Text is "left", "right", "L", "R", "A", "B" in any case; integers count from 0.
    """
    array = one_array(column)
    if pa.types.is_null(array.type):
        return np.full(len(array), NONE, np.int8)
    if pa.types.is_integer(array.type):
        return _from_integers(array, width)
    return _from_text(array.cast(pa.large_string()), width)


def _from_integers(array: pa.Array, width: int) -> NDArray[np.int8]:
    if pa.types.is_uint64(array.type):
        array = array.cast(pa.int64(), safe=False)  # what wraps becomes negative, and so invalid
    values = integers(array.cast(pa.int64()))
    sides = np.where((values >= 0) & (values < width), values, INVALID).astype(np.int8)
    if (null := null_mask(array)) is not None:
        sides[null] = NONE
    return sides


def _from_text(array: pa.Array, width: int) -> NDArray[np.int8]:
    coded = array.dictionary_encode()
    meaning = [NAMES.get(word.lower(), INVALID) for word in coded.dictionary.to_pylist()]
    by_code = np.array([side if side < width else INVALID for side in meaning] + [NONE], np.int8)
    return by_code[codes(coded, len(meaning))]
