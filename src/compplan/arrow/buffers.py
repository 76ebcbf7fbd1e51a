"""Arrow memory as NumPy and back, without pandas: pyarrow's own conversions import it where they can."""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import DTypeLike, NDArray

    Column: TypeAlias = pa.Array | pa.ChunkedArray

SLICE_ROWS = 2**16


def slices(column: Column) -> Iterator[tuple[int, pa.Array]]:
    """Yield the column as plain arrays of at most `SLICE_ROWS` rows, each with the row it starts at.

    A slice stays in the processor's cache while it is converted, and where one holds something wrong, only
    its rows are looked at one by one.
    """
    start = 0
    for chunk in column.chunks if isinstance(column, pa.ChunkedArray) else [column]:
        for offset in range(0, len(chunk), SLICE_ROWS):
            part = chunk.slice(offset, SLICE_ROWS)
            yield start, plain(part)
            start += len(part)


def plain(array: pa.Array) -> pa.Array:
    """Return the array without dictionary, run ends, extension type or string views."""
    if isinstance(array, pa.ExtensionArray):
        array = array.storage
    if isinstance(array, pa.RunEndEncodedArray):
        array = pc.run_end_decode(array)
    if isinstance(array, pa.DictionaryArray):
        # pyarrow cannot take from string views, so the few values are cast first
        array = pa.DictionaryArray.from_arrays(array.indices, plain(array.dictionary)).dictionary_decode()
    if pa.types.is_string_view(array.type):
        array = pc.cast(array, pa.large_string())
    return array


def plain_type(kind: pa.DataType) -> pa.DataType:
    """Return the type that `plain` gives."""
    if isinstance(kind, pa.BaseExtensionType):
        kind = kind.storage_type
    if pa.types.is_run_end_encoded(kind) or pa.types.is_dictionary(kind):
        return plain_type(kind.value_type)
    return pa.large_string() if pa.types.is_string_view(kind) else kind


def is_text(kind: pa.DataType) -> bool:
    """Say whether a type is text, of 32-bit or 64-bit offsets."""
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def fixed_view(array: pa.Array, dtype: DTypeLike, words: int = 1) -> NDArray[Any]:
    """Return the values of a fixed-width array as a read-only view [n * words]; null slots hold anything."""
    dtype = np.dtype(dtype)
    buffer = array.buffers()[1]
    if buffer is None or not len(array):
        return np.zeros(len(array) * words, dtype)
    return np.frombuffer(buffer, dtype, len(array) * words, array.offset * words * dtype.itemsize)


def bit_view(array: pa.Array) -> NDArray[np.bool_]:
    """Return the values of a boolean array as a new column of bytes; null slots hold anything."""
    return _bits(array.buffers()[1], array.offset, len(array))


def null_mask(array: pa.Array) -> NDArray[np.bool_] | None:
    """Return where the array is null, or None where it never is."""
    if not array.null_count:
        return None
    if pa.types.is_null(array.type):
        return np.ones(len(array), np.bool_)
    return ~_bits(array.buffers()[0], array.offset, len(array))


def _bits(buffer: pa.Buffer | None, offset: int, length: int) -> NDArray[np.bool_]:
    if buffer is None or not length:
        return np.zeros(length, np.bool_)
    first = offset // 8
    packed = np.frombuffer(buffer, np.uint8, (offset + length + 7) // 8 - first, first)
    return np.unpackbits(packed, bitorder="little")[offset % 8 :][:length].view(np.bool_)


def text_bytes(array: pa.Array) -> tuple[NDArray[np.uint8], NDArray[Any]]:
    """Return the bytes of all texts of a string or large_string array, and the n + 1 bounds between texts."""
    _, offsets, data = array.buffers()
    if offsets is None or not len(array):
        return np.zeros(0, np.uint8), np.zeros(1, np.int64)
    width = np.dtype(np.int32 if pa.types.is_string(array.type) else np.int64)
    bounds = np.frombuffer(offsets, width, len(array) + 1, array.offset * width.itemsize)
    stored = np.zeros(0, np.uint8) if data is None else np.frombuffer(data, np.uint8)
    return stored[bounds[0] : bounds[-1]], bounds


def numbers(values: NDArray[Any], kind: pa.DataType, null: NDArray[np.bool_] | None = None) -> pa.Array:
    """Return a fixed-width Arrow array over a contiguous NumPy column, which it keeps and does not copy."""
    width = kind.bit_width // 8
    data = pa.py_buffer(np.ascontiguousarray(values))
    return pa.Array.from_buffers(kind, data.size // width, [_validity(null), data])


def texts(values: Sequence[str]) -> pa.Array:
    """Return a string array of a few Python texts."""
    encoded = [value.encode() for value in values]
    ends = np.fromiter(accumulate(map(len, encoded), initial=0), np.int32, len(encoded) + 1)
    buffers = [None, pa.py_buffer(ends), pa.py_buffer(b"".join(encoded))]
    return pa.Array.from_buffers(pa.string(), len(encoded), buffers)


def shown(value: pa.Scalar) -> str:
    """Return a value as text to look at."""
    try:
        return str(value)
    except (OverflowError, ValueError):  # a date that Python does not know
        return "a value out of range"


def _validity(null: NDArray[np.bool_] | None) -> pa.Buffer | None:
    if null is None or not null.any():
        return None
    return pa.py_buffer(np.packbits(~null, bitorder="little"))
