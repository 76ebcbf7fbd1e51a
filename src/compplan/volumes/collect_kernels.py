"""Volume of one level of a subtree, and of all levels down to one, without a walk over the subtree.

Members who stand on the same level follow one another in the order of the tree, and so do those of them who stand
below one member: their sum is a difference of two running sums. What lies deeper than a level is the sum of the whole
subtrees that begin one level further down. Where members are skipped, those below one of them stand on his own level,
so that a subtree begins on a level only below a member who is not skipped.
"""

from __future__ import annotations

import numpy as np

from compplan.jit import inline, kernel

U = np.uint32


@kernel
def lay_levels(parent, skipped, level, deepest, first):
    """Write the level of each member, the deepest of his subtree, and how many members begin before each level."""
    for i in range(parent.size):
        up = parent[U(i)]
        begins = up < 0 or not skipped[U(up)]
        here = np.int32(0) if up < 0 else np.int32(level[U(up)] + begins)
        level[U(i)] = here
        deepest[U(i)] = here
        first[U(here + 1)] += begins
    for i in range(parent.size - 1, -1, -1):
        up = parent[U(i)]
        if up >= 0:
            deepest[U(up)] = max(deepest[U(up)], deepest[U(i)])
    for here in range(1, first.size):
        first[here] += first[here - 1]


@kernel
def lay_sums(parent, skipped, level, subtree, first, used, running, begin, sums):
    """Write who begins on each level, level by level, and the running sum of their subtrees within the level."""
    for i in range(parent.size):
        up = parent[U(i)]
        if up < 0 or not skipped[U(up)]:
            here = U(level[U(i)])
            place = U(first[here] + used[here])
            used[here] += 1
            running[here] += subtree[U(i)]
            begin[place] = i
            sums[place] = running[here]


@inline
def deeper(first, begin, sums, level, after, stop):
    """Return the sum of the subtrees that begin on a level at members between `after` and `stop`, both left out."""
    left, right = first[U(level)], first[U(level + 1)]
    start = left
    low, high = left, right
    while low < high:
        middle = (low + high) >> 1
        if begin[U(middle)] > after:
            high = middle
        else:
            low = middle + 1
    place = low
    high = right
    while low < high:
        middle = (low + high) >> 1
        if begin[U(middle)] < stop:
            low = middle + 1
        else:
            high = middle
    result = np.int64(0)
    if low > place:
        result += sums[U(low - 1)]
        if place > start:
            result -= sums[U(place - 1)]
    return result


@kernel
def collect(end, skipped, level, deepest, first, begin, gains, losses, up, down, values, rules, low, total, used):
    """Go down until the amount is met or the levels end; `rules` are the amount, the levels, and 1 if own counts.

    `total` and `used` are written from 0 on for the members from `low` on. Gains and losses are apart so that each
    only grows from level to level: the first level that could do is searched with the losses known so far, and again
    with those down to it. Without losses, once is enough.
    """
    amount, levels, own = rules[0], rules[1], rules[2]
    for k in range(total.size):
        i = U(low + k)
        stop, top = end[i], np.int64(level[i]) - skipped[i]
        most = min(levels, deepest[i] - top) if stop > i + 1 else np.int64(0)
        gain, loss = max(values[i], 0) * own, max(-values[i], 0) * own
        all_gain, all_loss = up[i] - max(values[i], 0) + gain, down[i] - max(-values[i], 0) + loss
        at = np.int64(0)
        while gain - loss < amount and at < most:
            before, step = at, np.int64(1)
            at += 1
            while at < most and all_gain - deeper(first, begin, gains, top + at + 1, i, stop) - loss < amount:
                before = at
                step *= 2
                at = min(most, at + step)
            while at - before > 1:
                middle = (at + before) >> 1
                if all_gain - deeper(first, begin, gains, top + middle + 1, i, stop) - loss < amount:
                    before = middle
                else:
                    at = middle
            gain = all_gain - deeper(first, begin, gains, top + at + 1, i, stop)
            loss = all_loss - deeper(first, begin, losses, top + at + 1, i, stop)
        total[k] = gain - loss
        used[k] = at
