"""The tree of a condition or computation, and what can be read off it."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Literal

from compplan.records import Record

Operator = Literal[">=", ">", "<=", "<", "==", "!="]

MIRRORED: dict[Operator, Operator] = {">=": "<=", "<=": ">=", ">": "<", "<": ">", "==": "==", "!=": "!="}
"""The operator when the two sides change places."""


class Number(Record):
    """An exact constant."""

    value: Decimal

    def __str__(self) -> str:
        return f"{self.value:f}"


class Text(Record):
    """A text constant, to compare a member field with."""

    value: str

    def __str__(self) -> str:
        from json import dumps  # noqa: PLC0415 - few plans compare texts

        return dumps(self.value, ensure_ascii=False)


class Name(Record):
    """A quantity, a condition, a rank of the ladder, or one of the rank columns."""

    name: str

    def __str__(self) -> str:
        return self.name


class Field(Record):
    """A column of the members table: `member.country`."""

    column: str

    def __str__(self) -> str:
        return f"member.{self.column}"


class Of(Record):
    """A name or field of another member than the one at hand: `source.pv`, `earner.paid_as`."""

    who: Literal["source", "earner"]
    item: Name | Field

    def __str__(self) -> str:
        return f"{self.who}.{self.item}"


class Compare(Record):
    """One comparison, the atom that an explanation measures."""

    op: Operator
    left: Expr
    right: Expr

    def __str__(self) -> str:
        return f"{_operand(self.left)} {self.op} {_operand(self.right)}"


class Among(Record):
    """Whether a value is one of some constants."""

    item: Expr
    values: tuple[Number | Text | Name, ...]

    def __str__(self) -> str:
        return f"{_operand(self.item)} in [{', '.join(map(str, self.values))}]"


class Logic(Record):
    """`and` or `or` over two or more conditions."""

    op: Literal["and", "or"]
    items: tuple[Expr, ...]

    def __str__(self) -> str:
        return f" {self.op} ".join(f"({i})" if isinstance(i, Logic) else str(i) for i in self.items)


class Not(Record):
    """The opposite of a condition."""

    item: Expr

    def __str__(self) -> str:
        return f"not ({self.item})" if isinstance(self.item, (Logic, Compare, Among)) else f"not {self.item}"


class Arithmetic(Record):
    """One of the four operations on exact numbers."""

    op: Literal["+", "-", "*", "/"]
    left: Expr
    right: Expr

    def __str__(self) -> str:
        sides = (f"({s})" if isinstance(s, Arithmetic) else _operand(s) for s in (self.left, self.right))
        return f" {self.op} ".join(sides)


class Call(Record):
    """`min` or `max` over two or more numbers."""

    function: Literal["min", "max"]
    arguments: tuple[Expr, ...]

    def __str__(self) -> str:
        return f"{self.function}({', '.join(map(str, self.arguments))})"


Expr = Number | Text | Name | Field | Of | Compare | Among | Logic | Not | Arithmetic | Call


def _operand(expr: Expr) -> str:
    """Return the text of an operand: what binds less tightly than a comparison stands in parentheses."""
    return f"({expr})" if isinstance(expr, (Compare, Among, Logic, Not)) else str(expr)


_NUMBER = re.compile(r'"(?:[^"\\]|\\.)*"|(?<![\w.])\d+(?:\.\d+)?')


def words(expr: Expr) -> str:
    """Return an expression as people read it: the canonical text with grouped digits.

    Examples
    --------
    >>> from compplan.plan.expression import parse
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
