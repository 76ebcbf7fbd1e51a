"""Fixed point, rounding and exact splits in pure Python: no float, no NumPy, integers of any size.

A fixed-point number is a pair `(value: int, scale: int)` that means `value / 10**scale`. Columns hold such
values as int64; the functions here define what the kernels in `money_kernels.py` must compute.
"""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Sequence

Rounding = Literal["half_up", "half_even", "half_down", "toward_zero", "away_from_zero", "floor", "ceiling"]
Tie = Literal["earlier", "later"]

ROUNDING_CODES: dict[Rounding, int] = {
    "half_up": 0,
    "half_even": 1,
    "half_down": 2,
    "toward_zero": 3,
    "away_from_zero": 4,
    "floor": 5,
    "ceiling": 6,
}

INT64_MIN = -(2**63)
INT64_MAX = 2**63 - 1

_PLAIN = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)")
_MANY_DIGITS = 80


def divide_rounded(num: int, den: int, mode: Rounding) -> int:
    """Return `num / den` rounded to an integer.

    Parameters
    ----------
    num, den
        Any integers; `den` is not zero.
    mode
        `half_up` takes ties away from zero, `half_down` toward zero, `half_even` to the even neighbour;
        `toward_zero`, `away_from_zero`, `floor` and `ceiling` say where everything goes.

    Raises
    ------
    ZeroDivisionError
        If `den` is zero.
    ValueError
        If the mode has no such name.

    Examples
    --------
    >>> [divide_rounded(n, 10, "half_even") for n in (15, 25, -15)]
    [2, 2, -2]
    """
    negative = (num < 0) != (den < 0)
    quotient, rest = divmod(abs(num), abs(den))
    if _goes_up(quotient, rest, abs(den), mode, negative=negative):
        quotient += 1
    return -quotient if negative else quotient


def _goes_up(quotient: int, rest: int, den: int, mode: Rounding, *, negative: bool) -> bool:
    """Say whether the magnitude `quotient + rest / den` is rounded away from zero."""
    beyond_half = 2 * rest - den
    rules: dict[Rounding, bool] = {
        "half_up": beyond_half >= 0,
        "half_even": beyond_half > 0 or (beyond_half == 0 and quotient % 2 == 1),
        "half_down": beyond_half > 0,
        "toward_zero": False,
        "away_from_zero": rest > 0,
        "floor": rest > 0 and negative,
        "ceiling": rest > 0 and not negative,
    }
    if mode not in rules:
        raise ValueError(f'no rounding mode "{mode}"; known: {", ".join(ROUNDING_CODES)}')
    return rules[mode]


def round_fraction(x: Fraction, mode: Rounding) -> int:
    """Return a fraction rounded to an integer.

    Examples
    --------
    >>> from fractions import Fraction
    >>> round_fraction(Fraction(5, 2), "half_down")
    2
    """
    return divide_rounded(x.numerator, x.denominator, mode)


def parse_decimal(text: str) -> Decimal:
    """Read a plain decimal number, with every digit it has.

    A sign, digits, and one point: nothing else. Exponents, separators of thousands, spaces and
    names like `NaN` are refused, because an amount that is spelt in such a way was seldom meant exactly.

    Raises
    ------
    ValueError
        If the text is anything else.

    Examples
    --------
    >>> parse_decimal("-12.50")
    Decimal('-12.50')
    """
    if not _PLAIN.fullmatch(text):
        raise ValueError(f"{text!r} is not a plain decimal number such as 1234.50")
    return Decimal(text)


def to_fixed(value: Decimal | int | str, scale: int) -> int:
    """Return `value * 10**scale` as an integer, exactly.

    Zeros at the end of `value` do not count as digits: 1.500 fits scale 1.

    Raises
    ------
    ValueError
        If digits would be lost, if the result passes 64 bits, or if the value is no finite number.
    TypeError
        If the value is a float, a bool or something else.

    Examples
    --------
    >>> to_fixed("12.5", 2)
    1250
    >>> to_fixed("12.505", 2)
    Traceback (most recent call last):
        ...
    ValueError: 12.505 has more than 2 decimals
    """
    if isinstance(value, str):
        value = parse_decimal(value)
    if isinstance(value, bool) or not isinstance(value, (int, Decimal)):
        raise TypeError(f"{value!r} is {type(value).__name__}; an exact amount is int, Decimal or text")
    fixed: int = value * 10**scale if isinstance(value, int) else _decimal_to_fixed(value, scale)
    if not INT64_MIN <= fixed <= INT64_MAX:
        raise ValueError(f"{value} with {scale} decimals does not fit 64 bits")
    return fixed


def _decimal_to_fixed(value: Decimal, scale: int) -> int:
    if not value.is_finite():
        raise ValueError(f"{value} is not a finite number")
    if value == 0:
        return 0
    if value.adjusted() > _MANY_DIGITS:  # 1e999999 would fill the memory before it could be refused
        raise ValueError(f"{value} with {scale} decimals does not fit 64 bits")
    shift: int = 10**scale
    fixed = Fraction(value) * shift if value.adjusted() > -_MANY_DIGITS else None
    if fixed is None or fixed.denominator != 1:
        raise ValueError(f"{value} has more than {scale} decimals")
    return fixed.numerator


def from_fixed(value: int, scale: int) -> Decimal:
    """Return the decimal `value / 10**scale` with `scale` decimals, exactly, whatever the decimal context is.

    Examples
    --------
    >>> from_fixed(1250, 2)
    Decimal('12.50')
    """
    return Decimal(f"{int(value)}E{-scale}")


def format_fixed(value: int, scale: int) -> str:
    """Return the plain text of `value / 10**scale` with `scale` decimals.

    Examples
    --------
    >>> format_fixed(-5, 2)
    '-0.05'
    """
    return f"{from_fixed(value, scale):f}"


def split(amount: int, weights: Sequence[int], tie: Tie = "earlier") -> list[int]:
    """Divide an amount by weights into whole parts whose sum is the amount.

    Every part first gets the whole units of its exact share (toward zero); the units that are left go one
    each to the largest remainders (the method of Hamilton). Of equal remainders the earlier part, or the
    later one, comes first. A negative amount is split like its opposite.

    Parameters
    ----------
    amount
        Any integer, for instance cents.
    weights
        Non-negative integers with a positive sum.
    tie
        Which of two equal remainders is served first, by their order in `weights`.

    Raises
    ------
    ValueError
        If a weight is negative, or no weight is positive.

    Examples
    --------
    >>> split(100, [1, 1, 1])
    [34, 33, 33]
    >>> split(-100, [1, 1, 1], tie="later")
    [-33, -33, -34]
    """
    total = sum(weights)
    if any(weight < 0 for weight in weights):
        raise ValueError("a weight of a split is negative")
    if total == 0:
        raise ValueError("a split needs a weight above zero")
    shares = [divmod(abs(amount) * weight, total) for weight in weights]
    parts = [whole for whole, _ in shares]
    left = abs(amount) - sum(parts)
    step = 1 if tie == "earlier" else -1
    served = sorted(range(len(weights)), key=lambda i: (-shares[i][1], step * i))
    for i in served[:left]:
        parts[i] += 1
    return parts if amount >= 0 else [-part for part in parts]
