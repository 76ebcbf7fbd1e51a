"""Memory for large columns that are written once, in large pages: the first touch of a page costs more than its data.

A large array from the system begins and ends anywhere, so that up to two large pages of it, 4 MiB, are mapped in
pieces of 4 KiB. Columns that belong together are cut from one block, which begins at a large page.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import DTypeLike, NDArray

LARGE_PAGE = 1 << 21
CACHE_LINE = 64


def unwritten(columns: Iterable[tuple[int, DTypeLike]]) -> list[NDArray[Any]]:
    """Return arrays with arbitrary content.

    Parameters
    ----------
    columns
        Length and type of each; they share one block of memory, which is freed with the last of them.

    Examples
    --------
    >>> [column.size for column in unwritten([(3, np.int64), (5, np.int32)])]
    [3, 5]
    """
    kinds = [(count * np.dtype(kind).itemsize, kind) for count, kind in columns]
    starts = np.cumsum([0, *(-(-size // CACHE_LINE) * CACHE_LINE for size, _ in kinds)]).tolist()
    spare = LARGE_PAGE if starts[-1] > LARGE_PAGE else CACHE_LINE
    block = np.empty(starts[-1] + spare, np.uint8)
    first = -block.__array_interface__["data"][0] % spare
    return [block[first + at : first + at + size].view(kind) for at, (size, kind) in zip(starts, kinds, strict=False)]
