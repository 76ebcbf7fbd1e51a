"""Sums by side of a binary tree, pairs of two sides, and what is carried on.

Volumes are int64 at one scale. A row of `table` says what one pair takes: of the stronger side, of the weaker side,
and the same two for the smallest pair of that ratio, by which `balanced` uses up the weaker side. Where any amount can
be paired, one pair is the smallest that the ratio allows, so counting pairs is all that there is.
"""

from __future__ import annotations

import numpy as np

from compplan.jit import inline, kernel
from compplan.money_kernels import mul_div_round_by, round_div_by

U = np.uint32
NO_LIMIT = 2**63 - 1


@kernel
def side_sums(depth, side, values, left, right, stack):
    """Sum the values below each member by the side that they stand on; lanes are the sides, roots push anywhere."""
    for i in range(depth.size - 1, -1, -1):
        d = U(depth[i])
        e = d + U(1)
        on_left = stack[e, 0]
        on_right = stack[e, 1]
        stack[e, 0] = 0
        stack[e, 1] = 0
        total = values[i] + on_left + on_right
        left[i] = on_left
        right[i] = on_right
        stack[d, U(side[i] & 1)] += total


@inline
def quotient(volume, part):
    """Return how often a part goes into a volume; nothing where the volume is below zero."""
    volume = max(volume, 0)
    return volume if part == 1 else np.int64(np.uint64(volume) // np.uint64(part))


@inline
def alternating(strong, weak, a, b, most, tie):
    """Return pairs, and what they take of both sides, where the sides are compared anew before each pair.

    While one side stays ahead, the pairs are all alike. From then on the sides take turns, and two pairs take the same
    of both. At the end there may be one pair more; on a tie the left side is the stronger one, and `tie` says that it
    is the one called weak here.
    """
    ahead = (strong - weak) // (a - b)
    alike = min(ahead, most, quotient(strong, a), quotient(weak, b))
    strong -= alike * a
    weak -= alike * b
    if alike < ahead:
        return alike, alike * a, alike * b
    twice = min(quotient(weak, a + b), (most - alike) >> 1)
    both = twice * (a + b)
    more = alike + 2 * twice < most and strong - both >= a and weak - both >= b
    turned = tie and strong == weak
    last_strong, last_weak = (b, a) if turned else (a, b)
    pairs = alike + 2 * twice + more
    return pairs, alike * a + both + more * last_strong, alike * b + both + more * last_weak


@inline
def carried_on(rest_left, rest_right, turned, keep, free):
    """Return what both sides carry on; `keep` holds 1 or 0 for the stronger and the weaker side.

    A side below zero is carried as it is, unless nothing is carried at all. Which side is stronger, and who may pair,
    alternate at random, so both are numbers here and nothing is a branch: that would take longer than everything else.
    """
    if keep[0] == keep[1]:
        share = keep[0] | (1 - free)
        return rest_left * share, rest_right * share
    step = np.int64(turned) * (keep[0] - keep[1])
    of_left, of_right = (keep[0] - step) | (1 - free), (keep[1] + step) | (1 - free)
    debt_left, debt_right = min(rest_left, 0) * (1 - of_left), min(rest_right, 0) * (1 - of_right)
    return rest_left * of_left + debt_left, rest_right * of_right + debt_right


@kernel
def pair(
    left, right, carried_left, carried_right, row, may, limit, table, anew, balanced, keep, pairs, out_left, out_right
):
    """Pair the two sides of each member.

    `may` and `limit` are empty where everybody pairs, and without limit; who may not pair keeps both sides.
    """
    for i in range(left.size):
        on_left = left[i] + carried_left[i]
        on_right = right[i] + carried_right[i]
        a = table[U(row[i]), 0]
        b = table[U(row[i]), 1]
        free = np.int64(may[i]) if may.size else np.int64(1)
        most = limit[i] if limit.size else NO_LIMIT
        turned = on_right > on_left
        strong = max(on_left, on_right)
        weak = min(on_left, on_right)
        if a == b:
            n = min(quotient(weak, b), most) * free
            of_strong = of_weak = n * b
        elif anew:
            n, of_strong, of_weak = alternating(strong, weak, a, b, most * free, turned)
        else:
            n = min(quotient(strong, a), quotient(weak, b), most) * free
            of_strong = n * a
            of_weak = n * b
        if balanced:
            some = np.int64(n > 0)
            a = table[U(row[i]), 2]
            b = table[U(row[i]), 3]
            n_smallest = min(quotient(weak, b), quotient(strong, a)) * some
            of_strong = n_smallest * a
            of_weak = n_smallest * b
        pairs[i] = n
        swap = np.int64(turned) * (of_weak - of_strong)
        rest_left = on_left - of_strong - swap
        rest_right = on_right - of_weak + swap
        ahead = rest_right > rest_left if anew else turned
        out_left[i], out_right[i] = carried_on(rest_left, rest_right, ahead, keep, free)


@kernel
def pair_steps(
    left, right, carried_left, carried_right, row, may, limit, table, steps, balanced, keep, step, out_left, out_right
):
    """Pair the largest of listed increments that both sides reach; `step` is its number, 0 for none.

    `steps[row]` ascends and is padded with what nobody reaches; `table` holds the smallest pair of the ratio.
    """
    for i in range(left.size):
        on_left = left[i] + carried_left[i]
        on_right = right[i] + carried_right[i]
        turned = on_right > on_left
        a = table[U(row[i]), 2]
        b = table[U(row[i]), 3]
        smallest = min(quotient(min(on_left, on_right), b), quotient(max(on_left, on_right), a))
        free = np.int64(may[i]) if may.size else np.int64(1)
        reached = 0
        if free and not (limit.size and limit[i] == 0):
            while reached < steps.shape[1] and steps[U(row[i]), U(reached)] <= smallest * b:
                reached += 1
        if reached and not balanced:
            smallest = quotient(steps[U(row[i]), U(reached - 1)], b)
        smallest *= reached > 0
        step[i] = reached
        swap = np.int64(turned) * smallest * (b - a)
        rest_left = on_left - smallest * a - swap
        rest_right = on_right - smallest * b + swap
        out_left[i], out_right[i] = carried_on(rest_left, rest_right, turned, keep, free)


@kernel
def age(total, new, before, after, expired):
    """Lay what a side carries on over the periods that it came from, the newest first, as lots[k, n].

    Volume is used up oldest first, so what is left is the newest. What would be older than the last lot has expired.
    """
    lots = after.shape[0]
    for i in range(total.size):
        rest = total[i]
        if rest < 0:  # a debt has no age: it stays until volume pays it off
            after[0, i] = rest
            for k in range(1, lots):
                after[k, i] = 0
            expired[i] = 0
            continue
        part = min(rest, max(new[i], 0))
        after[0, i] = part
        rest -= part
        for k in range(1, lots):
            part = min(rest, max(before[k - 1, i], 0))
            after[k, i] = part
            rest -= part
        expired[i] = rest


@kernel
def price(pairs, step, limit, payable, klass, row, per, numerators, fixed, narrow, by, paid, made, base, amount):
    """Write pairs that are paid, the volume of all and of those, and their money; return how many overflowed.

    `per[row, step]` is the volume of one pair that rates apply to; `step` and `limit` are empty where there are none.
    `narrow` promises that every product fits 64 bits. Divisions have a loop of their own, without look-ups: in one
    loop, both take twice the time.
    """
    last, overflows = numerators.shape[1] - 1, 0
    for i in range(pairs.size):
        n = pairs[i]
        at = step[i] if step.size else 0
        rated = np.int64(payable[i]) & np.int64(klass[i] >= 0)
        few = (min(n, limit[i]) if limit.size else n) * rated
        each = per[U(row[i]), U(at)]
        paid[i] = few
        made[i] = n * each
        base[i] = few * each
        units = few if fixed else few * each
        due = numerators[U(max(klass[i], 0)), U(min(max(at - 1, 0), last))] * rated
        amount[i] = units * due if narrow else due
    if narrow:
        for i in range(pairs.size):
            amount[i] = round_div_by(amount[i], by)
    else:
        for i in range(pairs.size):
            amount[i], overflowed = mul_div_round_by(paid[i] if fixed else base[i], amount[i], by)
            overflows += overflowed
    return overflows


@kernel
def tally(volume, paid, step, payable, klass, columns, sums):
    """Add up volumes by what became of them and by cell of the rates.

    A row of `sums` is of a cell, the first of members without a class: what pairs came to, what of it their makers
    could not be paid for, what was paid, each divided by 2**32, and then what is left of the three.
    """
    for i in range(volume.size):
        at = step[i] if step.size else 0
        cell = U((np.int64(klass[i]) + 1) * columns + min(max(at - 1, 0), columns - 1)) * U(6)
        all_of, paid_of = volume[i], paid[i]
        lost = all_of * (1 - (np.int64(payable[i]) & np.int64(klass[i] >= 0)))
        sums[cell] += all_of >> 32
        sums[cell + U(1)] += lost >> 32
        sums[cell + U(2)] += paid_of >> 32
        sums[cell + U(3)] += all_of & 0xFFFFFFFF
        sums[cell + U(4)] += lost & 0xFFFFFFFF
        sums[cell + U(5)] += paid_of & 0xFFFFFFFF
