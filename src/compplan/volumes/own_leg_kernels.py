"""Legs that hold somebody of another tree's frontline; see `compplan.volumes.own_legs`."""

from __future__ import annotations

import numpy as np

from compplan.jit import kernel

U = np.uint32


@kernel
def mark_own_legs(depth, flag, above, path, marked):
    """Mark the head of every leg that holds a flagged member for whoever is `above` him.

    Members come in pre-order; `path` then holds the member at hand at his depth, and his ancestors at theirs. `marked`
    starts as false.
    """
    for i in range(depth.size):
        d = depth[i]
        path[U(d)] = i
        if flag[i] and above[i] >= 0:
            e = depth[U(above[i])]
            if e < d and path[U(e)] == above[i]:
                marked[U(path[U(e + 1)])] = True
