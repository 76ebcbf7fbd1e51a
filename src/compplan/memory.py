"""Memory for large columns that are written once: in large pages, and used again when nobody reads it any more.

The first touch of a page costs more than the data that is written to it. A large array from the system begins and
ends anywhere, so that up to two large pages of it, 4 MiB, are mapped in pieces of 4 KiB; and with the last reference
it goes back to the system, to come again with the next run as pages that were never touched. So columns that belong
together are cut from one block, which begins at a large page; and a block whose last column is gone is kept for the
next that asks. A thousand variants of a plan then touch the pages of one.
"""

from __future__ import annotations

import os
from functools import cache
from itertools import cycle
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import DTypeLike, NDArray

LARGE_PAGE = 1 << 21
PAGE, CACHE_LINE = 1 << 12, 64
KEPT_SHARE = 8
"""Free blocks hold this part of the machine's memory at most."""


def unwritten(columns: Iterable[tuple[int, DTypeLike]]) -> list[NDArray[Any]]:
    """Return arrays with arbitrary content.

    Parameters
    ----------
    columns
        Length and type of each; they share one block of memory, which is free again with the last of them.

    Examples
    --------
    >>> [column.size for column in unwritten([(3, np.int64), (5, np.int32)])]
    [3, 5]
    """
    kinds = [(count * np.dtype(kind).itemsize, kind) for count, kind in columns]
    starts = np.cumsum([0, *(-(-size // CACHE_LINE) * CACHE_LINE for size, _ in kinds)]).tolist()
    block = _block(starts[-1])
    return [block[at : at + size].view(kind) for at, (size, kind) in zip(starts, kinds, strict=False)]


@cache
def share_of_memory(part: int) -> int:
    """Return how many bytes a part of the machine's memory has; of 8 GiB where the system does not tell."""
    known = hasattr(os, "sysconf") and "SC_PHYS_PAGES" in os.sysconf_names
    return (os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") if known else 1 << 33) // part


def release() -> int:
    """Give the free blocks back to the system, and return how many bytes they held.

    Examples
    --------
    >>> _ = release()
    >>> release()
    0
    """
    held = 0
    while _FREE:
        held += _FREE.popitem()[1].nbytes
    return held


def _block(size: int) -> NDArray[np.uint8]:
    """Return so many bytes: small ones from a cache line on, large ones from a large page on."""
    if size <= LARGE_PAGE:
        return _aligned(np.empty(size + CACHE_LINE, np.uint8), CACHE_LINE)[:size]
    block = _aligned(np.asarray(_Lease(_used_again(size + PAGE))), LARGE_PAGE)
    first = next(_STARTS)
    return block[first : first + size]


def _aligned(raw: NDArray[np.uint8], step: int) -> NDArray[np.uint8]:
    return raw[-raw.__array_interface__["data"][0] % step :]


class _Lease:
    """A block in use. Every array that is cut from it holds on to it; with the last one the block is free."""

    def __init__(self, raw: NDArray[np.uint8]) -> None:
        self.raw = raw
        self.__array_interface__ = raw.__array_interface__

    def __del__(self) -> None:
        if sum(raw.nbytes for raw in list(_FREE.values())) + self.raw.nbytes <= share_of_memory(KEPT_SHARE):
            _FREE[id(self.raw)] = self.raw


def _used_again(size: int) -> NDArray[np.uint8]:
    """Return the smallest free block that serves, or a new one.

    New ones are up to an eighth larger, so that they serve who asks for a few more rows; pages that are not touched
    cost nothing. Blocks of more than twice the size are left to those who need them.
    """
    step = max(LARGE_PAGE, 1 << (size.bit_length() - 4))
    wanted = -(-size // step) * step + LARGE_PAGE
    for key, raw in sorted(_FREE.items(), key=lambda each: each[1].nbytes):
        # another thread may have taken it meanwhile
        if wanted <= raw.nbytes <= 2 * wanted and _FREE.pop(key, None) is not None:
            return raw
    return np.empty(wanted, np.uint8)


# Columns that begin alike in all pages are in each other's way: processors look at the last bits of an address first.
_STARTS = cycle(range(0, PAGE, PAGE // 16 + CACHE_LINE))
_FREE: dict[int, NDArray[np.uint8]] = {}
