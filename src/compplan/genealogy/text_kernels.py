"""Kernels of text ids, on Arrow's own layout: text i is data[offsets[i]:offsets[i + 1]], UTF-8 bytes.

UTF-8 compares byte by byte as its code points do, so bytes are all that these kernels know. Hashes wrap on
purpose: callers hold `numpy.errstate(over="ignore")` for the runs without the JIT.
"""

from __future__ import annotations

import numpy as np

from compplan.genealogy.index_kernels import BLOCK, HALF, LOW, MIX_1, MIX_2, ONE, ZERO
from compplan.genealogy.prefetch_kernels import AHEAD, prefetch
from compplan.jit import inline, kernel

U64 = np.uint64
WORD = U64(8)
TURN = U64(29)


@inline
def word_at(data, at):
    """Return the eight bytes at `at` as one number, lowest byte first (one load, once compiled)."""
    word = ZERO
    for k in range(8):
        word |= U64(data[at + U64(k)]) << U64(8 * k)
    return word


@inline
def hash_text(data, low, high):
    """Return 64 mixed bits of data[low:high]; its last word may overlap the one before it."""
    mixed = (high - low + ONE) * MIX_1
    if high - low >= WORD:
        at = low
        while at + WORD < high:
            mixed = (mixed ^ word_at(data, at)) * MIX_1
            mixed ^= mixed >> TURN
            at += WORD
        mixed ^= word_at(data, high - WORD)
    else:
        word = ZERO
        for at in range(low, high):
            word = (word << WORD) | U64(data[at])
        mixed ^= word
    mixed *= MIX_1
    return (mixed ^ (mixed >> HALF)) * MIX_2


@inline
def same_text(data, low, high, other, at, end):
    """Say whether data[low:high] equals other[at:end]."""
    if high - low != end - at:
        return False
    while low + WORD <= high:
        if word_at(data, low) != word_at(other, at):
            return False
        low += WORD
        at += WORD
    while low < high:
        if data[low] != other[at]:
            return False
        low += ONE
        at += ONE
    return True


@inline
def probe(slots, at, mask, mark):
    """Return the first slot from `at` on that is free or carries the 32 bits `mark`."""
    while slots[at] != ZERO and (slots[at] >> HALF) != mark:
        at = (at + ONE) & mask
    return at


@kernel
def fill_prints(offsets, data, shift, mask, slots, hashes):
    """Enter all texts in order, the first of equal texts wins; return how many were repeated.

    `hashes` is room for one block of hashes (uint64[BLOCK]).
    """
    repeated = 0
    count = offsets.size - 1
    for start in range(0, count, BLOCK):
        stop = min(start + BLOCK, count)
        for i in range(start, stop):
            hashes[i - start] = hash_text(data, U64(offsets[i]), U64(offsets[i + 1]))
            prefetch(slots, hashes[i - start] >> shift)
        for i in range(start, stop):
            mark = hashes[i - start] & LOW
            at = probe(slots, hashes[i - start] >> shift, mask, mark)
            while slots[at] != ZERO:
                j = (slots[at] & LOW) - ONE
                if same_text(data, U64(offsets[i]), U64(offsets[i + 1]), data, U64(offsets[j]), U64(offsets[j + ONE])):
                    break
                at = probe(slots, (at + ONE) & mask, mask, mark)
            if slots[at] == ZERO:
                slots[at] = (mark << HALF) | U64(i + 1)
            else:
                repeated += 1
    return repeated


@kernel
def find_prints(texts, bytes_, shift, mask, slots, offsets, data, hashes, places, out):
    """Look texts up: out[i] = member, or -1; (texts, bytes_) are the members' ids, (offsets, data) the keys.

    Blocks go through four stages, so that slots, offsets and bytes of a whole block are on their way
    together; `hashes` and `places` are room for one block (uint64[BLOCK]).
    """
    count = offsets.size - 1
    for start in range(0, count, BLOCK):
        stop = min(start + BLOCK, count)
        for i in range(start, stop):
            hashes[i - start] = hash_text(data, U64(offsets[i]), U64(offsets[i + 1]))
            prefetch(slots, hashes[i - start] >> shift)
        for k in range(stop - start):
            places[k] = probe(slots, hashes[k] >> shift, mask, hashes[k] & LOW)
            prefetch(texts, slots[places[k]] & LOW)
        for k in range(stop - start):
            member = slots[places[k]] & LOW
            if member != ZERO:
                prefetch(bytes_, texts[member - ONE])
        for i in range(start, stop):
            at = places[i - start]
            while slots[at] != ZERO:
                j = (slots[at] & LOW) - ONE
                if same_text(bytes_, U64(texts[j]), U64(texts[j + ONE]), data, U64(offsets[i]), U64(offsets[i + 1])):
                    break
                at = probe(slots, (at + ONE) & mask, mask, hashes[i - start] & LOW)
            out[i] = np.int64(slots[at] & LOW) - 1


@kernel
def first_words(offsets, data, skip, out):
    """out[i] = the eight bytes of text i after its first `skip`, highest byte first, padded with zeros.

    The order of these numbers is the order of the texts, except that texts may share a number.
    """
    for i in range(out.size):
        word = ZERO
        low, high = U64(offsets[i]) + skip, U64(offsets[i + 1])
        if low + WORD <= high:
            for k in range(8):
                word = (word << WORD) | U64(data[low + U64(k)])
        else:
            for k in range(8):
                word = (word << WORD) | (U64(data[low + U64(k)]) if low + U64(k) < high else ZERO)
        out[i] = word


@kernel
def shared_prefix(offsets, data, prefix):
    """Return how many of the first `prefix` bytes of text 0 begin every text."""
    for i in range(offsets.size - 1):
        low, high = U64(offsets[i]), U64(offsets[i + 1])
        prefix = min(prefix, high - low)
        k = ZERO
        while k < prefix and data[low + k] == data[U64(offsets[0]) + k]:
            k += ONE
        prefix = k
    return prefix


@kernel
def bounds_of(offsets, rows, out):
    """Write the offsets of the texts of some rows, one after another, to `out`."""
    out[0] = 0
    for i in range(rows.size):
        if i + AHEAD < rows.size:
            prefetch(offsets, rows[i + AHEAD])
        row = U64(rows[i])
        out[i + 1] = out[i] + offsets[row + ONE] - offsets[row]


@kernel
def copy_texts(offsets, data, rows, bounds, out):
    """Copy the texts of some rows to their bounds."""
    for i in range(rows.size):
        if i + 2 * AHEAD < rows.size:
            prefetch(offsets, rows[i + 2 * AHEAD])
            prefetch(data, offsets[U64(rows[i + AHEAD])])
        low, at = U64(offsets[U64(rows[i])]), U64(bounds[i])
        for k in range(U64(bounds[i + 1]) - at):
            out[at + U64(k)] = data[low + U64(k)]
