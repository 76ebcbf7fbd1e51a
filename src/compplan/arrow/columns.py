"""Arrow columns as exact NumPy columns: amounts, flags, codes of texts, instants.

Every function takes a column, the names of its table and itself, and a collector of problems, so that a
caller reads all columns first and then raises everything that is wrong with them at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from compplan.arrow.amounts import fixed_column
from compplan.arrow.buffers import bit_view, fixed_view, is_text, null_mask, plain, plain_type, slices
from compplan.arrow.findings import Findings, Where, empty, missing_columns, not_a_flag, tell, wrong_type
from compplan.arrow.instants import NO_INSTANT, instant_column

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from compplan.arrow.buffers import Column
    from compplan.errors import Problem

__all__ = [
    "NO_INSTANT",
    "fixed_column",
    "flag_column",
    "instant_column",
    "missing_columns",
    "text_codes",
]

_FLAGS = {"true": 1, "1": 1, "false": 0, "0": 0}


def flag_column(
    column: Column,
    *,
    table: str,
    name: str,
    ids: Column | None = None,
    nulls: Literal["error", "false"] = "error",
    problems: list[Problem] | None = None,
) -> NDArray[np.bool_]:
    """Read a column of booleans, of 0 and 1, or of the texts true, false, 1 and 0 in any case.

    Parameters
    ----------
    column, table, name, ids, problems
        As in `fixed_column`.
    nulls
        Whether a null is a problem or false.

    Returns
    -------
    bool[n], a new array; false where a value is wrong.
    """
    where = Where(table, name, column, ids)
    kind = plain_type(column.type)
    known = (pa.types.is_boolean, pa.types.is_integer, is_text, pa.types.is_null)
    if not any(fits(kind) for fits in known):
        tell([wrong_type(where, "a column of flags", "use booleans, 0 and 1, or true and false")], problems)
        return np.zeros(len(column), np.bool_)
    out, findings = np.empty(len(column), np.bool_), Findings(where)
    for start, part in slices(column):
        null = null_mask(part)
        values = _flags(part)
        if null is not None:
            values = np.where(null, 0, values)
        findings.add(not_a_flag, start, values < 0)
        if null is not None and nulls == "error":
            findings.add(empty, start, null)
        out[start : start + len(part)] = values == 1
    findings.report(problems)
    return out


def _flags(part: pa.Array) -> NDArray[np.int8]:
    """Return 1, 0, or -1 where a value is neither."""
    if pa.types.is_boolean(part.type):
        return bit_view(part).view(np.int8)
    if pa.types.is_integer(part.type):
        values = fixed_view(part, str(part.type))
        return np.where((values == 0) | (values == 1), values, -1).astype(np.int8)
    if pa.types.is_null(part.type):
        return np.zeros(len(part), np.int8)
    encoded = part.dictionary_encode()
    known = [_FLAGS.get(text.lower(), -1) for text in encoded.dictionary.to_pylist()]
    codes = fixed_view(encoded.indices, np.int32)
    return np.array([*known, 0], np.int8)[np.where(_is_null(encoded.indices), len(known), codes)]


def _is_null(array: pa.Array) -> NDArray[np.bool_]:
    null = null_mask(array)
    return np.zeros(len(array), np.bool_) if null is None else null


def text_codes(
    column: Column, *, table: str = "table", name: str = "column", problems: list[Problem] | None = None
) -> tuple[NDArray[np.int32], list[str]]:
    """Give each distinct text of a column a number, in the order in which they first appear.

    Integers are read as their text.

    Parameters
    ----------
    column, table, name, problems
        As in `fixed_column`.

    Returns
    -------
    codes
        int32[n], the index of each row's text, -1 where it is null.
    values
        The texts.

    Examples
    --------
    >>> codes, values = text_codes(pa.array(["web", "app", None, "web"]))
    >>> codes, values
    (array([ 0,  1, -1,  0], dtype=int32), ['web', 'app'])
    """
    kind = plain_type(column.type)
    if not (is_text(kind) or pa.types.is_integer(kind) or pa.types.is_null(kind)):
        tell([wrong_type(Where(table, name, column), "a column of texts")], problems)
        return np.full(len(column), -1, np.int32), []
    chunks = column.chunks if isinstance(column, pa.ChunkedArray) else [column]
    texts = [pc.cast(plain(chunk), pa.large_string()) for chunk in chunks]
    encoded = pa.chunked_array(texts, pa.large_string()).dictionary_encode().unify_dictionaries()
    codes = np.empty(len(column), np.int32)
    start = 0
    for chunk in encoded.chunks:
        indices = fixed_view(chunk.indices, np.int32)
        codes[start : start + len(chunk)] = np.where(_is_null(chunk.indices), -1, indices)
        start += len(chunk)
    return codes, encoded.chunk(0).dictionary.to_pylist() if encoded.num_chunks else []
