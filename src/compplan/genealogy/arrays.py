"""Arrow memory as NumPy arrays without a copy, in the one flavour that kernels then see: read-only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from compplan.arrow.buffers import fixed_view, null_mask, numbers, plain

if TYPE_CHECKING:
    from numpy.typing import NDArray


def frozen(array: NDArray[Any]) -> NDArray[Any]:
    """Return a read-only view.

    To Numba, read-only and writable arrays are different types. Mapped files are always read-only, so arrays
    that are only read are made so too: no kernel is compiled twice, and nobody changes what others share.
    """
    view = array.view()
    view.flags.writeable = False
    return view


def integers(array: pa.Array) -> NDArray[np.int64]:
    """Return the values of an int64 array; what stands under a null is arbitrary."""
    return frozen(fixed_view(array, np.int64))


def texts(array: pa.Array) -> tuple[NDArray[np.int64], NDArray[np.uint8]]:
    """Return offsets (length + 1) and bytes of a large_string array; a null has any content."""
    _, offsets, data = array.buffers()
    if len(array) == 0:
        return frozen(np.zeros(1, np.int64)), frozen(np.empty(0, np.uint8))
    starts = np.frombuffer(offsets, np.int64)[array.offset : array.offset + len(array) + 1]
    letters = np.frombuffer(data, np.uint8) if data is not None and data.size else np.empty(0, np.uint8)
    return frozen(starts), frozen(letters)


def rows_of(column: pa.Array | pa.ChunkedArray, rows: NDArray[Any]) -> pa.Array:
    """Return some rows of a column as one array."""
    if pa.types.is_string_view(column.type):  # pyarrow cannot take from string views
        column = column.cast(pa.large_string())
    return one_array(column.take(numbers(rows.astype(np.int64, copy=False), pa.int64())))


def codes(array: pa.DictionaryArray, missing: int) -> NDArray[np.int64]:
    """Return the codes of a dictionary array, `missing` where it is null."""
    indices = array.indices
    values = integers(indices.cast(pa.int64()))
    return values if (null := null_mask(indices)) is None else np.where(null, missing, values)


def one_array(column: pa.Array | pa.ChunkedArray) -> pa.Array:
    """Return a column as one array, without dictionary or string views."""
    if isinstance(column, pa.ChunkedArray):
        column = column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()
    return plain(column)
