"""On how many levels both sides below a member have somebody."""

from __future__ import annotations

from compplan.jit import kernel


@kernel
def paired_levels(parent, taken, skipped, most, first, second, below, length, out):
    """Count such levels from the bottom up.

    A list of cells, the nearest level first, says on which levels of a subtree somebody is; a cell is the member whose
    level it is, `below` the next one. Of two lists the shorter is added to the longer, so each cell is added once.
    first, second: -1, the lists of a member's children; taken is changed.
    """
    for i in range(len(parent) - 1, -1, -1):
        a, b = first[i], second[i]
        if a < 0 or (b >= 0 and length[a] < length[b]):
            a, b = b, a
        x, y, level, found = a, b, 0, 0
        while y >= 0:
            if taken[x] and taken[y] and level < most:
                found += 1
            taken[x] |= taken[y]
            x, y, level = below[x], below[y], level + 1
        out[i] = found
        head = a
        if not skipped[i]:
            below[i] = a
            length[i] = 1 if a < 0 else length[a] + 1
            head = i
        above = parent[i]
        if above >= 0:
            if first[above] < 0:
                first[above] = head
            else:
                second[above] = head
