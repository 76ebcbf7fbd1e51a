"""Compressed levels: sums and counts over some levels below, where some members use up no level."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from compplan.volumes.compressed_kernels import levels_below
from compplan.volumes.exactness import check_sum
from compplan.volumes.member_arrays import FLAG, VOLUME, member_arrays, whole_number

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from compplan.genealogy.tree import Tree


def sum_levels(tree: Tree, values: NDArray[np.int64], skips: NDArray[np.bool_], levels: int) -> NDArray[np.int64]:
    """Return the sum of the values on the next levels below, where members who skip use up no level.

    Who skips stands on the level of the next below him who does not, as seen from above: his value counts, and so do
    those below him, one level nearer than he would let them.

    Parameters
    ----------
    tree
        The tree.
    values
        int64[n].
    skips
        bool[n]: who uses up no level.
    levels
        At least 1.

    Returns
    -------
    numpy.ndarray
        int64[n], own values left out.

    Raises
    ------
    UsageError
        If an array does not fit the tree, or levels are below 1.
    ExactnessError
        If the magnitudes of all values sum to 2**63 or more.

    Examples
    --------
    A chain 0 - 1 - 2 - 3 in which 1 is skipped: 1 and 2 are on the first level of 0.

    >>> import numpy as np
    >>> from compplan.genealogy.tree import Tree
    >>> order = np.arange(4, dtype=np.int32)
    >>> chain = Tree("enrollment", order, order - 1, np.full(4, 4, np.int32), None, 3)
    >>> sum_levels(chain, np.array([1, 10, 100, 1000]), np.array([False, True, False, False]), 1).tolist()
    [110, 100, 1000, 0]
    """
    levels = whole_number("levels", levels, 1)
    values, skips, out = member_arrays(
        tree, {"values": (values, VOLUME), "skips": (skips, FLAG)}, {"out": (None, VOLUME)}
    )
    check_sum(tree, "values", values, 1)
    reach = min(levels, tree.max_depth + 1)
    lane = np.zeros((tree.max_depth + 2) * reach, np.int64)
    levels_below(tree.depth, skips, values, reach, lane, out)
    return out
