"""The table that a run hands out: built when it is first looked at, and readable by whatever reads Arrow."""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from compplan.arrow import render, write
from compplan.arrow.buffers import numbers, texts
from compplan.errors import Problem, UsageError, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from numpy.typing import NDArray


class Frame:
    """An immutable table.

    pandas, polars, DuckDB and everything else that speaks the Arrow C interface open it directly:
    `pd.DataFrame.from_arrow(frame)`, `pl.DataFrame(frame)`, `duckdb.sql("select * from frame")`.

    Parameters
    ----------
    source
        The table, or a function that builds it. The function runs once, when the rows are first needed.

    Examples
    --------
    >>> frame = Frame(pa.table({"member": ["Ann", "Bo"], "pv": [100, 50]}))
    >>> print(frame)
    member   pv
    Ann     100
    Bo       50
    2 rows, 2 columns
    """

    __slots__ = ("_build", "_lock", "_table")

    def __init__(self, source: pa.Table | Callable[[], pa.Table]) -> None:
        self._table: pa.Table | None = source if isinstance(source, pa.Table) else None
        self._build = None if isinstance(source, pa.Table) else source
        self._lock = Lock()

    def to_arrow(self) -> pa.Table:
        """Return the pyarrow table."""
        with self._lock:
            if self._table is None:
                self._table = self._build()  # type: ignore[misc]
                self._build = None  # lets go of what only the building needed
            return self._table

    def __arrow_c_stream__(self, requested_schema: Any = None) -> Any:
        return self.to_arrow().__arrow_c_stream__(requested_schema)

    def __arrow_c_schema__(self) -> Any:
        return self.schema.__arrow_c_schema__()

    @property
    def schema(self) -> pa.Schema:
        """The Arrow schema."""
        return self.to_arrow().schema

    @property
    def column_names(self) -> list[str]:
        """The names of the columns."""
        return list(self.schema.names)

    @property
    def num_rows(self) -> int:
        """How many rows there are."""
        return int(self.to_arrow().num_rows)

    def __len__(self) -> int:
        return self.num_rows

    def __getitem__(self, column: str) -> pa.ChunkedArray:
        if column not in self.column_names:
            hint = did_you_mean(column, self.column_names)
            raise UsageError(Problem("unknown-column", f'there is no column "{column}"', None, hint))
        return self.to_arrow().column(column)

    def filter(self, condition: Any) -> Frame:
        """Return the rows that meet a pyarrow expression (`pc.field("level") == 1`) or a boolean column."""
        return Frame(self.to_arrow().filter(condition))

    def head(self, n: int = 10) -> Frame:
        """Return the first rows."""
        return Frame(self.to_arrow().slice(0, n))

    def rows(self) -> list[dict[str, Any]]:
        """Return the rows as dicts of Python values; amounts are `Decimal`."""
        return list(self.to_arrow().to_pylist())

    def write(self, path: str | Path) -> Path:
        """Write the table to a .parquet, .csv or .arrow file, whole or not at all; return its path."""
        return write.write_table(self.to_arrow(), path)

    def __reduce__(self) -> tuple[type[Frame], tuple[pa.Table]]:
        return Frame, (self.to_arrow(),)

    def __str__(self) -> str:
        return render.as_text(self.to_arrow())

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return render.as_html(self.to_arrow())


def fixed_to_decimal(
    values: NDArray[np.int64], scale: int, null: NDArray[np.bool_] | None = None
) -> pa.Decimal128Array:
    """Return fixed-point numbers as Arrow decimals, exactly.

    Parameters
    ----------
    values
        int64[n], meaning `values / 10**scale`.
    scale
        The decimals, 0 to 38.
    null
        bool[n], where there is no number; None where there always is.

    Examples
    --------
    >>> fixed_to_decimal(np.array([1250, -5]), 2).to_pylist()
    [Decimal('12.50'), Decimal('-0.05')]
    """
    words = np.empty((len(values), 2), np.int64)
    words[:, 0] = values
    np.right_shift(values, 63, out=words[:, 1])  # the sign fills the high word
    return numbers(words, pa.decimal128(38, scale), null)


def dictionary_column(codes: NDArray[np.int32], values: Sequence[str]) -> pa.DictionaryArray:
    """Return a column of texts of which each row holds the number; -1 is null.

    Examples
    --------
    >>> dictionary_column(np.array([1, -1], np.int32), ["web", "app"]).to_pylist()
    ['app', None]
    """
    codes = np.ascontiguousarray(codes, np.int32)
    null = codes < 0
    indices = numbers(np.where(null, np.int32(0), codes), pa.int32(), null)
    return pa.DictionaryArray.from_arrays(indices, texts(values))
