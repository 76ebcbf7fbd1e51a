"""Kernels that turn parent pointers, in any row order, into a pre-order.

`parents[row]` is the row of the parent, -1 for a root. Sweeps count rows and positions from 1 where they need
a virtual root at 0 above all roots: then a root is a member like any other, and no loop asks whether it meets
one.
"""

from __future__ import annotations

import numpy as np

from compplan.genealogy.prefetch_kernels import AHEAD, prefetch
from compplan.jit import kernel

U32, U64 = np.uint32, np.uint64
ONE = U64(1)
NEAR, FAR = U64(AHEAD), U64(2 * AHEAD)


@kernel
def parents_first(parents):
    """Say whether every parent's row comes before its children's rows (then there is no cycle either)."""
    wrong = 0
    for i in range(parents.size):
        wrong += parents[i] >= i
    return wrong == 0


@kernel
def ascending(keys):
    """Say whether keys rise strictly from row to row."""
    wrong = 0
    for i in range(1, keys.size):
        wrong += keys[i] <= keys[i - 1]
    return wrong == 0


# ---- rows in join order: parents first, siblings ascending


@kernel
def sizes_by_rows(parents, records):
    """records[row + 1, 0] = size of the subtree, by one sweep from the last row to the first."""
    flat = records.reshape(-1)
    for i in range(records.shape[0]):
        records[i, 0] = 1
    for i in range(parents.size - 1, -1, -1):
        if i > AHEAD:
            prefetch(flat, 2 * (parents[i - AHEAD] + 1))
        records[U32(parents[i] + 1), 0] += records[U32(i + 1), 0]


@kernel
def place_by_rows(parents, records, positions, depth):
    """From sizes to positions[row] and depth[position]; records becomes (next free position below, depth)."""
    flat = records.reshape(-1)
    records[0, 0] = 0
    records[0, 1] = -1
    for i in range(parents.size):
        if i + AHEAD < parents.size:
            prefetch(flat, 2 * (parents[i + AHEAD] + 1))
        above, own = U32(parents[i] + 1), U32(i + 1)
        size = records[own, 0]
        at = records[above, 0]
        level = records[above, 1] + 1
        records[above, 0] = at + size
        records[own, 0] = at + 1
        records[own, 1] = level
        positions[i] = at
        depth[U32(at)] = level


# ---- rows in any order: children lists, breadth first, then two streams


@kernel
def count_children(parents, starts):
    """starts[p + 2] = number of children of row p (of roots, for p = -1), summed up: where each list starts.

    starts has n + 3 entries and is zero on entry; `fill_children` then moves each start to its place.
    """
    for i in range(parents.size):
        if i + AHEAD < parents.size:
            prefetch(starts, parents[i + AHEAD] + 3)
        starts[U32(parents[i] + 3)] += 1
    for i in range(1, starts.size):
        starts[i] += starts[i - 1]


@kernel
def fill_children(parents, starts, children):
    """Write the children lists: those of row p are children[starts[p + 1]:starts[p + 2]], in row order."""
    for i in range(parents.size):
        if i + AHEAD < parents.size:
            prefetch(starts, parents[i + AHEAD] + 2)
        slot = U32(parents[i] + 2)
        children[U32(starts[slot])] = i
        starts[slot] += 1


@kernel
def breadth_first(starts, children, queue, above):
    """Visit level by level from the roots: queue[k] = row, above[k] = 1 + the parent's k, 0 for a root.

    Returns how many rows were reached; the others are on a cycle or below one.
    """
    for c in range(starts[1]):
        queue[c] = children[c]
        above[c] = 0
    head, tail = U64(0), U64(starts[1])
    while head < tail:
        if head + FAR < tail:
            prefetch(starts, queue[head + FAR] + 1)
        if head + NEAR < tail:
            prefetch(children, starts[U32(queue[head + NEAR] + 1)])
        group = U32(queue[head] + 1)
        head += ONE
        for c in range(U64(starts[group]), U64(starts[group + U32(1)])):
            queue[tail] = children[c]
            above[tail] = head
            tail += ONE
    return tail


@kernel
def place_by_queue(queue, above, records, positions, depth):
    """As the two sweeps by rows, over breadth-first order, where the records are streamed."""
    for k in range(records.shape[0]):
        records[k, 0] = 1
    for k in range(queue.size - 1, -1, -1):
        records[U32(above[k]), 0] += records[U32(k + 1), 0]
    records[0, 0] = 0
    records[0, 1] = -1
    for k in range(queue.size):
        parent, own = U32(above[k]), U32(k + 1)
        size = records[own, 0]
        at = records[parent, 0]
        level = records[parent, 1] + 1
        records[parent, 0] = at + size
        records[own, 0] = at + 1
        records[own, 1] = level
        if k + AHEAD < queue.size:
            prefetch(positions, queue[k + AHEAD])
        positions[U32(queue[k])] = at
        depth[U32(at)] = level


# ---- from depth to the rest of the tree


@kernel
def unfold(depth, open_, parent, end):
    """Derive parent and end from the depth of a pre-order; open_ has max_depth + 2 entries of any content."""
    open_[0] = -1
    for i in range(depth.size):
        level = U32(depth[i])
        parent[i] = open_[level]
        open_[level + U32(1)] = i
    open_[:] = 0
    for i in range(depth.size - 1, -1, -1):
        level = U32(depth[i])
        size = open_[level + U32(1)] + 1
        open_[level + U32(1)] = 0
        open_[level] += size
        end[i] = i + size


@kernel
def gather(values, where, out):
    """out[i] = values[where[i]]."""
    for i in range(where.size):
        if i + AHEAD < where.size:
            prefetch(values, where[i + AHEAD])
        out[i] = values[U32(where[i])]


@kernel
def scatter(values, where, out):
    """out[where[i]] = values[i]."""
    for i in range(where.size):
        out[U32(where[i])] = values[i]


@kernel
def invert(positions, rows):
    """rows[positions[row]] = row."""
    for row in range(positions.size):
        rows[U32(positions[row])] = row


@kernel
def cross(primary, own, to_primary, from_primary):
    """From two layouts of the same rows to the maps between them."""
    for row in range(primary.size):
        to_primary[U32(own[row])] = primary[row]
        from_primary[U32(primary[row])] = own[row]
