"""The canonical order of the rows of the orders table: the same however the rows are shuffled.

Only payments for each order, and first orders, need it; sums are the same in any order.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from compplan.genealogy.arrays import integers, texts
from compplan.genealogy.text_kernels import first_words, shared_prefix
from compplan.volumes.member_arrays import as_input
from compplan.volumes.orders import line_kernels as kernels

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Integers = NDArray[np.int64]

MOST_WORDS = 8
"""Text ids are compared by up to so many words of eight bytes; longer ones by their rank, which is slower."""

_WORD = 8
_SIGN = np.int64(-(2**63))


@dataclass(frozen=True, slots=True)
class Canonical:
    """Rows by buyer, then by order: its time, its id, and without ids the values of the row.

    The time of an order is the earliest of its lines. Rows that nothing tells apart stay in the order they
    came in.

    Attributes
    ----------
    starts
        int64[n + 1]: the rows of member g are rows[starts[g]:starts[g + 1]].
    rows
        int32[m], row numbers of the orders table.
    times
        int64[m], microseconds: the time of the order that rows[i] is a line of.
    fresh
        bool[m]: whether rows[i] is the first line of its order.
    """

    starts: Integers
    rows: NDArray[np.int32]
    times: Integers
    fresh: NDArray[np.bool_]


def canonical_order(
    n: int,
    buyers: NDArray[np.int32],
    times: Integers,
    ids: pa.Array | None = None,
    values: Integers | None = None,
) -> Canonical:
    """Return the canonical order of rows.

    Parameters
    ----------
    n
        Number of members.
    buyers, times
        int32[m] positions and int64[m] microseconds of the rows.
    ids
        The order ids (int64 or large_string, no nulls), or None: then each row is an order.
    values
        int64[m], read without ids only: what tells rows of one buyer and time apart.
    """
    buyers, times = as_input(buyers), as_input(times)
    starts, rows = grouped(buyers, n)
    keys = as_input(_row_keys(values, rows.size) if ids is None else id_keys(ids))
    heads, own = np.zeros(rows.size, np.int64), np.zeros(rows.size, np.int64)
    fresh = np.ones(rows.size, np.bool_)
    if len(keys):
        kernels.gather(rows, as_input(keys[0]), heads)
    if ids is not None:  # lines of an order come together first, to learn when it was placed
        kernels.join_lines(starts, keys, heads, own, rows)
        kernels.mark_orders(starts, keys, heads, rows, fresh)
    kernels.gather(rows, times, own)
    kernels.first_times(fresh, own)
    kernels.sort_groups(starts, keys, heads, own, rows)
    if ids is not None:
        kernels.mark_orders(starts, keys, heads, rows, fresh)
    return Canonical(starts, rows, own, fresh)


def grouped(groups: NDArray[np.int32], n: int) -> tuple[Integers, NDArray[np.int32]]:
    """Return starts int64[n + 1] and rows int32[m]: the rows of each group, in row order."""
    starts = np.zeros(n + 2, np.int64)
    rows = np.empty(groups.size, np.int32)
    kernels.count_by(groups, starts)
    kernels.fill_by(groups, starts, rows)
    return starts[: n + 1], rows


def _row_keys(values: Integers | None, size: int) -> Integers:
    return np.empty((0, size), np.int64) if values is None else values[None, :]


def id_keys(ids: pa.Array) -> Integers:
    """Return int64[k, m] whose columns are as equal, and in the same order, as the ids.

    Whole numbers are their own key. Text is cut into words of eight bytes, without the prefix that all ids
    share; UTF-8 bytes are in the order of the code points.
    """
    if pa.types.is_integer(ids.type):
        return integers(ids)[None, :]
    offsets, data = texts(ids)
    if offsets.size == 1:
        return np.zeros((1, 0), np.int64)
    lengths = np.diff(offsets)
    prefix = int(shared_prefix(offsets, data, np.uint64(lengths[0])))
    words = -(-(int(lengths.max()) - prefix) // _WORD)
    if words > MOST_WORDS:
        return integers(pc.rank(ids, tiebreaker="dense").cast(pa.int64()))[None, :]
    # a text that ends in zero bytes has the words of a shorter one, so then the lengths decide
    lengths_decide = bool((data[offsets[0] : offsets[-1]] == 0).any())
    keys = np.empty((words + lengths_decide, lengths.size), np.int64)
    for k in range(words):
        first_words(offsets, data, np.uint64(prefix + _WORD * k), keys[k].view(np.uint64))
        keys[k] ^= _SIGN  # unsigned order as signed order
    if lengths_decide:
        keys[words] = lengths
    return keys
