"""The three tables behind a member index, each over NumPy arrays; kernels in `index_kernels.py`, `text_kernels.py`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from compplan.genealogy import index_kernels, text_kernels
from compplan.genealogy.parallel import in_threads, ranges

if TYPE_CHECKING:
    from typing import TypeAlias

    from numpy.typing import NDArray

    Keys: TypeAlias = NDArray[np.int64]
    Words: TypeAlias = NDArray[np.uint64]
    Members: TypeAlias = NDArray[np.int32]
    IntegerTable: TypeAlias = "DirectTable | PairTable"

DENSE = 8
"""Up to this many possible ids a member, a direct table is smaller than a hash table, and several times faster."""
SPARE = 4096
"""A direct table may be this much longer than that: of no account, and small test data takes the common path."""
MANY = 1 << 26
"""Up to this many members, hash tables are at most 31 % full, for short searches; beyond, 62 %, for memory's sake."""


@dataclass(slots=True, eq=False)
class DirectTable:
    """One uint32 per possible id, from the lowest id on: member + 1, 0 for none."""

    lowest: np.uint64
    table: NDArray[np.uint32]

    def find(self, keys: Keys, out: Members) -> None:
        index_kernels.find_direct(keys.view(np.uint64), self.lowest, self.table, out)

    def renumber(self, numbers: Members) -> None:
        index_kernels.renumber_direct(self.table, numbers)


@dataclass(slots=True, eq=False)
class PairTable:
    """Open addressing over 16-byte slots (id, member + 1)."""

    shift: np.uint64
    mask: np.uint64
    slots: Words

    def find(self, keys: Keys, out: Members) -> None:
        index_kernels.find_pairs(keys.view(np.uint64), self.shift, self.mask, self.slots, out)

    def renumber(self, numbers: Members) -> None:
        index_kernels.renumber_slots(self.slots[1::2], numbers)


@dataclass(slots=True, eq=False)
class TextTable:
    """Open addressing over 8-byte slots (32 bits of hash, member + 1), with the ids themselves to verify."""

    shift: np.uint64
    mask: np.uint64
    slots: Words
    offsets: NDArray[np.int64]
    data: NDArray[np.uint8]

    def find(self, offsets: NDArray[np.int64], data: NDArray[np.uint8], out: Members) -> None:
        block = np.empty((2, text_kernels.BLOCK), np.uint64)
        members = (self.offsets, self.data, self.shift, self.mask, self.slots)
        text_kernels.find_prints(*members, offsets, data, block[0], block[1], out)

    def renumber(self, numbers: Members, offsets: NDArray[np.int64], data: NDArray[np.uint8]) -> None:
        index_kernels.renumber_slots(self.slots[::1], numbers)
        self.offsets, self.data = offsets, data


def hash_size(count: int) -> tuple[int, np.uint64, np.uint64]:
    """Return the number of slots (a power of two), the shift that leaves a slot number of a hash, and its mask."""
    wanted = count * (16 if count <= MANY else 8) // 5
    bits = max(4, wanted.bit_length())
    return 1 << bits, np.uint64(64 - bits), np.uint64((1 << bits) - 1)


def integer_table(ids: Keys, threads: int = 1) -> tuple[IntegerTable, int]:
    """Return the table of int64 ids that suits them, and how many were repeated."""
    lowest, highest = (int(ids.min()), int(ids.max())) if ids.size else (0, 0)
    if highest - lowest < DENSE * ids.size + SPARE:
        table = DirectTable(np.array(lowest).astype(np.uint64)[()], np.zeros(highest - lowest + 1, np.uint32))
        return table, index_kernels.fill_direct(ids.view(np.uint64), table.lowest, table.table)
    size, shift, mask = hash_size(ids.size)
    slots = np.zeros(2 * size, np.uint64)
    keys = ids.view(np.uint64)
    parts = ranges(ids.size, threads)
    if len(parts) == 1:
        return PairTable(shift, mask, slots), index_kernels.fill_pairs(keys, shift, mask, slots)
    return PairTable(shift, mask, slots), _fill_in_parts(keys, shift, mask, slots, len(parts))


def _fill_in_parts(keys: Words, shift: np.uint64, mask: np.uint64, slots: Words, parts: int) -> int:
    cuts = np.array([slots.size // 2 * part // parts for part in range(parts + 1)], np.uint64)

    def fill(part: int) -> tuple[Members, int]:
        late = np.empty(keys.size, np.int32)  # touched as far as it is used: a few entries
        counts = np.zeros(2, np.int64)
        homes, members = np.empty(index_kernels.BLOCK, np.uint64), np.empty(index_kernels.BLOCK, np.int64)
        with np.errstate(over="ignore"):  # not inherited by threads
            index_kernels.fill_part(keys, shift, cuts[part : part + 2], slots, homes, members, late, counts)
        return late[: counts[1]], int(counts[0])

    done = in_threads(fill, range(parts), parts)
    repeated = sum(count for _, count in done)
    return repeated + sum(index_kernels.fill_late(keys, shift, mask, late, slots) for late, _ in done)


def text_table(offsets: NDArray[np.int64], data: NDArray[np.uint8]) -> tuple[TextTable, int]:
    """Return the table of text ids, and how many were repeated."""
    size, shift, mask = hash_size(offsets.size - 1)
    slots = np.zeros(size, np.uint64)
    hashes = np.empty(text_kernels.BLOCK, np.uint64)
    repeated = text_kernels.fill_prints(offsets, data, shift, mask, slots, hashes)
    return TextTable(shift, mask, slots, offsets, data), repeated
