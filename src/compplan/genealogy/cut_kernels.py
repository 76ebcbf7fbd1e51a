"""Cutting a tree above some members, so that each of them is the root of a tree of its own."""

from __future__ import annotations

import numpy as np

from compplan.jit import kernel

U = np.uint32


@kernel
def find_heads(parent, stops, head, start):
    """Write the head of each member: himself if he stops, else that of his parent; and where heads start."""
    for i in range(parent.size):
        up = parent[U(i)]
        own = up < 0 or stops[U(i)]
        h = np.int32(i) if own else head[U(up)]
        head[U(i)] = h
        start[U(h)] += 1
    at = np.int32(0)
    for i in range(start.size):
        size = start[U(i)]
        start[U(i)] = at
        at += size


@kernel
def lay_out(depth, parent, head, start, place, new_depth, new_parent, new_end, order):
    """Write the pre-order of the cut tree: heads one after another, each with his members in their old order.

    `start` is used up.
    """
    for i in range(parent.size):
        h = U(head[U(i)])
        p = U(start[h])
        start[h] += 1
        place[U(i)] = p
        order[p] = i
        new_depth[p] = depth[U(i)] - depth[h]
        new_parent[p] = -1 if h == U(i) else place[U(parent[U(i)])]
        new_end[p] = p + U(1)
    for at in range(parent.size - 1, -1, -1):
        up = new_parent[U(at)]
        if up >= 0 and new_end[U(up)] < new_end[U(at)]:
            new_end[U(up)] = new_end[U(at)]
