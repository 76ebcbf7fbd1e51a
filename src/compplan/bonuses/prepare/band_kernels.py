"""The loops of bands: how much of a span lies in which band, and what a volume is worth from zero on."""

from __future__ import annotations

import numpy as np

from compplan.jit import kernel


@kernel
def count_parts(starts, low, high, counts):
    """Count the bands that each span touches."""
    last = starts.size - 1
    for i in range(low.size):
        below, above = min(low[i], high[i]), max(low[i], high[i])
        count = 0
        for band in range(starts.size):
            top = above if band == last else min(above, starts[np.uint32(band + 1)])
            count += top > max(below, starts[np.uint32(band)])
        counts[i] = count


@kernel
def fill_parts(starts, low, high, offsets, member, band_of, part):
    """Write the part of each span that lies in each band; negative where the span goes down."""
    last = starts.size - 1
    for i in range(low.size):
        below, above = min(low[i], high[i]), max(low[i], high[i])
        sign = 1 if high[i] >= low[i] else -1
        at = offsets[i]
        for band in range(starts.size):
            top = above if band == last else min(above, starts[np.uint32(band + 1)])
            size = top - max(below, starts[np.uint32(band)])
            if size > 0:
                member[at], band_of[at], part[at] = i, band, sign * size
                at += 1


@kernel
def worth_all(starts, rates, values, out):
    """Sum part times rate over the bands from the first start up to each value."""
    last = starts.size - 1
    for i in range(values.size):
        total = 0
        for band in range(starts.size):
            start = starts[np.uint32(band)]
            top = values[i] if band == last else min(values[i], starts[np.uint32(band + 1)])
            total += max(top - start, 0) * rates[np.uint32(band)]
        out[i] = total
