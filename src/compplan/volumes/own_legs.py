"""Legs of one tree that hold somebody of the frontline in another.

"One personally enrolled Silver in each of two legs" looks at two trees: at the enrollment tree for whom he enrolled,
and at the placement tree for where they stand.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from compplan.volumes import counts, own_leg_kernels
from compplan.volumes.member_arrays import FLAG, INDEX, member_arrays

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from compplan.genealogy.tree import Tree


def legs_with_own(tree: Tree, flag: NDArray[np.bool_], enrolled: Tree) -> NDArray[np.int64]:
    """Return the number of legs that hold a flagged member whose parent in the other tree is the member himself.

    Parameters
    ----------
    tree
        The tree whose legs are counted.
    flag
        bool[n], in the own order of `tree`.
    enrolled
        Another tree of the same members, such as that of who enrolled whom.

    Returns
    -------
    numpy.ndarray
        int64[n], in the own order of `tree`.

    Examples
    --------
    Member 0 has the legs 1 and 3; he enrolled 2, who stands below 1, and 1 enrolled 3.

    >>> from compplan.genealogy.tree import Tree
    >>> def tree(depth, parent, end, **orders):
    ...     arrays = [np.array(each, np.int32) for each in (depth, parent, end)]
    ...     orders = {name: np.array(order, np.int32) for name, order in orders.items()}
    ...     return Tree("placement", *arrays, side=None, max_depth=max(depth), **orders)
    >>> placement = tree([0, 1, 2, 1], [-1, 0, 1, 0], [4, 3, 3, 4])
    >>> enrollment = tree([0, 1, 2, 1], [-1, 0, 1, 0], [4, 3, 3, 4], to_primary=[0, 1, 3, 2], from_primary=[0, 1, 3, 2])
    >>> legs_with_own(placement, np.ones(4, np.bool_), enrollment).tolist()
    [1, 0, 0, 0]
    """
    above = _parents(tree, enrolled)
    (flag, above) = member_arrays(tree, {"flag": (flag, FLAG), "above": (above, INDEX)}, {})
    marked, path = np.zeros(tree.n, np.bool_), np.zeros(tree.max_depth + 2, np.int32)
    own_leg_kernels.mark_own_legs(tree.depth, flag, above, path, marked)
    return counts.frontline_count(tree, marked)


def _parents(tree: Tree, other: Tree) -> NDArray[np.int32]:
    """Return everybody's parent in another tree, as an index of the own order of `tree`; -1 for roots."""
    everybody = np.arange(tree.n, dtype=np.int32)
    primary = everybody if tree.to_primary is None else tree.to_primary
    parent = other.parent[primary if other.from_primary is None else other.from_primary[primary]]
    above = parent if other.to_primary is None else other.to_primary[parent]
    here = above if tree.from_primary is None else tree.from_primary[above]
    return np.ascontiguousarray(np.where(parent < 0, -1, here), np.int32)
