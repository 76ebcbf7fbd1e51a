"""Conditions and computations: short texts over named quantities, read into a small typed tree.

The text is parsed with Python's own grammar and then held against a whitelist: names, numbers, texts,
comparisons, `and`, `or`, `not`, `in`, `+ - * /`, `min` and `max`. Nothing is ever executed.

`str` of an expression is its canonical text, which reads back as the same expression; `words` is for people.
The tree is the one form of a rule: the vector evaluation, the explanation of one member and the description
in plain language all read it.
"""

from __future__ import annotations

import ast
import json
import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Literal

from compplan.plan.lexer import PARTS, one_line, whole
from compplan.plan.located import Hinted
from compplan.plan.values import number

MAX_TEXT = 20_000
"""Of texts that the engine puts together; what a plan may write is shorter (`values.ConditionText`)."""

MAX_DEPTH = 100
"""Every function over the tree is recursive, and has to fit the stack of whoever calls it."""

Operator = Literal[">=", ">", "<=", "<", "==", "!="]


@dataclass(frozen=True, slots=True)
class Number:
    """An exact constant."""

    value: Decimal

    def __str__(self) -> str:
        return f"{self.value:f}"


@dataclass(frozen=True, slots=True)
class Text:
    """A text constant, to compare a member field with."""

    value: str

    def __str__(self) -> str:
        return json.dumps(self.value, ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class Name:
    """A quantity, a condition, a rank of the ladder, or one of the rank columns."""

    name: str

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class Field:
    """A column of the members table: `member.country`."""

    column: str

    def __str__(self) -> str:
        return f"member.{self.column}"


@dataclass(frozen=True, slots=True)
class Of:
    """A name or field of another member than the one at hand: `source.pv`, `earner.paid_as`."""

    who: Literal["source", "earner"]
    item: Name | Field

    def __str__(self) -> str:
        return f"{self.who}.{self.item}"


@dataclass(frozen=True, slots=True)
class Compare:
    """One comparison, the atom that an explanation measures."""

    op: Operator
    left: Expr
    right: Expr

    def __str__(self) -> str:
        return f"{_operand(self.left)} {self.op} {_operand(self.right)}"


@dataclass(frozen=True, slots=True)
class Among:
    """Whether a value is one of some constants."""

    item: Expr
    values: tuple[Number | Text | Name, ...]

    def __str__(self) -> str:
        return f"{_operand(self.item)} in [{', '.join(map(str, self.values))}]"


@dataclass(frozen=True, slots=True)
class Logic:
    """`and` or `or` over two or more conditions."""

    op: Literal["and", "or"]
    items: tuple[Expr, ...]

    def __str__(self) -> str:
        return f" {self.op} ".join(f"({i})" if isinstance(i, Logic) else str(i) for i in self.items)


@dataclass(frozen=True, slots=True)
class Not:
    """The opposite of a condition."""

    item: Expr

    def __str__(self) -> str:
        return f"not ({self.item})" if isinstance(self.item, (Logic, Compare, Among)) else f"not {self.item}"


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """One of the four operations on exact numbers."""

    op: Literal["+", "-", "*", "/"]
    left: Expr
    right: Expr

    def __str__(self) -> str:
        sides = (f"({s})" if isinstance(s, Arithmetic) else _operand(s) for s in (self.left, self.right))
        return f" {self.op} ".join(sides)


@dataclass(frozen=True, slots=True)
class Call:
    """`min` or `max` over two or more numbers."""

    function: Literal["min", "max"]
    arguments: tuple[Expr, ...]

    def __str__(self) -> str:
        return f"{self.function}({', '.join(map(str, self.arguments))})"


Expr = Number | Text | Name | Field | Of | Compare | Among | Logic | Not | Arithmetic | Call


def _operand(expr: Expr) -> str:
    """Return the text of an operand: what binds less tightly than a comparison stands in parentheses."""
    return f"({expr})" if isinstance(expr, (Compare, Among, Logic, Not)) else str(expr)


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
        torn = "(" in text or ")" in text
        hint = "in [ ] and { }, a text with commas stands in quotes" if torn else "for example: pv >= 100 and active"
        raise Hinted(f'"{text}" cannot be read: {error.msg}', hint) from None
    except (RecursionError, MemoryError):
        raise too_deep from None
    if _depth(body) > MAX_DEPTH:
        raise too_deep
    return _read(body, line)


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


_NUMBER = re.compile(r'"(?:[^"\\]|\\.)*"|(?<![\w.])\d+(?:\.\d+)?')


def words(expr: Expr) -> str:
    """Return an expression as people read it: the canonical text with grouped digits.

    Examples
    --------
    >>> words(parse("gv >= 20000 and pv >= 99.50"))
    'gv >= 20,000 and pv >= 99.5'
    """
    if any(isinstance(node, (Call, Among)) for node in walk(expr)):
        return str(expr)  # a grouping comma would read as one more item of the list
    return _NUMBER.sub(lambda found: found[0] if found[0][0] == '"' else grouped(Decimal(found[0])), str(expr))


def grouped(value: Decimal) -> str:
    """Return a number with grouped digits and no zeros at the end.

    Examples
    --------
    >>> grouped(Decimal("20000.50"))
    '20,000.5'
    """
    text = f"{value:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def walk(expr: Expr) -> list[Expr]:
    """Return the expression and all its parts, outermost first."""
    found, stack = [], [expr]
    while stack:
        node = stack.pop()
        found.append(node)
        match node:
            case Compare(left=left, right=right) | Arithmetic(left=left, right=right):
                stack += [right, left]
            case Logic(items=items):
                stack += reversed(items)
            case Call(arguments=arguments):
                stack += reversed(arguments)
            case Not(item=item) | Of(item=item):
                stack.append(item)
            case Among(item=item, values=values):
                stack += [*reversed(values), item]
    return found


def names(expr: Expr) -> set[str]:
    """Return the names that an expression reads (not the member fields)."""
    return {node.name for node in walk(expr) if isinstance(node, Name)}


def others(expr: Expr) -> set[str]:
    """Return the other members that an expression speaks of: `source`, `earner`."""
    return {node.who for node in walk(expr) if isinstance(node, Of)}


def fields(expr: Expr) -> set[str]:
    """Return the member fields that an expression reads."""
    return {node.column for node in walk(expr) if isinstance(node, Field)}
