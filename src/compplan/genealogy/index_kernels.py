"""Kernels of the member index: tables from integer ids to members (`text_kernels.py` has those of text).

All tables hold 0 for "free" and member + 1 for "here", so that a miss gives -1 without a branch:

- *direct*: one uint32 per possible id, for ids that lie close together;
- *pairs*: open addressing over (id, member + 1), 16 bytes a slot, flat uint64, for any int64 ids;
- *prints*: open addressing over (32 bits of the hash, member + 1), 8 bytes a slot, for text.

Hashes wrap on purpose: callers hold `numpy.errstate(over="ignore")` for the runs without the JIT.
"""

from __future__ import annotations

import numpy as np

from compplan.genealogy.prefetch_kernels import AHEAD, prefetch
from compplan.jit import inline, kernel

U64 = np.uint64
ZERO, ONE, HALF = U64(0), U64(1), U64(32)
LOW = U64(0xFFFFFFFF)
MIX_1 = U64(0x9E3779B97F4A7C15)  # odd, from the golden ratio
MIX_2 = U64(0xD6E8FEB86659FD93)
BLOCK = 64
FAR = 4 * AHEAD  # in slots of which three of four are free


@inline
def home(key, shift):
    """Return the slot at which the search for an integer key begins: the top bits of its hash."""
    mixed = key * MIX_1
    return ((mixed ^ (mixed >> HALF)) * MIX_2) >> shift


# ---- direct table


@kernel
def fill_direct(keys, lowest, table):
    """Enter keys into a direct table, the first of equal keys wins; return how many were repeated."""
    repeated = 0
    for i in range(keys.size):
        at = keys[i] - lowest
        held = table[at]
        repeated += held != 0
        table[at] = held if held != 0 else i + 1
    return repeated


@kernel
def find_direct(keys, lowest, table, out):
    """Look keys up: out[i] = member, or -1."""
    for i in range(keys.size):
        at = keys[i] - lowest  # a key below the lowest wraps to a huge number, so one comparison is enough
        out[i] = np.int64(table[at]) - 1 if at < U64(table.size) else -1


@kernel
def renumber_direct(table, numbers):
    """Replace each member m of a direct table by numbers[m]."""
    for at in range(table.size):
        held = U64(table[at])
        here = U64(held != ZERO)
        table[at] = (U64(numbers[held - here]) + ONE) * here


# ---- pairs


@inline
def put_pair(slots, at, mask, key, member):
    """Enter one pair, searching from slot `at`; return 1 where the key is there already, else 0."""
    while slots[(at << ONE) | ONE] != ZERO and slots[at << ONE] != key:
        at = (at + ONE) & mask
    if slots[(at << ONE) | ONE] != ZERO:
        return 1
    slots[at << ONE] = key
    slots[(at << ONE) | ONE] = U64(member + 1)
    return 0


@kernel
def fill_pairs(keys, shift, mask, slots):
    """Enter all keys in order, the first of equal keys wins; return how many were repeated."""
    repeated = 0
    for i in range(keys.size):
        if i + AHEAD < keys.size:
            prefetch(slots, home(keys[i + AHEAD], shift) << ONE)
        repeated += put_pair(slots, home(keys[i], shift), mask, keys[i], i)
    return repeated


@kernel
def fill_part(keys, shift, part, slots, homes, members, late, counts):
    """Enter the keys whose search begins in slots [part[0], part[1]), and no other: parts run at once.

    A search that leaves the part is put off: its member goes to `late`, entered when all parts are done.
    counts[0] receives the number of repeated keys, counts[1] the number of late members.
    """
    low, high = part[0], part[1]
    for start in range(0, keys.size, BLOCK):
        count = 0
        for i in range(start, min(start + BLOCK, keys.size)):
            at = home(keys[i], shift)
            homes[count] = at
            members[count] = i
            count += (at >= low) & (at < high)
        for j in range(count):
            prefetch(slots, homes[j] << ONE)
        for j in range(count):
            at, key = homes[j], keys[members[j]]
            while at < high and slots[(at << ONE) | ONE] != ZERO and slots[at << ONE] != key:
                at += ONE
            if at == high:
                late[counts[1]] = members[j]
                counts[1] += 1
            elif slots[(at << ONE) | ONE] != ZERO:
                counts[0] += 1
            else:
                slots[at << ONE] = key
                slots[(at << ONE) | ONE] = U64(members[j] + 1)


@kernel
def fill_late(keys, shift, mask, late, slots):
    """Enter the members that the parts put off; return how many were repeated."""
    repeated = 0
    for j in range(late.size):
        key = keys[late[j]]
        repeated += put_pair(slots, home(key, shift), mask, key, late[j])
    return repeated


@kernel
def find_pairs(keys, shift, mask, slots, out):
    """Look keys up: out[i] = member, or -1."""
    for i in range(keys.size):
        if i + AHEAD < keys.size:
            prefetch(slots, home(keys[i + AHEAD], shift) << ONE)
        key = keys[i]
        at = home(key, shift)
        while slots[(at << ONE) | ONE] != ZERO and slots[at << ONE] != key:
            at = (at + ONE) & mask
        out[i] = np.int64(slots[(at << ONE) | ONE]) - 1


@kernel
def renumber_slots(slots, numbers):
    """Replace each member m by numbers[m], in prints or in the second words of pairs (a strided view).

    Free slots are written too: a branch on them would be mispredicted all along.
    """
    for at in range(slots.size):
        if at + FAR < slots.size:
            prefetch(numbers, slots[at + FAR] & LOW)
        held = slots[at] & LOW
        here = U64(held != ZERO)
        slots[at] = (slots[at] & ~LOW) | ((U64(numbers[held - here]) + ONE) * here)
