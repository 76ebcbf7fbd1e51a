"""The order of siblings: ascending ids, as int64 keys, one a row of the members table."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from compplan.arrow.buffers import fixed_view
from compplan.genealogy import flatten_kernels, text_kernels
from compplan.genealogy.arrays import frozen, integers, rows_of, texts

if TYPE_CHECKING:
    from numpy.typing import NDArray

SIGN = np.uint64(1 << 63)


class SiblingOrder:
    """Sort keys of ids: integers are their own; texts are first compared by eight bytes each.

    Parameters
    ----------
    ids
        int64 or large_string, in row order.
    """

    def __init__(self, ids: pa.Array) -> None:
        self._ids = ids
        self.is_text = ids.type == pa.large_string()

    @cached_property
    def keys(self) -> NDArray[np.int64]:
        """Keys in the order of the ids; different texts may share one."""
        return first_words(self._ids) if self.is_text else integers(self._ids)

    @cached_property
    def exact_keys(self) -> NDArray[np.int64]:
        """Keys in the order of the ids, different for different ids."""
        return ranks(self._ids, self.keys) if self.is_text else self.keys

    @cached_property
    def follows_rows(self) -> bool:
        """Whether ids are known to ascend from row to row."""
        return bool(flatten_kernels.ascending(self.keys))


def first_words(ids: pa.Array) -> NDArray[np.int64]:
    """Return, for each text, the eight bytes that follow what all texts begin with, in the texts' order."""
    offsets, data = texts(ids)
    words = np.empty(len(ids), np.uint64)
    if len(ids):
        shared = text_kernels.shared_prefix(offsets, data, np.uint64(offsets[1] - offsets[0]))
        text_kernels.first_words(offsets, data, np.uint64(shared), words)
    words ^= SIGN  # unsigned order to signed order
    return frozen(words.view(np.int64))


def ranks(ids: pa.Array, keys: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the rank of each text by code points, given keys that are right except where texts share one.

    A sort by keys is many times faster than a sort of texts, which is left for the texts that share a key.
    """
    order = np.argsort(keys, kind="stable")
    in_order = keys[order]
    same = np.zeros(len(keys) + 1, np.bool_)
    same[1:-1] = in_order[1:] == in_order[:-1]
    tied = same[1:] | same[:-1]
    rows = order[tied]
    order[tied] = rows[fixed_view(pc.sort_indices(rows_of(ids, rows)), np.uint64)]
    out = np.empty(len(keys), np.int64)
    out[order] = np.arange(len(keys))
    return frozen(out)
