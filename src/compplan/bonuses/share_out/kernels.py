"""Kernels of the share-out: products of 128 bits, each divided into whole units and a rest."""

from __future__ import annotations

from compplan.jit import kernel
from compplan.money import INT64_MAX
from compplan.wide_kernels import divide_wide, divide_wide_by, mul_wide, shift_wide, signed, word


@kernel
def shares(weights, amount, by, parts, rests):
    """Write the whole units of `weights * amount / by.den`, and the rests below `by.den`; return the overflows.

    `weights`, `parts` and `rests` are int64[n]; weights and amount are not negative; `by` comes from `divider`.
    """
    overflows = 0
    factor = word(amount)
    for i in range(weights.size):
        high, low = mul_wide(word(weights[i]), factor)
        if high >= by.den:
            overflows += 1
            continue
        high, low = shift_wide(high, low, by.normal_shift)
        quotient, rest = divide_wide_by(high, low, by.normal, by.reciprocal)
        overflows += quotient > word(INT64_MAX)
        parts[i] = signed(quotient)
        rests[i] = signed(rest >> by.normal_shift)
    return overflows


@kernel
def group_shares(weights, group, amounts, totals, parts, rests):
    """Do the same where each entry has the amount and the total of its group; return the overflows.

    `group` is int64[n] with numbers of groups; `amounts` and `totals` are int64[groups], totals above zero.
    """
    overflows = 0
    for i in range(weights.size):
        g = group[i]
        den = word(totals[g])
        high, low = mul_wide(word(weights[i]), word(amounts[g]))
        if high >= den:
            overflows += 1
            continue
        quotient, rest = divide_wide(high, low, den)
        overflows += quotient > word(INT64_MAX)
        parts[i] = signed(quotient)
        rests[i] = signed(rest)
    return overflows
