"""Hashes of what went into a run, the same for any order of rows.

Members have a canonical order, so their columns are hashed as they stand. Orders need none: each row becomes one
64-bit number, the numbers are sorted, and the sorted list is hashed.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from compplan.arrow.buffers import fixed_view

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from compplan.program.work import Work
    from compplan.volumes.orders.data import OrderData

    Words = NDArray[np.uint64]

_FIRST, _SECOND = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)


def members_hash(work: Work) -> str:
    """Hash ids, trees, and every column that the members table gave."""
    arrays: list[Any] = [_words(work.genealogy.ids)]
    for tree in work.genealogy.trees.values():
        arrays += [tree.depth, *(a for a in (tree.side, tree.to_primary) if a is not None)]
    arrays += [work.columns[name] for name in work.given]
    for name in sorted(work.texts):
        codes, values = work.texts[name]
        arrays.append(np.array([*map(_word, values), 0], np.uint64)[codes])
    return _digest(arrays)


def state_hash(work: Work) -> str:
    """Hash the state that the run started from."""
    state = work.state
    columns: list[NDArray[Any]] = [state.title, state.last_rank, state.ordered_before, state.balance]
    columns.append(np.frombuffer(repr(sorted(state.kept)).encode(), np.uint8))
    columns += [state.kept[name] for name in sorted(state.kept)]
    if state.gone is not None:
        columns += [_words(state.gone.ids), *(state.gone.amounts[name] for name in sorted(state.gone.amounts))]
        columns += [np.array([*map(_word, state.gone.texts[n])], np.uint64) for n in sorted(state.gone.texts)]
    return _digest(columns)


def orders_hash(orders: OrderData) -> str:
    """Hash who ordered what and when, and all that orders are selected by."""
    columns: list[Words] = [orders.buyers.astype(np.uint64), orders.times.view(np.uint64)]
    columns += [orders.values[key].view(np.uint64) for key in sorted(orders.values)]
    columns += [_words(orders.filters[name]) for name in sorted(orders.filters)]
    columns += [] if orders.ids is None else [_words(orders.ids)]
    rows = np.zeros(orders.buyers.size, np.uint64)
    for column in columns:
        rows = _mixed(rows ^ _mixed(column))
    return _digest([np.sort(rows)])


def _mixed(words: Words) -> Words:
    """Spread every bit over all others (the finisher of SplitMix64); the products wrap on purpose."""
    words = (words + np.uint64(0x9E3779B97F4A7C15)).astype(np.uint64)
    words = (words ^ (words >> np.uint64(30))) * _FIRST
    words = (words ^ (words >> np.uint64(27))) * _SECOND
    return words ^ (words >> np.uint64(31))


def _words(column: pa.Array | pa.ChunkedArray) -> Words:
    """Return one number a value; equal values, equal numbers."""
    if isinstance(column, pa.ChunkedArray):
        column = column.combine_chunks()
    if pa.types.is_int64(column.type) and not column.null_count:
        return fixed_view(column, np.int64).view(np.uint64)
    if not pa.types.is_dictionary(column.type):
        column = column.dictionary_encode()
    codes = fixed_view(pc.fill_null(column.indices.cast(pa.int32()), -1), np.int32)
    return np.array([*map(_word, column.dictionary.to_pylist()), 0], np.uint64)[codes]


def _word(value: object) -> int:
    return int.from_bytes(hashlib.blake2b(str(value).encode(), digest_size=8).digest(), "little")


def _digest(arrays: Iterable[NDArray[Any]]) -> str:
    digest = hashlib.sha256()
    for array in arrays:
        digest.update(f"{array.dtype} {array.size};".encode())
        digest.update(np.ascontiguousarray(array).view(np.uint8).data)
    return digest.hexdigest()
