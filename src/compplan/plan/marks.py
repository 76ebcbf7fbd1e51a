"""Where the parts of a plan stand: a tree of marks in the shape of the data."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import NamedTuple, TypeAlias

from compplan.errors import Place
from compplan.records import Record

Key: TypeAlias = str | int | Decimal
"""What can be a key of a mapping; an index of a list is an `int`."""

Path: TypeAlias = tuple[Key, ...]
"""Where a value is inside the data: `("bonuses", "unilevel", "rates", 0)`."""

CARET_WIDTH = 160

# YAML 1.1 parsers count these as line ends, and the line numbers are theirs.
_LINE_BREAK = re.compile("\r\n|[\r\n\x85\u2028\u2029]")


class Document(Record):
    """The lines of one file, for places and carets."""

    name: str
    lines: tuple[str, ...]

    @classmethod
    def of(cls, name: str, text: str) -> Document:
        """Split a text into the lines that the parser counts."""
        return cls(name, tuple(_LINE_BREAK.split(text)))


class Mark(NamedTuple):
    """A position in a document, 0-based as the parser counts."""

    document: Document
    line: int
    column: int

    def place(self) -> Place:
        """Return the 1-based place, without the text of an overlong line: a caret would be lost in it."""
        lines = self.document.lines
        text = lines[self.line] if self.line < len(lines) else ""
        text = text.replace("\t", " ") if len(text) <= CARET_WIDTH else ""
        return Place(self.document.name, self.line + 1, self.column + 1, text)


class Node(NamedTuple):
    """Where a value stands, where its key stands, and the same for what it holds."""

    mark: Mark
    key: Mark | None = None
    items: dict[Key, Node] | list[Node] | None = None


def child(container: object, key: object) -> object:
    """Return what a mapping or list holds at a key or index, or `MISSING`."""
    if isinstance(container, dict):
        return container.get(key, MISSING)
    if isinstance(container, list) and isinstance(key, int) and 0 <= key < len(container):
        return container[key]
    return MISSING


def value_at(data: object, path: Path) -> object:
    """Return what data holds at a path, or `MISSING`."""
    for part in path:
        data = child(data, part)
    return data


MISSING = object()
"""Stands for "nothing there", since `None` can be there."""


def dotted(path: tuple[object, ...]) -> str:
    """Write a path as patches do: `bonuses.unilevel.rates.0`, with quotes around a step that holds a dot.

    Examples
    --------
    >>> dotted(("rates", Decimal("2.5"), 0))
    'rates."2.5".0'
    """
    return ".".join(_step(str(part)) for part in path)


def _step(text: str) -> str:
    if text and "." not in text and not text.startswith('"'):
        return text
    from json import dumps  # noqa: PLC0415 - few paths need quotes

    return dumps(text, ensure_ascii=False)
