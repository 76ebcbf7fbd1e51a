"""Rounded division of int64 in kernels: exact, with and without a divisor that is prepared beforehand.

Rounding is a bias: the magnitude of the number gets a share of the divisor added, and the quotient is cut.
Only `half_even` needs one more step, where the biased number divides evenly and the quotient is odd.

`round_div` and `mul_div_round` take any divisor. Where one divisor serves many rows, `divider` prepares it
once, and `round_div_by` and `mul_div_round_by` need no division at all: about 1 ns and 3 ns a row, against
2 ns and 3 to 15 ns. The modes are numbers here, those of `compplan.money.ROUNDING_CODES`;
`compplan.money.divide_rounded` is the definition that all of them meet.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from compplan.jit import inline, kernel
from compplan.money import INT64_MAX, ROUNDING_CODES, Rounding
from compplan.wide_kernels import (
    Word,
    divide_wide,
    divide_wide_by,
    magnitude,
    mul_wide,
    shift_wide,
    sign_word,
    signed,
    with_sign,
    word,
)

HALF_UP, HALF_EVEN, HALF_DOWN, TOWARD_ZERO, AWAY_FROM_ZERO, FLOOR, CEILING = range(7)


class Divider(NamedTuple):
    """A divisor and a rounding mode, prepared for `round_div_by` and `mul_div_round_by`; all words.

    `(n + step) * magic >> 64 >> shift` is `n // den` for every n below 2**64 (Robison, "N-bit unsigned
    division via N-bit multiply-add", 2005). `normal`, `normal_shift` and `reciprocal` serve products of 128
    bits.
    """

    den: Word
    bias: Word
    bias_negative: Word
    ties_even: Word
    magic: Word
    step: Word
    shift: Word
    normal: Word
    normal_shift: Word
    reciprocal: Word


def divider(den: int, mode: Rounding) -> Divider:
    """Prepare a divisor.

    Parameters
    ----------
    den
        From 1 to 2**63 - 1.
    mode
        The rounding mode, by name.

    Raises
    ------
    ValueError
        If `den` is outside, or the mode has no such name.
    """
    if not 1 <= den <= INT64_MAX:
        raise ValueError(f"a divisor is between 1 and 2**63 - 1, not {den}")
    if mode not in ROUNDING_CODES:
        raise ValueError(f'no rounding mode "{mode}"; known: {", ".join(ROUNDING_CODES)}')
    code = ROUNDING_CODES[mode]
    magic, step, shift = _magic(den)
    normal_shift = 64 - den.bit_length()
    normal = den << normal_shift
    reciprocal = (2**128 - 1) // normal - 2**64
    biases = _bias_of(den, code, negative=False), _bias_of(den, code, negative=True)
    ties_even = code == HALF_EVEN and den % 2 == 0
    fields = (den, *biases, ties_even, magic, step, shift, normal, normal_shift, reciprocal)
    return Divider(*map(Word, fields))


class Shifted(NamedTuple):
    """A divisor and a rounding mode for `floor_by`: numbers of either sign are moved above zero first.

    Then the only step that depends on the sign is which number is added: `above_zero` or `below_zero`. Numbers
    stay below 2**61 in magnitude. Where none is below zero, nothing is `moved`.
    """

    den: Word
    above_zero: Word
    below_zero: Word
    ties_even: Word
    magic: Word
    step: Word
    shift: Word
    moved: int


SHIFTED_MOST = 2**61


def shifted(den: int, mode: Rounding, *, negative: bool = True) -> Shifted:
    """Prepare a divisor from 1 to 2**60 for `floor_by`, for numbers of which some are `negative` or none."""
    by = divider(den, mode)
    # even, as a tie must stay a tie to the same neighbour
    moved = 2 * (SHIFTED_MOST // 2 // den + 1) if negative else 0
    rise = moved * den + int(by.step)
    down = int(by.bias) if by.ties_even else den - 1 - int(by.bias_negative)
    biases = Word(int(by.bias) + rise), Word(down + rise)
    return Shifted(by.den, *biases, by.ties_even, by.magic, by.step, by.shift, moved)


def _magic(den: int) -> tuple[int, int, int]:
    """Return multiplier, step and shift: one of the two multipliers next to the exact one always serves."""
    if den == 1:
        return 2**64 - 1, 1, 0
    shift = (den - 1).bit_length() - 1
    below, rest = divmod(2 ** (64 + shift), den)
    if rest == 0:
        return below, 0, shift
    return (below + 1, 0, shift) if den - rest <= 2**shift else (below, 1, shift)


def _bias_of(den: int, mode: int, *, negative: bool) -> int:
    return {
        HALF_UP: den // 2,
        HALF_EVEN: den // 2,
        HALF_DOWN: (den - 1) // 2,
        TOWARD_ZERO: 0,
        AWAY_FROM_ZERO: den - 1,
        FLOOR: den - 1 if negative else 0,
        CEILING: 0 if negative else den - 1,
    }[mode]


@inline
def _bias(den, mode, sign):
    """Return what is added to a magnitude before the quotient is cut (the kernel's `_bias_of`)."""
    if mode <= HALF_EVEN:
        return den >> word(1)
    if mode == HALF_DOWN:
        return (den - word(1)) >> word(1)
    if mode == AWAY_FROM_ZERO:
        return den - word(1)
    # signs are random, so a mask: a branch on them would cost three times the division
    if mode == FLOOR:
        return (den - word(1)) & sign
    if mode == CEILING:
        return (den - word(1)) & word(~sign)
    return word(0)


@inline
def round_div(num, den, mode):
    """Return int64 `num / den`, rounded; den above zero."""
    divisor, sign = word(den), sign_word(num)
    biased = magnitude(num) + _bias(divisor, mode, sign)
    quotient = biased // divisor
    if mode == HALF_EVEN and divisor & word(1) == word(0) and quotient * divisor == biased:
        quotient -= quotient & word(1)
    return with_sign(quotient, sign)


@inline
def round_div_by(num, by):
    """Return int64 `num / by.den`, rounded; `by` comes from `divider`."""
    sign = sign_word(num)
    biased = magnitude(num) + (by.bias_negative if num < 0 else by.bias)
    quotient = mul_wide(biased + by.step, by.magic)[0] >> by.shift
    if by.ties_even != word(0) and quotient * by.den == biased:
        quotient -= quotient & word(1)
    return with_sign(quotient, sign)


@inline
def floor_by(biased, by):
    """Return int64 `num / by.den`, rounded, and `by.moved` more.

    `biased` is `num + by.above_zero`, or `num + by.below_zero` if it is negative. A divider serves too where no number
    is negative: then `biased` is `num + by.bias + by.step`, and nothing is moved.
    """
    quotient = mul_wide(word(biased), by.magic)[0] >> by.shift
    if by.ties_even != word(0) and quotient * by.den + by.step == word(biased):
        quotient -= quotient & word(1)
    return np.int64(quotient)


@inline
def _biased_product(a, b, bias):
    """Return the two words of `|a| * |b| + bias`."""
    high, low = mul_wide(magnitude(a), magnitude(b))
    biased = word(low + bias)
    return high + word(biased < low), biased


@inline
def _rounded(quotient, rest, ties_even, sign):
    """Return the int64 of a cut quotient, and whether it does not fit."""
    if ties_even and rest == word(0):
        quotient -= quotient & word(1)
    limit = word(INT64_MAX) + (sign & word(1))
    return with_sign(quotient, sign), quotient > limit


@inline
def mul_div_round(a, b, den, mode):
    """Return int64 `a * b / den`, rounded, and whether it overflowed (then the number means nothing).

    The product is exact whatever its size; den above zero.
    """
    sign = sign_word(a) ^ sign_word(b)
    divisor = word(den)
    high, low = _biased_product(a, b, _bias(divisor, mode, sign))
    if high >= divisor:
        return 0, True
    quotient, rest = divide_wide(high, low, divisor)
    return _rounded(quotient, rest, mode == HALF_EVEN and divisor & word(1) == word(0), sign)


@inline
def mul_div_round_by(a, b, by):
    """Return int64 `a * b / by.den`, rounded, and whether it overflowed; `by` comes from `divider`."""
    sign = sign_word(a) ^ sign_word(b)
    high, low = _biased_product(a, b, by.bias_negative if sign != word(0) else by.bias)
    if high >= by.den:
        return 0, True
    high, low = shift_wide(high, low, by.normal_shift)
    quotient, rest = divide_wide_by(high, low, by.normal, by.reciprocal)
    return _rounded(quotient, rest, by.ties_even != word(0), sign)


@kernel
def round_div_all(values, by, out):
    """Write `values / by.den`, rounded, to `out`; both int64[n]."""
    for i in range(values.size):
        out[i] = round_div_by(values[i], by)


@kernel
def mul_div_round_all(values, factors, by, out):
    """Write `values * factors / by.den`, rounded, to `out` (int64[n]); return how many overflowed."""
    overflows = 0
    for i in range(values.size):
        out[i], overflowed = mul_div_round_by(values[i], factors[i], by)
        overflows += overflowed
    return overflows


@kernel
def sum_checked(values):
    """Return the sum of int64 values as `(high, low)`, the sum being `high * 2**32 + low`; n below 2**31."""
    high = low = word(0)
    for i in range(values.size):
        above_zero = word(values[i]) ^ word(1 << 63)  # vectors have no shift that keeps signs
        high += above_zero >> word(32)
        low += above_zero & word(0xFFFFFFFF)
    return signed(word(high - word(values.size) * word(1 << 31))), signed(low)


@kernel
def sum_abs_checked(values):
    """Return the sum of absolute int64 values, as `sum_checked` does."""
    high = low = word(0)
    for i in range(values.size):
        size = magnitude(values[i])
        high += size >> word(32)
        low += size & word(0xFFFFFFFF)
    return high, low


@kernel
def extremes(values):
    """Return the least and the largest of int64 values and zero."""
    least = largest = np.int64(0)
    for i in range(values.size):
        least, largest = min(least, values[i]), max(largest, values[i])
    return least, largest


@kernel
def measure(values):
    """Return how many values are positive, how many negative, and of them and zero the least and the largest.

    Then the sum of all and of the negative ones, modulo 2**64.
    """
    positive = negative = 0
    least = largest = np.int64(0)
    total = below_zero = word(0)
    for i in range(values.size):
        v = values[i]
        positive += v > 0
        negative += v < 0
        least, largest = min(least, v), max(largest, v)
        total += word(v)
        below_zero += word(min(v, np.int64(0)))
    return positive, negative, least, largest, signed(word(total)), signed(word(below_zero))
