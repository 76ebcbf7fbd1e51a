"""At which level one earner meets each source below him; the members here are the forest below him."""

from __future__ import annotations

import numpy as np

from compplan.bonuses.walk.jump_kernels import ALL, join, late, payable_above
from compplan.jit import inline, kernel

U = np.uint32


@kernel
def counted_levels(members, source_counts, above, out):
    """Write, for each source, one more than the counted members between it and the earner."""
    for i in range(out.size):
        d = U(members.depth[i])
        upto = above[d] + members.counted[i]
        out[i] = (upto if source_counts else above[d]) + 1
        above[d + U(1)] = upto


@kernel
def payable_levels(rule, members, lines, times, climb, out):
    """Write, for each line, one more than the levels that are used up by the payable below the earner."""
    line = np.int64(0)
    for i in range(members.depth.size):
        d = U(members.depth[i])
        join(U(i), d, ALL, rule, members, climb)
        start = d + U(1) if rule.from_self else d
        end = lines.start[U(i) + U(1)] if lines.lined else np.int64(i) + 1
        while line < end:
            k, at = 0, np.int64(start)
            while at >= 0 and (k < rule.listed or rule.tail):
                at = np.int64(payable_above(at, min(k, rule.listed), line, rule, times, climb))
                k += at >= 0
            out[line] = k + 1
            line += 1


@inline
def is_taken(x, column, line, rule, times, climb):
    """Say whether the share of counted member x (from the earner down) is taken below the earner."""
    d = np.int64(climb.counted[U(x)])
    if rule.numerators[U(climb.rates[U(d)] + column)] != 0 and not late(d, line, rule, times, climb):
        return True
    return payable_above(d, column, line, rule, times, climb) >= 0


@inline
def keep(found, i, line, level, source, of_line, levels):
    """Write a share, if there is room; return how many there are."""
    if found < source.size:
        source[U(found)] = i
        of_line[U(found)] = line
        levels[U(found)] = level
    return found + 1


@kernel
def passed_up(rule, members, lines, times, climb, rates, may, source, of_line, levels):
    """Write which shares of others come to the earner, who has these rates by column and may be paid; return how many.

    Who uses up their level cannot take them, nor can anybody between. What has no room is only counted.
    """
    found, line, listed = 0, np.int64(0), rule.listed
    for i in range(members.depth.size):
        d = U(members.depth[i])
        join(U(i), d, rule.uncounted_paid or members.counted[U(i)], rule, members, climb)
        count = climb.above[d + U(rule.source_counts)]
        own = np.int64(rule.source_counts and not rule.from_self and members.counted[U(i)])  # a level nobody takes
        end = lines.start[U(i) + U(1)] if lines.lined else np.int64(i) + 1
        while line < end:
            comes = lines.value[U(line)] != 0 and may[U(line)]
            for k in range(own, min(count, listed) if comes else 0):
                if rates[U(k)] != 0 and not is_taken(count - 1 - k, k, line, rule, times, climb):
                    found = keep(found, i, line, k + 1, source, of_line, levels)
            x = 0
            if comes and rule.tail and rates[U(listed)] != 0:
                # whoever takes a share of the tail takes those of all below him as well
                while x < count - max(listed, own) and not is_taken(x, listed, line, rule, times, climb):
                    found = keep(found, i, line, count - x, source, of_line, levels)
                    x += 1
            line += 1
    return found
