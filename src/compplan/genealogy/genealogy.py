"""The genealogy: members in primary order, their trees, and who is where."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from compplan.errors import Problem, UsageError, did_you_mean
from compplan.genealogy import hints
from compplan.genealogy.arrays import frozen
from compplan.genealogy.ids import MemberIndex
from compplan.genealogy.sides import MAX_SIDES

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

    from compplan.genealogy.tree import Tree


@dataclass(frozen=True, slots=True)
class TreeColumns:
    """Which columns of the members table make a tree.

    Attributes
    ----------
    name
        The tree's name in the plan.
    parent
        The column with the parent's id; null for a root.
    side
        The column with the place under the parent ("left", "right", or 0, 1, ...), where the tree has places.
    width
        The largest number of children a member may have; None for any number.
    """

    name: str
    parent: str
    side: str | None = None
    width: int | None = None

    def __post_init__(self) -> None:
        if self.width is not None and self.width < 1:
            raise UsageError(f'tree "{self.name}": a width of {self.width} leaves no room for children')
        if self.side is not None and self.places > MAX_SIDES:
            raise UsageError(f'tree "{self.name}": a tree with sides can be {MAX_SIDES} wide, not {self.width}')

    @property
    def places(self) -> int:
        """How many places under a parent a side can name."""
        return MAX_SIDES if self.width is None else self.width


@dataclass(frozen=True, eq=False, repr=False)
class Genealogy:
    """Members in the pre-order of the primary tree, and all trees over them.

    A member's *position* is its index in that order; every column of a run has one entry a position.
    Made by `build_genealogy` or `load_genealogy`.

    Attributes
    ----------
    ids
        pyarrow int64 or large_string array of n ids.
    rows
        int32[n]: position to row of the members table.
    trees
        Trees by name; the first is the primary one.
    """

    ids: pa.Array
    rows: NDArray[np.int32]
    trees: dict[str, Tree]
    _index: MemberIndex | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "rows", frozen(self.rows))

    @property
    def n(self) -> int:
        """Number of members."""
        return len(self.ids)

    @property
    def primary(self) -> Tree:
        """The tree whose pre-order numbers the members."""
        return next(iter(self.trees.values()))

    @cached_property
    def index(self) -> MemberIndex:
        """The index from id to position; a loaded genealogy builds it when it is first asked for."""
        return self._index or MemberIndex.build(self.ids)

    def __repr__(self) -> str:
        trees = ", ".join(f"{tree.name} (depth {tree.max_depth})" for tree in self.trees.values())
        return f"Genealogy({self.n:,} members, {self.ids.type} ids, trees: {trees})"

    def tree(self, name: str) -> Tree:
        """Return a tree by name.

        Raises
        ------
        UsageError
            If there is no such tree.
        """
        if name not in self.trees:
            raise UsageError(
                Problem("tree-unknown", f'there is no tree "{name}"', None, did_you_mean(name, [*self.trees]))
            )
        return self.trees[name]

    def position(self, member: int | str) -> int:
        """Return the position of a member.

        Raises
        ------
        UsageError
            If there is no such member.
        """
        found = hints.find(self.index, member)
        if found < 0:
            raise UsageError(hints.unknown_member(self.index, self.ids, member))
        return found

    def id_at(self, position: int) -> int | str:
        """Return the id of the member at a position.

        Raises
        ------
        UsageError
            If there is no such position.
        """
        if not 0 <= position < self.n:
            raise UsageError(Problem("position-unknown", f"position {position} is not in [0, {self.n})"))
        return self.ids[position].as_py()

    def children(self, tree: str, position: int) -> list[int]:
        """Return the positions of a member's frontline in a tree, ascending by id."""
        return self._mapped(tree, self.tree(tree).children(self._own(tree, position)))

    def ancestors(self, tree: str, position: int) -> list[int]:
        """Return the positions above a member in a tree, the parent first, the root last."""
        return self._mapped(tree, self.tree(tree).ancestors(self._own(tree, position)))

    def subtree(self, tree: str, position: int) -> range | list[int]:
        """Return the positions of a member and all below it in a tree, a range in the primary tree."""
        below = self.tree(tree).subtree(self._own(tree, position))
        return below if self.tree(tree).to_primary is None else self._mapped(tree, below)

    def equals(self, other: Genealogy) -> bool:
        """Say whether two genealogies are the same: ids, rows, and every tree, array by array."""
        same = self.ids.equals(other.ids) and np.array_equal(self.rows, other.rows)
        pairs = zip(self.trees.values(), other.trees.values(), strict=False)
        return same and [*self.trees] == [*other.trees] and all(mine.equals(theirs) for mine, theirs in pairs)

    def _own(self, tree: str, position: int) -> int:
        self.id_at(position)
        return self.tree(tree).own(position)

    def _mapped(self, tree: str, own: list[int] | range) -> list[int]:
        to_primary = self.tree(tree).to_primary
        return [*own] if to_primary is None else [int(to_primary[i]) for i in own]
