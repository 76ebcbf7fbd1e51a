"""Numbers of any exact Arrow type as one int64 fixed-point column."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from compplan.arrow.buffers import bit_view, fixed_view, is_text, null_mask, plain_type, slices, text_bytes
from compplan.arrow.findings import (
    Findings,
    Where,
    empty,
    floats_refused,
    not_a_number,
    tell,
    too_large,
    too_many_decimals,
    wrong_type,
)
from compplan.money import INT64_MAX, INT64_MIN, parse_decimal

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from compplan.arrow.buffers import Column
    from compplan.errors import Problem

    Amounts = NDArray[np.int64]
    Mask = NDArray[np.bool_]
    Wrong = list[tuple[Callable[..., Problem], Mask]]


_LONGEST = 38


def fixed_column(
    column: Column,
    *,
    table: str,
    name: str,
    scale: int,
    ids: Column | None = None,
    allow_floats: bool = False,
    nulls: Literal["error", "zero"] = "error",
    problems: list[Problem] | None = None,
) -> Amounts:
    """Read a column of numbers exactly.

    Parameters
    ----------
    column
        Integers, decimals of any width, or plain decimal text, also behind a dictionary; n rows.
    table, name, ids
        What a problem names: the table, the column, and the ids of the rows.
    scale
        The decimals of the result. Zeros at the end of a value do not count as digits.
    allow_floats
        Read a float as the shortest decimal that gives it back (0.1 is 0.1). Without consent floats are
        refused.
    nulls
        Whether a null is a problem or 0.
    problems
        The collector; without one, the problems are raised.

    Returns
    -------
    int64[n], a new array that means `value / 10**scale`; 0 where a value is wrong.

    Raises
    ------
    DataError
        Only without a collector.
    """
    where = Where(table, name, column, ids)
    read = _reader(plain_type(column.type))
    if read is None:
        tell([wrong_type(where, "a column of numbers", "use integers, decimals or text")], problems)
        return np.zeros(len(column), np.int64)
    if read is _floats and not allow_floats:
        tell([floats_refused(where)], problems)
        return np.zeros(len(column), np.int64)
    out, findings = np.empty(len(column), np.int64), Findings(where)
    for start, part in slices(column):
        null = null_mask(part)
        values, wrong = read(part, scale, null)
        for problem, mask in wrong:
            findings.add(problem, start, mask if null is None else mask & ~null)
            values = np.where(mask, 0, values)
        if null is not None:
            values = np.where(null, 0, values)
            if nulls == "error":
                findings.add(empty, start, null)
        out[start : start + len(part)] = values
    findings.report(problems, scale=scale)
    return out


def _reader(kind: pa.DataType) -> Callable[[pa.Array, int, Mask | None], tuple[Amounts, Wrong]] | None:
    if pa.types.is_integer(kind):
        return _integers
    if pa.types.is_decimal(kind):
        return _decimals
    if is_text(kind):
        return _texts
    if pa.types.is_floating(kind):
        return _floats
    if pa.types.is_null(kind):
        return _nothing
    return None


def _nothing(part: pa.Array, _scale: int, _null: Mask | None) -> tuple[Amounts, Wrong]:
    return np.zeros(len(part), np.int64), []


def _integers(part: pa.Array, scale: int, null: Mask | None) -> tuple[Amounts, Wrong]:
    values = _zero_nulls(fixed_view(part, str(part.type)), null)
    if values.dtype != np.uint64:
        return _rescaled(values.astype(np.int64, copy=False), 0, scale)
    over = values > np.uint64(INT64_MAX)
    fixed, wrong = _rescaled(np.where(over, 0, values).astype(np.int64), 0, scale)
    return fixed, [*wrong, (too_large, over)]


def _decimals(part: pa.Array, scale: int, null: Mask | None) -> tuple[Amounts, Wrong]:
    width, own = part.type.bit_width, part.type.scale
    if width <= 64:
        narrow = fixed_view(part, f"int{width}")
        return _rescaled(_zero_nulls(narrow, null).astype(np.int64, copy=False), own, scale)
    low, *higher = fixed_view(part, np.int64, width // 64).reshape(len(part), width // 64).T
    # a number fits 64 bits where its other words are nothing but its sign
    sign = low >> 63
    over = np.logical_or.reduce([word != sign for word in higher])
    if null is not None:
        over &= ~null
    if own > scale and over.any():
        return _cut_in_arrow(part, scale, null)
    values, wrong = _rescaled(_zero_nulls(low, null), own, scale)
    return values, [*wrong, (too_large, over)] if over.any() else wrong


def _cut_in_arrow(part: pa.Array, scale: int, null: Mask | None) -> tuple[Amounts, Wrong]:
    """Take digits off decimals that may fit 64 bits afterwards."""
    kind = pa.decimal128(38, scale) if part.type.bit_width == 128 else pa.decimal256(76, scale)
    try:
        return _decimals(pc.cast(part, kind), scale, null)
    except pa.ArrowInvalid:  # some would lose digits
        cut = pc.cast(part, kind, safe=False)
    lost = pc.fill_null(pc.not_equal(pc.cast(cut, part.type, safe=False), part), fill_value=False)
    values, wrong = _decimals(cut, scale, null)
    return values, [*wrong, (too_many_decimals, bit_view(lost))]


def _rescaled(values: Amounts, own: int, scale: int) -> tuple[Amounts, Wrong]:
    """Move int64 values from their own scale to another."""
    if own == scale or not values.size:
        return values, []
    factor = 10 ** abs(scale - own)
    if factor > INT64_MAX:
        return np.zeros_like(values), [(too_large if own < scale else too_many_decimals, values != 0)]
    if own > scale:
        quotients = values // factor
        digits = quotients * factor != values
        return quotients, [(too_many_decimals, digits)] if digits.any() else []
    most, least = INT64_MAX // factor, -(-INT64_MIN // factor)
    if values.max() <= most and values.min() >= least:
        return values * factor, []
    over = (values > most) | (values < least)
    return np.where(over, 0, values) * factor, [(too_large, over)]


def _zero_nulls(values: NDArray[Any], null: Mask | None) -> NDArray[Any]:
    return values if null is None else np.where(null, values.dtype.type(0), values)


def _texts(part: pa.Array, scale: int, null: Mask | None) -> tuple[Amounts, Wrong]:
    return _parsed(part, scale, null, parse_decimal)


def _floats(part: pa.Array, scale: int, null: Mask | None) -> tuple[Amounts, Wrong]:
    wide = pc.cast(part, pa.float32()) if pa.types.is_float16(part.type) else part
    return _parsed(pc.cast(wide, pa.string()), scale, null, Decimal)


def _parsed(part: pa.Array, scale: int, null: Mask | None, parse: Callable[[str], Decimal]) -> tuple[Amounts, Wrong]:
    if not _is_short_and_plain(part):
        return _one_by_one(part, scale, parse)
    try:
        return _decimals(pc.cast(part, pa.decimal128(38, scale)), scale, null)
    except pa.ArrowInvalid:
        return _one_by_one(part, scale, parse)


def _is_short_and_plain(part: pa.Array) -> bool:
    """Say whether Arrow's own cast can be trusted.

    It allows exponents, and it moves the point by more than 38 places without a check: in pyarrow 26 it reads
    1.00000000000000000000000000000000000000001 as 0.
    """
    data, ends = text_bytes(part)
    lower = data | 0x20
    return bool(not (lower == ord("e")).any() and (np.diff(ends) <= _LONGEST).all())


def _one_by_one(part: pa.Array, scale: int, parse: Callable[[str], Decimal]) -> tuple[Amounts, Wrong]:
    """Read texts slowly, to learn which of them is wrong and why."""
    values = np.zeros(len(part), np.int64)
    masks: dict[Callable[..., Problem], Mask] = {}
    for i, text in enumerate(part.to_pylist()):
        value = 0 if text is None else _exact(text, scale, parse)
        if isinstance(value, int):
            values[i] = value
        else:
            masks.setdefault(value, np.zeros(len(part), np.bool_))[i] = True
    return values, list(masks.items())


def _exact(text: str, scale: int, parse: Callable[[str], Decimal]) -> int | Callable[..., Problem]:
    """Return the fixed-point value of a text, or what is wrong with it."""
    try:
        fixed = Fraction(parse(text)) * 10**scale
    except (ValueError, OverflowError):
        return not_a_number
    if fixed.denominator != 1:
        return too_many_decimals
    return fixed.numerator if INT64_MIN <= fixed.numerator <= INT64_MAX else too_large
