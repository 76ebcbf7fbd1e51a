"""Member ids: two kinds (int64 and text), and the index that finds a member by id."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from compplan.arrow.buffers import is_text, null_mask, plain_type
from compplan.errors import DataError, Problem
from compplan.genealogy.arrays import codes, one_array
from compplan.genealogy.parallel import in_threads, ranges
from compplan.genealogy.tables import integer_table, text_table

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from compplan.errors import Rows
    from compplan.genealogy.tables import Table


def id_kind(type_: pa.DataType) -> pa.DataType | None:
    """Return the kind of ids that a column type holds: int64, large_string, null (no id at all), or None."""
    type_ = plain_type(type_)
    if pa.types.is_integer(type_) or (pa.types.is_decimal(type_) and type_.scale == 0):
        return pa.int64()
    if is_text(type_):
        return pa.large_string()
    return pa.null() if pa.types.is_null(type_) else None


def id_problem(
    column: pa.Array | pa.ChunkedArray, kind: pa.DataType | None = None, place: Rows | None = None
) -> Problem | None:
    """Say why a column cannot be read as ids (of the given kind), or return None."""
    found = id_kind(column.type)
    if found is None:
        hint = "ids are integers or text"
        if pa.types.is_floating(column.type):
            hint += "; integers with gaps become floats in pandas: use its Int64, or pass an Arrow table"
        return Problem("id-type", f"ids of type {column.type} cannot be read", place, hint)
    if kind is not None and found not in (kind, pa.null()):
        names = {pa.int64(): "integers", pa.large_string(): "text"}
        message = f"ids are {names[found]} here ({column.type}), but the members' ids are {names[kind]}"
        return Problem("id-type", message, place, f"cast this column to {kind}, or the members' ids to its type")
    if found == pa.int64() and not _fits(column):
        return Problem("id-range", "ids go beyond 64 bits", place, "cast the ids to text")
    return None


def _fits(column: pa.Array | pa.ChunkedArray) -> bool:
    type_ = plain_type(column.type)
    if not (pa.types.is_uint64(type_) or pa.types.is_decimal(type_)):
        return True
    try:
        as_ids(column, pa.int64())
    except pa.ArrowInvalid:
        return False
    return True


def as_ids(column: pa.Array | pa.ChunkedArray, kind: pa.DataType) -> pa.Array:
    """Return a column that `id_problem` accepts as one array of int64 or large_string, if possible itself."""
    array = one_array(column)
    return array if array.type == kind else array.cast(kind)


@dataclass(frozen=True, slots=True, eq=False)
class MemberIndex:
    """Finds members by id.

    Build it with `MemberIndex.build`.

    Attributes
    ----------
    kind
        int64 or large_string: what keys must be.
    count
        Number of members.
    repeated
        How many ids had been entered before; the first row of an id is the one that is found.

    Examples
    --------
    >>> import pyarrow as pa
    >>> index = MemberIndex.build(pa.array([30, 10, 20]))
    >>> index.lookup(pa.array([10, 11, None, 30])).tolist()
    [1, -1, -1, 0]
    """

    kind: pa.DataType
    count: int
    repeated: int
    _table: Table

    @staticmethod
    def build(ids: pa.Array | pa.ChunkedArray, *, threads: int = 1) -> MemberIndex:
        """Build the index of a column of ids; nulls are not entered.

        Parameters
        ----------
        ids
            Integers or text, n of them.
        threads
            How many threads may take part. What the index finds does not depend on it.

        Raises
        ------
        DataError
            If the type of the column cannot hold ids.
        """
        if problem := id_problem(ids):
            raise DataError(problem)
        kind = pa.large_string() if id_kind(ids.type) == pa.large_string() else pa.int64()
        array = as_ids(ids, kind)
        valid = array.drop_null() if array.null_count else array
        with np.errstate(over="ignore"):
            table, repeated = integer_table(valid, threads) if kind == pa.int64() else text_table(valid)
        index = MemberIndex(kind, len(array), repeated, table)
        if (null := null_mask(array)) is not None:
            index.renumber(np.flatnonzero(~null).astype(np.int32), array)
        return index

    def lookup(
        self, keys: pa.Array | pa.ChunkedArray, *, threads: int = 1, place: Rows | None = None
    ) -> NDArray[np.int32]:
        """Return the member of each key, -1 where the key is unknown or null.

        Parameters
        ----------
        keys
            Integers for integer ids, text for text ids; of a dictionary, each distinct key is searched once.
        threads
            How many threads may take part. The result does not depend on it.
        place
            Where the keys come from, for the error.

        Returns
        -------
        numpy.ndarray
            int32, one entry a key.

        Raises
        ------
        DataError
            If the type of the keys is not that of the ids.
        """
        if problem := id_problem(keys, self.kind, place):
            raise DataError(problem)
        out = np.empty(len(keys), np.int32)
        low = 0
        for chunk in keys.chunks if isinstance(keys, pa.ChunkedArray) else [keys]:
            self._lookup_chunk(chunk, out[low : low + len(chunk)], threads)
            low += len(chunk)
        return out

    def renumber(self, numbers: NDArray[np.int32], ids: pa.Array) -> None:
        """Let member m become numbers[m], in place; `ids` are the ids in the new order."""
        if numbers.size:
            self._table.renumber(numbers, ids)

    def _lookup_chunk(self, chunk: pa.Array, out: NDArray[np.int32], threads: int) -> None:
        if pa.types.is_dictionary(chunk.type):
            found = np.append(self.lookup(chunk.dictionary, threads=threads), np.int32(-1))
            np.take(found, codes(chunk, len(found) - 1), out=out)
            return
        keys = as_ids(chunk, self.kind)

        def search(part: slice) -> None:
            piece = keys.slice(part.start, part.stop - part.start)
            with np.errstate(over="ignore"):  # not inherited by threads
                self._table.find(piece, out[part])

        in_threads(search, ranges(len(keys), threads), threads)
        if (null := null_mask(keys)) is not None:
            out[null] = -1
