"""Payments one by one: what each source brings to whom, in a buffer of fixed size, and the paying of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from compplan.bonuses.difference.chain_kernels import STOPS
from compplan.bonuses.difference.total_kernels import EXTRA, FIRST, LOST, LOWER, NOBODY, REST, STOPPED, UNPAID, add
from compplan.jit import inline, kernel
from compplan.money_kernels import round_div_by

if TYPE_CHECKING:
    from numpy.typing import NDArray

U = np.uint32
IS_PAID, IS_UNPAID, IS_HELD, IS_FIRST = range(4)


class Rule(NamedTuple):
    """The rule as kernels read it.

    By row, and one more for who has no class: rates, what is taken, and 1 for who may have a floor.
    """

    rates: NDArray[np.int64]
    takes: NDArray[np.int64]
    floored: NDArray[np.int64]
    best: int
    lower: int
    equal: int
    floors: NDArray[np.int64]
    tail: int
    at_zero: bool
    limit: int
    from_level: int
    levels: int
    first_take: bool


class Sources(NamedTuple):
    """Whom each source meets first, the level of its walk there; `most` and `taken` are empty where nobody asks."""

    first: NDArray[np.int32]
    top: NDArray[np.int32]
    most: NDArray[np.int64]
    taken: NDArray[np.int64]
    lined: bool
    start: NDArray[np.int64]
    value: NDArray[np.int64]


class Shares(NamedTuple):
    """Parts in the buffer: number in the chain, source, line, level, numerator, and what becomes of it."""

    at: NDArray[np.int32]
    source: NDArray[np.int32]
    line: NDArray[np.int32]
    level: NDArray[np.int32]
    part: NDArray[np.int64]
    kind: NDArray[np.int8]


@inline
def first_who_takes(a, top, rule, chain):
    """Return the first in the chain from `a` on who takes his rate: members of the first levels may not."""
    while not rule.first_take and a > 0 and top - chain.level[U(a)] < rule.from_level:
        a = chain.above[U(a)] >> 1
    return a


@kernel
def find_shares(i, line, last, room, rule, sources, chain, kinds, shares, sums):
    """Follow the chain from line `line` of source i on, where nobody has a floor.

    Return the source and the line to go on from, and how many shares are in the buffer.
    """
    o = 0
    while i < last:
        a0, top = sources.first[U(i)], np.int64(sources.top[U(i)]) + 1
        most = sources.most[U(i)] if sources.most.size else rule.best
        end = sources.start[U(i + 1)] if sources.lined else i + 1
        a0 = first_who_takes(a0, top, rule, chain)
        while line < end:
            v = sources.value[U(line)]
            if v == 0:
                line += 1
                continue
            if o > room:
                return i, line, o
            a, low, take, lost, extra = np.int64(a0), 0, 0, 0, 0
            while a > 0:
                level = top - chain.level[U(a)]
                if level > rule.levels:
                    break
                row = U(chain.row[U(a)])
                extra += take - low
                rate, take = min(rule.rates[row], most), min(rule.takes[row], most)
                shares.at[U(o)], shares.source[U(o)], shares.line[U(o)] = a, i, line
                shares.level[U(o)], shares.part[U(o)] = level, rate - low
                shares.kind[U(o)] = kinds[U(a)] if level >= rule.from_level else IS_FIRST
                o += rate > low
                lost += take - rate
                low, a = min(chain.low[U(a)], most), np.int64(chain.next[U(a)])
            add(sums, LOST, lost * v)
            add(sums, EXTRA, extra * v)
            ended = a < 0 and top - chain.level[U(-a)] <= rule.levels
            add(sums, STOPPED if ended else LOWER if a0 > 0 else NOBODY, (rule.best - take) * v)
            line += 1
        i += 1
        line = sources.start[U(i)] if sources.lined else i
    return i, line, o


@kernel
def find_floored(i, line, last, room, rule, sources, chain, kinds, shares, sums):
    """Do the same where members may have a floor, all parts a limit, or something is taken before the walk.

    What is taken then grows by every part, and is no longer a rate that somebody has.
    """
    o = 0
    while i < last:
        a0, top = sources.first[U(i)], np.int64(sources.top[U(i)]) + 1
        most = sources.most[U(i)] if sources.most.size else rule.limit
        before = sources.taken[U(i)] if sources.taken.size else 0
        end = sources.start[U(i + 1)] if sources.lined else i + 1
        a0 = first_who_takes(a0, top, rule, chain)
        while line < end:
            v = sources.value[U(line)]
            if o > room:
                return i, line, o
            a, taken, peak, lost = np.int64(a0) * (v != 0), before, 0, 0
            while a > 0 and taken < rule.limit:
                level, row = top - chain.level[U(a)], U(chain.row[U(a)])
                if level > rule.levels:
                    break
                own = rule.rates[row]
                rate, take = min(own, most), min(rule.takes[row], most)
                if 0 < own <= peak and (rule.equal if own == peak else rule.lower) == STOPS:
                    a = np.int64(-1)
                    break
                open_floor = rule.tail > 0 or level <= rule.floors.size
                floor = rule.floors[U(level - 1)] if level <= rule.floors.size else rule.tail
                if level < rule.from_level or (rule.at_zero and rate > taken):
                    floor = 0
                part = max(rate - taken, floor * rule.floored[row])
                part = min(part, rule.limit - taken)
                if part > 0:
                    shares.at[U(o)], shares.source[U(o)], shares.line[U(o)] = a, i, line
                    shares.level[U(o)], shares.part[U(o)] = level, part
                    shares.kind[U(o)] = kinds[U(a)] if level >= rule.from_level else IS_FIRST
                    o += 1
                after = min(max(taken + max(part, 0), take), max(rule.limit, taken))
                lost += after - taken - max(part, 0)
                taken, peak = after, max(peak, own)
                if open_floor or part > 0 or (own == peak and rule.equal == STOPS):
                    a = np.int64(chain.above[U(a)] >> 1)
                else:
                    a = np.int64(chain.other[U(a)] if own == peak and rule.lower == STOPS else chain.higher[U(a)])
            add(sums, LOST, lost * v)
            add(sums, EXTRA, (max(taken - rule.best, 0) - before) * v)
            add(sums, STOPPED if a < 0 else LOWER if a0 > 0 else NOBODY, max(rule.best - taken, 0) * v)
            line += 1
        i += 1
        line = sources.start[U(i)] if sources.lined else i
    return i, line, o


@kernel
def settle(count, shares, value, who, row, by, pay, held, sums, rows, cursor, write):
    """Pay the shares in the buffer, and write payments that are not zero; return the row behind the last one."""
    den = np.int64(by.den)
    for s in range(count):
        line, at, part, kind = shares.line[U(s)], U(shares.at[U(s)]), shares.part[U(s)], shares.kind[U(s)]
        v, earner = value[U(line)], U(who[at])
        exact = v * part
        if kind in (IS_UNPAID, IS_FIRST):
            add(sums, FIRST if kind == IS_FIRST else UNPAID, exact)
            continue
        amount = round_div_by(exact, by)
        add(sums, REST, exact - amount * den)
        if kind == IS_HELD:
            held[earner] += amount
            continue
        pay[earner] += amount
        if write and amount != 0:
            r = U(cursor)
            rows.earner[r], rows.source[r], rows.line[r] = earner, shares.source[U(s)], line
            rows.level[r], rows.klass[r] = shares.level[U(s)], row[at]
            rows.base[r], rows.rate[r], rows.amount[r] = v, part, amount
            cursor += 1
    return cursor
