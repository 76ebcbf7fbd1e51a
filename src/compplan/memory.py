"""Memory for large columns that are written once: in large pages, and used again when nobody reads it any more.

The first touch of a page costs more than the data that is written to it. A large array from the system begins and
ends anywhere, so that up to two large pages of it, 4 MiB, are mapped in pieces of 4 KiB; and with the last reference
it goes back to the system, to come again with the next run as pages that were never touched. So columns that belong
together are cut from one block, which begins at a large page; and a block whose last column is gone is kept for the
next that asks. A thousand variants of a plan then touch the pages of one.
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from functools import cache
from itertools import cycle
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import DTypeLike, NDArray

LARGE_PAGE = 1 << 21
PAGE, CACHE_LINE = 1 << 12, 64
KEPT_SHARE = 8
"""Memory that is kept for the next is this part of the machine's at most, and as much again in counters."""


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


def zeros(count: int, kind: DTypeLike = np.int64) -> NDArray[Any]:
    """Return one such array of zeros.

    Examples
    --------
    >>> zeros(3).tolist()
    [0, 0, 0]
    """
    (out,) = unwritten([(count, kind)])
    out[:] = 0
    return out


@cache
def share_of_memory(part: int) -> int:
    """Return how many bytes a part of the machine's memory has; of 8 GiB where the system does not tell."""
    known = hasattr(os, "sysconf") and "SC_PHYS_PAGES" in os.sysconf_names
    return (os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") if known else 1 << 33) // part


@contextmanager
def blank(rows: int, width: int) -> Iterator[NDArray[np.int64]]:
    """Lend counters that are zero, and that must be zero again when they come back.

    A sweep clears them behind itself anyway, but for a few rows at its end. After an error nobody knows what they hold,
    and they are not lent again.

    Parameters
    ----------
    rows, width
        The shape: int64[rows, width].

    Examples
    --------
    >>> with blank(3, 2) as counters:
    ...     counters[1, 0] += 5
    ...     counters[1] = 0
    """
    raw = _CLEAN.take(8 * rows * width, 2**62)
    raw = np.zeros(8 * rows * width, np.uint8) if raw is None else raw
    yield raw[: 8 * rows * width].view(np.int64).reshape(rows, width)
    _CLEAN.keep(raw)


def release_memory() -> int:
    """Give the memory that is kept for the next run back to the system, and return how many bytes it had.

    Examples
    --------
    >>> _ = release_memory()
    >>> release_memory()
    0
    """
    return _FREE.release() + _CLEAN.release()


class _Pool:
    """Memory that nobody uses. Whatever changes it is one step of the interpreter, so that threads need no lock."""

    def __init__(self) -> None:
        self.blocks: dict[int, NDArray[np.uint8]] = {}

    def keep(self, raw: NDArray[np.uint8]) -> None:
        """Keep some memory, if it is not too much."""
        if sum(block.nbytes for block in self.blocks.copy().values()) + raw.nbytes <= share_of_memory(KEPT_SHARE):
            self.blocks[id(raw)] = raw

    def take(self, least: int, most: int) -> NDArray[np.uint8] | None:
        """Return the smallest block of a size between two, if there is one."""
        for key, raw in sorted(self.blocks.copy().items(), key=lambda each: each[1].nbytes):
            if least <= raw.nbytes <= most and self.blocks.pop(key, None) is not None:  # else another thread was first
                return raw
        return None

    def release(self) -> int:
        """Let everything go, and return how many bytes it had."""
        had = 0
        while self.blocks:
            had += self.blocks.popitem()[1].nbytes
        return had


class _Lease:
    """A block in use. Every array that is cut from it holds on to it; with the last one the block is free."""

    def __init__(self, raw: NDArray[np.uint8]) -> None:
        self.raw = raw
        self.__array_interface__ = raw.__array_interface__

    def __del__(self) -> None:
        if _FREE is not None:  # Python takes names away before it ends, those with an underscore first
            _FREE.keep(self.raw)


def _block(size: int) -> NDArray[np.uint8]:
    """Return so many bytes: small ones from a cache line on, large ones from a large page on.

    Large ones are a free block, or a new one that is up to an eighth larger, so that it serves who asks for a few more
    rows; pages that are not touched cost nothing. Blocks of more than twice the size are left to those who need them.
    """
    if size <= LARGE_PAGE:
        return _aligned(np.empty(size + CACHE_LINE, np.uint8), CACHE_LINE)[:size]
    step = max(LARGE_PAGE, 1 << (size.bit_length() - 4))
    wanted = -(-(size + PAGE) // step) * step + LARGE_PAGE
    raw = _FREE.take(wanted, 2 * wanted)
    block = _aligned(np.asarray(_Lease(np.empty(wanted, np.uint8) if raw is None else raw)), LARGE_PAGE)
    first = next(_STARTS)
    return block[first : first + size]


def _aligned(raw: NDArray[np.uint8], step: int) -> NDArray[np.uint8]:
    return raw[-raw.__array_interface__["data"][0] % step :]


# Columns that begin alike in all pages are in each other's way: processors look at the last bits of an address first.
_STARTS = cycle(range(0, PAGE, PAGE // 16 + CACHE_LINE))
_FREE, _CLEAN = _Pool(), _Pool()
