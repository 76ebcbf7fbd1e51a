"""The genealogy, slow and obvious: dicts, lists and Python's own sort."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import strategies as st

SHAPES = ("random", "chain", "star", "spine", "flat")


@dataclass
class NaiveTree:
    """A pre-order of ids: for each, its depth, the index of its parent, and the end of its subtree."""

    ids: list
    depth: list
    parent: list
    end: list


def lay_out(parents: dict) -> NaiveTree:
    """Lay out {id: parent or None}, siblings and roots ascending; ids on or below a cycle are left out."""
    children: dict = {}
    for member, parent in parents.items():
        children.setdefault(parent, []).append(member)
    tree = NaiveTree([], [], [], [])
    place = {None: -1}
    todo = [(root, 0) for root in sorted(children.get(None, []), reverse=True)]
    while todo:
        member, depth = todo.pop()
        place[member] = len(tree.ids)
        tree.ids.append(member)
        tree.depth.append(depth)
        tree.parent.append(place[parents[member]])
        todo += [(child, depth + 1) for child in sorted(children.get(member, []), reverse=True)]
    for i, depth in enumerate(tree.depth):
        below = (j for j in range(i + 1, len(tree.ids)) if tree.depth[j] <= depth)
        tree.end.append(next(below, len(tree.ids)))
    return tree


def lookup(ids: list, keys: list) -> list:
    """Return the first row of each key, -1 where it is unknown or None."""
    first: dict = {}
    for row, member in enumerate(ids):
        if member is not None:
            first.setdefault(member, row)
    return [first.get(key, -1) for key in keys]


def cycles(parents: dict) -> set:
    """Return every cycle of two members and more, as a set of its members."""
    found = set()
    for start in parents:
        path = []
        at = start
        while at is not None and at not in path:
            path.append(at)
            at = parents[at]
        if at is not None and len(path) - path.index(at) > 1:
            found.add(frozenset(path[path.index(at) :]))
    return found


def crowded(parents: dict, sides: dict, width: int) -> tuple[int, int]:
    """Count members whose side an earlier sibling took, and children beyond the width, over all parents."""
    taken: dict = {}
    counts: dict = {}
    shared = surplus = 0
    for member in sorted(parents):
        parent, side = parents[member], sides[member]
        if parent is None:
            continue
        counts[parent] = counts.get(parent, 0) + 1
        surplus += counts[parent] > width
        if side is not None:
            shared += (parent, side) in taken
            taken[parent, side] = member
    return shared, surplus


def by_rows(shape: str, count: int, draw_below) -> list:
    """Return the parent row of each row, None for a root, every parent before its children."""
    parents: list = []
    for row in range(count):
        if row == 0 or shape == "flat":
            parents.append(None)
        elif shape == "chain" or (shape == "spine" and row % 2):
            parents.append(row - 1)
        elif shape == "star":
            parents.append(0)
        else:
            above = draw_below(row + 1)
            parents.append(None if above == row else above)
    return parents


@st.composite
def forests(draw, *, text: bool | None = None, smallest: int = 0, largest: int = 40):
    """Draw (ids, {id: parent}): a forest of any shape, its ids in any order; ids are integers or text."""
    count = draw(st.integers(smallest, largest))
    letters = st.text(st.sampled_from("aAbB0é€\0𝄞"), max_size=20)
    numbers = st.one_of(st.integers(0, 3 * count), st.integers(-(2**63), 2**63 - 1))
    kind = letters if (draw(st.booleans()) if text is None else text) else numbers
    ids = draw(st.lists(kind, min_size=count, max_size=count, unique=True))
    if draw(st.booleans()):
        ids.sort()
    shape = draw(st.sampled_from(SHAPES))
    rows = by_rows(shape, count, lambda below: draw(st.integers(0, below - 1)))
    parents = {ids[row]: None if above is None else ids[above] for row, above in enumerate(rows)}
    order = draw(st.permutations(range(count))) if draw(st.booleans()) else range(count)
    return [ids[row] for row in order], parents
