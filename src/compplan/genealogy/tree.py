"""One tree as flat arrays in its own pre-order."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import numpy as np

from compplan.genealogy.arrays import frozen

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Tree:
    """A tree, laid out depth first: parents before children, siblings and roots ascending by id.

    All arrays are one-dimensional, read-only (see `arrays.frozen`), n entries long, in the tree's own order.

    Attributes
    ----------
    name
        The tree's name in the plan.
    depth
        int32: 0 for a root.
    parent
        int32: own index of the parent, -1 for a root.
    end
        int32: the subtree of i is the range [i, end[i]).
    side
        int8: the place under the parent, 0 left, 1 right (and on), -1 for a root; None where there are none.
    max_depth
        The largest depth, 0 when there is nobody.
    to_primary, from_primary
        int32: own index to position in the primary tree, and back; None in the primary tree itself.
    """

    name: str
    depth: NDArray[np.int32]
    parent: NDArray[np.int32]
    end: NDArray[np.int32]
    side: NDArray[np.int8] | None
    max_depth: int
    to_primary: NDArray[np.int32] | None = None
    from_primary: NDArray[np.int32] | None = None

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, np.ndarray):
                object.__setattr__(self, field.name, frozen(value))

    def __repr__(self) -> str:
        return f"Tree({self.name!r}, {self.n:,} members, depth {self.max_depth})"

    @property
    def n(self) -> int:
        """Number of members."""
        return len(self.depth)

    def roots(self) -> list[int]:
        """Return the own indices of the roots."""
        return self._jump(0, self.n)

    def children(self, i: int) -> list[int]:
        """Return the own indices of the frontline of i, jumping from subtree to subtree."""
        return self._jump(i + 1, int(self.end[i]))

    def ancestors(self, i: int) -> list[int]:
        """Return the own indices above i, the parent first, the root last."""
        found = []
        above = int(self.parent[i])
        while above >= 0:
            found.append(above)
            above = int(self.parent[above])
        return found

    def subtree(self, i: int) -> range:
        """Return the own indices of i and all below it: one range."""
        return range(i, int(self.end[i]))

    def in_primary(self, links: NDArray[np.int32]) -> NDArray[np.int32]:
        """Return whom members are linked to, such as parents, in the primary order and positions; -1 stays."""
        found = links if self.from_primary is None else links[self.from_primary]
        return found if self.to_primary is None else np.where(found < 0, np.int32(-1), self.to_primary[found])

    def own(self, position: int) -> int:
        """Return the own index of a primary position."""
        return position if self.from_primary is None else int(self.from_primary[position])

    def equals(self, other: Tree) -> bool:
        """Say whether two trees are the same, array by array."""
        return all(np.array_equal(getattr(self, f.name), getattr(other, f.name)) for f in fields(self))

    def _jump(self, first: int, stop: int) -> list[int]:
        found = []
        while first < stop:
            found.append(first)
            first = int(self.end[first])
        return found
