"""Placement: where new members go in a tree of limited width (binary, matrix), by rule and in a stable order.

A run reads the places; who wants to decide them with compplan calls `place` before, on his own. The same table gives
the same tree: turns go by a column, then from sponsors to recruits, then by id, whatever the order of the rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pyarrow as pa

from compplan.arrow.amounts import fixed_column
from compplan.arrow.columns import flag_column
from compplan.arrow.findings import missing_columns
from compplan.arrow.frame import Frame
from compplan.arrow.instants import instant_column
from compplan.arrow.read import read_table
from compplan.errors import DataError, Problem, Rows, UsageError
from compplan.genealogy import placement_kernels as kernels
from compplan.genealogy.build import build_genealogy
from compplan.genealogy.genealogy import TreeColumns
from compplan.genealogy.placement_tree import Places
from compplan.genealogy.sides import read_sides

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from compplan.genealogy.genealogy import Genealogy

Leg = Literal["any", "weak", "given", "own"]
_LEGS = ("any", "weak", "given", "own")


def place(
    members: Any,
    *,
    sponsor: str = "sponsor_id",
    parent: str = "placement_id",
    side: str = "side",
    width: int = 2,
    leg: Leg = "any",
    within: Literal["levels", "edge"] = "levels",
    id: str = "member_id",  # noqa: A002 - the name that plans and tables give it
    order: str | None = None,
    wanted: str | None = None,
    weight: str | None = None,
    hold: str | None = None,
) -> Frame:
    """Give every member who has a sponsor and no place yet a place below the sponsor.

    Parameters
    ----------
    members
        One row a member, in any form that `run` takes. `parent` and `side` may hold earlier placements; columns that
        are not there are made.
    sponsor, parent, side, id
        Names of columns: who enrolled the member, below whom he stands, at which place (`left` and `right` in a tree
        two wide, else a number from 0), and the member's id.
    width
        How many stand directly below one member.
    leg
        Which leg of the sponsor: `any`; the `weak` one, by `weight` (the first of equal ones); the one `given` in the
        column `wanted` (empty there: any); or the sponsor's `own`, the side on which he stands himself, the outer leg.
    within
        Where in the leg: `levels` takes the first free place from top to bottom, each level from left to right
        (spill-over); `edge` goes down the outer edge of the leg to its end.
    order
        A column of dates or whole numbers by which members take turns; a sponsor cannot come after his recruit. Without
        it, sponsors come before recruits, and else ids decide.
    wanted, weight, hold
        Columns of wanted sides, of weights (exact numbers with up to two digits; each member weighs 1 without), and of
        members who wait in the holding tank (true): they get no place, and their recruits go below the next sponsor
        above.

    Returns
    -------
    Frame
        The table with `parent` and `side` filled.

    Notes
    -----
    Each placement takes a step a level at most for `levels`, and about a constant time for `edge`. With `leg="weak"`
    every member's weight is added to all above him, so the time also grows with the depth of the tree.

    Raises
    ------
    DataError
        With every problem of the table, such as two members on one place.
    UsageError
        If the settings do not fit each other.

    Examples
    --------
    >>> members = [{"member_id": m, "sponsor_id": s} for m, s in (("a", None), ("b", "a"), ("c", "a"), ("d", "a"))]
    >>> place(members, width=2)["placement_id"].to_pylist()
    [None, 'a', 'a', 'b']
    """
    _settings_fit(leg, within, wanted, weight)
    given = [name for name in (id, sponsor, order, wanted, weight, hold) if name]
    table = read_table(members, name="members")
    if missing := missing_columns(table, given, name="members"):
        raise DataError(missing)
    table = _with_places(table, id, parent, side)
    trees = [TreeColumns("sponsor", sponsor), TreeColumns("placement", parent, side, width)]
    genealogy = build_genealogy(table, id_column=id, trees=trees)
    work = Places.of(genealogy, table, width, side)
    problems: list[Problem] = []
    columns = Columns.read(table, genealogy, width, order, wanted, weight, hold, problems)
    if problems:
        raise DataError(problems)
    turns, tops = work.turns(columns, table[id], order)
    if leg == "given" and within == "edge" and (columns.wanted[turns] < 0).any():
        rows = np.sort(turns[columns.wanted[turns] < 0])
        where = Rows("members", wanted or "", rows.size, tuple(map(int, rows[:5])))
        raise DataError([Problem("side_missing", "members without a wanted side", where, "name the leg of each")])
    kernels.place_all(
        turns,
        tops,
        columns.wanted,
        np.array([_LEGS.index(leg), within == "edge"], np.int64),
        width,
        columns.weight,
        work.child,
        work.parent,
        work.open,
        work.tail,
        work.weights(columns.weight, turns),
    )
    return Frame(lambda: work.written(table, id, parent, side))


def _settings_fit(leg: str, within: str, wanted: str | None, weight: str | None) -> None:
    problems = []
    if leg not in _LEGS:
        problems.append(Problem("placement", f"leg is {leg!r}", None, f"one of {', '.join(_LEGS)}"))
    if within not in {"levels", "edge"}:
        problems.append(Problem("placement", f"within is {within!r}", None, "levels or edge"))
    if within == "edge" and leg == "any":
        problems.append(Problem("placement", "the edge of any leg is no place", None, "choose leg: weak, given or own"))
    if (wanted is None) == (leg == "given"):
        problems.append(Problem("placement", "leg: given and a column of wanted sides go together"))
    if weight is not None and leg != "weak":
        problems.append(Problem("placement", "weights decide the weak leg only", None, "leave weight out"))
    if problems:
        raise UsageError(problems)


def _with_places(table: pa.Table, id_column: str, parent: str, side: str) -> pa.Table:
    """Add the columns of places where they are not there yet, or hold nothing."""
    for name, kind in ((parent, table.schema.field(id_column).type), (side, pa.string())):
        if name not in table.column_names:
            table = table.append_column(name, pa.nulls(table.num_rows, kind))
        elif pa.types.is_null(table.schema.field(name).type):
            place = table.column_names.index(name)
            table = table.set_column(place, name, pa.nulls(table.num_rows, kind))
    return table


@dataclass(frozen=True, eq=False)
class Columns:
    """What the members table says of turns and wishes, by row."""

    turn: NDArray[np.int64]
    wanted: NDArray[np.int8]
    weight: NDArray[np.int64]
    held: NDArray[np.bool_]

    @classmethod
    def read(
        cls,
        table: pa.Table,
        genealogy: Genealogy,
        width: int,
        order: str | None,
        wanted: str | None,
        weight: str | None,
        hold: str | None,
        problems: list[Problem],
    ) -> Columns:
        n, ids = genealogy.n, table.column(0)
        return cls(
            turn=np.zeros(n, np.int64) if order is None else _turns(table, order, problems),
            wanted=np.full(n, -1, np.int8) if wanted is None else _wanted(table, wanted, width, problems),
            weight=np.ones(n, np.int64)
            if weight is None
            else fixed_column(table[weight], table="members", name=weight, scale=2, ids=ids, problems=problems),
            held=np.zeros(n, np.bool_)
            if hold is None
            else flag_column(table[hold], table="members", name=hold, ids=ids, problems=problems, nulls="false"),
        )


def _turns(table: pa.Table, name: str, problems: list[Problem]) -> NDArray[np.int64]:
    column = table[name]
    if pa.types.is_integer(column.type):
        return fixed_column(column, table="members", name=name, scale=0, ids=table.column(0), problems=problems)
    return instant_column(column, table="members", name=name, ids=table.column(0), problems=problems)


def _wanted(table: pa.Table, name: str, width: int, problems: list[Problem]) -> NDArray[np.int8]:
    sides = read_sides(table[name], width)
    rows = np.flatnonzero(sides < -1)
    if rows.size:
        place = Rows("members", name, rows.size, tuple(map(int, rows[:5])))
        problems.append(Problem("side_unknown", "sides that the tree does not have", place, f"it is {width} wide"))
    return sides
