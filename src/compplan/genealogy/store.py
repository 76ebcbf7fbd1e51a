"""Keep a genealogy in one Arrow IPC file, and map it back without reading it.

The file is one record batch with a row a member: id, row, and the arrays of each tree as columns `<tree>.<array>`;
what is not an array stands in the schema's metadata. Any Arrow reader can open it.
"""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from compplan.arrow.buffers import fixed_view, numbers
from compplan.errors import DataError, Problem
from compplan.genealogy.genealogy import Genealogy
from compplan.genealogy.tree import Tree

if TYPE_CHECKING:
    from numpy.typing import NDArray

KEY = b"compplan.genealogy"
FORMAT = 1
ARRAYS = ("depth", "parent", "end", "side", "to_primary", "from_primary")


def save_genealogy(genealogy: Genealogy, path: str | os.PathLike[str]) -> None:
    """Write a genealogy to a file, whole or not at all.

    The file is written beside its final place and then renamed, so a reader sees the old file or the new one, and
    whoever has the old one mapped keeps it.
    """
    batch = _to_batch(genealogy)
    target = Path(path)
    handle, name = tempfile.mkstemp(prefix=f".{target.name}-", suffix=".tmp", dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            with pa.ipc.new_file(file, batch.schema) as writer:
                writer.write_batch(batch)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def load_genealogy(path: str | os.PathLike[str]) -> Genealogy:
    """Map a file that `save_genealogy` wrote; pages are read when they are first used.

    The index of ids is not in the file: it is built when it is first asked for.

    Raises
    ------
    DataError
        If there is no such file, or it is not a genealogy of this format.
    """
    try:
        with pa.memory_map(os.fspath(path)) as source:
            reader = pa.ipc.open_file(source)
            about = json.loads((reader.schema.metadata or {}).get(KEY, b"null"))
            batch = reader.get_batch(0) if about is not None else None
    except (OSError, pa.ArrowInvalid) as error:
        raise DataError(_unreadable(path, str(error))) from error
    if batch is None:
        raise DataError(_unreadable(path, "it holds other data"))
    if about["format"] != FORMAT:
        raise DataError(_unreadable(path, f"it has format {about['format']}, this version reads {FORMAT}"))
    trees = {tree["name"]: _tree(batch, tree) for tree in about["trees"]}
    return Genealogy(batch.column("id"), _numpy(batch.column("row")), trees)


def _to_batch(genealogy: Genealogy) -> pa.RecordBatch:
    columns = {"id": genealogy.ids, "row": _arrow(genealogy.rows)}
    about: dict[str, Any] = {"format": FORMAT, "trees": []}
    for tree in genealogy.trees.values():
        arrays = {name: getattr(tree, name) for name in ARRAYS if getattr(tree, name) is not None}
        columns |= {f"{tree.name}.{name}": _arrow(array) for name, array in arrays.items()}
        about["trees"].append({"name": tree.name, "max_depth": tree.max_depth, "arrays": [*arrays]})
    batch = pa.RecordBatch.from_arrays([*columns.values()], names=[*columns])
    return batch.replace_schema_metadata({KEY: json.dumps(about).encode()})


def _tree(batch: pa.RecordBatch, about: dict[str, Any]) -> Tree:
    arrays = {name: _numpy(batch.column(f"{about['name']}.{name}")) for name in about["arrays"]}
    return Tree(name=about["name"], max_depth=about["max_depth"], **{"side": None} | arrays)


def _arrow(array: NDArray[Any]) -> pa.Array:
    return numbers(array, pa.int8() if array.dtype == np.int8 else pa.int32())


def _numpy(column: pa.Array) -> NDArray[Any]:
    return fixed_view(column, np.int8 if column.type == pa.int8() else np.int32)


def _unreadable(path: str | os.PathLike[str], why: str) -> Problem:
    hint = "save the genealogy again from the members table"
    return Problem(
        "genealogy-unreadable", f'"{os.fspath(path)}" cannot be read as a genealogy: {why}', None, hint
    )
