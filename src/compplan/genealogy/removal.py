"""Members who leave a tree for good: their children stand below the nearest member above who stays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from compplan.arrow.columns import flag_column
from compplan.arrow.findings import missing_columns
from compplan.arrow.frame import Frame
from compplan.arrow.read import read_table
from compplan.errors import DataError, Problem
from compplan.genealogy.build import build_genealogy
from compplan.genealogy.genealogy import TreeColumns
from compplan.volumes.counts import nearest_flagged_ancestor

if TYPE_CHECKING:
    from collections.abc import Sequence

    from compplan.genealogy.genealogy import Genealogy


def remove(
    members: Any,
    *,
    leaves: str,
    parent: str | Sequence[str] = "sponsor_id",
    id: str = "member_id",  # noqa: A002 - the name that plans and tables give it
) -> Frame:
    """Take members out, and let their children stand below the nearest member above who stays.

    This is compression for good, as at the end of a month in some plans. For compression in one run, that leaves the
    genealogy as it is, bonuses have `compress`.

    Parameters
    ----------
    members
        One row a member, in any form that `run` takes.
    leaves
        The column of who leaves (true); empty means that he stays.
    parent
        The column of parents, or several: each tree closes its own gaps.
    id
        The column of ids.

    Returns
    -------
    Frame
        The rows of those who stay, in their order, with their new parents: empty where nobody above stays. All other
        columns are as they were. In a tree with sides two children may so come to one place: empty their places, and
        let `place` find new ones.

    Raises
    ------
    DataError
        With every problem of the table.

    Examples
    --------
    >>> rows = [(1, None, False), (2, 1, True), (3, 2, True), (4, 3, False)]
    >>> members = [{"member_id": m, "sponsor_id": s, "gone": gone} for m, s, gone in rows]
    >>> remove(members, leaves="gone")["sponsor_id"].to_pylist()
    [None, 1]
    """
    parents = [parent] if isinstance(parent, str) else list(parent)
    table = read_table(members, name="members")
    if missing := missing_columns(table, [id, leaves, *parents], name="members"):
        raise DataError(missing)
    genealogy = build_genealogy(table, id_column=id, trees=[TreeColumns(name, name) for name in parents])
    problems: list[Problem] = []
    gone = flag_column(table[leaves], table="members", name=leaves, ids=table[id], problems=problems, nulls="false")
    if problems:
        raise DataError(problems)
    for name in parents:
        above = pc.take(table[id], _rows_above(genealogy, name, ~gone))
        table = table.set_column(table.column_names.index(name), name, above)
    stays = table.filter(pa.array(~gone))
    return Frame(lambda: stays)


def _rows_above(genealogy: Genealogy, name: str, stays: np.ndarray[Any, np.dtype[np.bool_]]) -> pa.Array:
    """Return, by row of the table, the row of the nearest member above who stays; null where there is none."""
    tree = genealogy.trees[name]
    rows = genealogy.rows if tree.to_primary is None else genealogy.rows[tree.to_primary]
    nearest = nearest_flagged_ancestor(tree, stays[rows], from_self=False)
    found = np.empty(nearest.size, np.int64)
    found[rows] = np.where(nearest >= 0, rows[nearest], -1) if nearest.size else nearest
    return pa.array(found, mask=found < 0)
