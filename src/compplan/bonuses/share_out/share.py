"""An amount divided by weights: whole units for each, and a rule for what rounding leaves over.

Three rules, named as in the plan language:

- `largest_remainder`: whole units of the exact share, and one more for the largest rests until the amount is spent; of
  equal rests the smaller id comes first;
- `company`: whole units; what is left over stays with the company;
- `rounded_alone`: each exact share is rounded by itself, so the sum can miss the amount by some units, either way.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Literal

import numpy as np

from compplan.bonuses.share_out import kernels
from compplan.errors import ExactnessError
from compplan.money import INT64_MAX, divide_rounded
from compplan.money_arrays import exact_sum
from compplan.money_kernels import divider

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from compplan.money import Rounding

    Ints = NDArray[np.int64]
    Keys = Callable[[NDArray[np.intp]], Ints]

_LONGEST = 64
"""Entries of a group up to which its largest rests are looked for one by one."""

Residue = Literal["largest_remainder", "company", "rounded_alone"]


@dataclass(frozen=True)
class Rule:
    """What becomes of the fractions of a unit.

    Attributes
    ----------
    residue
        One of the three rules.
    mode
        Rounds single shares where they are rounded alone, and the amount itself where all of it is handed out.
    keys
        Returns, for indices of entries, int64 numbers in the order of the ids; asked for tied entries only.
    """

    residue: Residue
    mode: Rounding
    keys: Keys


def share_out(weights: Ints, amount: Fraction, total: int, rule: Rule) -> Ints:
    """Return `amount * weight / total` for each weight, in whole units.

    Parameters
    ----------
    weights
        int64[n], none below zero.
    amount
        In units, such as cents; it may end within one. Not negative.
    total
        What the weights are parts of: their sum, or another number above zero.
    rule
        What becomes of fractions.

    Returns
    -------
    int64[n]

    Raises
    ------
    ExactnessError
        If a number of the division passes 64 bits.

    Examples
    --------
    >>> from fractions import Fraction
    >>> import numpy as np
    >>> rule = Rule("largest_remainder", "half_up", lambda tied: tied)
    >>> share_out(np.array([1, 1, 1]), Fraction(100), 3, rule)
    array([34, 33, 33])
    """
    if rule.residue == "largest_remainder":
        amount = Fraction(divide_rounded(amount.numerator, amount.denominator, rule.mode))
    common = math.gcd(amount.numerator, total)
    top, bottom = amount.numerator // common, amount.denominator * (total // common)
    if max(top, bottom) > INT64_MAX:
        raise ExactnessError("the amount or the sum of the weights of a share-out passes 64 bits: use fewer digits")
    parts, rests = np.zeros(weights.size, np.int64), np.zeros(weights.size, np.int64)
    if kernels.shares(weights, top, divider(bottom, "toward_zero"), parts, rests):
        raise ExactnessError("a share passes 64 bits: use fewer digits")
    if rule.residue == "rounded_alone":
        parts += rounded_up(parts, rests, bottom, rule.mode)
    elif rule.residue == "largest_remainder":
        left = exact_sum(weights) * top // bottom - exact_sum(parts)
        _serve(parts, rests, left, rule.keys)
    return parts


def rounded_up(parts: Ints, rests: Ints, total: Ints | int, mode: Rounding) -> NDArray[np.bool_]:
    """Tell which magnitudes `parts + rests / total` are rounded up."""
    other = total - rests  # compared instead of doubling, which could pass 64 bits
    up: NDArray[np.bool_] = np.zeros(parts.size, np.bool_)
    match mode:
        case "half_up":
            up = rests >= other
        case "half_down":
            up = rests > other
        case "half_even":
            up = (rests > other) | ((rests == other) & (parts % 2 == 1))
        case "away_from_zero" | "ceiling":
            up = rests > 0
    return up


def _serve(parts: Ints, rests: Ints, left: int, keys: Keys) -> None:
    """Give one unit to each of the largest rests; `left` is less than the number of rests above zero."""
    if left <= 0:
        return
    least = largest(rests, left)
    above = rests > least
    parts += above
    tied = np.flatnonzero(rests == least)
    parts[first_by_key(tied, left - int(above.sum()), keys)] += 1


def largest(values: Ints, number: int) -> int:
    """Return the value that stands in this place, counted from the largest; values are not negative.

    Examples
    --------
    >>> largest(np.array([7, 40000, 7, 5]), 2)
    7
    """
    left, found = number, 0
    counts = np.empty(4096, np.int64)
    for shift in range(12 * (int(values.max()).bit_length() // 12), -1, -12):
        counts.fill(0)
        kernels.count_digits(values, found, shift, counts)
        at_least = np.cumsum(counts[::-1])
        place = int(np.searchsorted(at_least, left))
        left -= int(at_least[place - 1]) if place else 0
        found = found << 12 | (4095 - place)
    return found


def first_by_key(tied: NDArray[np.intp], count: int, keys: Keys) -> NDArray[np.intp]:
    """Return the entries with the smallest keys, of equal keys the earlier ones."""
    if count >= tied.size:
        return tied
    order = keys(tied)
    limit = np.partition(order, count - 1)[count - 1]
    below = order < limit
    return np.concatenate([tied[below], tied[order == limit][: count - int(below.sum())]])


def share_out_groups(weights: Ints, group: Ints, amounts: Ints, totals: Ints, rule: Rule) -> Ints:
    """Share out many amounts at once, each among the entries of its group.

    Parameters
    ----------
    weights, group
        int64[n]: the weight of an entry, and the number of its group.
    amounts, totals
        int64[groups]: whole units, not negative, and the sum of the group's weights.
    rule
        What becomes of fractions.

    Raises
    ------
    ExactnessError
        If a share passes 64 bits.
    """
    parts, rests = np.zeros(weights.size, np.int64), np.zeros(weights.size, np.int64)
    if kernels.group_shares(weights, group, amounts, totals, parts, rests):
        raise ExactnessError("a share passes 64 bits: use fewer digits")
    if rule.residue == "rounded_alone":
        parts += rounded_up(parts, rests, totals[group], rule.mode)
    elif rule.residue == "largest_remainder":
        _serve_groups(parts, rests, group, amounts, rule.keys)
    return parts


def _serve_groups(parts: Ints, rests: Ints, group: Ints, amounts: Ints, keys: Keys) -> None:
    """Spend what each group has left on its largest rests."""
    left = amounts.copy()
    np.subtract.at(left, group, parts)
    starts, order = np.zeros(amounts.size + 1, np.int64), np.empty(group.size, np.int64)
    kernels.by_group(group, starts, order)
    sizes = np.diff(starts)
    tie_breaks = np.zeros(group.size, np.int64)
    shared = np.flatnonzero(((left > 0) & (sizes > 1))[group])
    tie_breaks[shared] = keys(shared)
    kernels.serve_groups(order, starts, left, tie_breaks, rests, parts, _LONGEST)
    for each in np.flatnonzero((left > 0) & (sizes > _LONGEST)):
        entries = order[starts[each] : starts[each + 1]]
        served = parts[entries]
        _serve(served, rests[entries], int(left[each]), tie_breaks[entries].take)
        parts[entries] = served
