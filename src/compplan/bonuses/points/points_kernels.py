"""The climb that uses up points: each member above takes what he asks for, until nothing is left.

One sweep down the pre-order keeps, by depth, what a source there meets above. `near` holds the depth of the nearest
member above who asks for anything, so those who ask for nothing cost nothing: a source makes as many steps as there
are takers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from compplan.jit import kernel
from compplan.money_kernels import mul_div_round_by, round_div_by

if TYPE_CHECKING:
    from numpy.typing import NDArray

U = np.uint32
LOW = 0xFFFFFFFF


class Askers(NamedTuple):
    """What the sweep reads of every member.

    `own` is what he asks for of his own volume, `edge` what his parent asks for of all that comes from him and below.
    """

    depth: NDArray[np.int32]
    own: NDArray[np.int64]
    edge: NDArray[np.int64]
    counted: NDArray[np.bool_]
    pays: NDArray[np.bool_]


class Stack(NamedTuple):
    """By depth: who stands there, what he asks for, how many counted stand above, and the nearest above who asks."""

    who: NDArray[np.int32]
    asks: NDArray[np.int64]
    above: NDArray[np.int32]
    near: NDArray[np.int32]


class Sums(NamedTuple):
    """Volume by number of points: paid, lost at members who cannot be paid, left at the top; and what rounding left."""

    paid: NDArray[np.int64]
    lost: NDArray[np.int64]
    left: NDArray[np.int64]
    rest: NDArray[np.int64]


@kernel
def count_takers(first, last, path, members, lines, points, from_self, stack):
    """Return how many payments a range of sources makes at most."""
    who, asks, near, found = stack.who, stack.asks, stack.near, np.int64(0)
    for j in range(path.size + last - first):
        inside = j >= path.size
        i = U(first + (j - path.size)) if inside else U(path[j])
        d = U(members.depth[i])
        who[d], near[d], asks[d] = i, -1, members.own[i]
        if d > 0:
            asks[d - U(1)] = members.edge[i]
            near[d] = np.int32(d) - 1 if members.edge[i] > 0 else near[d - U(1)]
        if not inside:
            continue
        top = np.int32(d) if from_self and asks[d] > 0 else near[d]
        begin, end = np.int64(i), np.int64(i) + 1
        if lines.lined:
            begin, end = lines.start[i], lines.start[i + U(1)]
        for line in range(begin, end):
            left, e = points if lines.value[U(line)] != 0 else 0, top
            while left > 0 and e >= 0:
                left -= asks[U(e)]
                found += members.pays[U(who[U(e)])]
                e = near[U(e)]
    return found


@kernel
def take_points(first, last, path, members, lines, points, from_self, money, stack, total, sums, rows, cursor, write):
    """Pay a range of sources; return the row behind the last one.

    `money` is the worth of a point, the divider, and whether products pass 64 bits; then `rest` is not kept.
    """
    who, asks, above, near = stack.who, stack.asks, stack.above, stack.near
    factor, by, wide = money
    den = np.int64(by.den)
    for j in range(path.size + last - first):
        inside = j >= path.size
        i = U(first + (j - path.size)) if inside else U(path[j])
        d = U(members.depth[i])
        who[d], near[d], asks[d], above[d] = i, -1, members.own[i], 0
        if d > 0:
            up = d - U(1)
            asks[up] = members.edge[i]
            near[d] = np.int32(up) if members.edge[i] > 0 else near[up]
            above[d] = above[up] + members.counted[U(who[up])]
        if not inside:
            continue
        top = np.int32(d) if from_self and asks[d] > 0 else near[d]
        stands = above[d] + (from_self and members.counted[i])
        begin, end = np.int64(i), np.int64(i) + 1
        if lines.lined:
            begin, end = lines.start[i], lines.start[i + U(1)]
        for line in range(begin, end):
            v = lines.value[U(line)]
            left, e = points if v != 0 else 0, top
            while left > 0 and e >= 0:
                at, earner = U(e), U(who[U(e)])
                took = min(asks[at], left)
                left -= took
                e = near[at]
                if not members.pays[earner]:
                    sums.lost[took] += v
                    continue
                sums.paid[took] += v
                if wide:
                    amount = mul_div_round_by(v, took * factor, by)[0]
                else:
                    amount = round_div_by(v * (took * factor), by)
                    rest = v * (took * factor) - amount * den
                    sums.rest[0] += rest >> 32
                    sums.rest[1] += rest & LOW
                total[earner] += amount
                if write and amount != 0:
                    rows.earner[cursor], rows.source[cursor] = earner, i
                    rows.line[cursor] = line if lines.lined else -1
                    rows.level[cursor] = stands - above[at]
                    rows.took[cursor], rows.base[cursor], rows.amount[cursor] = took, v, amount
                    cursor += 1
            sums.left[left] += v
    return cursor


@kernel
def points_left(earner, last, members, lines, points, from_self, stack, left_out, asked_out, level_out):
    """Write, for each line from an earner and below, the points left when it comes to him, his ask and his level."""
    who, asks, above, near, asked = stack.who, stack.asks, stack.above, stack.near, np.int64(0)
    first_line = lines.start[U(earner)] if lines.lined else np.int64(earner)
    floor = np.int64(members.depth[U(earner)])
    for i in range(earner, last):
        d = U(members.depth[U(i)])
        who[d], near[d], asks[d], above[d] = i, -1, members.own[U(i)], 0
        asked = members.edge[U(i)] if d == floor + 1 else asked
        if d > floor + 1:
            up = d - U(1)
            asks[up] = members.edge[U(i)]
            near[d] = np.int32(up) if members.edge[U(i)] > 0 else near[up]
            above[d] = above[up] + members.counted[U(who[up])]
        own = from_self and i > earner
        top = np.int32(d) if own and asks[d] > 0 else near[d]
        begin, end = np.int64(i), np.int64(i) + 1
        if lines.lined:
            begin, end = lines.start[U(i)], lines.start[U(i) + U(1)]
        for line in range(begin, end):
            left, e = points, top
            while left > 0 and e >= 0:
                left -= min(asks[U(e)], left)
                e = near[U(e)]
            at = line - first_line
            left_out[at] = left
            asked_out[at] = asked if i > earner else members.own[U(i)]
            level_out[at] = above[d] + (own and members.counted[U(i)]) + 1
