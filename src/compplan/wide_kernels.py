"""Words of 64 bits and products of 128: what exact money needs beyond int64.

Everything works on unsigned words. Compiled, a word is `uint64` and wraps by itself; with JIT off it is a
plain Python int that `word` cuts to 64 bits. A word must never meet an int64 in one operation: Numba would
make a float of the two.

LLVM can multiply into 128 bits in one instruction, but its 128-bit *division* calls a library function that
Numba does not link. So there are two divisions here: by 32-bit digits (Knuth, volume 2, algorithm D) where
the divisor is met once, and by a reciprocal (Moeller and Granlund, "Improved division by invariant
integers", 2011) where it is met often.
"""

from __future__ import annotations

import numpy as np

from compplan.jit import JIT, inline

MASK = 2**64 - 1

# How a word is handed from Python to compiled code: a plain int would arrive as int64.
Word = np.uint64 if JIT else int

if JIT:
    from llvmlite import ir
    from numba import types
    from numba.extending import intrinsic

    @intrinsic
    def mul_wide(_typing, _a, _b):
        """Return the high and the low word of the product of two words."""

        def generate(context, builder, signature, words):
            wide, single = ir.IntType(128), ir.IntType(64)
            product = builder.mul(*(builder.zext(word, wide) for word in words))
            high = builder.trunc(builder.lshr(product, ir.Constant(wide, 64)), single)
            return context.make_tuple(builder, signature.return_type, [high, builder.trunc(product, single)])

        return types.UniTuple(types.uint64, 2)(types.uint64, types.uint64), generate

    @intrinsic
    def leading_zeros(_typing, _a):
        """Return how many zero bits stand before the first one."""

        def generate(_context, builder, _signature, words):
            return builder.ctlz(words[0], ir.Constant(ir.IntType(1), 0))

        return types.uint64(types.uint64), generate

    @inline
    def word(x):
        return np.uint64(x)

    @inline
    def signed(w):
        return np.int64(w)

else:

    def mul_wide(a, b):
        return (a * b) >> 64, (a * b) & MASK

    def leading_zeros(a):
        return 64 - a.bit_length()

    def word(x):
        return int(x) & MASK

    def signed(w):
        return w - 2**64 if w >= 2**63 else w


@inline
def sign_word(x):
    """Return the sign of an int64 as a word: all ones where it is negative, else zero."""
    return word(x >> 63)


@inline
def with_sign(size, sign):
    """Return the int64 of a magnitude: `sign` comes from `sign_word`."""
    return signed(word((size ^ sign) - sign))


@inline
def magnitude(x):
    """Return the absolute value of an int64 as a word; the least int64 gives 2**63."""
    sign = sign_word(x)
    return word((word(x) ^ sign) - sign)


@inline
def shift_wide(high, low, shift):
    """Return the two words of `(high, low) << shift`, for a shift of 0 to 63."""
    # in two steps, because a shift by 64 is undefined
    carried = (low >> word(1)) >> (word(63) - shift)
    return word(high << shift) | carried, word(low << shift)


@inline
def _digit(rest, following, den_high, den_low):
    """Return one 32-bit digit of a quotient: `rest * 2**32 + following` by the normalised divisor."""
    base = word(1 << 32)
    digit = rest // den_high
    left = rest - digit * den_high
    if digit >= base or word(digit * den_low) > (word(left << word(32)) | following):
        digit -= word(1)
        left += den_high
        if left < base and (digit >= base or digit * den_low > (word(left << word(32)) | following)):
            digit -= word(1)
    return digit


@inline
def divide_wide(high, low, den):
    """Return quotient and rest of `(high, low)` by a word, where `0 <= high < den`."""
    if high == word(0):
        quotient = low // den
        return quotient, low - quotient * den
    half, low_half = word(32), word(0xFFFFFFFF)
    shift = leading_zeros(den)
    den = word(den << shift)
    high, low = shift_wide(high, low, shift)
    first = _digit(high, low >> half, den >> half, den & low_half)
    middle = word((high << half) + (low >> half) - first * den)
    second = _digit(middle, low & low_half, den >> half, den & low_half)
    rest = word((middle << half) + (low & low_half) - second * den)
    return word((first << half) + second), rest >> shift


@inline
def divide_wide_by(high, low, den, reciprocal):
    """Return quotient and rest of `(high, low)` by a normalised word (its first bit is set), `high < den`.

    `reciprocal` is `(2**128 - 1) // den - 2**64`.
    """
    quotient, guess = mul_wide(reciprocal, high)
    guess_low = word(guess + low)
    quotient = word(quotient + high + word(guess_low < guess) + word(1))
    rest = word(low - quotient * den)
    if rest > guess_low:
        quotient = word(quotient - word(1))
        rest = word(rest + den)
    if rest >= den:
        quotient = word(quotient + word(1))
        rest -= den
    return quotient, rest
