"""Builds edited data anew, and with the same steps the marks of it.

Only the containers on the way to an edit are copied; everything else is shared with what was there before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from compplan.plan.edits import Edit
from compplan.plan.marks import MISSING, Node, child

if TYPE_CHECKING:
    from compplan.plan.edits import EditTree
    from compplan.plan.marks import Key, Path


class _View(Protocol):
    """How an edit sees a container: data, or its marks."""

    def items(self, node: Any) -> Any: ...

    def value(self, edit: Edit, node: Any) -> Any: ...

    def rebuilt(self, node: Any, items: Any) -> Any: ...


class _DataView:
    def items(self, node: Any) -> Any:
        return node

    def value(self, edit: Edit, node: Any) -> Any:  # noqa: ARG002 - the marks need the container
        return edit.value

    def rebuilt(self, node: Any, items: Any) -> Any:  # noqa: ARG002
        return items


class _MarkView:
    def __init__(self, patch: Node | None) -> None:
        self._patch = patch

    def items(self, node: Node) -> Any:
        return node.items

    def value(self, edit: Edit, node: Node) -> Node:
        if self._patch is None:
            return Node(node.mark, node.key)
        named = _inner(self._patch, edit.at)
        value = _inner(named, ("value",)) if edit.kind == "insert" else named
        return Node(value.mark, named.key, value.items)

    def rebuilt(self, node: Node, items: Any) -> Node:
        return Node(node.mark, node.key, items)


def _inner(node: Node, path: Path) -> Node:
    for part in path:
        inner = child(node.items, part)
        node = inner if isinstance(inner, Node) else node
    return node


def apply_edits(data: Any, tree: EditTree) -> Any:
    """Return new data with the edits made; what they do not touch is shared."""
    return _edited(data, tree, _DataView())


def apply_edits_to_marks(root: Node, tree: EditTree, patch: Node | None) -> Node:
    """Return the marks of the edited data; what an edit brought has its marks from the patch document."""
    result: Node = _edited(root, tree, _MarkView(patch))
    return result


def _edited(node: Any, tree: EditTree, view: _View) -> Any:
    items = view.items(node)
    if not tree or items is None:
        return node
    build = _edited_list if isinstance(items, list) else _edited_mapping
    return view.rebuilt(node, build(node, items, tree, view))


def _edited_list(node: Any, items: list[Any], tree: EditTree, view: _View) -> list[Any]:
    result = []
    for index, item in enumerate([*items, MISSING]):
        edit = tree.get(index)
        if isinstance(edit, Edit) and edit.kind == "insert":
            result += [view.value(edit, node), item]
        elif edit is None or not _is(edit, "remove"):
            result.append(_changed(item, edit, node, view))
    return result[:-1]


def _edited_mapping(node: Any, items: dict[Key, Any], tree: EditTree, view: _View) -> dict[Key, Any]:
    order = list(items)
    for key, edit in tree.items():
        if isinstance(edit, Edit) and edit.kind == "insert":
            near = edit.after if edit.after is not None else edit.before
            order.insert(order.index(near) + (edit.after is not None), key)  # type: ignore[arg-type]
    order += [key for key in tree if key not in items and _is(tree[key], "set")]
    kept = [key for key in order if not _is(tree.get(key), "remove")]
    return {key: _changed(items.get(key), tree.get(key), node, view) for key in kept}


def _changed(item: Any, edit: EditTree | Edit | None, node: Any, view: _View) -> Any:
    if edit is None:
        return item
    return view.value(edit, node) if isinstance(edit, Edit) else _edited(item, edit, view)


def _is(edit: EditTree | Edit | None, kind: str) -> bool:
    return isinstance(edit, Edit) and edit.kind == kind
