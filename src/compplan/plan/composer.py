"""YAML text to plain data that remembers where each part stands.

PyYAML resolves scalars by YAML 1.1: `NO` is false, `010` is eight, `1.10` a binary float, and the second of
two equal keys wins silently. Only its parser is used here; the scalars follow the core schema of YAML 1.2,
decimals stay exact, and what a plan never needs (tags, merge keys, several documents) is refused. One pass
over the parser's events does it: limits on depth and size then hold while the text is read, not afterwards.
"""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

import yaml

from compplan.errors import PlanError, Problem
from compplan.plan.marks import Document, Key, Mark, Node

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_NODES = 100_000
MAX_DEPTH = 100
MAX_DIGITS = 100

LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_INTEGER = re.compile(r"[-+]?[0-9]+")
_BASED = {"0o": (re.compile(r"0o[0-7]+"), 8), "0x": (re.compile(r"0x[0-9a-fA-F]+"), 16)}
_DECIMAL = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_NOT_FINITE = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_WORDS: dict[str, bool | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}


class _Stop(Exception):  # noqa: N818 - reading ends here; what was found before is still told
    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


def read_scalar(text: str) -> str | int | Decimal | bool | None:
    """Read an unquoted scalar by the core schema of YAML 1.2, with exact decimals.

    Raises
    ------
    ValueError
        If it is an infinity, not a number, or longer than `MAX_DIGITS`.

    Examples
    --------
    >>> [read_scalar(text) for text in ("010", "0x10", "1.10", "NO", "5%", "~")]
    [10, 16, Decimal('1.10'), 'NO', '5%', None]
    """
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in "+-.0123456789":
        return text
    pattern, base = _BASED.get(text[:2], (_INTEGER, 10))
    if pattern.fullmatch(text):
        return int(_short(text), base)
    if _DECIMAL.fullmatch(text):
        return _decimal(text)
    if _NOT_FINITE.fullmatch(text):
        raise ValueError(f"{text} is not an exact number")
    return text


def _short(text: str) -> str:
    if len(text) > MAX_DIGITS:
        raise ValueError(f"a number has at most {MAX_DIGITS} characters, this one has {len(text)}")
    return text


def _decimal(text: str) -> Decimal:
    try:
        value = Decimal(_short(text))
    except InvalidOperation:
        raise ValueError(f"{text} is too large or too small") from None
    if abs(value.adjusted()) > MAX_DIGITS:
        raise ValueError(f"{text} is too large or too small")
    return value


def compose(name: str, text: str) -> tuple[Any, Node]:
    """Read one YAML document into plain data and the tree of its marks.

    Raises
    ------
    PlanError
        With every problem up to the end of the text, or up to the first that leaves the rest unreadable.
    """
    document = Document.of(name, text)
    composer = _Composer(document, text)
    result = None
    try:
        result = composer.document()
    except _Stop as stop:
        composer.problems.append(stop.problem)
    except yaml.MarkedYAMLError as error:
        from compplan.plan.syntax import syntax_problem  # noqa: PLC0415 - only a file with mistakes needs it

        composer.problems.append(syntax_problem(error, document))
    if composer.problems or result is None:
        raise PlanError(composer.problems)
    return result


class _Composer:
    """Reads events, one method for each form of node; problems that do not hide others are collected."""

    def __init__(self, document: Document, text: str) -> None:
        self.problems: list[Problem] = []
        self._document = document
        self._events: Iterator[Any] = yaml.parse(text, Loader=LOADER)
        self._anchors: dict[str, tuple[Any, Node] | None] = {}
        self._nodes = 0

    def document(self) -> tuple[Any, Node]:
        next(self._events)
        start = next(self._events)
        if isinstance(start, yaml.StreamEndEvent):
            raise _Stop(self._problem("empty_file", "there is nothing in this file", start))
        if start.version not in (None, (1, 2)):
            hint = "leave the %YAML line out"
            self._note("yaml_version", "this file declares another YAML than 1.2", start, hint)
        result = self._value(next(self._events), 1)
        next(self._events)
        end = next(self._events)
        if not isinstance(end, yaml.StreamEndEvent):
            hint = 'write one document in a file, without another "---"'
            raise _Stop(self._problem("several_documents", "a second document starts here", end, hint))
        return result

    def _value(self, event: Any, depth: int) -> tuple[Any, Node]:
        if isinstance(event, yaml.AliasEvent):
            return self._alias(event, depth)
        self._count(event, 1, depth)
        if event.tag is not None:
            message = f'the tag "{_short_tag(event.tag)}" has no meaning in a plan'
            self._note("tag", message, event, "leave it out")
        if event.anchor in self._anchors:
            message = f'the anchor "&{event.anchor}" is there already'
            self._note("duplicate_anchor", message, event, "use another name")
        if event.anchor is not None:
            self._anchors[event.anchor] = None
        result = self._read(event, depth)
        if event.anchor is not None:
            self._anchors[event.anchor] = result
        return result

    def _read(self, event: Any, depth: int) -> tuple[Any, Node]:
        if isinstance(event, yaml.MappingStartEvent):
            return self._mapping(event, depth)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._list(event, depth)
        return self._scalar(event), Node(self._mark(event))

    def _scalar(self, event: Any) -> str | int | Decimal | bool | None:
        if event.style:
            return str(event.value)
        try:
            return read_scalar(event.value)
        except ValueError as error:
            self._note("number", str(error), event, "write a plain decimal number, or quotes if it is a text")
            return str(event.value)

    def _list(self, event: Any, depth: int) -> tuple[list[Any], Node]:
        data: list[Any] = []
        items: list[Node] = []
        while not isinstance(inner := next(self._events), yaml.SequenceEndEvent):
            value, node = self._value(inner, depth + 1)
            data.append(value)
            items.append(node)
        return data, Node(self._mark(event), None, items)

    def _mapping(self, event: Any, depth: int) -> tuple[dict[Key, Any], Node]:
        data: dict[Key, Any] = {}
        items: dict[Key, Node] = {}
        while not isinstance(inner := next(self._events), yaml.MappingEndEvent):
            key, key_node = self._value(inner, depth + 1)
            value, node = self._value(next(self._events), depth + 1)
            if self._accepts(key, inner, items):
                data[key] = value
                items[key] = Node(node.mark, key_node.mark, node.items)
        return data, Node(self._mark(event), None, items)

    def _accepts(self, key: Any, event: Any, items: dict[Key, Node]) -> bool:
        if isinstance(event, yaml.ScalarEvent) and event.value == "<<" and not event.style:
            hint = "write the fields out, or use a patch"
            self._note("merge_key", 'merge keys ("<<") are not part of YAML 1.2', event, hint)
        elif isinstance(key, bool) or not isinstance(key, (str, int, Decimal)):
            hint = "write it in quotes" if isinstance(event, yaml.ScalarEvent) and event.value else ""
            self._note("key", f"a key is a text or a number, not {_kind(key)}", event, hint)
        elif key in items:
            first = items[key].key or items[key].mark
            hint = f"it is first on line {first.line + 1}"
            self._note("duplicate_key", f'the key "{key}" is there twice', event, hint)
        else:
            return True
        return False

    def _alias(self, event: Any, depth: int) -> tuple[Any, Node]:
        known = self._anchors.get(event.anchor)
        if known is None:
            raise _Stop(self._bad_alias(event))
        data, node = known
        nodes, height = _extent(node)
        self._count(event, nodes, depth + height)
        return data, Node(self._mark(event), None, node.items)

    def _bad_alias(self, event: Any) -> Problem:
        if event.anchor in self._anchors:
            message, hint = f'"*{event.anchor}" stands inside of what it names', "write the value out"
        else:
            message = f'"*{event.anchor}" names nothing above'
            hint = "the anchor (&) comes before its alias; write a text that begins with * in quotes"
        return self._problem("alias", message, event, hint)

    def _count(self, event: Any, nodes: int, depth: int) -> None:
        self._nodes += nodes
        if self._nodes > MAX_NODES:
            message = f"with its aliases written out this file holds more than {MAX_NODES} values"
            raise _Stop(self._problem("too_many_values", message, event))
        if depth > MAX_DEPTH:
            raise _Stop(self._problem("too_deep", f"values are nested deeper than {MAX_DEPTH} levels", event))

    def _mark(self, event: Any) -> Mark:
        return Mark(self._document, event.start_mark.line, event.start_mark.column)

    def _problem(self, code: str, message: str, event: Any, hint: str = "") -> Problem:
        return Problem(code, message, self._mark(event).place(), hint)

    def _note(self, code: str, message: str, event: Any, hint: str = "") -> None:
        self.problems.append(self._problem(code, message, event, hint))


def _extent(node: Node) -> tuple[int, int]:
    """Count the nodes that an alias stands for, and how deep they go below it."""
    items = node.items.values() if isinstance(node.items, dict) else node.items or ()
    nodes, height = 1, 0
    for item in items:
        below = _extent(item)
        nodes, height = nodes + below[0], max(height, below[1] + 1)
    return nodes, height


def _short_tag(tag: str) -> str:
    return tag.replace("tag:yaml.org,2002:", "!!")


def _kind(value: Any) -> str:
    if isinstance(value, dict):
        return "a mapping"
    return "a list" if isinstance(value, list) else "nothing" if value is None else str(value).lower()
