"""What stands between an earner and the sources of his subtree, by one sweep down it."""

from __future__ import annotations

import numpy as np

from compplan.jit import kernel

U = np.uint32


@kernel
def levels_below(depth, stands, from_self, below, out):
    """Write the level of the earner for each source, from how many stand in the walk between them.

    `depth` is counted from the earner, who may be the first source himself; `below` has an entry a depth.
    """
    for j in range(depth.size):
        d = U(depth[j])
        between = below[d - U(1)] if d > 0 else 0
        within = between + (stands[j] if d > 0 else 0)
        below[d] = within
        out[j] = (within if from_self else between) + 1


@kernel
def peaks_below(depth, place, takes, from_self, highest, out):
    """Write the most that is taken by one member between each source and the earner."""
    for j in range(depth.size):
        d = U(depth[j])
        between = highest[d - U(1)] if d > 0 else 0
        within = max(between, takes[U(place[j])] if d > 0 and place[j] >= 0 else 0)
        highest[d] = within
        out[j] = within if from_self else between
