"""Anything that holds a table, as a pyarrow table.

In memory that is whatever speaks the Arrow C interface (pandas from 3.0, polars, DuckDB, ADBC, Spark),
pyarrow's own tables, batches, readers and datasets, and lists of dicts. On disk it is Parquet, a folder of
Parquet files, Arrow IPC, and CSV, whose cells stay text until `columns.py` reads them exactly.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import pyarrow as pa

from compplan.arrow.files import open_dataset, read_file, read_opened
from compplan.arrow.findings import with_known_columns
from compplan.arrow.records import from_records
from compplan.errors import DataError, Problem, Rows, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    Source: TypeAlias = Any

_FORMS = "give a pandas, polars or DuckDB table, a pyarrow table or dataset, a path, or a list of dicts"


def read_table(source: Source, *, name: str, columns: Sequence[str] | None = None) -> pa.Table:
    """Read a table from memory or from a file.

    Parameters
    ----------
    source
        A pyarrow table, batch, reader or dataset; an object with `__arrow_c_stream__` or
        `__arrow_c_array__`; a path to a .parquet, .csv, .arrow, .ipc or .feather file, or to a folder of
        Parquet files; or a list of dicts of exact values.
    name
        What errors call the table.
    columns
        The columns that are wanted: only those are read. A wanted column that the source does not have is
        left out here and reported by `missing_columns`. None reads all.

    Returns
    -------
    The table; zero-copy where the source is Arrow memory or an uncompressed Arrow file.

    Raises
    ------
    UsageError
        If the source is not a table, or there is no such file, or its extension is unknown.
    DataError
        If the file or the records cannot be read, or two columns have one name.

    Examples
    --------
    >>> read_table([{"id": 1, "pv": 100}, {"id": 2}], name="members").to_pydict()
    {'id': [1, 2], 'pv': [100, None]}
    """
    table, names = _read(source, name, columns)
    problems = _repeated_columns(names, name, table.num_rows)
    if problems:
        raise DataError(problems)
    if columns is None:
        return table
    present = [column for column in dict.fromkeys(columns) if column in names]
    return with_known_columns(table.select(present), names)


def _read(source: Source, name: str, columns: Sequence[str] | None) -> tuple[pa.Table, list[str]]:
    """Return at least the wanted columns, and the names of all columns."""
    if isinstance(source, (str, Path)):
        return read_file(Path(source), name, columns)
    dataset = sys.modules.get("pyarrow.dataset")  # who has a dataset has imported it
    if dataset is not None and isinstance(source, dataset.Dataset):
        return read_opened(open_dataset(source), columns)
    if isinstance(source, (list, tuple)) and all(isinstance(row, Mapping) for row in source):
        table = from_records(source, name, columns)
    else:
        table = source if isinstance(source, pa.Table) else _from_memory(source, name)
    return table, table.column_names


def _from_memory(source: Source, name: str) -> pa.Table:
    stream = hasattr(source, "__arrow_c_stream__")
    if not stream and not hasattr(source, "__arrow_c_array__"):
        hint = "collect() the lazy frame first" if hasattr(source, "collect") else _FORMS
        raise UsageError(Problem("not-a-table", f"{name}: {_kind(source)} is not a table", None, hint))
    try:
        if stream:
            return pa.RecordBatchReader.from_stream(source).read_all()
        return pa.Table.from_batches([pa.record_batch(source)])
    except (pa.ArrowException, TypeError, ValueError) as error:
        hint = "a single column is not a table: make a data frame of it"
        raise DataError(Problem("unreadable", f"{name}: {_kind(source)}: {error}", None, hint)) from error


def _kind(source: Source) -> str:
    return f"{type(source).__module__}.{type(source).__qualname__}".removeprefix("builtins.")


def _repeated_columns(names: Sequence[str], name: str, rows: int) -> list[Problem]:
    """Report columns that share a name: one of them would be lost."""
    counts = {column: names.count(column) for column in dict.fromkeys(names)}
    return [
        Problem("repeated-column", f"{count} columns have this name", Rows(name, column, rows))
        for column, count in counts.items()
        if count > 1
    ]
