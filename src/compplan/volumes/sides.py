"""What stands on one side below a member: volume of a leg, and members of another tree who stand there.

"A qualified person whom he enrolled himself on each side" looks at two trees: at the enrollment tree for whom he
enrolled, and at the binary tree for where they stand.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from compplan.volumes import side_kernels
from compplan.volumes.member_arrays import FLAG, VOLUME, member_arrays

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from compplan.genealogy.tree import Tree

    Volumes = NDArray[np.int64]
    Counts = NDArray[np.int64]
    Flags = NDArray[np.bool_]

SIDES = {"left": 0, "right": 1}


def leg_on_side(tree: Tree, leg_volume: Volumes, side: str) -> Volumes:
    """Return the volume of the leg on one side, 0 where nobody stands there.

    Parameters
    ----------
    tree
        A tree with sides.
    leg_volume
        int64[n], the volume of each member as a leg, in the tree's own order.
    side
        `left` or `right`.

    Examples
    --------
    >>> from compplan.genealogy.tree import Tree
    >>> depth, parent, end = np.array([[0, 1, 2, 1], [-1, 0, 1, 0], [4, 3, 3, 4]], np.int32)
    >>> tree = Tree("binary", depth, parent, end, side=np.array([-1, 0, 1, 1], np.int8), max_depth=2)
    >>> leg_on_side(tree, np.array([170, 90, 20, 30]), "left").tolist()
    [90, 0, 0, 0]
    """
    (leg_volume, out) = member_arrays(tree, {"leg_volume": (leg_volume, VOLUME)}, {"out": (None, VOLUME)})
    out[:] = 0
    side_kernels.side_legs(tree.parent, tree.side, SIDES[side], leg_volume, out)
    return out


def count_on_side(tree: Tree, flag: Flags, among: Literal["frontline", "downline"], sides: Tree, side: str) -> Counts:
    """Return how many flagged members of the frontline or the downline stand on one side of another tree.

    Parameters
    ----------
    tree
        The tree whose frontline or downline is counted.
    flag
        bool[n], in the own order of `tree`.
    sides
        A tree of the same members with sides; `tree` itself is allowed.
    side
        `left` or `right` below the earner in it.

    Returns
    -------
    numpy.ndarray
        int64[n], in the own order of `tree`.
    """
    (flag,) = member_arrays(tree, {"flag": (flag, FLAG)}, {})
    low, high = np.zeros(sides.n, np.int32), np.zeros(sides.n, np.int32)
    side_kernels.leg_ranges(sides.parent, sides.end, sides.side, SIDES[side], low, high)
    place = _places(tree, sides)
    low, high, out = low[place], high[place], np.zeros(tree.n, np.int64)
    if among == "frontline":
        side_kernels.frontline_on_side(tree.parent, flag, place, low, high, out)
        return out
    ending, following = np.full(tree.n + 1, -1, np.int32), np.empty(tree.n, np.int32)
    side_kernels.chains_by_end(tree.end, ending, following)
    sums = np.zeros(tree.n + 1, np.int64)
    side_kernels.downline_on_side(tree.end, flag, place, low, high, ending, following, sums, out)
    return out


def _places(tree: Tree, sides: Tree) -> NDArray[np.int32]:
    """Return where the members of one tree stand in the other."""
    primary = np.arange(tree.n, dtype=np.int32) if tree.to_primary is None else tree.to_primary
    return np.ascontiguousarray(primary if sides.from_primary is None else sides.from_primary[primary], np.int32)
