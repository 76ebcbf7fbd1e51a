"""The slow, obvious twin of evaluation: one member at a time, in fractions.

`values` maps a name to its value: a Fraction, a bool, a rank number; a member field (by column) to a text, a bool or
None.
"""

from __future__ import annotations

import operator
from fractions import Fraction

from compplan.plan import expression as ex
from naive.money import round_to_int

COMPARE = {
    ">=": operator.ge,
    ">": operator.gt,
    "<=": operator.le,
    "<": operator.lt,
    "==": operator.eq,
    "!=": operator.ne,
}


def value(expr, values):
    """Return what an expression is for one member."""
    match expr:
        case ex.Number():
            return Fraction(expr.value)
        case ex.Text():
            return expr.value
        case ex.Name():
            return values[expr.name]
        case ex.Field():
            return values[f"member.{expr.column}"]
        case ex.Not():
            return not value(expr.item, values)
        case ex.Logic():
            return (all if expr.op == "and" else any)(value(item, values) for item in expr.items)
        case ex.Among():
            return value(expr.item, values) in [value(v, values) for v in expr.values]
        case ex.Compare():
            return COMPARE[expr.op](value(expr.left, values), value(expr.right, values))
        case ex.Call():
            return (min if expr.function == "min" else max)(value(a, values) for a in expr.arguments)
        case ex.Arithmetic():
            return arithmetic(expr.op, value(expr.left, values), value(expr.right, values))
    raise AssertionError(expr)


def arithmetic(op, a, b):
    if op == "/":
        return a / b if b else Fraction(0)
    return {"+": operator.add, "-": operator.sub, "*": operator.mul}[op](a, b)


def fixed(expr, values, scale, mode):
    return round_to_int(value(expr, values) * 10**scale, mode)
