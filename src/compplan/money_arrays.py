"""Exact sums and rounded quotients of whole int64 columns; the wrappers of the loops in `money_kernels.py`.

Importing this module imports Numba.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from compplan.errors import ExactnessError
from compplan.memory import unwritten
from compplan.money import INT64_MAX
from compplan.money_kernels import (
    divider,
    extremes,
    measure,
    mul_div_round_all,
    round_div_all,
    sum_abs_checked,
    sum_checked,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from compplan.money import Rounding

    Amounts = NDArray[np.int64]

_CHUNK = 2**30


class Measures(NamedTuple):
    """What bounds all that is computed from a column: sums of values and of magnitudes, the largest one, and counts."""

    sum: int
    abs_sum: int
    largest: int
    positive: int
    negative: int


def measures(values: Amounts) -> Measures:
    """Return the exact measures of an int64 column, in one sweep where its sums fit 64 bits.

    Examples
    --------
    >>> measures(np.array([5, -7, 0]))
    Measures(sum=-2, abs_sum=12, largest=7, positive=1, negative=1)
    """
    positive, negative, least, most, total, below_zero = map(int, measure(_int64(values)))
    largest, sizes = max(most, -least), total - 2 * below_zero
    if largest * values.size > INT64_MAX:
        total, sizes = exact_sum(values), exact_abs_sum(values)
    return Measures(total, sizes, largest, positive, negative)


def exact_sum(values: Amounts) -> int:
    """Return the sum of an int64 column as a Python int, which never wraps.

    Examples
    --------
    >>> exact_sum(np.array([2**63 - 1, 2**63 - 1]))
    18446744073709551614
    """
    return sum((int(high) << 32) + int(low) for high, low in map(sum_checked, _chunks(values)))


def exact_abs_sum(values: Amounts) -> int:
    """Return the sum of the absolute values of an int64 column as a Python int.

    It bounds every partial sum, so a sweep over values whose `exact_abs_sum` fits 64 bits cannot overflow.
    """
    return sum((int(high) << 32) + int(low) for high, low in map(sum_abs_checked, _chunks(values)))


def max_abs(values: Amounts) -> int:
    """Return the largest absolute value of an int64 column as a Python int; 0 for an empty one.

    Examples
    --------
    >>> max_abs(np.array([-(2**63), 5]))
    9223372036854775808
    """
    least, largest = extremes(_int64(values))
    return max(int(largest), -int(least))


def product_fits(values: Amounts, factor: int) -> bool:
    """Say whether every product of the column with the factor fits 64 bits."""
    return bool(max_abs(values) * abs(factor) <= INT64_MAX)


def divide_all(values: Amounts, den: int, mode: Rounding) -> Amounts:
    """Return `values / den`, each rounded, as a new int64 column.

    Examples
    --------
    >>> divide_all(np.array([15, 25, -15]), 10, "half_even")
    array([ 2,  2, -2])
    """
    values = _int64(values)
    (out,) = unwritten([(values.size, np.int64)])
    round_div_all(values, divider(den, mode), out)
    return out


def multiply_divide_all(values: Amounts, factors: Amounts, den: int, mode: Rounding) -> Amounts:
    """Return `values * factors / den`, each rounded, as a new int64 column; products may pass 64 bits.

    Raises
    ------
    ExactnessError
        If a result does not fit 64 bits.
    ValueError
        If the columns differ in length.
    """
    values, factors = _int64(values), _int64(factors)
    if values.size != factors.size:
        raise ValueError(f"{values.size} values and {factors.size} factors")
    (out,) = unwritten([(values.size, np.int64)])
    overflows = mul_div_round_all(values, factors, divider(den, mode), out)
    if overflows:
        raise ExactnessError(f"{overflows} of {values.size} products divided by {den} do not fit 64 bits")
    return out


def _int64(values: Amounts) -> Amounts:
    if values.dtype != np.int64 or values.ndim != 1:
        raise TypeError(f"an amount column is int64[n], not {values.dtype}{list(values.shape)}")
    return np.ascontiguousarray(values)


def _chunks(values: Amounts) -> Iterator[Amounts]:
    """Yield parts that are short enough for the kernels' two halves."""
    values = _int64(values)
    for start in range(0, values.size, _CHUNK):
        yield values[start : start + _CHUNK]
