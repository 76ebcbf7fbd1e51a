"""Edits by path: what the operations of a patch name in a plan.

The edits of one patch are sorted into a tree in the shape of the data, so that `rebuild` can build every
container that they touch anew, once, and all paths speak of the data before the patch.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from compplan.errors import did_you_mean
from compplan.plan.composer import read_scalar
from compplan.plan.located import Hinted
from compplan.plan.marks import dotted, value_at
from compplan.plan.sentences import describe

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from compplan.plan.marks import Key, Path

_STEP = re.compile(r'"(?:[^"\\]|\\.)*"|[^".][^.]*')
_INDEX = re.compile(r"0|[1-9][0-9]{0,8}")


@dataclass(frozen=True, slots=True)
class Edit:
    """One operation of a patch.

    Attributes
    ----------
    kind
        What is done.
    written
        The path as it is written.
    at
        Where the operation stands in the patch document.
    value, after, before
        Its arguments.
    """

    kind: Literal["set", "remove", "insert"]
    written: str
    at: Path
    value: Any = None
    after: Key | None = None
    before: Key | None = None


EditTree: TypeAlias = "dict[Key, EditTree | Edit]"


def read_path(text: str) -> tuple[str, ...]:
    """Split a path into its steps.

    Raises
    ------
    ValueError
        If there is no step, an empty step, or a quote that does not close.

    Examples
    --------
    >>> read_path('rates."2.5".0')
    ('rates', '2.5', '0')
    """
    steps, position = [], 0
    while match := _STEP.match(text, position):
        steps.append(_unquoted(match[0], text))
        position = match.end() + 1
        if match.end() == len(text):
            return tuple(steps)
        if text[match.end()] != ".":
            break
    raise ValueError(f'"{text}" is not a path')


def _unquoted(step: str, text: str) -> str:
    if not step.startswith('"'):
        return step
    try:
        return str(json.loads(step))
    except ValueError:
        raise ValueError(f'"{text}" is not a path: {step} has an unknown escape') from None


def resolve(data: Any, edits: Iterable[Edit]) -> tuple[EditTree, list[tuple[Edit, Hinted]]]:
    """Find what each path names in the data, and sort the edits into a tree.

    Returns
    -------
    tuple
        The tree, and what is wrong: each edit that cannot be made, with the reason.
    """
    problems: list[tuple[Edit, Hinted]] = []
    found: dict[Path, Edit] = {}
    resolver = _Resolver(data)
    for edit in edits:
        try:
            path, edit = resolver.resolved(edit)  # noqa: PLW2901 - the same edit, its neighbour now a key of the data
        except Hinted as error:
            path = read_path(edit.written)
            problems.append((edit, error))
        if path in found:
            message = f"{edit.written} is changed twice"
            problems.append((edit, Hinted(message, "leave one of the two out", code="overlap")))
        else:
            found[path] = edit
    problems.extend(_nested(found))
    return _tree(found), problems


def _nested(found: dict[Path, Edit]) -> Iterator[tuple[Edit, Hinted]]:
    for path, edit in found.items():
        outer = next((found[path[:end]] for end in range(1, len(path)) if path[:end] in found), None)
        if outer is not None:
            message = f"{edit.written} is inside of {outer.written}, which the patch changes as a whole"
            yield edit, Hinted(message, "write one change that holds both", code="overlap")


def _tree(found: dict[Path, Edit]) -> EditTree:
    tree: EditTree = {}
    for path, edit in found.items():
        inner: Any = tree
        for key in path[:-1]:
            inner = inner.setdefault(key, {})
            if isinstance(inner, Edit):
                break
        else:
            inner[path[-1]] = edit
    return tree


class _Resolver:
    """Finds paths in the data, and remembers what the patch inserted so far."""

    def __init__(self, data: Any) -> None:
        self._data = data
        self._inserted: dict[Path, list[Key]] = {}
        self._neighbours: set[tuple[Path, str, Key]] = set()

    def resolved(self, edit: Edit) -> tuple[Path, Edit]:
        path: Path = ()
        *above, last = read_path(edit.written)
        for step in above:
            path = (*path, _known(value_at(self._data, path), step, path))
        container = value_at(self._data, path)
        if edit.kind == "insert":
            return self._insert(container, path, last, edit)
        if edit.kind == "set" and isinstance(container, dict):
            return (*path, _new_or_known(container, last)), edit
        return (*path, _known(container, last, path)), edit

    def _insert(self, container: Any, path: Path, last: str, edit: Edit) -> tuple[Path, Edit]:
        side: Literal["after", "before"] = "after" if edit.after is not None else "before"
        neighbour = edit.after if edit.after is not None else edit.before
        if isinstance(container, list):
            if neighbour is not None:
                message = f"{dotted(path)} is a list and has no keys"
                raise Hinted(message, "the path alone says where", (side,), code="insert")
            return (*path, _gap(container, last, path)), edit
        _fail_if_scalar(container, path)
        key = _new_or_known(container, last)
        if key in container:
            raise Hinted(f"{edit.written} is there already", "use set to replace it", code="insert")
        if neighbour is None:
            message = f"{edit.written} does not say where it goes"
            raise Hinted(message, "add after or before, or use set", code="insert")
        known = dict.fromkeys([*container, *self._inserted.setdefault(path, [])])
        near = self._free(path, side, _neighbour(known, neighbour, path, side))
        self._inserted[path].append(key)
        return (*path, key), replace(edit, after=near) if side == "after" else replace(edit, before=near)

    def _free(self, path: Path, side: str, near: Key) -> Key:
        if (path, side, near) in self._neighbours:
            hint = "name the key that this patch inserts above"
            raise Hinted(f"two keys go {side} {near}, their order is open", hint, (side,), code="insert")
        self._neighbours.add((path, side, near))
        return near


def _gap(items: list[Any], step: str, path: Path) -> int:
    """Return the index of the item that an insert comes before, or of the end."""
    if _INDEX.fullmatch(step) and int(step) <= len(items):
        return int(step)
    hint = f"an insert comes before item 0 to {len(items) - 1}, or at {len(items)}, the end" if items else "insert at 0"
    raise Hinted(f"there is no item {step} in {_name(path)}", hint, code="unknown_path")


def _neighbour(known: dict[Key, None], neighbour: Key, path: Path, side: str) -> Key:
    try:
        return _known(known, str(neighbour), path)
    except Hinted as error:
        raise Hinted(error.message, error.hint, (side,), code=error.code) from None


def _known(container: Any, step: str, path: Path) -> Key:
    """Return the key or index that a step names in a container."""
    _fail_if_scalar(container, path)
    if isinstance(container, list):
        index = int(step) if _INDEX.fullmatch(step) else len(container)
        if index < len(container):
            return index
        hint = f"items are 0 to {len(container) - 1}; insert adds one" if container else "insert adds one"
        raise Hinted(f"there is no item {step} in {_name(path)}", hint, code="unknown_path")
    key = _new_or_known(container, step)
    if key in container:
        return key
    raise Hinted(f'there is no "{step}" in {_name(path)}', _hint(container, step), code="unknown_path")


def _hint(container: dict[Key, Any], step: str) -> str:
    keys = [str(key) for key in container]
    split = next((key for key in keys if key.startswith(f"{step}.")), None)
    if split:
        return f'a key with a dot stands in quotes: "{split}"'
    numbers = not any(isinstance(key, str) for key in container)  # the nearest spelling is not the nearest number
    return did_you_mean("", keys) if numbers else did_you_mean(step, keys)


def _new_or_known(container: dict[Key, Any], step: str) -> Key:
    """Return the key that a step stands for: the text if it is a key, else a number among number keys."""
    if step in container or all(isinstance(key, str) for key in container):
        return step
    try:
        number = read_scalar(step)
    except ValueError:
        return step
    return number if isinstance(number, (int, Decimal)) and not isinstance(number, bool) else step


def _fail_if_scalar(container: Any, path: Path) -> None:
    if not isinstance(container, (dict, list)):
        raise Hinted(f"{_name(path)} is {describe(container)} and holds no keys", "", code="unknown_path")


def _name(path: Path) -> str:
    return dotted(path) or "the plan"
