"""Conditions on two members, the earner and the source: taken apart into comparisons of one with the other."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

from compplan.plan import expression as ex
from compplan.plan.located import Hinted
from compplan.records import Record

if TYPE_CHECKING:
    from collections.abc import Callable

MOST = 64
"""So many alternatives at most: a condition with more is a slip of the pen, or wants a name for its parts."""

_OPPOSITE: dict[ex.Operator, ex.Operator] = {">=": "<", "<": ">=", ">": "<=", "<=": ">", "==": "!=", "!=": "=="}


class Test(Record):
    """A comparison of what the earner has with what the source has.

    Where one side is None, the other one is a condition; `op` is `==` where it must hold, `!=` where it must not.
    """

    left: ex.Expr | None
    op: ex.Operator
    right: ex.Expr | None


def split(expr: ex.Expr) -> tuple[ex.Expr | None, ex.Expr | None]:
    """Return the part of a condition that is about one member, and the part that is about two.

    Examples
    --------
    >>> own, pair = split(ex.parse("active and pv >= 100 and rate <= source.rate"))
    >>> str(own), str(pair)
    ('active and pv >= 100', 'rate <= source.rate')
    """
    items = expr.items if isinstance(expr, ex.Logic) and expr.op == "and" else (expr,)
    return _joined([i for i in items if not ex.others(i)]), _joined([i for i in items if ex.others(i)])


def _joined(items: list[ex.Expr]) -> ex.Expr | None:
    return None if not items else items[0] if len(items) == 1 else ex.Logic("and", tuple(items))


def alternatives(expr: ex.Expr) -> list[tuple[Test, ...]]:
    """Return a condition as alternatives of tests that must all hold.

    Raises
    ------
    Hinted
        If a side of a comparison is about both members, or there are too many alternatives.
    """
    return _alternatives(expr, holds=True)


def _alternatives(expr: ex.Expr, *, holds: bool) -> list[tuple[Test, ...]]:
    match expr:
        case ex.Not(item=item):
            return _alternatives(item, holds=not holds)
        case ex.Logic(op=op, items=items):
            parts = [_alternatives(item, holds=holds) for item in items]
            if (op == "or") == holds:
                return [term for part in parts for term in part]
            if _size(parts) > MOST:
                hint = "give parts of it names under conditions:"
                raise Hinted(f"the condition has {_size(parts)} alternatives", hint)
            return [tuple(test for term in terms for test in term) for terms in product(*parts)]
        case ex.Compare() if ex.others(expr.left) or ex.others(expr.right):
            return [(_comparison(expr, expr.op if holds else _OPPOSITE[expr.op]),)]
    return [(_one_sided(expr, holds=holds),)]


def _size(parts: list[list[tuple[Test, ...]]]) -> int:
    size = 1
    for part in parts:
        size *= len(part)
    return size


def _comparison(expr: ex.Compare, op: ex.Operator) -> Test:
    ours, theirs = _is_earners(expr.left), _is_earners(expr.right)
    if isinstance(expr.left, ex.Text) or isinstance(expr.right, ex.Text):
        return _one_sided(expr, holds=op == expr.op)
    if ours is not False and theirs is False:
        return Test(expr.left, op, inner(expr.right))
    if ours is False and theirs is not False:
        return Test(expr.right, ex.MIRRORED[op], inner(expr.left))
    return _one_sided(expr, holds=op == expr.op)


def _is_earners(expr: ex.Expr) -> bool | None:
    """Tell whether one side of a comparison is about the earner, or the source; None for a constant."""
    about = set(_mentions(expr))
    if len(about) > 1:
        hint = "put what the earner has on one side, and what the source has on the other"
        raise Hinted(f'"{expr}" is about two members', hint)
    return about.pop() if about else None


def _mentions(expr: ex.Expr) -> list[bool]:
    """Return, for every name of a side, whether it is the earner's."""
    match expr:
        case ex.Of():
            return [False]
        case ex.Name() | ex.Field():
            return [True]
        case ex.Arithmetic(left=left, right=right):
            return [*_mentions(left), *_mentions(right)]
        case ex.Call(arguments=arguments):
            return [each for argument in arguments for each in _mentions(argument)]
    return []


def _one_sided(expr: ex.Expr, *, holds: bool) -> Test:
    op: ex.Operator = "==" if holds else "!="
    if not ex.others(expr):
        return Test(expr, op, None)
    rest = [node for node in ex.walk(expr) if isinstance(node, (ex.Name, ex.Field))]
    if len(rest) > sum(isinstance(node, ex.Of) for node in ex.walk(expr)):
        hint = "put what the earner has on one side, and what the source has on the other"
        raise Hinted(f'"{expr}" is about two members', hint)
    return Test(None, op, inner(expr))


def inner(expr: ex.Expr) -> ex.Expr:
    """Return an expression on another member as one on the member at hand."""
    each: Callable[[ex.Expr], ex.Expr] = inner
    match expr:
        case ex.Of(item=item):
            return item
        case ex.Arithmetic(op=op, left=left, right=right):
            return ex.Arithmetic(op, each(left), each(right))
        case ex.Compare(op=compare, left=left, right=right):
            return ex.Compare(compare, each(left), each(right))
        case ex.Call(function=function, arguments=arguments):
            return ex.Call(function, tuple(map(each, arguments)))
        case ex.Not(item=item):
            return ex.Not(each(item))
        case ex.Logic(op=logic, items=items):
            return ex.Logic(logic, tuple(map(each, items)))
        case ex.Among(item=item, values=values):
            return ex.Among(each(item), values)
    return expr
