"""Sums over the next levels below, where some members use up no level."""

from __future__ import annotations

import numpy as np

from compplan.jit import kernel

U = np.uint32


@kernel
def levels_below(depth, skips, values, levels, lane, out):
    """Write the sum of the values on the next `levels` levels below each member.

    `lane` holds, by depth, the sums by number of members between who use up a level; zeros at first.
    """
    width = U(levels)
    for j in range(depth.size - 1, -1, -1):
        i = U(j)
        up = U(depth[i]) * width
        down, step = up + width, U(not skips[i])
        total = np.int64(0)
        for k in range(levels):
            at = U(k)
            volume = lane[down + at]
            lane[down + at] = 0
            total += volume
            if at + step < width:
                lane[up + at + step] += volume
        out[i] = total
        lane[up] += values[i]
