"""Totals without rows: one sweep up the pre-order carries the volume of each level below.

Where payments are exact, what an ancestor gets is linear in the volume at each level below him. So volumes of
one level travel together: a member takes the lanes of his children, multiplies, and hands them to his parent,
one lane further if he uses up a level. Lanes are indexed by depth; a leaf has none, which saves most of the
work.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

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
def add_lanes(first, last, path, members, volume, lanes, pay, paid):
    """Add what the sources first..last pay to `pay`, and their volume by row and column to `paid`.

    After the range, its ancestors take their part of it. What is left in the lanes of depth 0 reached the
    top.
    """
    lane, width, listed = lanes.lane, U(lanes.listed + 2), U(lanes.listed)
    below = np.int32(-1)
    for j in range(last - first + path.size):
        inside = j < last - first
        i = U(last - 1 - j) if inside else U(path[path.size - 1 - (j - (last - first))])
        v = volume[i] if inside else np.int64(0)
        depth = members.depth[i]
        up = U(depth) * width
        own = up + U(1)
        if lanes.source_counts and not lanes.from_self and members.counted[i]:
            own = up + min(U(2), listed + U(1))  # level 1 of his own volume goes to nobody
            paid[U(lanes.skipped - 1) * U(lanes.columns)] += v
        if depth >= below and not lanes.from_self:
            lane[own] += v
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
        pay[i] += total
        if not (lanes.from_self and lanes.source_counts):
            lane[own] += v


@kernel
def add_four_lanes(first, last, path, members, volume, numerators, skipped, lane, pay, paid):
    """Do as `add_lanes` for four levels at most: four columns and five lanes, the last one for what is lost.

    Written out, because a loop over lanes takes twice the time.
    """
    below = np.int32(-1)
    for j in range(last - first + path.size):
        inside = j < last - first
        i = U(last - 1 - j) if inside else U(path[path.size - 1 - (j - (last - first))])
        v = volume[i] if inside else np.int64(0)
        depth = members.depth[i]
        up = U(depth) * U(5)
        if depth >= below:
            lane[up] += v
            below = depth
            continue
        below = depth
        counted, down = U(members.counted[i]), up + U(5)
        row = members.row[i] if counted else skipped
        at, to = U(row) * U(4), up + counted
        a, b, c, d = lane[down], lane[down + U(1)], lane[down + U(2)], lane[down + U(3)]
        lane[down] = lane[down + U(1)] = lane[down + U(2)] = lane[down + U(3)] = lane[down + U(4)] = 0
        pay[i] += a * numerators[at] + b * numerators[at + U(1)]
        pay[i] += c * numerators[at + U(2)] + d * numerators[at + U(3)]
        paid[at] += a
        paid[at + U(1)] += b
        paid[at + U(2)] += c
        paid[at + U(3)] += d
        lane[to] += a
        lane[to + U(1)] += b
        lane[to + U(2)] += c
        lane[to + U(3)] += d
        lane[up] += v


@kernel
def add_eight_lanes(first, last, path, members, volume, numerators, skipped, lane, pay, paid):
    """Do as `add_lanes` for eight levels at most: eight columns and lanes; what is one level further is lost.

    Lanes move by one in registers, by a mask: what a child stores is then what his parent loads.
    """
    below = np.int32(-1)
    for j in range(last - first + path.size):
        inside = j < last - first
        i = U(last - 1 - j) if inside else U(path[path.size - 1 - (j - (last - first))])
        v = volume[i] if inside else np.int64(0)
        depth = members.depth[i]
        up = U(depth) * U(8)
        if depth >= below:
            lane[up] += v
            below = depth
            continue
        below = depth
        down = up + U(8)
        at = U(members.row[i] if members.counted[i] else skipped) * U(8)
        a, b, c, d = lane[down], lane[down + U(1)], lane[down + U(2)], lane[down + U(3)]
        e, f, g, h = lane[down + U(4)], lane[down + U(5)], lane[down + U(6)], lane[down + U(7)]
        lane[down] = lane[down + U(1)] = lane[down + U(2)] = lane[down + U(3)] = 0
        lane[down + U(4)] = lane[down + U(5)] = lane[down + U(6)] = lane[down + U(7)] = 0
        pay[i] += a * numerators[at] + b * numerators[at + U(1)]
        pay[i] += c * numerators[at + U(2)] + d * numerators[at + U(3)]
        pay[i] += e * numerators[at + U(4)] + f * numerators[at + U(5)]
        pay[i] += g * numerators[at + U(6)] + h * numerators[at + U(7)]
        paid[at] += a
        paid[at + U(1)] += b
        paid[at + U(2)] += c
        paid[at + U(3)] += d
        paid[at + U(4)] += e
        paid[at + U(5)] += f
        paid[at + U(6)] += g
        paid[at + U(7)] += h
        move = -np.int64(members.counted[i])
        stay = ~move
        lane[up] += v + (a & stay)
        lane[up + U(1)] += (a & move) | (b & stay)
        lane[up + U(2)] += (b & move) | (c & stay)
        lane[up + U(3)] += (c & move) | (d & stay)
        lane[up + U(4)] += (d & move) | (e & stay)
        lane[up + U(5)] += (e & move) | (f & stay)
        lane[up + U(6)] += (f & move) | (g & stay)
        lane[up + U(7)] += (g & move) | (h & stay)


@kernel
def add_four_deep(first, last, path, members, volume, numerators, skipped, lane, pay, paid):
    """Do as `add_four_lanes`, for deep trees: what a member hands to his parent waits in registers.

    It goes to memory only where another child of the parent comes first; a chain writes none. On a bushy tree the
    branches cost more than they save.
    """
    below, held = np.int32(-1), False
    a = b = c = d = np.int64(0)
    for j in range(last - first + path.size):
        inside = j < last - first
        i = U(last - 1 - j) if inside else U(path[path.size - 1 - (j - (last - first))])
        v = volume[i] if inside else np.int64(0)
        depth = members.depth[i]
        at = U(max(below, 0)) * U(5)
        if depth >= below:  # what is held is of another line, or nothing
            if held:
                lane[at] += a
                lane[at + U(1)] += b
                lane[at + U(2)] += c
                lane[at + U(3)] += d
                lane[at + U(4)] = 1
            below, held = depth, True
            a, b, c, d = v, np.int64(0), np.int64(0), np.int64(0)
            continue
        if lane[at + U(4)]:  # other children came before
            a += lane[at]
            b += lane[at + U(1)]
            c += lane[at + U(2)]
            d += lane[at + U(3)]
            lane[at] = lane[at + U(1)] = lane[at + U(2)] = lane[at + U(3)] = lane[at + U(4)] = 0
        below = depth
        row = U(members.row[i] if members.counted[i] else skipped) * U(4)
        pay[i] += a * numerators[row] + b * numerators[row + U(1)]
        pay[i] += c * numerators[row + U(2)] + d * numerators[row + U(3)]
        paid[row] += a
        paid[row + U(1)] += b
        paid[row + U(2)] += c
        paid[row + U(3)] += d
        if members.counted[i]:
            b, c, d, a = a, b, c, v
        else:
            a += v
    if held:
        at = U(below) * U(5)
        lane[at] += a
        lane[at + U(1)] += b
        lane[at + U(2)] += c
        lane[at + U(3)] += d


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
