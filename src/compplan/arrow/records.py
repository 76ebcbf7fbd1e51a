"""A list of dicts as a table: what tests and small integrations write by hand."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from compplan.errors import DataError, Problem, Rows

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_KINDS = {
    bool: "booleans",
    int: "numbers",
    Decimal: "numbers",
    float: "floats",
    str: "texts",
    dt.datetime: "times",
    dt.date: "dates",
}


FIRST = 5
MOST_DIGITS = 38
HINT = "give an exact number, or None where there is none"


def from_records(rows: Sequence[Mapping[str, Any]], name: str, columns: Sequence[str] | None) -> pa.Table:
    """Return the rows as a table, null where a row lacks a key.

    A column holds one kind of value: integers and decimals (which mix exactly), texts, booleans, dates,
    times, or floats. No rows at all are an empty table of the wanted columns.
    """
    names = list(dict.fromkeys(key for row in rows for key in row)) if rows else list(columns or ())
    problems: list[Problem] = []
    arrays = [_column([row.get(key) for row in rows], Rows(name, key, len(rows)), problems) for key in names]
    if problems:
        raise DataError(problems)
    return pa.Table.from_arrays(arrays, names=names)


def _column(values: list[Any], place: Rows, problems: list[Problem]) -> pa.Array:
    types = {type(value) for value in values if value is not None}
    kinds = sorted({_KINDS.get(kind, f"values of type {kind.__name__}") for kind in types})
    if len(kinds) > 1:
        hint = "a column holds one kind of value"
        problems.append(Problem("mixed-column", f"{' and '.join(kinds)} are mixed", place, hint))
        return pa.nulls(len(values))
    if Decimal in types:
        values = [Decimal(value) if type(value) is int else value for value in values]
    wrong = [row for row, value in enumerate(values) if type(value) in {int, Decimal} and not _fits(value)]
    if wrong:
        where = Rows(place.table, place.column, len(wrong), tuple(wrong[:FIRST]))
        what = "a number that is not finite, or has" if len(wrong) == 1 else "numbers that are not finite, or have"
        problems.append(Problem("not-a-number", f"{what} more digits than 64 bits hold", where, HINT))
        return pa.nulls(len(values))
    try:
        return pa.array(values)
    except (pa.ArrowException, OverflowError) as error:
        hint = "use int, Decimal, text, bool, date or datetime"
        problems.append(Problem("unreadable", f"{' '.join(kinds)} that Arrow cannot hold: {error}", place, hint))
        return pa.nulls(len(values))


def _fits(value: Decimal | int) -> bool:
    """Say whether Arrow has a type for a number; whether money fits 64 bits is seen where its scale is known."""
    if isinstance(value, int):
        return -(2**63) <= value < 2**63
    return value.is_finite() and abs(value.adjusted()) < MOST_DIGITS
