"""The upline walk in full: climbing by jumps, for every setting.

Two steps alternate through a buffer of fixed size: a *find* kernel climbs and notes who takes which share,
`settle` multiplies, rounds, adds up and writes rows. Climbing looks at no ancestor for nothing: by depth
and column, `near` holds the depth of the nearest ancestor above with a rate in that column, so a chain of a
million unpaid members is one step. What nobody takes is added up by row of rates and column where it is lost.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from compplan.bonuses.walk.kernels import LOW, unit
from compplan.bonuses.walk.pair_kernels import fits
from compplan.jit import inline, kernel
from compplan.money_kernels import mul_div_round_by, round_div_by

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from compplan.bonuses.walk.pair_kernels import PairRows

U = np.uint32
ALL, UNPAYABLE = True, False


class Rule(NamedTuple):
    """What a climb follows. Rows of `numerators` (flat): the classes, nobody, and rate zero."""

    numerators: NDArray[np.int64]
    columns: int
    listed: int
    tail: bool
    nobody: int
    uncounted_paid: bool
    pass_up: bool
    from_self: bool
    source_counts: bool
    timed: bool
    paired: bool


class Times(NamedTuple):
    """When lines are, and since when earners are qualified; read only if the rule is timed. And who fits whom."""

    line: NDArray[np.int64]
    since: NDArray[np.int64]
    pairs: PairRows


class Climb(NamedTuple):
    """The ancestors of the member at hand.

    By depth: who, the offset of his rates, how many counted ones stand above, and `near` by column. By number
    of counted ancestors: their depth, and how many of them are nobody, and how many have no rate in the tail.
    """

    who: NDArray[np.int32]
    rates: NDArray[np.int32]
    above: NDArray[np.int32]
    near: NDArray[np.int32]
    counted: NDArray[np.int32]
    nobodies: NDArray[np.int32]
    zeros: NDArray[np.int32]


class Shares(NamedTuple):
    """The buffer between the steps: source, line, level, earner, and which numerator.

    The numerators of shares that are allotted extra begin a second table.
    """

    source: NDArray[np.int32]
    line: NDArray[np.int32]
    level: NDArray[np.int32]
    earner: NDArray[np.int32]
    at: NDArray[np.int32]


class Missed(NamedTuple):
    """Volume that nobody takes.

    `lost` is by row and column, `short` by levels found where levels are missing. `deep[0]` is no loss: the
    volume of every source, once for each member that uses up a level beyond the listed ones.
    """

    lost: NDArray[np.int64]
    short: NDArray[np.int64]
    deep: NDArray[np.int64]


@inline
def join(i, d, counted, rule, members, climb):
    """Let member i at depth d be an ancestor of who comes next."""
    row = np.int64(members.row[i])
    at = row * rule.columns
    climb.who[d] = i
    climb.rates[d] = at
    stands = climb.above[d]
    climb.counted[U(stands)] = d
    climb.above[d + U(1)] = stands + members.counted[i]
    for k in range(rule.columns):
        has = (rule.numerators[U(at + k)] != 0) & counted
        climb.near[(d + U(1)) * U(rule.columns) + U(k)] = d if has else climb.near[d * U(rule.columns) + U(k)]
    nobody = row == rule.nobody
    zero = (rule.numerators[U(at + rule.columns - 1)] == 0) & (not nobody)
    climb.nobodies[U(stands) + U(1)] = climb.nobodies[U(stands)] + nobody
    climb.zeros[U(stands) + U(1)] = climb.zeros[U(stands)] + zero


@inline
def has_children(i, members):
    """Say whether anybody stands below a member: a leaf need not join."""
    return i + 1 < members.depth.size and members.depth[U(i + 1)] > members.depth[U(i)]


@inline
def late(d, line, rule, times, climb):
    """Say whether the ancestor at a depth qualified too late for a line, or does not fit its source."""
    if rule.timed and times.since[U(climb.who[U(d)])] >= times.line[U(line)]:
        return True
    return rule.paired and not fits(climb.who[U(d)], line, times.pairs)


@inline
def payable_above(d, k, line, rule, times, climb):
    """Return the depth of the nearest ancestor above depth d who is payable at column k, or -1."""
    d = climb.near[U(d) * U(rule.columns) + U(k)]
    while d >= 0 and late(d, line, rule, times, climb):
        d = climb.near[U(d) * U(rule.columns) + U(k)]
    return d


@inline
def note(o, i, line, level, d, at, climb, shares):
    """Note a share for the ancestor at depth d; return the next free place."""
    shares.source[U(o)] = i
    shares.line[U(o)] = line
    shares.level[U(o)] = level
    shares.earner[U(o)] = climb.who[U(d)]
    shares.at[U(o)] = at
    return o + 1


@kernel
def enter(path, reach_all, rule, members, climb):
    """Begin with the ancestors of a range."""
    for j in range(path.size):
        i = U(path[j])
        join(i, U(members.depth[i]), reach_all or members.counted[i], rule, members, climb)


@kernel
def find_payable(i, line, last, rule, members, lines, times, climb, shares, missed):
    """Climb from line `line` of source i on, where only the payable use up levels.

    Return the source and the line to go on from, and how many shares are in the buffer.
    """
    o, room = 0, shares.at.size - climb.who.size
    while i < last:
        d = U(members.depth[U(i)])
        if rule.from_self or has_children(i, members):
            join(U(i), d, ALL, rule, members, climb)
        start = d + U(1) if rule.from_self else d
        end = lines.start[U(i) + U(1)] if lines.lined else np.int64(i) + 1
        while line < end:
            v = lines.value[U(line)]
            v = unit(v) if lines.fixed else v
            if v != 0:
                if o > room:
                    return i, line, o
                k, d = 0, np.int64(start)
                while k < rule.listed or rule.tail:
                    column = min(k, rule.listed)
                    d = np.int64(payable_above(d, column, line, rule, times, climb))
                    if d < 0:
                        break
                    k += 1
                    o = note(o, i, line, k, d, climb.rates[U(d)] + column, climb, shares)
                if k < rule.listed:
                    missed.short[U(k)] += v
                missed.deep[0] += v * max(k - rule.listed, 0)
            line += 1
        i += 1
        line = lines.start[U(i)] if lines.lined else np.int64(i)
    return i, line, o


@inline
def lose_deeper(count, v, all_of_them, rule, climb, missed):
    """Lose the tail shares of the first `count` counted ancestors: of all, or of those without a rate."""
    zeros = climb.zeros[U(count)]
    nobodies = count - zeros if all_of_them else climb.nobodies[U(count)]
    last = rule.nobody * rule.columns + rule.listed
    missed.lost[U(last)] += v * nobodies
    missed.lost[U(last + rule.columns)] += v * zeros


@inline
def skipped_shares(o, d, above, i, line, level, column, rule, times, climb, shares):
    """Note what the uncounted between two depths get at a level; return the next free place."""
    d = np.int64(payable_above(d, column, line, rule, times, climb))
    while d > above:
        at = climb.rates[U(d)] + column + (rule.numerators.size >> 1)
        o = note(o, i, line, level, d, at, climb, shares)
        d = np.int64(payable_above(d, column, line, rule, times, climb))
    return o


@inline
def tail_shares(o, d, count, i, line, v, rule, times, climb, shares, missed):
    """Note who takes the levels beyond the listed ones, above a depth; return the next free place."""
    column = rule.listed
    d = np.int64(climb.near[U(d) * U(rule.columns) + U(column)])
    while d >= 0:
        stands, at = np.int64(climb.above[U(d)]), climb.rates[U(d)] + column
        counted = stands < count and climb.above[U(d + 1)] > stands  # the source may count without using one up
        if late(d, line, rule, times, climb):
            missed.lost[U(rule.nobody * rule.columns + column)] += v * counted
        elif counted:
            o = note(o, i, line, count - stands, d, at, climb, shares)
        else:
            o = note(o, i, line, count - stands + 1, d, at + (rule.numerators.size >> 1), climb, shares)
        d = np.int64(climb.near[U(d) * U(rule.columns) + U(column)])
    lose_deeper(count - column, v, UNPAYABLE, rule, climb, missed)
    return o


@kernel
def find_levels(i, line, last, rule, members, lines, times, climb, shares, missed):
    """Climb from line `line` of source i on, where everyone or the flagged use up levels.

    Return the source and the line to go on from, and how many shares are in the buffer.
    """
    o, room, columns = 0, shares.at.size - climb.who.size, rule.columns
    while i < last:
        d = U(members.depth[U(i)])
        if rule.from_self or rule.source_counts or has_children(i, members):
            join(U(i), d, rule.uncounted_paid or members.counted[U(i)], rule, members, climb)
        start = np.int64(d) + rule.from_self
        count = np.int64(climb.above[d + U(rule.source_counts)])
        end = lines.start[U(i) + U(1)] if lines.lined else np.int64(i) + 1
        while line < end:
            v = lines.value[U(line)]
            v = unit(v) if lines.fixed else v
            if v == 0:
                line += 1
                continue
            if o > room:
                return i, line, o
            # levels that are used up one by one: the listed ones; where shares move up, also the tail's
            k, low = 0, start
            while k < (count if rule.tail and rule.pass_up else min(count, rule.listed)):
                column, here = min(k, rule.listed), np.int64(climb.counted[U(count - 1 - k)])
                k += 1
                if here >= start:  # a source that uses up a level of his own without being paid
                    missed.lost[U(rule.nobody * columns + column)] += v
                    continue
                if rule.uncounted_paid:
                    o = skipped_shares(o, low, here, i, line, k, column, rule, times, climb, shares)
                low, at, taker = here, climb.rates[U(here)] + column, here
                has = rule.numerators[U(at)] != 0
                if not has or late(here, line, rule, times, climb):
                    up = payable_above(here, column, line, rule, times, climb) if rule.pass_up else -1
                    taker = np.int64(up)
                if taker >= 0:
                    o = note(o, i, line, k, taker, climb.rates[U(taker)] + column, climb, shares)
                    continue
                missed.lost[U(rule.nobody * columns + column if has else at)] += v
                if k > rule.listed:  # if nobody above takes it, nobody takes those of the others there
                    lose_deeper(count - k, v, ALL, rule, climb, missed)
                    break
            if rule.tail and not rule.pass_up and count >= rule.listed:
                if rule.listed == 0 and count > 0 and climb.counted[U(count - 1)] >= start:
                    has = rule.numerators[U(climb.rates[U(start)])] != 0  # the source's own level, lost
                    missed.lost[U(rule.nobody * columns)] += v * has
                o = tail_shares(o, low, count, i, line, v, rule, times, climb, shares, missed)
            elif rule.uncounted_paid and (rule.tail or count < rule.listed):
                column = min(count, rule.listed)
                o = skipped_shares(o, low, -1, i, line, count + 1, column, rule, times, climb, shares)
            if count < rule.listed:
                missed.short[U(count)] += v
            missed.deep[0] += v * max(count - rule.listed, 0) if rule.tail else 0
            line += 1
        i += 1
        line = lines.start[U(i)] if lines.lined else np.int64(i)
    return i, line, o


@kernel
def settle(count, shares, members, lines, numerators, by, wide, pay, paid, rest, rows, cursor, write):
    """Pay the shares in the buffer, and write payments that are not zero; return the row behind the last one.

    `wide` products pass 64 bits; then `rest` is not kept.
    """
    den = np.int64(by.den)
    for s in range(count):
        line, at, earner = shares.line[s], U(shares.at[s]), U(shares.earner[s])
        x = lines.value[U(line)]
        v = unit(x) if lines.fixed else x
        rate = numerators[at]
        if wide:
            amount = mul_div_round_by(v, rate, by)[0]
        else:
            amount = round_div_by(v * rate, by)
            left = v * rate - amount * den
            rest[0] += left >> 32
            rest[1] += left & LOW
        paid[at] += v
        pay[earner] += amount
        if write and amount != 0:
            r = U(cursor)
            rows.earner[r] = earner
            rows.source[r] = shares.source[s]
            rows.line[r] = line if lines.lined else -1
            rows.level[r] = shares.level[s]
            rows.klass[r] = members.row[earner]
            rows.base[r] = x
            rows.amount[r] = amount
            cursor += 1
    return cursor
