"""What can be wrong with a members table: one function for each way, and each finds all of its rows.

Functions work on rows of the members table: `ids` is its id column, a `Link` one of its trees. They return
the problem, or None.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from compplan.arrow.buffers import null_mask
from compplan.errors import Problem, Rows, did_you_mean
from compplan.genealogy import check_kernels
from compplan.genealogy.arrays import rows_of
from compplan.genealogy.sides import INVALID, MAX_SIDES, NONE, can_be_sides

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from compplan.genealogy.genealogy import TreeColumns
    from compplan.genealogy.ids import MemberIndex
    from compplan.genealogy.links import Link

SHOWN = 5
"""How many rows, ids, cycles a problem names; it always gives the full count."""
LONG_CYCLE = 12
MOST_MEMBERS = 2**31 - 8
NO_PARENT = {"", "0", "-1", "none", "null", "nan"}


def member_rows(column: str | None, rows: NDArray[Any], ids: pa.Array | None = None) -> Rows:
    """Return the place of some rows of the members table, with the ids of the first ones."""
    first = tuple(int(row) for row in rows[:SHOWN])
    names = () if ids is None else tuple(name(ids, row) for row in first)
    return Rows("members", column, len(rows), first, names)


def name(ids: pa.Array, row: int | np.integer) -> str:
    """Return the id of a row as text."""
    return str(ids[int(row)]) if ids[int(row)].is_valid else "null"


def listed(values: Iterable[object], count: int) -> str:
    """Return the first values, and how many there are when they are more."""
    shown = [str(value) for _, value in zip(range(SHOWN), values, strict=False)]
    return ", ".join(shown) + (f" and {count - len(shown):,} more" if count > len(shown) else "")


def counted(count: int, one: str, many: str) -> str:
    """Return "1 member is", "2 members are"."""
    return f"{count:,} {one if count == 1 else many}"


# ---- columns


def column_missing(members: pa.Table, column: str, use: str) -> Problem | None:
    """Find a column that the table lacks, or has twice."""
    found = members.schema.get_all_field_indices(column)
    if len(found) == 1:
        return None
    place = Rows("members", None, members.num_rows)
    if found:
        message = f'{len(found)} columns are named "{column}" ({use})'
        return Problem("column-repeated", message, place, "rename one")
    hint = did_you_mean(column, members.column_names)
    return Problem("column-missing", f'there is no column "{column}" ({use})', place, hint)


def side_type_wrong(column: pa.ChunkedArray, columns: TreeColumns) -> Problem | None:
    """Find a side column that is neither text nor integers."""
    if can_be_sides(column.type):
        return None
    message = f'tree "{columns.name}": sides of type {column.type} cannot be read'
    place = Rows("members", columns.side, len(column))
    return Problem("side-type", message, place, 'write "left" and "right", or 0, 1, ...')


def too_many_members(members: pa.Table) -> Problem | None:
    """Find a table whose rows cannot be counted in 32 bits."""
    if members.num_rows <= MOST_MEMBERS:
        return None
    message = f"{members.num_rows:,} members are more than {MOST_MEMBERS:,}"
    return Problem("members-too-many", message, Rows("members", None, members.num_rows), "run markets apart")


# ---- ids


def id_null(ids: pa.Array, column: str) -> Problem | None:
    """Find members without an id."""
    if (null := null_mask(ids)) is None:
        return None
    place = member_rows(column, np.flatnonzero(null))
    message = f"{counted(ids.null_count, 'member has', 'members have')} no id"
    return Problem("id-null", message, place, "give each member an id")


def id_repeated(ids: pa.Array, column: str, index: MemberIndex) -> Problem | None:
    """Find ids that stand on two rows or more."""
    if not index.repeated:
        return None
    first = index.lookup(ids)
    later = np.flatnonzero((first != np.arange(len(ids))) & (first >= 0))
    kept = np.unique(first[later])
    texts = (f"{name(ids, row)} (rows {_rows_text(first, row)})" for row in kept)
    message = f"{counted(len(kept), 'id stands', 'ids stand')} on several rows: {listed(texts, len(kept))}"
    place = member_rows(column, np.union1d(kept, later), ids)
    return Problem("id-repeated", message, place, "keep one row for each member")


def _rows_text(first: NDArray[np.int32], row: int) -> str:
    rows = np.flatnonzero(first == row)
    return listed(rows, len(rows))


# ---- parents


def parent_unknown(ids: pa.Array, link: Link) -> Problem | None:
    """Find parents that are not members."""
    rows = _with_parent(link, np.flatnonzero(link.parents < 0))
    if not len(rows):
        return None
    named = pc.unique(rows_of(link.column, rows))
    shown = named[:SHOWN].to_pylist()
    have = counted(len(rows), "member has", "members have")
    message = f"{have} a parent that is not a member: {listed(map(repr, shown), len(named))}"
    hint = "add the parents to the table, or correct their ids"
    if any(str(parent).strip().lower() in NO_PARENT for parent in shown):
        hint = "a root has a null parent: write null where there is none"
    return _problem("parent-unknown", link, message, member_rows(link.columns.parent, rows, ids), hint)


def parent_self(ids: pa.Array, link: Link) -> Problem | None:
    """Find members that are their own parent."""
    rows = np.flatnonzero(link.parents == np.arange(len(ids), dtype=np.int32))
    if not len(rows):
        return None
    message = f"{counted(len(rows), 'member is its', 'members are their')} own parent"
    place = member_rows(link.columns.parent, rows, ids)
    return _problem("parent-self", link, message, place, "a root has a null parent")


def parent_cycle(ids: pa.Array, link: Link) -> Problem | None:
    """Find circles of two members and more: each is above itself."""
    firsts = np.empty(SHOWN, np.int64)
    cycles, members = check_kernels.find_cycles(link.parents, np.zeros(len(ids), np.int64), firsts)
    if not cycles:
        return None
    around = (_around(ids, link.parents, int(row)) for row in firsts[:cycles])
    found = sorted(around, key=lambda rows: ids[rows[0]].as_py())
    message = f"{counted(cycles, 'cycle', 'cycles')} of parents: "
    message += "; ".join(_cycle_text(ids, rows) for rows in found)
    if cycles > len(found):
        message += f"; and {cycles - len(found):,} more"
    shown = [row for rows in found for row in rows][:SHOWN]
    names = tuple(name(ids, row) for row in shown)
    place = Rows("members", link.columns.parent, members, tuple(shown), names)
    hint = "-> points to the parent: one of these parents is wrong"
    return _problem("parent-cycle", link, message, place, hint)


def _with_parent(link: Link, rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return those of the rows that name a parent, known or not."""
    null = null_mask(rows_of(link.column, rows))
    return rows if null is None else rows[~null]


def _around(ids: pa.Array, parents: NDArray[np.int32], row: int) -> list[int]:
    """Return the rows around a cycle, from its lowest id on."""
    rows = [row]
    while (above := int(parents[rows[-1]])) != row:
        rows.append(above)
    names = rows_of(ids, np.array(rows)).to_pylist()
    low = names.index(min(names))
    return rows[low:] + rows[:low]


def _cycle_text(ids: pa.Array, rows: list[int]) -> str:
    shown = [name(ids, row) for row in (rows if len(rows) <= LONG_CYCLE else rows[: LONG_CYCLE - 2])]
    left_out = [f"... {len(rows) - len(shown):,} more ..."] if len(rows) > len(shown) else []
    return " -> ".join([*shown, *left_out, shown[0]])


# ---- sides and width


def side_missing(ids: pa.Array, link: Link) -> Problem | None:
    """Find members that have a parent but no side."""
    if link.sides is None or not len(rows := _with_parent(link, np.flatnonzero(link.sides == NONE))):
        return None
    message = f"{counted(len(rows), 'member has', 'members have')} a parent but no side"
    place = member_rows(link.columns.side, rows, ids)
    return _problem("side-missing", link, message, place, f"write {link.side_words()}")


def side_invalid(ids: pa.Array, link: Link, column: pa.ChunkedArray) -> Problem | None:
    """Find sides that are not a place of the tree."""
    if link.sides is None or not len(rows := np.flatnonzero(link.sides == INVALID)):
        return None
    values = pc.unique(rows_of(column, rows))
    message = f"{counted(len(rows), 'side is', 'sides are')} not a side of this tree: "
    message += listed(map(repr, values[:SHOWN].to_pylist()), len(values))
    place = member_rows(link.columns.side, rows, ids)
    return _problem("side-invalid", link, message, place, f"write {link.side_words()}")


def side_shared(ids: pa.Array, link: Link) -> Problem | None:
    """Find members that stand on the same side of the same parent."""
    if link.sides is None:
        return None
    placed = np.flatnonzero((link.parents >= 0) & (link.sides >= 0))
    place_of = link.parents[placed].astype(np.int64) * MAX_SIDES + link.sides[placed]
    places, where, counts = np.unique(place_of, return_inverse=True, return_counts=True)
    shared = places[counts > 1]
    if not len(shared):
        return None
    texts = (_place_text(ids, link, int(place), placed[place_of == place]) for place in shared)
    message = f"{counted(len(shared), 'place holds', 'places hold')} two members or more: "
    message += listed(texts, len(shared))
    rows = member_rows(link.columns.side, placed[counts[where] > 1], ids)
    return _problem("side-shared", link, message, rows, "one member a place: move the others")


def _place_text(ids: pa.Array, link: Link, place: int, rows: NDArray[Any]) -> str:
    names = listed((name(ids, row) for row in rows), len(rows))
    return f"{link.side_name(place % MAX_SIDES)} of {name(ids, place // MAX_SIDES)} ({names})"


def width_exceeded(ids: pa.Array, link: Link) -> Problem | None:
    """Find parents with more children than the tree is wide."""
    width = link.columns.width
    if width is None:
        return None
    counts = np.bincount(link.parents[link.parents >= 0], minlength=len(ids))
    rows = np.flatnonzero(counts > width)
    if not len(rows):
        return None
    texts = (f"{name(ids, row)} has {counts[row]:,}" for row in rows)
    message = f"{counted(len(rows), 'member has', 'members have')} more children than the width of {width}: "
    message += listed(texts, len(rows))
    place = member_rows(link.columns.parent, rows, ids)
    hint = "place the surplus children deeper, or widen the tree in the plan"
    return _problem("width-exceeded", link, message, place, hint)


def _problem(code: str, link: Link, message: str, place: Rows, hint: str) -> Problem:
    return Problem(code, f'tree "{link.columns.name}": {message}', place, hint)
