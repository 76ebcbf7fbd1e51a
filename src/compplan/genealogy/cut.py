"""A tree cut above some members: each of them is a root then, and nothing goes from him or below to those above."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from compplan.genealogy.cut_kernels import find_heads, lay_out
from compplan.genealogy.tree import Tree
from compplan.volumes.member_arrays import as_input

if TYPE_CHECKING:
    from numpy.typing import NDArray


def cut_tree(tree: Tree, stops: NDArray[np.bool_], name: str) -> Tree:
    """Return a tree in which members who stop are roots.

    Parameters
    ----------
    tree
        The whole tree.
    stops
        bool[n] in the tree's own order.
    name
        What the cut tree is called.

    Returns
    -------
    Tree
        In a pre-order of its own, related to the primary order; without sides.

    Examples
    --------
    >>> import numpy as np
    >>> from compplan.genealogy.tree import Tree
    >>> depth, parent = np.array([0, 1, 2, 1], np.int32), np.array([-1, 0, 1, 0], np.int32)
    >>> tree = Tree("sponsor", depth, parent, np.array([4, 3, 3, 4], np.int32), None, 2)
    >>> cut = cut_tree(tree, np.array([False, True, False, False]), "sponsor cut")
    >>> cut.depth.tolist(), cut.to_primary.tolist()
    ([0, 1, 0, 1], [0, 3, 1, 2])
    """
    n = tree.n
    head, start, place = np.empty(n, np.int32), np.zeros(n, np.int32), np.empty(n, np.int32)
    depth, parent, end, order = (np.empty(n, np.int32) for _ in range(4))
    given = as_input(tree.depth), as_input(tree.parent)
    find_heads(given[1], as_input(stops), head, start)
    lay_out(*given, head, start, place, depth, parent, end, order)
    to_primary = order if tree.to_primary is None else tree.to_primary[order]
    from_primary = place if tree.from_primary is None else place[tree.from_primary]
    return Tree(name, depth, parent, end, None, int(depth.max(initial=0)), to_primary, from_primary)
