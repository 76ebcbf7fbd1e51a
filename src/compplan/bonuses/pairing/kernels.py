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
FEW = 4  # so many classes, with who has none, are added up one after the other sooner than side by side


@inline
def below(stack, depth, side, value):
    """Return what stands on both sides below a member, and push it up with his own; roots push anywhere."""
    d = U(depth)
    e = d + U(1)
    on_left = stack[e, 0]
    on_right = stack[e, 1]
    stack[e, 0] = 0
    stack[e, 1] = 0
    stack[d, U(side & 1)] += value + on_left + on_right
    return on_left, on_right


@kernel
def side_sums(depth, side, values, left, right, stack):
    """Sum the values below each member by the side that they stand on; lanes of the stack are the sides."""
    for i in range(depth.size - 1, -1, -1):
        left[i], right[i] = below(stack, depth[i], side[i], values[i])


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
def carried_on(rest, weaker, free, keep):
    """Return what one side carries on.

    `keep[2 * weaker + free]` is all ones where it is kept, else zero; `keep[4]` is all ones where at least debts are:
    a side below zero is carried as it is, unless nothing is carried at all. Which side is the weaker one, and who may
    pair, alternate at random, so both are looked up: a branch on them would take longer than everything else.
    """
    return rest & (keep[U(2 * weaker + free)] | (keep[U(4)] & (rest >> 63)))


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
        turned = np.int64(on_right > on_left)
        strong = max(on_left, on_right)
        weak = min(on_left, on_right)
        if a == b:
            n = min(quotient(weak, b), most) * free
        elif anew:
            n, of_strong, of_weak = alternating(strong, weak, a, b, most * free, turned != 0)
        else:
            n = min(quotient(strong, a), quotient(weak, b), most) * free
        pairs[i] = n
        if anew and a != b:
            swap = turned * (of_weak - of_strong)
            on_left -= of_strong + swap
            on_right -= of_weak - swap
            turned = np.int64(on_right > on_left)
        else:
            first = 0
            if balanced:
                first = 2
                n = min(quotient(weak, table[U(row[i]), 3]), quotient(strong, table[U(row[i]), 2])) * np.int64(n > 0)
            on_left -= n * table[U(row[i]), U(first + turned)]
            on_right -= n * table[U(row[i]), U(first + 1 - turned)]
            turned = np.int64(on_right > on_left) if anew else turned
        out_left[i] = carried_on(on_left, turned, free, keep)
        out_right[i] = carried_on(on_right, 1 - turned, free, keep)


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
        turned = np.int64(on_right > on_left)
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
        rest_left = on_left - smallest * table[U(row[i]), U(2 + turned)]
        rest_right = on_right - smallest * table[U(row[i]), U(3 - turned)]
        out_left[i] = carried_on(rest_left, turned, free, keep)
        out_right[i] = carried_on(rest_right, 1 - turned, free, keep)


@kernel
def take_newest(lot, rest, out):
    """Write how much of what a side carries on is of one period, and leave what is of older ones in `rest`.

    Volume is used up oldest first, so what is left is the newest. A debt has no age: it goes with the first.
    """
    for i in range(rest.size):
        part = min(rest[i], max(lot[i], 0))
        out[i] = part
        rest[i] -= part


@kernel
def count_paid(pairs, step, limit, payable, klass, row, per, paid, made, base):
    """Write pairs that are paid, and the volume of all and of those.

    `per[row, step]` is the volume of one pair that rates apply to; `step` and `limit` are empty where there are none.
    """
    for i in range(pairs.size):
        n = pairs[i]
        at = step[i] if step.size else 0
        rated = np.int64(payable[i]) & np.int64(klass[i] >= 0)
        few = (min(n, limit[i]) if limit.size else n) * rated
        each = per[U(row[i]), U(at)]
        paid[i] = few
        made[i] = n * each
        base[i] = few * each


@kernel
def price(units, step, payable, klass, numerators, narrow, by, amount):
    """Write the money for units of volume, or for pairs, to who can be paid; return how many overflowed.

    `narrow` promises that every product fits 64 bits. Divisions have a loop of their own, without look-ups: in one
    loop, both take twice the time. One rate for everybody needs no look-ups at all.
    """
    last, overflows, same = numerators.shape[1] - 1, 0, numerators.size == 1
    one = numerators[0, 0]
    for i in range(units.size if same else 0):
        due = one * (np.int64(payable[i]) & np.int64(klass[i] >= 0))
        amount[i] = units[i] * due if narrow else due
    for i in range(0 if same else units.size):
        at = step[i] if step.size else 0
        rated = np.int64(payable[i]) & np.int64(klass[i] >= 0)
        due = numerators[U(max(klass[i], 0)), U(min(max(at - 1, 0), last))] * rated
        amount[i] = units[i] * due if narrow else due
    if narrow:
        for i in range(units.size):
            amount[i] = round_div_by(amount[i], by)
    else:
        for i in range(units.size):
            amount[i], overflowed = mul_div_round_by(units[i], amount[i], by)
            overflows += overflowed
    return overflows


@kernel
def tally_few(volume, paid, payable, klass, sums):
    """Do what `tally` does for one column of a few classes: class by class, so that sums stay in registers."""
    for cell in range(sums.shape[0]):
        all_high = all_low = lost_high = lost_low = paid_high = paid_low = np.int64(0)
        for i in range(volume.size):
            mine = -np.int64(klass[i] == cell - 1)
            all_of = volume[i] & mine
            lost = all_of * (1 - (np.int64(payable[i]) & np.int64(cell > 0)))
            due = paid[i] & mine if paid.size else all_of - lost
            all_high += all_of >> 32
            all_low += all_of & 0xFFFFFFFF
            lost_high += lost >> 32
            lost_low += lost & 0xFFFFFFFF
            paid_high += due >> 32
            paid_low += due & 0xFFFFFFFF
        for at, each in enumerate((all_high, lost_high, paid_high, all_low, lost_low, paid_low)):
            sums[cell, at] += each


@kernel
def tally(volume, paid, step, payable, klass, columns, sums):
    """Add up volumes by what became of them and by cell of the rates; `paid` is empty where what is not lost is paid.

    A row of `sums` is of a cell, the first of members without a class: what pairs came to, what of it their makers
    could not be paid for, what was paid, each divided by 2**32, and then what is left of the three.
    """
    if sums.shape[0] <= FEW and columns == 1:
        tally_few(volume, paid, payable, klass, sums)
        return
    for i in range(volume.size):
        at = step[i] if step.size else 0
        cell = U((np.int64(klass[i]) + 1) * columns + min(max(at - 1, 0), columns - 1))
        all_of = volume[i]
        lost = all_of * (1 - (np.int64(payable[i]) & np.int64(klass[i] >= 0)))
        due = paid[i] if paid.size else all_of - lost
        sums[cell, U(0)] += all_of >> 32
        sums[cell, U(1)] += lost >> 32
        sums[cell, U(2)] += due >> 32
        sums[cell, U(3)] += all_of & 0xFFFFFFFF
        sums[cell, U(4)] += lost & 0xFFFFFFFF
        sums[cell, U(5)] += due & 0xFFFFFFFF
