"""The members who can take a rate, as a chain: each knows who stands above him, and who earns next.

Only members with a rate matter to a difference. One sweep down the pre-order gives each of them a number, from 1 on
(0 is nobody), and finds for every source the first of them above it. `link` then finds who earns after whom. What a
source passes are the numbers first, next[first], next[next[first]] and so on: as many as there are different rates
where rates are compared with the highest so far, however deep the tree is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from compplan.jit import inline, kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

U = np.uint32
BARRIER, HIDDEN, AWAY = -1, -2, -3
SKIPPED, STOPS, PAID = 0, 1, 2
HIGHEST, LEG, NOTHING = 0, 1, 2


class Chain(NamedTuple):
    """Who can take a rate, from 1 on, parents before children.

    `above` is the next one above, times two, plus one where he stands right above in the walk; `higher` the next one
    with a rate above what this one takes, `other` the next one with another rate. `next` is who earns after him: 0 for
    nobody, and the negative of who
    ends the walk; `low` is what is taken then. `level` counts who stands in the walk, from the root down to him.
    """

    who: NDArray[np.int32]
    row: NDArray[np.int16]
    above: NDArray[np.int32]
    level: NDArray[np.int32]
    higher: NDArray[np.int32]
    other: NDArray[np.int32]
    next: NDArray[np.int32]
    low: NDArray[np.int64]


@kernel
def place_all(klass, pay, stands, rated, pass_up, out):
    """Write the row of rates of who can take one; else how he stands in the walk.

    `rated` tells by row, with one more for who has no class. A barrier has no rate, but is a leg; who is hidden uses
    up a level and is no leg; who is away does not stand in the walk.
    """
    nobody = rated.size - 1
    for i in range(klass.size):
        row = klass[i] if klass[i] >= 0 else nobody
        place = row if rated[U(row)] else BARRIER
        place = HIDDEN if pass_up and not pay[i] else place
        out[i] = place if stands[i] else AWAY


@kernel
def chain_volume(depth, klass, pay, stands, rated, pass_up, values, from_self, near, chain, volume):
    """Number who can take a rate, and give each the volume that meets him first; return how many there are."""
    m, nobody = 0, rated.size - 1
    for i in range(depth.size):
        d = U(depth[i])
        above, row = near[d], np.int64(klass[i])
        row = row if row >= 0 else nobody
        at = row if rated[U(row)] else BARRIER
        at = HIDDEN if pass_up and not pay[i] else at
        at = at if stands[i] else AWAY
        new = U(m + 1)
        chain.who[new], chain.row[new], chain.above[new], volume[new] = i, at, above, 0
        m += at >= 0
        mine = m << 1 | 1 if at >= 0 else above & ~np.int64(at == BARRIER)
        near[d + U(1)] = mine
        volume[U((mine if from_self else above) >> 1)] += values[i]
    return m


@inline
def sum_of(part):
    """Return the sum of a slice, in a loop that compilers turn into vector instructions (`part.sum()` is none)."""
    total = np.int64(0)
    for k in range(part.size):
        total += part[k]
    return total


@kernel
def chain_volume_of_few(found, klass, parent, end, values, from_self, chain, volume):
    """Do the same where few can take a rate: `found` are they, and the volume between two of them is one sum."""
    top, at = np.int64(0), np.int64(0)
    for m in range(1, found.size + 2):
        i = found[m - 1] if m <= found.size else np.int64(values.size)
        while top > 0 and end[U(chain.who[U(top)])] <= i:
            stop = np.int64(end[U(chain.who[U(top)])])
            volume[U(top)] += sum_of(values[at:stop])
            top, at = np.int64(chain.above[U(top)] >> 1), stop
        volume[U(top)] += sum_of(values[at:i])
        if m > found.size:
            break
        chain.who[U(m)], chain.row[U(m)] = i, klass[U(i)]
        chain.above[U(m)] = top << 1 | (top > 0 and parent[U(i)] == chain.who[U(top)])
        volume[U(m)] = 0
        if from_self:
            at = i
        else:
            volume[U(top)] += values[U(i)]
            at = i + 1
        top = np.int64(m)


@kernel
def chain_sources(depth, place, from_self, near, count, chain, first, top):
    """Number who can take a rate; write for each source whom it meets first, and at which level of the walk."""
    m = 0
    for i in range(depth.size):
        d = U(depth[i])
        above, at = near[d], place[i]
        below = count[d] + (at != AWAY)
        new = U(m + 1)
        chain.who[new], chain.row[new], chain.above[new], chain.level[new] = i, at, above, below
        m += at >= 0
        mine = m << 1 | 1 if at >= 0 else above & ~np.int64(at == BARRIER)
        near[d + U(1)], count[d + U(1)] = mine, below
        first[i] = (mine if from_self else above) >> 1
        top[i] = below if from_self else count[d]
    return m


@kernel
def link(count, less, lower, equal, rates, takes, chain):
    """Find who earns after whom.

    Whoever is passed by on the way to a higher rate is passed by all who take as much, so the search goes from one
    higher rate to the next; where a lower rate ends the walk, from one rate to the next other one.
    """
    for m in range(1, count + 1):
        packed = chain.above[U(m)]
        near, take = packed >> 1, takes[U(chain.row[U(m)])]
        alike = near > 0 and rates[U(chain.row[U(near)])] == rates[U(chain.row[U(m)])]
        chain.other[U(m)] = chain.other[U(near)] if alike else near
        c = near
        while c > 0 and rates[U(chain.row[U(c)])] <= take:
            c = chain.higher[U(c)]
        chain.higher[U(m)] = c
        if less == LEG:
            low, c = take if packed & 1 else 0, near
            rate = rates[U(chain.row[U(c)])]
            if c > 0 and rate <= low:
                how = equal if rate == low else lower
                c = -near if rate > 0 and how == STOPS else chain.next[U(near)]
                low = chain.low[U(near)]
        else:
            low, c, how = 0 if less == NOTHING else take, near, SKIPPED
            while c > 0:
                rate = rates[U(chain.row[U(c)])]
                if rate > take:
                    break
                how = equal if rate == take else lower
                if rate > 0 and how != SKIPPED:
                    c = -c if how == STOPS else c
                    break
                c = chain.other[U(c)] if lower == STOPS else chain.higher[U(c)]
        chain.next[U(m)], chain.low[U(m)] = c, low
