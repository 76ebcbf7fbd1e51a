"""The three tables behind a member index: ids to members; the work is in kernels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

from compplan.genealogy import index_kernels, text_kernels
from compplan.genealogy.arrays import integers, texts
from compplan.genealogy.parallel import in_threads, ranges

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

DENSE = 8
"""Up to this many possible ids a member, a direct table is smaller than a hash table and much faster."""
SPARE = 4096
"""A direct table may be this much longer than that: it is of no account, and small data takes one path."""
MANY = 1 << 26
"""Up to this many members, hash tables are at most 31 % full: at 60 % a search takes twice as long.

Beyond, they are up to 62 % full: 10^8 members then take 4 GB and not 8.
"""


class Table(Protocol):
    """What a member index asks of its table; callers hold `numpy.errstate(over="ignore")`."""

    def find(self, keys: pa.Array, out: NDArray[np.int32]) -> None:
        """out[i] = member of key i, or -1."""

    def renumber(self, numbers: NDArray[np.int32], ids: pa.Array) -> None:
        """Let member m become numbers[m]; `ids` are the ids in the new order."""


@dataclass(slots=True, eq=False)
class DirectTable:
    """One uint32 per possible id, from the lowest id on: member + 1, 0 for none."""

    lowest: np.uint64
    table: NDArray[np.uint32]

    def find(self, keys: pa.Array, out: NDArray[np.int32]) -> None:
        index_kernels.find_direct(words(keys), self.lowest, self.table, out)

    def renumber(self, numbers: NDArray[np.int32], _ids: pa.Array) -> None:
        index_kernels.renumber_direct(self.table, numbers)


@dataclass(slots=True, eq=False)
class PairTable:
    """Open addressing over 16-byte slots (id, member + 1)."""

    shift: np.uint64
    mask: np.uint64
    slots: NDArray[np.uint64]

    def find(self, keys: pa.Array, out: NDArray[np.int32]) -> None:
        index_kernels.find_pairs(words(keys), self.shift, self.mask, self.slots, out)

    def renumber(self, numbers: NDArray[np.int32], _ids: pa.Array) -> None:
        index_kernels.renumber_slots(self.slots[1::2], numbers)


@dataclass(slots=True, eq=False)
class TextTable:
    """Open addressing over 8-byte slots (32 bits of hash, member + 1), with the ids themselves to verify."""

    shift: np.uint64
    mask: np.uint64
    slots: NDArray[np.uint64]
    ids: pa.Array

    def find(self, keys: pa.Array, out: NDArray[np.int32]) -> None:
        block = np.empty((2, index_kernels.BLOCK), np.uint64)
        table = (*texts(self.ids), self.shift, self.mask, self.slots)
        text_kernels.find_prints(*table, *texts(keys), block[0], block[1], out)

    def renumber(self, numbers: NDArray[np.int32], ids: pa.Array) -> None:
        index_kernels.renumber_slots(self.slots, numbers)
        self.ids = ids


def words(ids: pa.Array) -> NDArray[np.uint64]:
    """Return int64 ids as the kernels take them."""
    return integers(ids).view(np.uint64)


def hash_size(count: int) -> tuple[int, np.uint64, np.uint64]:
    """Return the number of slots (a power of two), the shift from hash to slot number, and its mask."""
    wanted = count * (16 if count <= MANY else 8) // 5
    bits = max(4, wanted.bit_length())
    return 1 << bits, np.uint64(64 - bits), np.uint64((1 << bits) - 1)


def integer_table(ids: pa.Array, threads: int = 1) -> tuple[Table, int]:
    """Return the table of int64 ids that suits them, and how many were repeated."""
    values, keys = integers(ids), words(ids)
    lowest, highest = (int(values.min()), int(values.max())) if values.size else (0, 0)
    if highest - lowest < DENSE * values.size + SPARE:
        table = np.zeros(highest - lowest + 1, np.uint32)
        start = np.uint64(lowest % 2**64)
        return DirectTable(start, table), index_kernels.fill_direct(keys, start, table)
    size, shift, mask = hash_size(values.size)
    slots = np.zeros(2 * size, np.uint64)
    parts = len(ranges(values.size, threads))
    if parts == 1:
        repeated = index_kernels.fill_pairs(keys, shift, mask, slots)
    else:
        repeated = fill_in_parts(keys, shift, mask, slots, parts)
    return PairTable(shift, mask, slots), repeated


def fill_in_parts(
    keys: NDArray[np.uint64], shift: np.uint64, mask: np.uint64, slots: NDArray[np.uint64], parts: int
) -> int:
    """Enter keys into pairs with a thread for each part of the table; return how many were repeated."""
    cuts = np.array([slots.size // 2 * part // parts for part in range(parts + 1)], np.uint64)

    def fill(part: int) -> tuple[NDArray[np.int32], int]:
        late = np.empty(keys.size, np.int32)  # a few entries are used, and only their pages exist
        counts = np.zeros(2, np.int64)
        homes, members = np.empty(index_kernels.BLOCK, np.uint64), np.empty(index_kernels.BLOCK, np.int64)
        with np.errstate(over="ignore"):  # not inherited by threads
            index_kernels.fill_part(keys, shift, cuts[part : part + 2], slots, homes, members, late, counts)
        return late[: counts[1]], int(counts[0])

    done = in_threads(fill, range(parts), parts)
    repeated = sum(count for _, count in done)
    return repeated + sum(int(index_kernels.fill_late(keys, shift, mask, late, slots)) for late, _ in done)


def text_table(ids: pa.Array) -> tuple[Table, int]:
    """Return the table of text ids, and how many were repeated."""
    size, shift, mask = hash_size(len(ids))
    slots = np.zeros(size, np.uint64)
    hashes = np.empty(index_kernels.BLOCK, np.uint64)
    repeated = text_kernels.fill_prints(*texts(ids), shift, mask, slots, hashes)
    return TextTable(shift, mask, slots, ids), repeated
