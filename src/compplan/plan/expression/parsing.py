"""From the text of a condition or computation to its tree."""

from __future__ import annotations

import ast
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from compplan.plan.expression.lexer import PARTS, one_line, whole
from compplan.plan.expression.nodes import (
    Among,
    Arithmetic,
    Call,
    Compare,
    Expr,
    Field,
    Logic,
    Name,
    Not,
    Number,
    Of,
    Operator,
    Text,
)
from compplan.plan.located import Hinted
from compplan.plan.values import number

if TYPE_CHECKING:
    from decimal import Decimal

MAX_TEXT = 20_000
"""Of texts that the engine puts together; what a plan may write is shorter (`values.ConditionText`)."""

MAX_DEPTH = 100
"""Every function over the tree is recursive, and has to fit the stack of whoever calls it."""

_COMPARE: dict[type[ast.cmpop], Operator] = {
    ast.GtE: ">=",
    ast.Gt: ">",
    ast.LtE: "<=",
    ast.Lt: "<",
    ast.Eq: "==",
    ast.NotEq: "!=",
}
_ARITHMETIC: dict[type[ast.operator], Literal["+", "-", "*", "/"]] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
}


@lru_cache(maxsize=4096)
def parse(text: str) -> Expr:
    """Read a condition or a computation.

    Raises
    ------
    Hinted
        When the text cannot be read or uses anything outside the whitelist.

    Examples
    --------
    >>> str(parse("pv>=100 and not (gv < 2_000)"))
    'pv >= 100 and not (gv < 2000)'
    """
    if len(text) > MAX_TEXT:
        raise Hinted(f"the condition is {len(text)} characters long", f"{MAX_TEXT} characters are the most")
    line = one_line(text)
    too_deep = Hinted("the condition is nested too deeply", "give its parts names under conditions:")
    try:
        body = ast.parse(line, mode="eval").body
    except SyntaxError as error:
        raise Hinted(f'"{text}" cannot be read: {error.msg}', _hint(text)) from None
    except (RecursionError, MemoryError):
        raise too_deep from None
    if _depth(body) > MAX_DEPTH:
        raise too_deep
    return _read(body, line)


def _hint(text: str) -> str:
    """Return what somebody may have meant by a text that cannot be read."""
    if re.search(r"\b(AND|OR|NOT|IN|And|Or|Not)\b", text):
        return "write and, or, not and in with small letters"
    torn = "(" in text or ")" in text
    return "in [ ] and { }, a text with commas stands in quotes" if torn else "for example: pv >= 100 and active"


def _depth(body: ast.expr) -> int:
    """Return how deep a syntax tree is, without recursion."""
    deepest, stack = 0, [(body, 1)]
    while stack:
        node, depth = stack.pop()
        deepest = max(deepest, depth)
        stack += [(inner, depth + 1) for inner in ast.iter_child_nodes(node) if isinstance(inner, ast.expr)]
    return deepest


def _read(node: ast.AST, text: str) -> Expr:
    match node:
        case ast.BoolOp(op=op, values=values):
            return Logic("and" if isinstance(op, ast.And) else "or", tuple(_read(v, text) for v in values))
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return Not(_read(operand, text))
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float()) as constant):
            value = _number(constant, text)
            return Number(value.copy_negate() if value else value)
        case ast.Compare():
            return _comparison(node, text)
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _ARITHMETIC:
            return Arithmetic(_ARITHMETIC[type(op)], _read(left, text), _read(right, text))
        case ast.Call(func=ast.Name(id="min" | "max" as name), args=args, keywords=[]) if len(args) > 1:
            return Call(name, tuple(_read(a, text) for a in args))
        case ast.Attribute(value=ast.Name(id="member"), attr=column):
            return Field(column)
        case ast.Attribute(value=ast.Name(id="source" | "earner" as who), attr=name):
            return Of(who, Name(name))
        case ast.Attribute(
            value=ast.Attribute(value=ast.Name(id="source" | "earner" as who), attr="member"), attr=column
        ):
            return Of(who, Field(column))
        case ast.Name(id=name):
            return Name(name)
        case ast.Constant():
            return _constant(node, text)
    found = ast.get_source_segment(text, node) if hasattr(node, "lineno") else text
    raise Hinted(f'"{found}" is not part of the language', PARTS)


def _constant(node: ast.Constant, text: str) -> Number | Text:
    if isinstance(node.value, str):
        return Text(whole(node.value))
    return Number(_number(node, text))


def _number(node: ast.Constant, text: str) -> Decimal:
    """Read a constant from its own text, so that no digit passes through a float."""
    if isinstance(node.value, (int, float)) and not isinstance(node.value, bool):
        return number(ast.get_source_segment(text, node) or "")
    found = ast.get_source_segment(text, node)
    raise Hinted(f'"{found}" is not a number or a text', "write plain decimal numbers")


def _comparison(node: ast.Compare, text: str) -> Expr:
    """Read a comparison; a chain such as `100 <= pv < 200` becomes comparisons joined by `and`."""
    parts: list[Expr] = []
    left = node.left
    for op, right in zip(node.ops, node.comparators, strict=True):
        if isinstance(op, (ast.In, ast.NotIn)):
            among = Among(_read(left, text), _constants(right, text))
            parts.append(Not(among) if isinstance(op, ast.NotIn) else among)
        elif type(op) in _COMPARE:
            parts.append(Compare(_COMPARE[type(op)], _read(left, text), _read(right, text)))
        else:
            raise Hinted('"is" is not part of the language', 'compare with "=="')
        left = right
    return parts[0] if len(parts) == 1 else Logic("and", tuple(parts))


def _constants(node: ast.expr, text: str) -> tuple[Number | Text | Name, ...]:
    """Read the list after `in`."""
    hint = 'for example: member.country in ("US", "CA"), or with == for one alone'
    if not isinstance(node, (ast.Tuple, ast.List)) or not node.elts:
        raise Hinted('"in" needs a list of constants', hint)
    values = tuple(_read(v, text) for v in node.elts)
    if not all(isinstance(v, (Number, Text, Name)) for v in values):
        raise Hinted('"in" takes constants only', hint)
    return values  # type: ignore[return-value]
