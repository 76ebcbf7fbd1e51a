"""On how many levels both sides below a member have somebody."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from compplan.volumes.member_arrays import COUNT, FLAG, member_arrays
from compplan.volumes.paired_kernels import paired_levels as sweep

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from compplan.genealogy.tree import Tree

ALL = 2**31 - 1
"""More levels than a tree has."""


def paired_levels(
    tree: Tree, taken: NDArray[np.bool_], skipped: NDArray[np.bool_], most: int = ALL
) -> NDArray[np.int64]:
    """Return on how many levels below each member both sides have somebody.

    Parameters
    ----------
    tree
        A tree in which nobody has more than two children.
    taken
        bool[n]: who counts.
    skipped
        bool[n]: who uses up no level, and does not count.
    most
        Deeper levels are not looked at.

    Examples
    --------
    >>> import numpy as np
    >>> from compplan.genealogy.tree import Tree
    >>> depth, parent, end = np.array([[0, 1, 2, 1, 2], [-1, 0, 1, 0, 3], [5, 3, 3, 5, 5]], np.int32)
    >>> everybody = np.ones(5, np.bool_)
    >>> paired_levels(Tree("binary", depth, parent, end, side=None, max_depth=2), everybody, ~everybody).tolist()
    [2, 0, 0, 0, 0]
    """
    given = {"taken": (taken, FLAG), "skipped": (skipped, FLAG)}
    taken, skipped, out = member_arrays(tree, given, {"out": (None, COUNT)})
    first, second, below = (np.full(out.size, -1, np.int32) for _ in range(3))
    sweep(tree.parent, taken & ~skipped, skipped, most, first, second, below, np.zeros(out.size, np.int32), out)
    return out
