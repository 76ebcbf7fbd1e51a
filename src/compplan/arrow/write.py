"""Files that appear whole or not at all."""

from __future__ import annotations

import os
import secrets
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from compplan.arrow.buffers import is_text, plain, plain_type
from compplan.errors import Problem, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from compplan.arrow.frame import Frame


def write_table(table: pa.Table, path: str | Path) -> Path:
    """Write a table to a .parquet, .csv or .arrow file.

    The rows go to a hidden file in the same folder, which then takes the name in one step: a reader sees the
    old file or the new one, and a failure or a stop leaves the old one.

    Raises
    ------
    UsageError
        If the extension is unknown, or the format cannot hold the table.
    OSError
        If the folder is not there or the file cannot be written.
    """
    path = Path(path)
    write = _writer(path)
    hidden = _hidden(path)
    try:
        write(table, hidden)
        hidden.replace(path)
    except BaseException:
        hidden.unlink(missing_ok=True)
        raise
    return path


def write_whole(content: Mapping[str, Frame | str | bytes], folder: str | Path) -> list[Path]:
    """Write several files to a folder, all or none.

    A folder that is not there appears in one step with all its files. In one that is there, the files take
    their names one after another when all are complete, and a failure among these steps is undone.

    Parameters
    ----------
    content
        For each file name a frame, which its extension says how to write, or the text or bytes of the file.
    folder
        Where the files go; its parents are made if needed.

    Returns
    -------
    The paths, in the order of `content`.
    """
    folder = Path(folder).resolve()
    for name, value in content.items():
        _check_name(name)
        if not isinstance(value, (str, bytes)):
            _writer(Path(name))
    folder.parent.mkdir(parents=True, exist_ok=True)
    there = folder.is_dir()
    stage = _hidden(folder / folder.name if there else folder)
    stage.mkdir()
    try:
        for name, value in content.items():
            _write_one(value, stage / name)
        if there:
            _take_names(list(content), stage, folder)
        else:
            stage.rename(folder)
    finally:
        shutil.rmtree(stage, ignore_errors=True)
    return [folder / name for name in content]


def _check_name(name: str) -> None:
    if Path(name).name != name:
        raise UsageError(f'"{name}" is not the name of a file in the folder')


def _write_one(value: Frame | str | bytes, path: Path) -> None:
    if isinstance(value, (str, bytes)):
        path.write_bytes(value.encode() if isinstance(value, str) else value)
        _settle(path)
    else:
        _writer(path)(value.to_arrow(), path)


def _take_names(names: list[str], stage: Path, folder: Path) -> None:
    """Move complete files into a folder; if one cannot be moved, put back what was there."""
    old = _hidden(stage / "old")
    old.mkdir()
    for name in names:
        if (folder / name).exists():
            _keep(folder / name, old / name)
    try:
        for name in names:
            (stage / name).replace(folder / name)
    except BaseException:
        for name in names:
            if (old / name).exists():
                (old / name).replace(folder / name)
            elif not (stage / name).exists():
                (folder / name).unlink()
        raise


def _keep(path: Path, copy: Path) -> None:
    try:
        copy.hardlink_to(path)
    except OSError:  # not every file system has links
        shutil.copy2(path, copy)


def _hidden(path: Path) -> Path:
    return path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")


def _settle(path: Path) -> None:
    """Wait until the file is on the disk, so that a power cut cannot leave its name over missing bytes."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def _writer(path: Path) -> Callable[[pa.Table, Path], None]:
    write = WRITERS.get(path.suffix.lower())
    if write is None:
        known = f"known extensions: {', '.join(WRITERS)}"
        raise UsageError(Problem("unknown-extension", f'no writer for "{path.suffix}" ({path})', None, known))

    def checked(table: pa.Table, target: Path) -> None:
        try:
            write(table, target)
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
            raise UsageError(f"{path.suffix} cannot hold this table: {error}") from error
        _settle(target)

    return checked


def _write_parquet(table: pa.Table, path: Path) -> None:
    import pyarrow.parquet as pq  # noqa: PLC0415

    pq.write_table(table, path, compression="zstd")


def _write_ipc(table: pa.Table, path: Path) -> None:
    with pa.OSFile(str(path), "wb") as file, pa.ipc.new_file(file, table.schema) as writer:
        writer.write_table(table)


def _write_csv(table: pa.Table, path: Path) -> None:
    import pyarrow.csv as csv  # noqa: PLC0415, PLR0402

    csv.write_csv(pa.Table.from_arrays([_for_csv(c) for c in table.columns], names=table.column_names), path)


def _for_csv(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return the column in a type that the CSV writer knows."""
    kind = plain_type(column.type)
    chunks = [plain(chunk) for chunk in column.chunks]
    if is_text(kind):
        chunks, kind = [pc.cast(chunk, pa.large_string()) for chunk in chunks], pa.large_string()
    return pa.chunked_array(chunks, kind)


WRITERS: dict[str, Callable[[pa.Table, Path], None]] = {
    ".parquet": _write_parquet,
    ".csv": _write_csv,
    ".arrow": _write_ipc,
}
