"""Dates and times of any Arrow type as one int64 column of microseconds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from compplan.arrow.buffers import fixed_view, is_text, null_mask, plain_type, slices
from compplan.arrow.findings import Findings, Where, empty, not_an_instant, tell, wrong_type
from compplan.money import INT64_MAX, INT64_MIN

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from compplan.arrow.buffers import Column
    from compplan.errors import Problem

    Instants = NDArray[np.int64]
    Mask = NDArray[np.bool_]

NO_INSTANT = INT64_MIN

_MICROSECONDS = {"s": 1_000_000, "ms": 1000, "us": 1}
_DAY = 86_400 * 1_000_000
_NAIVE, _ZONED = pa.timestamp("us"), pa.timestamp("us", "UTC")


def instant_column(
    column: Column,
    *,
    table: str,
    name: str,
    ids: Column | None = None,
    nulls: Literal["error", "missing"] = "error",
    problems: list[Problem] | None = None,
) -> Instants:
    """Read a column of dates, timestamps or ISO texts such as 2026-10-31 or 2026-10-31T23:59:59.

    A date is its first moment. A time without a zone is taken as it stands; a time with a zone, or a text
    with an offset, becomes its UTC time. Nanoseconds are cut to the microsecond they are in, which keeps
    every time on its side of a period's boundary.

    Parameters
    ----------
    column, table, name, ids, problems
        As in `fixed_column`.
    nulls
        Whether a null is a problem or `NO_INSTANT`, the least int64.

    Returns
    -------
    int64[n], a new array of microseconds since 1970-01-01T00:00; `NO_INSTANT` where a value is wrong.
    """
    where = Where(table, name, column, ids)
    kind = plain_type(column.type)
    known = (pa.types.is_date, pa.types.is_timestamp, is_text, pa.types.is_null)
    if not any(fits(kind) for fits in known):
        hint = "use dates, timestamps, or texts like 2026-10-31"
        tell([wrong_type(where, "a column of dates or times", hint)], problems)
        return np.full(len(column), NO_INSTANT)
    out, findings = np.empty(len(column), np.int64), Findings(where)
    for start, part in slices(column):
        null = null_mask(part)
        values, wrong = _instants(part)
        if null is not None:
            values = np.where(null, NO_INSTANT, values)
            wrong &= ~null
        findings.add(not_an_instant, start, wrong)
        if null is not None and nulls == "error":
            findings.add(empty, start, null)
        out[start : start + len(part)] = values
    findings.report(problems)
    return out


def _instants(part: pa.Array) -> tuple[Instants, Mask]:
    kind = part.type
    if is_text(kind):
        return _parsed(part)
    if pa.types.is_null(kind):
        return np.full(len(part), NO_INSTANT), np.zeros(len(part), np.bool_)
    if pa.types.is_date32(kind):
        return _scaled(fixed_view(part, np.int32).astype(np.int64), _DAY)
    values = fixed_view(part, np.int64)
    if pa.types.is_date64(kind):
        return _scaled(values, 1000)
    if kind.unit == "ns":
        return values // 1000, np.zeros(len(part), np.bool_)
    return _scaled(values, _MICROSECONDS[kind.unit])


def _scaled(values: Instants, factor: int) -> tuple[Instants, Mask]:
    most = INT64_MAX // factor
    wrong = (values > most) | (values < -most)
    return np.where(wrong, NO_INSTANT, values * factor), wrong


def _parsed(part: pa.Array) -> tuple[Instants, Mask]:
    for kind in (_NAIVE, _ZONED):
        try:
            return fixed_view(pc.cast(part, kind), np.int64), np.zeros(len(part), np.bool_)
        except pa.ArrowInvalid:
            continue
    return _one_by_one(part)


def _one_by_one(part: pa.Array) -> tuple[Instants, Mask]:
    """Read texts slowly, to learn which of them is wrong."""
    values, wrong = np.full(len(part), NO_INSTANT), np.zeros(len(part), np.bool_)
    for i in range(len(part)):
        for kind in (_NAIVE, _ZONED):
            try:
                values[i] = fixed_view(pc.cast(part.slice(i, 1), kind), np.int64)[0]
                break
            except pa.ArrowInvalid:
                continue
        else:
            wrong[i] = True
    return values, wrong
