"""Keep a genealogy in one Arrow IPC file, and map it back without reading it.

The file is one record batch with a row a member: id, row, and the arrays of each tree as `<tree>.<array>`.
What is not an array stands in the schema's metadata. Any Arrow reader can open it.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from compplan.arrow.buffers import fixed_view, numbers
from compplan.arrow.write import write_table
from compplan.errors import DataError, Problem, UsageError
from compplan.genealogy.arrays import one_array
from compplan.genealogy.genealogy import Genealogy
from compplan.genealogy.tree import Tree

if TYPE_CHECKING:
    import os

    from numpy.typing import NDArray

KEY = b"compplan.genealogy"
FORMAT = 1
ARRAYS = ("depth", "parent", "end", "side", "to_primary", "from_primary")


def save_genealogy(genealogy: Genealogy, path: str | os.PathLike[str]) -> None:
    """Write a genealogy to an .arrow file, whole or not at all.

    Whoever has the old file mapped keeps it: the new one takes its name in one step.

    Raises
    ------
    UsageError
        If the name does not end in .arrow.
    """
    if Path(path).suffix != ".arrow":
        raise UsageError(f'a genealogy is kept in an .arrow file, not in "{path}"')
    write_table(_to_table(genealogy), Path(path))


def load_genealogy(path: str | os.PathLike[str]) -> Genealogy:
    """Map a file that `save_genealogy` wrote; pages are read when they are first used.

    The index of ids is not in the file: it is built when it is first asked for.

    Raises
    ------
    UsageError
        If there is no such file.
    DataError
        If the file is not a genealogy of this format.
    """
    if not Path(path).exists():
        raise UsageError(Problem("no-such-file", f"genealogy: there is no file {path}"))
    try:
        with pa.memory_map(str(path)) as source:
            reader = pa.ipc.open_file(source)
            about = json.loads((reader.schema.metadata or {}).get(KEY, b"{}"))
            table = reader.read_all()
    except (OSError, ValueError) as error:
        raise DataError(_unreadable(path, str(error))) from error
    if not about:
        raise DataError(_unreadable(path, "it holds other data"))
    if about["format"] != FORMAT:
        raise DataError(_unreadable(path, f"it has format {about['format']}, this version reads {FORMAT}"))
    trees = {tree["name"]: _tree(table, tree) for tree in about["trees"]}
    return Genealogy(one_array(table.column("id")), _numpy(table.column("row")), trees)


def _to_table(genealogy: Genealogy) -> pa.Table:
    columns = {"id": genealogy.ids, "row": _arrow(genealogy.rows)}
    about: dict[str, Any] = {"format": FORMAT, "trees": []}
    for tree in genealogy.trees.values():
        arrays = {name: getattr(tree, name) for name in ARRAYS if getattr(tree, name) is not None}
        columns |= {f"{tree.name}.{name}": _arrow(array) for name, array in arrays.items()}
        about["trees"].append({"name": tree.name, "max_depth": tree.max_depth, "arrays": [*arrays]})
    table = pa.Table.from_arrays([*columns.values()], names=[*columns])
    return table.replace_schema_metadata({KEY: json.dumps(about).encode()})


def _tree(table: pa.Table, about: dict[str, Any]) -> Tree:
    arrays: dict[str, Any] = {"side": None}
    arrays |= {name: _numpy(table.column(f"{about['name']}.{name}")) for name in about["arrays"]}
    return Tree(name=about["name"], max_depth=about["max_depth"], **arrays)


def _arrow(array: NDArray[Any]) -> pa.Array:
    return numbers(array, pa.int8() if array.dtype == np.int8 else pa.int32())


def _numpy(column: pa.ChunkedArray) -> NDArray[Any]:
    return fixed_view(one_array(column), np.int8 if column.type == pa.int8() else np.int32)


def _unreadable(path: str | os.PathLike[str], why: str) -> Problem:
    hint = "save the genealogy again from the members table"
    return Problem("unreadable", f"genealogy: {path} cannot be read: {why}", None, hint)
