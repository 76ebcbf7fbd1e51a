"""Tables in files: one small opener for each format."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import pyarrow as pa

from compplan.errors import DataError, Problem, UsageError, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    import pyarrow.dataset as ds


@dataclass(frozen=True)
class Opened:
    """A table that is not read yet: the names of its columns, and how to read some of them (None: all)."""

    names: list[str]
    read: Callable[[list[str] | None], pa.Table]


def read_file(path: Path, name: str, columns: Sequence[str] | None) -> tuple[pa.Table, list[str]]:
    """Read the wanted columns of a file or folder; return them, and the names of all its columns."""
    if not path.exists():
        raise UsageError(_no_such_file(path, name))
    opener = _open_folder if path.is_dir() else OPENERS.get(path.suffix.lower())
    if opener is None:
        known = f"known extensions: {', '.join(OPENERS)}"
        message = f'{name}: no reader for "{path.suffix}" ({path})'
        raise UsageError(Problem("unknown-extension", message, None, known))
    try:
        return read_opened(opener(path), columns)
    except (pa.ArrowException, OSError, UnicodeDecodeError, csv.Error) as error:
        hint = f"is it complete, and really {path.suffix or 'a folder of Parquet files'}?"
        raise DataError(Problem("unreadable", f"{name}: {path} cannot be read: {error}", None, hint)) from error


def read_opened(opened: Opened, columns: Sequence[str] | None) -> tuple[pa.Table, list[str]]:
    """Read those of the wanted columns that are there; all, where names repeat and one would be lost."""
    names = opened.names
    wanted = None if columns is None or len(set(names)) < len(names) else set(columns)
    present = None if wanted is None else [name for name in names if name in wanted]
    return opened.read(present), names


def _no_such_file(path: Path, name: str) -> Problem:
    folder = path.parent
    near = sorted(other.name for other in folder.iterdir()) if folder.is_dir() else []
    hint = did_you_mean(path.name, near)
    return Problem("no-such-file", f"{name}: there is no file {path}", None, hint)


def _open_parquet(path: Path) -> Opened:
    import pyarrow.parquet as pq  # noqa: PLC0415

    def read(columns: list[str] | None) -> pa.Table:
        with pq.ParquetFile(path) as file:
            return file.read(columns)

    return Opened(pq.read_schema(path).names, read)


def _open_folder(path: Path) -> Opened:
    import pyarrow.dataset as ds  # noqa: PLC0415

    dataset = ds.dataset(path, format="parquet", partitioning="hive")
    if not dataset.files:
        raise FileNotFoundError("there are no Parquet files in it")
    return open_dataset(dataset)


def open_dataset(dataset: ds.Dataset) -> Opened:
    """Open a pyarrow dataset."""
    return Opened(dataset.schema.names, lambda columns: dataset.to_table(columns=columns))


def _open_ipc(path: Path) -> Opened:
    """Map an Arrow file; a file in the stream format is read whole."""
    try:
        with pa.memory_map(str(path)) as memory:
            names = pa.ipc.open_file(memory).schema.names
    except pa.ArrowInvalid:
        with pa.memory_map(str(path)) as memory:
            table = pa.ipc.open_stream(memory).read_all()
        return Opened(table.column_names, lambda columns: table if columns is None else table.select(columns))
    return Opened(names, partial(_map_ipc, path, names))


def _map_ipc(path: Path, names: list[str], columns: list[str] | None) -> pa.Table:
    fields = None if columns is None else [names.index(column) for column in columns]
    options = pa.ipc.IpcReadOptions(included_fields=fields or None)
    with pa.memory_map(str(path)) as memory:
        table = pa.ipc.open_file(memory, options=options).read_all()
    return table.select([]) if fields == [] else table


def _open_csv(path: Path) -> Opened:
    """Read every cell as text, and an empty one as null: nothing is guessed, no number becomes a float."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        names = next(csv.reader(file), [])
    return Opened(names, partial(_read_csv, path, names))


def _read_csv(path: Path, names: list[str], columns: list[str] | None) -> pa.Table:
    import pyarrow.csv as pc  # noqa: PLC0415

    convert = pc.ConvertOptions(
        column_types=dict.fromkeys(names, pa.string()),
        strings_can_be_null=True,
        null_values=[""],
        include_columns=columns,
    )
    parse = pc.ParseOptions(newlines_in_values=True)
    table = pc.read_csv(path, convert_options=convert, parse_options=parse)
    return table.select([]) if columns == [] else table


OPENERS: dict[str, Callable[[Path], Opened]] = {
    ".parquet": _open_parquet,
    ".csv": _open_csv,
    ".arrow": _open_ipc,
    ".ipc": _open_ipc,
    ".feather": _open_ipc,
}
