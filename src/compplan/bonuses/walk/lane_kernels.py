"""Totals without rows: one sweep up the pre-order carries the volume of each level below.

Where payments are exact, what an ancestor gets is linear in the volume at each level below him. So volumes of
one level travel together: a member takes the lanes of his children, multiplies, and hands them to his parent,
one lane further if he uses up a level. Lanes are indexed by depth; a leaf has none, which saves most of the
work.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from compplan.bonuses.walk.vector_kernels import carry_lanes
from compplan.jit import kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

U = np.uint32


class Lanes(NamedTuple):
    """Numerators by row and column, flat, and lanes by depth.

    Row `skipped` has no rates: it is for who uses up no level. Who is paid without using one up has a second
    table, that begins `on_top` rows further down. A row of lanes has `listed + 2` entries: an unused one, one
    for each listed level, and one for the volume of all deeper levels.
    """

    numerators: NDArray[np.int64]
    columns: int
    listed: int
    tail: bool
    from_self: bool
    source_counts: bool
    skipped: int
    on_top: int
    lane: NDArray[np.int64]


@kernel
def add_lanes(below, members, volume, pay, lanes, paid):
    """Write what members are paid to `pay`, and add the volume that it is paid on to `paid`, by row and column.

    The members are a part of a pre-order, or the ancestors of one, a chain; `below` is the depth of who comes after
    them, -1 for nobody. Lanes of members above the part stay filled; in the end those of depth 0 reached the top.
    """
    lane, width, listed = lanes.lane, U(lanes.listed + 2), U(lanes.listed)
    for j in range(volume.size):
        i = U(volume.size - 1 - j)
        v, depth = volume[i], members.depth[i]
        up = U(depth) * width
        own = up + U(1)
        if lanes.source_counts and not lanes.from_self and members.counted[i]:
            own = up + min(U(2), listed + U(1))  # level 1 of his own volume goes to nobody
            paid[U(lanes.skipped - 1) * U(lanes.columns)] += v
        if depth >= below and not lanes.from_self:
            lane[own] += v
            pay[i] = 0
            below = depth
            continue
        below = depth
        down, counted, row = up + width, U(members.counted[i]), members.row[i]
        if not counted:
            row = row + lanes.on_top if lanes.on_top > 0 and row < lanes.skipped - 1 else lanes.skipped
        at, to = U(row) * U(lanes.columns), up + counted
        total = np.int64(0)
        if lanes.from_self and lanes.source_counts:
            lane[down + U(1)] += v
        elif lanes.from_self:
            top = U(members.row[i] + lanes.on_top) * U(lanes.columns)
            total += v * lanes.numerators[top]
            paid[top] += v
        for k in range(lanes.listed):
            a = lane[down + U(k) + U(1)]
            lane[down + U(k) + U(1)] = 0
            total += a * lanes.numerators[at + U(k)]
            paid[at + U(k)] += a
            lane[to + U(k) + U(1)] += a
        deeper = lane[down + listed + U(1)]
        lane[down + listed + U(1)] = 0
        if lanes.tail:
            total += deeper * lanes.numerators[at + listed]
            paid[at + listed] += deeper
            lane[up + listed + U(1)] += deeper
        pay[i] = total
        if not (lanes.from_self and lanes.source_counts):
            lane[own] += v


@kernel
def add_few_lanes(below, members, volume, pay, numerators, skipped, width, lane, paid):
    """Do as `add_lanes` for the levels above a source, at most as many as the tuple `width` has entries.

    Rows of numerators and of lanes have as many entries too; what is one level further is lost. Numerators stand there
    twice, and members take turns, because to add to one row of `paid` again and again is to wait for it.
    """
    wide, turn, turns = np.uint64(len(width)), 0, skipped + 1
    for j in range(volume.size):
        i = U(volume.size - 1 - j)
        v, depth = volume[i], members.depth[i]
        up = np.uint64(depth) * wide
        if depth >= below:  # a leaf
            lane[up] += v
            pay[i] = 0
        else:
            counted = members.counted[i]
            row = turn + (members.row[i] if counted else skipped)
            turn = turns - turn
            pay[i] = carry_lanes(lane, up, counted, v, numerators, np.uint64(row) * wide, paid, width)
        below = depth


@kernel
def deep_volume(members, volume, listed, source_counts, above):
    """Return the volume of every source, once for each counted ancestor beyond the listed levels."""
    deep = np.int64(0)
    for i in range(volume.size):
        d = U(members.depth[i])
        upto = above[d] + members.counted[i]
        deep += volume[i] * max((upto if source_counts else above[d]) - listed, 0)
        above[d + U(1)] = upto
    return deep


@kernel
def line_totals(lines, out):
    """Write the volume of each source: the sum of its lines, or of their signs."""
    for i in range(out.size):
        total = np.int64(0)
        for line in range(lines.start[i], lines.start[i + 1]):
            v = lines.value[U(line)]
            total += np.int64(v > 0) - np.int64(v < 0) if lines.fixed else v
        out[i] = total
