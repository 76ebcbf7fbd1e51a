"""The places of a tree while they are taken: who waits for one, below whom, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from compplan.errors import DataError, Problem, Rows
from compplan.genealogy import placement_kernels as kernels
from compplan.genealogy.sides import read_sides

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from compplan.genealogy.genealogy import Genealogy
    from compplan.genealogy.placement import Columns

    Rows32 = NDArray[np.int32]


@dataclass(eq=False)
class Places:
    """The tree of places while it fills, by row of the members table.

    Attributes
    ----------
    row_of
        int32[n]: the row of each member in the pre-order of those who have a place.
    parent, child, open, tail
        See `placement_kernels`.
    """

    genealogy: Genealogy
    width: int
    row_of: Rows32
    parent: Rows32
    child: Rows32
    open: Rows32
    tail: Rows32

    @classmethod
    def of(cls, genealogy: Genealogy, table: pa.Table, width: int, side: str) -> Places:
        n, tree, rows = genealogy.n, genealogy.trees["placement"], genealogy.rows
        row_of = np.ascontiguousarray(rows if tree.to_primary is None else rows[tree.to_primary])
        parent, child = np.full(n, -1, np.int32), np.full(n * width, -1, np.int32)
        stands = np.flatnonzero(tree.parent >= 0)
        above = row_of[tree.parent[stands]]
        parent[row_of[stands]] = above
        sides = read_sides(table[side], width)[row_of[stands]]
        child[above.astype(np.int64) * width + sides] = row_of[stands]
        made = cls(
            genealogy,
            width,
            row_of,
            parent,
            child,
            np.zeros(n, np.int32),
            np.repeat(np.arange(n, dtype=np.int32), width),
        )
        kernels.measure_open(row_of, width, child, made.open)
        return made

    def turns(self, columns: Columns, ids: pa.ChunkedArray, order: str | None) -> tuple[Rows32, Rows32]:
        """Return who takes a place, in turn, and below whom each begins to look."""
        tree, rows = self.genealogy.trees["sponsor"], self.genealogy.rows
        top = np.full(self.genealogy.n, -1, np.int32)
        kernels.nearest_standing(tree.parent, rows, columns.held, top)
        depth = np.empty(self.genealogy.n, np.int32)
        depth[rows] = tree.depth
        waits = (self.parent < 0) & (top >= 0) & ~columns.held
        by_id = np.empty(self.genealogy.n, np.int64)
        by_id[pc.sort_indices(ids.combine_chunks()).to_numpy()] = np.arange(self.genealogy.n)
        ordered = np.lexsort((by_id, depth, columns.turn))
        turns = ordered[waits[ordered]].astype(np.int32)
        self._nobody_stands_below_who_has_no_place((top >= 0) & (self.parent < 0), ids)
        late = waits & waits[np.maximum(top, 0)] & (columns.turn < columns.turn[np.maximum(top, 0)])
        if late.any():
            found = np.flatnonzero(late)
            first = tuple(map(int, found[:5]))
            place = Rows("members", order or "", found.size, first, tuple(str(ids[r].as_py()) for r in first))
            raise DataError(
                [Problem("sponsor_later", "members who come before their sponsor", place, "mend the dates")]
            )
        return turns, top

    def _nobody_stands_below_who_has_no_place(self, without: NDArray[np.bool_], ids: pa.ChunkedArray) -> None:
        found = np.flatnonzero((self.parent >= 0) & without[np.maximum(self.parent, 0)])
        if found.size:
            first = tuple(map(int, found[:5]))
            where = Rows("members", "", found.size, first, tuple(str(ids[row].as_py()) for row in first))
            message = "members who stand below somebody who has no place"
            raise DataError([Problem("place_in_the_air", message, where, "place the upper one too, or neither")])

    def weights(self, own: NDArray[np.int64], turns: Rows32) -> NDArray[np.int64]:
        """Return the weight of everybody's subtree among those who have a place."""
        tree, row_of = self.genealogy.trees["placement"], self.row_of
        weight = own.copy()
        weight[turns] = 0
        kernels.add_up(tree.parent, row_of, weight)
        return weight

    def written(self, table: pa.Table, id_column: str, parent: str, side: str) -> pa.Table:
        """Return the table with parents and sides."""
        n, placed = self.genealogy.n, self.parent >= 0
        ids = table[id_column].combine_chunks()
        above = pc.take(ids, pa.array(self.parent, mask=~placed))
        spot = np.full(n, -1, np.int32)
        taken = np.flatnonzero(self.child >= 0)
        spot[self.child[taken]] = taken % self.width
        if pa.types.is_integer(table.schema.field(side).type) or self.width > 2:
            sides = pa.array(spot, mask=~placed)
        else:
            sides = pc.take(pa.array(["left", "right"][: self.width]), pa.array(spot, mask=~placed))
        for name, values in ((parent, above), (side, sides)):
            table = table.set_column(table.column_names.index(name), name, values)
        return table
