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


@kernel
def by_group(group, starts, order):
    """Write the entries group by group to `order`, in their own order within each.

    `starts` (int64[groups + 1]) comes as zeros. Afterwards group g has the entries `order[starts[g]:starts[g + 1]]`.
    """
    for i in range(group.size):
        starts[group[i] + 1] += 1
    for g in range(starts.size - 1):
        starts[g + 1] += starts[g]
    for i in range(group.size - 1, -1, -1):  # backwards: the ends are counted down to the starts
        g = group[i] + 1
        starts[g] -= 1
        order[starts[g]] = i
    for g in range(starts.size - 1):
        starts[g] = starts[g + 1]
    starts[starts.size - 1] = group.size


@kernel
def serve_groups(order, starts, left, keys, rests, parts, longest):
    """Give what each group has left, one unit each, to its largest rests, of equal ones to the smaller key.

    `rests` are used up. Groups with more than `longest` entries are not touched, for this looks at every entry of a
    group once for each unit.
    """
    for g in range(left.size):
        start, end = starts[g], starts[g + 1]
        if end - start > longest:
            continue
        for _ in range(min(left[g], end - start)):
            best = order[start]
            for place in range(start + 1, end):
                i = order[place]
                if rests[i] > rests[best] or (rests[i] == rests[best] and keys[i] < keys[best]):
                    best = i
            parts[best] += 1
            rests[best] = -1


@kernel
def count_digits(values, prefix, shift, counts):
    """Count values by the 12 bits above `shift`, where the bits above these are `prefix`; `counts` is int64[4096]."""
    for i in range(values.size):
        high = values[i] >> shift
        if high >> 12 == prefix:
            counts[high & 4095] += 1


@kernel
def add_to_groups(pay, lift, group, given, taken):
    """Add pay times `lift` to the sums of its groups; what is below zero goes to `taken`, with its sign changed."""
    for i in range(pay.size):
        g = group[i]
        if pay[i] > 0:
            given[g] += pay[i] * lift
        elif pay[i] < 0:
            taken[g] -= pay[i] * lift
