"""Kernels that sort children lists by their keys: almost all are short, one may hold everybody."""

from __future__ import annotations

import numpy as np

from compplan.jit import inline, kernel

U64 = np.uint64
ONE = U64(1)
RUN = U64(32)
"""Lists up to this size are sorted by insertion; longer ones merge sorted runs of this size."""


@kernel
def longest_list(starts):
    """Return the size of the longest children list."""
    longest = 0
    for group in range(1, starts.size - 1):
        longest = max(longest, starts[group] - starts[group - 1])
    return longest


@inline
def insert_sorted(keys, rows, low, high):
    """Sort the (key, row) pairs [low, high) by insertion."""
    k = low + ONE
    while k < high:
        key, row, j = keys[k], rows[k], k
        while j > low and keys[j - ONE] > key:
            keys[j], rows[j] = keys[j - ONE], rows[j - ONE]
            j -= ONE
        keys[j], rows[j] = key, row
        k += ONE


@inline
def merge_runs(keys, rows, low, middle, high, spare_keys, spare_rows):
    """Merge the sorted runs [low, middle) and [middle, high): the left one moves aside and is merged back."""
    size = middle - low
    for k in range(size):
        spare_keys[k], spare_rows[k] = keys[low + U64(k)], rows[low + U64(k)]
    left, right, at = U64(0), middle, low
    while left < size and right < high:
        first = spare_keys[left] <= keys[right]
        keys[at], rows[at] = (
            spare_keys[left] if first else keys[right],
            spare_rows[left] if first else rows[right],
        )
        left += U64(first)
        right += U64(not first)
        at += ONE
    while left < size:
        keys[at], rows[at] = spare_keys[left], spare_rows[left]
        left += ONE
        at += ONE


@kernel
def sort_pairs(keys, rows, spare_keys, spare_rows):
    """Sort (key, row) pairs: runs by insertion, then merges that skip what is in order."""
    size, width = U64(keys.size), RUN
    for low in range(U64(0), size, width):
        insert_sorted(keys, rows, low, min(low + width, size))
    while width < size:
        for low in range(U64(0), size - width, width + width):
            middle, high = low + width, min(low + width + width, size)
            if keys[middle - ONE] > keys[middle]:
                merge_runs(keys, rows, low, middle, high, spare_keys, spare_rows)
        width += width


@kernel
def sort_short_lists(starts, keys, rows):
    """Sort each children list of at most `RUN` entries by its keys."""
    high = U64(0)
    for group in range(1, starts.size - 1):
        low = high
        high = U64(starts[group])
        if high - low <= RUN:
            insert_sorted(keys, rows, low, high)


@kernel
def sort_long_lists(starts, keys, rows, spare_keys, spare_rows):
    """Sort each longer children list; the spare arrays have room for the longest.

    Apart from the short ones, because slices in that loop made it 1.5 times slower.
    """
    high = U64(0)
    for group in range(1, starts.size - 1):
        low = high
        high = U64(starts[group])
        if high - low > RUN:
            sort_pairs(keys[low:high], rows[low:high], spare_keys, spare_rows)
