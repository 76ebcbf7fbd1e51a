"""Evaluation of conditions and computations over columns, exactly.

A number is a pair `(numerator, denominator)`: an int64 array (or an int) over a positive int or an int64 array.
Comparisons multiply crosswise instead of dividing. Every product and sum is bounded before it is made, so that
nothing can wrap; what could is an `ExactnessError`.

The same functions evaluate all members and, on columns of length one, a single member for an explanation.
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING, Protocol

import numpy as np

from compplan.errors import ExactnessError
from compplan.money import divide_rounded
from compplan.money_arrays import divide_all, max_abs
from compplan.plan import expression as ex

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from compplan.money import Rounding

    Numbers = NDArray[np.int64] | int
    Exact = tuple[Numbers, Numbers]

LIMIT = 2**63


class Columns(Protocol):
    """Where names get their values from."""

    def number(self, name: str) -> tuple[NDArray[np.int64] | int, int]:
        """Return a quantity as integers and their scale."""

    def flag(self, name: str) -> NDArray[np.bool_]:
        """Return a condition."""

    def rank(self, name: str) -> NDArray[np.int8] | int:
        """Return a rank column, or the number of a rank of the ladder."""

    def other(self, who: str) -> Columns:
        """Return the columns of another member that a condition speaks of, such as the earner."""

    def kind(self, name: str) -> str:
        """Tell what a name stands for: number, flag or rank."""

    def field_flag(self, column: str) -> NDArray[np.bool_]:
        """Return a member field that is true or false."""

    def field_among(self, column: str, texts: tuple[str, ...]) -> NDArray[np.bool_]:
        """Tell where a member field is one of some texts."""

    def fields_agree(self, column: str, other: str) -> NDArray[np.bool_]:
        """Tell where two member fields hold the same text; an empty one agrees with nothing."""


def condition(expr: ex.Expr, columns: Columns) -> NDArray[np.bool_]:
    """Evaluate a condition."""
    match expr:
        case ex.Name():
            return columns.flag(expr.name)
        case ex.Field():
            return columns.field_flag(expr.column)
        case ex.Of():
            return condition(expr.item, columns.other(expr.who))
        case ex.Not():
            return np.logical_not(condition(expr.item, columns))
        case ex.Logic():
            result = condition(expr.items[0], columns)
            join = np.logical_and if expr.op == "and" else np.logical_or
            for item in expr.items[1:]:
                result = join(result, condition(item, columns))
            return result
        case ex.Among():
            return _among(expr, columns)
        case ex.Compare():
            return _comparison(expr, columns)
    raise TypeError(expr)


def _among(expr: ex.Among, columns: Columns) -> NDArray[np.bool_]:
    if isinstance(expr.item, ex.Field):
        return columns.field_among(expr.item.column, tuple(v.value for v in expr.values if isinstance(v, ex.Text)))
    tests = [_comparison(ex.Compare("==", expr.item, value), columns) for value in expr.values]
    return np.logical_or.reduce(tests)


def _comparison(expr: ex.Compare, columns: Columns) -> NDArray[np.bool_]:
    left, right = expr.left, expr.right
    if any(isinstance(side, ex.Of) and isinstance(side.item, ex.Name) for side in (left, right)):
        ranks = [_rank(side, columns) for side in (left, right)]
        if any(rank is not None for rank in ranks):
            return _OPERATORS[expr.op](*ranks)
    match left, right:
        case (ex.Field(column), ex.Text(text)) | (ex.Text(text), ex.Field(column)):
            found = columns.field_among(column, (text,))
            return np.logical_not(found) if expr.op == "!=" else found
        case ex.Field(column), ex.Field(second):
            found = columns.fields_agree(column, second)
            return np.logical_not(found) if expr.op == "!=" else found
        case ex.Name(a), ex.Name(b) if "rank" in {columns.kind(a), columns.kind(b)}:
            return _OPERATORS[expr.op](columns.rank(a), columns.rank(b))
    one, other = number(left, columns), number(right, columns)
    return _OPERATORS[expr.op](_product(one[0], other[1]), _product(other[0], one[1]))


_OPERATORS: dict[str, Callable[..., NDArray[np.bool_]]] = {
    ">=": np.greater_equal,
    ">": np.greater,
    "<=": np.less_equal,
    "<": np.less,
    "==": np.equal,
    "!=": np.not_equal,
}


def _rank(expr: ex.Expr, columns: Columns) -> NDArray[np.int8] | int | None:
    """Return a rank of the member at hand or of another one; None if it is no rank."""
    if isinstance(expr, ex.Of):
        return _rank(expr.item, columns.other(expr.who))
    return columns.rank(expr.name) if isinstance(expr, ex.Name) and columns.kind(expr.name) == "rank" else None


def number(expr: ex.Expr, columns: Columns) -> Exact:
    """Evaluate a computation to a fraction. A division by zero gives 0: a share of nothing is nothing."""
    match expr:
        case ex.Number():
            exact = Fraction(expr.value)
            return exact.numerator, exact.denominator
        case ex.Of():
            return number(expr.item, columns.other(expr.who))
        case ex.Name():
            values, scale = columns.number(expr.name)
            return values, 10**scale
        case ex.Call():
            return _extreme(
                [number(a, columns) for a in expr.arguments],
                np.minimum if expr.function == "min" else np.maximum,
            )
        case ex.Arithmetic(op="+" | "-"):
            a, b = _common([number(expr.left, columns), number(expr.right, columns)])
            return _sum(a[0], b[0] if expr.op == "+" else -b[0]), a[1]
        case ex.Arithmetic(op="*"):
            a, b = number(expr.left, columns), number(expr.right, columns)
            return _product(a[0], b[0]), _product(a[1], b[1])
        case ex.Arithmetic():
            return _quotient(number(expr.left, columns), number(expr.right, columns))
    raise TypeError(expr)


def _quotient(a: Exact, b: Exact) -> Exact:
    top, bottom = _product(a[0], b[1]), _product(a[1], b[0])
    if isinstance(bottom, int) and bottom >= 0:
        return (top, bottom) if bottom else (0, 1)
    if isinstance(top, int) and isinstance(bottom, int):
        return -top, -bottom
    if _size(top) >= LIMIT or _size(bottom) >= LIMIT:  # -2**63 has no opposite
        raise ExactnessError("a computation passes 64 bits: use smaller constants")
    if isinstance(bottom, int):
        return -top, -bottom
    sign = np.sign(bottom)
    top = np.where(sign == 0, 0, _product(top, 1) * sign)
    return top, np.where(sign == 0, 1, np.abs(bottom))


def _common(values: list[Exact]) -> list[Exact]:
    """Bring fractions to one denominator."""
    dens = [d for _, d in values]
    if all(isinstance(d, int) for d in dens):
        common: Numbers = math.lcm(*dens)
        return [(_product(n, common // d), common) for n, d in values]
    common = 1
    for d in dens:
        common = _product(common, d)
    result = []
    for index, (n, _) in enumerate(values):
        for other, d in enumerate(dens):
            n = n if other == index else _product(n, d)  # noqa: PLW2901 - built up factor by factor
        result.append((n, common))
    return result


def _extreme(values: list[Exact], pick: Callable[..., NDArray[np.int64]]) -> Exact:
    common = _common(values)
    result = common[0][0]
    for value, _ in common[1:]:
        if not (_fits(result) and _fits(value)):
            raise ExactnessError("a computation passes 64 bits: use smaller constants")
        result = pick(result, value)
    return result if isinstance(result, np.ndarray) else int(result), common[0][1]


def fixed(expr: ex.Expr, columns: Columns, scale: int, mode: Rounding) -> Numbers:
    """Evaluate a computation to integers at a scale, rounded where digits are left over."""
    top, bottom = number(expr, columns)
    top = _product(top, 10**scale)
    constant = divide_rounded(top, bottom, mode) if isinstance(top, int) and isinstance(bottom, int) else 0
    if not (_fits(bottom) and _fits(constant)):
        raise ExactnessError("a computation passes 64 bits: use smaller constants")
    if isinstance(bottom, int):
        return constant if isinstance(top, int) else divide_all(top, bottom, mode)
    tops, bottoms = np.broadcast_arrays(np.asarray(top, np.int64), bottom)
    return divide_arrays(tops, bottoms, mode)


def divide_arrays(top: NDArray[np.int64], bottom: NDArray[np.int64], mode: Rounding) -> NDArray[np.int64]:
    """Divide arrays by arrays of positive denominators and round."""
    floor = top // bottom
    rest = top - floor * bottom
    twice = np.sign(rest - (bottom - rest))  # -1 below, 0 at, 1 above the middle
    positive = top > 0
    up: dict[Rounding, NDArray[np.bool_]] = {
        "half_up": (twice > 0) | ((twice == 0) & positive),
        "half_even": (twice > 0) | ((twice == 0) & (floor % 2 != 0)),
        "half_down": (twice > 0) | ((twice == 0) & ~positive),
        "toward_zero": ~positive,
        "away_from_zero": positive,
        "floor": np.zeros_like(positive),
        "ceiling": np.ones_like(positive),
    }
    return floor + (up[mode] & (rest != 0))


def _size(value: Numbers) -> int:
    return abs(value) if isinstance(value, int) else max_abs(np.atleast_1d(np.asarray(value, np.int64)))


def _fits(value: Numbers) -> bool:
    return not isinstance(value, int) or -LIMIT <= value < LIMIT


def _product(a: Numbers, b: Numbers) -> Numbers:
    if isinstance(b, int) and b == 1:
        return a
    if isinstance(a, int) and isinstance(b, int):
        return a * b
    if _size(a) * _size(b) >= LIMIT or not (_fits(a) and _fits(b)):
        raise ExactnessError("a computation passes 64 bits: use fewer digits, or round a part of it with decimals")
    return a * b


def _sum(a: Numbers, b: Numbers) -> Numbers:
    if _size(a) + _size(b) >= LIMIT or not (_fits(a) and _fits(b)):
        raise ExactnessError("a computation passes 64 bits: use fewer digits, or round a part of it with decimals")
    return a + b
