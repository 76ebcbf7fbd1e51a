"""Bands, slow and obvious: whole units one by one would be too slow, so one band after the other."""

from __future__ import annotations

from itertools import pairwise


def parts(starts, low, high):
    """Return {band: part} of the span from low to high, -1 for what is below the first band."""
    found = {}
    edges = [float("-inf"), *starts, float("inf")]
    for band, (bottom, top) in enumerate(pairwise(edges), -1):
        below, above = sorted([low, high])
        inside = min(above, top) - max(below, bottom)
        if inside > 0:
            found[band] = inside if high >= low else -inside
    return found


def worth(starts, rates, value):
    """Return the sum of part times rate from the first start up to the value."""
    return sum(size * rates[band] for band, size in parts(starts, min(starts[0], value), value).items() if band >= 0)
