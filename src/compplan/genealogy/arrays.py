"""Arrow memory as NumPy arrays, without a copy, and always in the one flavour that kernels then see: read-only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

if TYPE_CHECKING:
    from numpy.typing import NDArray


def frozen(array: NDArray[Any]) -> NDArray[Any]:
    """Return a read-only view.

    To Numba, read-only and writable arrays are different types. Mapped files are always read-only, so arrays that
    are only read are made so too: no kernel is compiled twice, and what is shared cannot be changed by mistake.
    """
    view = array.view()
    view.flags.writeable = False
    return view


def integers(array: pa.Array) -> NDArray[np.int64]:
    """Return the values of an int64 array; what stands under a null is arbitrary."""
    if len(array) == 0:
        return frozen(np.empty(0, np.int64))
    return frozen(np.frombuffer(array.buffers()[1], np.int64)[array.offset : array.offset + len(array)])


def texts(array: pa.Array) -> tuple[NDArray[np.int64], NDArray[np.uint8]]:
    """Return offsets (length + 1) and bytes of a large_string array; a null has any content."""
    _, offsets, data = array.buffers()
    if len(array) == 0:
        return frozen(np.zeros(1, np.int64)), frozen(np.empty(0, np.uint8))
    starts = np.frombuffer(offsets, np.int64)[array.offset : array.offset + len(array) + 1]
    letters = np.frombuffer(data, np.uint8) if data is not None and data.size else np.empty(0, np.uint8)
    return frozen(starts), frozen(letters)


def null_mask(array: pa.Array) -> NDArray[np.bool_]:
    """Return which entries are null."""
    return array.is_null().to_numpy(zero_copy_only=False)  # type: ignore[no-any-return]


def one_array(column: pa.Array | pa.ChunkedArray) -> pa.Array:
    """Return a column as one array."""
    if not isinstance(column, pa.ChunkedArray):
        return column
    return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()
