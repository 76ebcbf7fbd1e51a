"""What can be wrong with the values of a column: one small function for each way."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from compplan.arrow.buffers import shown
from compplan.errors import DataError, Problem, Rows, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import pyarrow as pa
    from numpy.typing import NDArray

    from compplan.arrow.buffers import Column

_SHOWN = 5
_KNOWN = b"compplan.columns"


@dataclass(frozen=True)
class Where:
    """A column of a table, and the ids of the table's rows if it has any."""

    table: str
    name: str
    column: Column
    ids: Column | None = None

    def rows(self, indices: NDArray[np.int64] | None = None) -> Rows:
        """Return the place of some rows, or of all."""
        if indices is None:
            return Rows(self.table, self.name, len(self.column))
        first = tuple(int(i) for i in indices[:_SHOWN])
        ids = () if self.ids is None else tuple(str(self.ids[i].as_py()) for i in first)
        return Rows(self.table, self.name, len(indices), first, ids)

    def first(self, indices: NDArray[np.int64]) -> str:
        """Return the first of the values, as text."""
        return shown(self.column[int(indices[0])])


@dataclass
class Findings:
    """Collects the rows in which something is wrong, by what it is."""

    where: Where
    rows: dict[Callable[..., Problem], list[NDArray[np.int64]]] = field(default_factory=dict)

    def add(self, problem: Callable[..., Problem], start: int, mask: NDArray[np.bool_]) -> None:
        """Note the rows of a slice, which starts at row `start`, where the mask is true."""
        if mask.any():
            self.rows.setdefault(problem, []).append(start + np.flatnonzero(mask))

    def report(self, problems: list[Problem] | None, **facts: Any) -> None:
        """Hand the problems to the collector, or raise them where there is none."""
        found = [problem(self.where, np.unique(np.concatenate(parts)), **facts) for problem, parts in self.rows.items()]
        tell(found, problems)


def tell(found: list[Problem], problems: list[Problem] | None) -> None:
    """Add problems to the caller's collector; without one, raise them."""
    if problems is not None:
        problems.extend(found)
    elif found:
        raise DataError(found)


def missing_columns(table: pa.Table, needed: Sequence[str], *, name: str) -> list[Problem]:
    """Return a problem for each needed column that the table does not have.

    Examples
    --------
    >>> import pyarrow as pa
    >>> print(*missing_columns(pa.table({"member": [1]}), ["members"], name="orders"))
    orders: 1 row: there is no column "members"
      hint: did you mean "member"?
    """
    known = _known_columns(table)
    return [
        Problem(
            "missing-column",
            f'there is no column "{column}"',
            Rows(name, None, table.num_rows),
            did_you_mean(column, known),
        )
        for column in needed
        if column not in table.column_names
    ]


def with_known_columns(table: pa.Table, names: Sequence[str]) -> pa.Table:
    """Return the table with the names of all columns of its source, for the hints of `missing_columns`."""
    return table.replace_schema_metadata({_KNOWN: json.dumps(names)})


def _known_columns(table: pa.Table) -> list[str]:
    metadata = table.schema.metadata or {}
    return json.loads(metadata[_KNOWN]) if _KNOWN in metadata else table.column_names


def wrong_type(where: Where, expected: str, hint: str = "") -> Problem:
    """Report a column of a type that cannot be read as what it should be."""
    return Problem("wrong-type", f"{where.column.type} is not {expected}", where.rows(), hint)


def floats_refused(where: Where) -> Problem:
    """Report amounts that are binary floats."""
    hint = "cast the column to decimal or integer, or allow floats if every value is spelt as it was meant"
    return Problem("float-amount", f"{where.column.type} does not hold exact amounts", where.rows(), hint)


def empty(where: Where, indices: NDArray[np.int64], **_: Any) -> Problem:
    """Report nulls where a value is needed."""
    return Problem("empty", "the value is missing", where.rows(indices), "fill it, or leave the row out")


def not_a_number(where: Where, indices: NDArray[np.int64], **_: Any) -> Problem:
    """Report texts that are no plain decimal, and floats that are no number."""
    message = f'"{where.first(indices)}" is not a plain decimal number'
    return Problem("not-a-number", message, where.rows(indices), "write amounts like 1234.50 or -0.5")


def too_many_decimals(where: Where, indices: NDArray[np.int64], *, scale: int, **_: Any) -> Problem:
    """Report amounts with digits that the scale would lose."""
    message = f"{where.first(indices)} has more than {scale} decimals"
    hint = "round the column as your books do, or give the volume or currency more decimals in the plan"
    return Problem("too-many-decimals", message, where.rows(indices), hint)


def too_large(where: Where, indices: NDArray[np.int64], *, scale: int, **_: Any) -> Problem:
    """Report amounts that pass 64 bits at the scale."""
    message = f"{where.first(indices)} with {scale} decimals does not fit 64 bits"
    return Problem("too-large", message, where.rows(indices), "is the column in the unit you think it is?")


def not_a_flag(where: Where, indices: NDArray[np.int64], **_: Any) -> Problem:
    """Report values that are neither yes nor no."""
    message = f'"{where.first(indices)}" is neither true nor false'
    return Problem("not-a-flag", message, where.rows(indices), "write true, false, 1 or 0")


def not_an_instant(where: Where, indices: NDArray[np.int64], **_: Any) -> Problem:
    """Report texts that are no date or time, and times outside 64 bits of microseconds."""
    message = f'"{where.first(indices)}" is not a date or time'
    return Problem("not-an-instant", message, where.rows(indices), "write 2026-10-31 or 2026-10-31T23:59:59")
