"""A tree cut down to the members who matter: those between them become one volume below the next one above.

Member k of the few becomes node 2k; what stands below him and below none of the others becomes node 2k + 1, a leaf
of his. One more leaf at the end, a root, holds what has none of the few above it.
"""

from __future__ import annotations

import numpy as np

from compplan.jit import inline, kernel

U = np.uint32


@inline
def sum_of(volume, first, stop):
    """Return the sum of a slice; slices are too short for vectors."""
    total = np.int64(0)
    while first < stop:
        total += volume[U(first)]
        first += 1
    return total


@kernel
def contract(kept, end, volume, stack, depth, parent, sums):
    """Write depth, parent and volume of the nodes; return the largest depth."""
    few, t, deepest, cursor = kept.size, 0, 0, np.int64(0)
    top, stop = np.int64(few), np.int64(volume.size)  # the one at hand, and where he ends
    for k in range(few + 1):
        i = np.int64(kept[U(k)]) if k < few else np.int64(volume.size)
        while t > 0 and stop <= i:
            sums[U(2 * top + 1)] += sum_of(volume, cursor, stop)
            cursor = max(cursor, stop)
            t -= 1
            top = np.int64(stack[U(t)])
            stop = np.int64(end[U(kept[U(top)])]) if t > 0 else np.int64(volume.size)
        sums[U(2 * top + (t > 0))] += sum_of(volume, cursor, i)
        if k < few:
            sums[U(2 * k)] = volume[U(i)]
            depth[U(2 * k)], depth[U(2 * k + 1)] = t, t + 1
            parent[U(2 * k)], parent[U(2 * k + 1)] = 2 * top if t > 0 else -1, 2 * k
            deepest = max(deepest, t + 1)
            cursor = i + 1
            stack[U(t)] = top
            top, stop = np.int64(k), np.int64(end[U(i)])
            t += 1
    depth[2 * few], parent[2 * few] = 0, -1
    return deepest
