"""The plainest binary bonus, from volumes to pay and what is carried on, while a block of members is in the cache.

One to one, in any amount: what is left of the weaker side is nothing then, or below zero, so who carries the stronger
side on carries both. Every loop does one thing, because sums by side wait for each other, products can be made several
at a time, and rounding has a wide product of its own.
"""

from __future__ import annotations

import numpy as np

from compplan.bonuses.pairing.kernels import below, price, tally
from compplan.jit import kernel
from compplan.money_kernels import floor_by, sum_checked
from compplan.wide_kernels import word

HALF = 32
LOW = 0xFFFFFFFF


@kernel
def pay_below(
    depth, side, values, carried_left, carried_right, may, payable, klass, none, numerators, keep, by, block,
    pairs, amount, out_left, out_right, sums, stack
):  # fmt: skip
    """Sum by side, pair, pay and add up; return the bits of all that was carried in and of all volumes, and the pay.

    Bits are those of `magnitude_bits`: the caller has promised no bound, and has no use for anything else if they
    pass it. `pairs` has room for a block of members, or for all; `none` is empty; `may` is None where everybody
    pairs. Pay is returned as `sum_checked` does, and `sums` are those of `tally`.
    """
    carried = own = np.int64(0)
    sum_high = sum_low = np.int64(0)
    for low in range((depth.size - 1) // block * block, -1, -block):
        high = min(low + block, depth.size)
        at = low % pairs.size
        made, can, row, pay = pairs[at : at + high - low], payable[low:high], klass[low:high], amount[low:high]
        bits = pair_below(
            depth[low:high], side[low:high], values[low:high], carried_left[low:high], carried_right[low:high],
            None if may is None else may[low:high], keep, made, out_left[low:high], out_right[low:high], stack,
        )  # fmt: skip
        carried |= bits[0]
        own |= bits[1]
        if numerators.size == 1:
            more_high, more_low = price_one(made, can, row, numerators[0, 0], by, pay, sums)
        else:
            price(made, none, can, row, numerators, True, by, pay)  # noqa: FBT003 - kernels take no keywords
            tally(made, none, none, can, row, numerators.shape[1], sums)
            more_high, more_low = sum_checked(pay)
        sum_high += more_high
        sum_low += more_low
    return carried, own, sum_high, sum_low


@kernel
def pair_below(depth, side, values, carried_left, carried_right, may, keep, pairs, out_left, out_right, stack):
    """Write the pairs of a block and what is left on both sides; return the bits of what was read.

    `keep` is all ones where what is left is carried on, else zero; who may not pair keeps both sides.
    """
    carried = own = np.int64(0)
    for i in range(depth.size - 1, -1, -1):
        on_left, on_right = below(stack, depth[i], side[i], values[i])
        left, right = carried_left[i], carried_right[i]
        own |= values[i] ^ (values[i] >> 63)
        carried |= (left ^ (left >> 63)) | (right ^ (right >> 63))
        on_left += left
        on_right += right
        n = max(min(on_left, on_right), 0)
        share = keep
        if may is not None:
            n *= np.int64(may[i])
            share |= np.int64(may[i]) - 1
        pairs[i] = n
        out_left[i] = (on_left - n) & share
        out_right[i] = (on_right - n) & share
    return carried, own


@kernel
def price_one(pairs, payable, klass, rate, by, amount, sums):
    """Write what pairs pay at the one rate that there is; return the sum of it, and add to `sums`."""
    nobodys = lost = earned = np.int64(0)
    for i in range(pairs.size):
        has, can = -np.int64(klass[i] >= 0), -np.int64(payable[i])
        units = pairs[i] & has & can
        nobodys += pairs[i] & ~has
        lost += pairs[i] & has & ~can
        earned += units
        amount[i] = units * rate
    total = earned * rate
    if by.den != word(1):
        total = divide_all(amount, by)
    for cell, each in enumerate(((nobodys, nobodys, np.int64(0)), (lost + earned, lost, earned))):
        for k in range(3):
            sums[cell, k] += each[k] >> HALF
            sums[cell, k + 3] += each[k] & LOW
    return total >> HALF, total & LOW


@kernel
def divide_all(amount, by):
    """Divide amounts of which none is below zero, and return their sum."""
    total = np.int64(0)
    for i in range(amount.size):
        amount[i] = floor_by(word(amount[i]) + by.bias + by.step, by)
        total += amount[i]
    return total
