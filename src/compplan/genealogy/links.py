"""Read the tree columns of a members table: each row's parent row, and its side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from compplan.errors import Rows
from compplan.genealogy import checks
from compplan.genealogy.ids import id_problem
from compplan.genealogy.sides import read_sides

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

    from compplan.errors import Problem
    from compplan.genealogy.genealogy import TreeColumns
    from compplan.genealogy.ids import MemberIndex


@dataclass(frozen=True, slots=True, eq=False)
class Link:
    """One tree as the members table gives it, by row.

    Attributes
    ----------
    columns
        Which columns these are.
    column
        The parent column itself.
    parents
        int32[n]: the row of the parent, -1 where there is none or it is unknown.
    sides
        int8[n], or None for a tree without sides.
    """

    columns: TreeColumns
    column: pa.ChunkedArray
    parents: NDArray[np.int32]
    sides: NDArray[np.int8] | None

    def side_name(self, side: int) -> str:
        """Return the word for a side: left and right where there are two."""
        return ("left", "right")[side] if self.columns.places == 2 else f"place {side}"

    def side_words(self) -> str:
        """Return what a side column may hold."""
        places = self.columns.places
        return '"left" or "right", or 0 or 1' if places == 2 else f"a number from 0 to {places - 1}"


def read_link(
    members: pa.Table, ids: pa.Array, columns: TreeColumns, index: MemberIndex, threads: int = 1
) -> tuple[Link | None, list[Problem]]:
    """Read one tree, and say what is wrong with types and rows; no link without a readable parent column."""
    parent, side = _column(members, columns.parent), _column(members, columns.side)
    found: list[Problem | None] = []
    if side is not None and (wrong := checks.side_type_wrong(side, columns)):
        found.append(wrong)
        side = None
    if parent is not None and (wrong := id_problem(parent, index.kind, Rows("members", columns.parent, len(parent)))):
        found.append(wrong)
        parent = None
    if parent is None:
        return None, [problem for problem in found if problem]
    sides = None if side is None else read_sides(side, columns.places)
    link = Link(columns, parent, index.lookup(parent, threads=threads), sides)
    found += [checks.parent_unknown(ids, link), checks.parent_self(ids, link), checks.side_missing(ids, link)]
    found += [] if side is None else [checks.side_invalid(ids, link, side)]
    return link, [problem for problem in found if problem]


def _column(members: pa.Table, name: str | None) -> pa.ChunkedArray | None:
    """Return a column, None where it is not there, or not alone (`checks.column_missing` says so)."""
    found = [] if name is None else members.schema.get_all_field_indices(name)
    return members.column(found[0]) if len(found) == 1 else None
