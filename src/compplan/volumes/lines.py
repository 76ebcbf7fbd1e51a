"""How many lines of legs have their share of a volume."""

from __future__ import annotations

from math import lcm
from typing import TYPE_CHECKING

import numpy as np

from compplan.volumes.exactness import check_legs
from compplan.volumes.line_kernels import count_lines, gather_legs
from compplan.volumes.member_arrays import VOLUME, member_arrays

if TYPE_CHECKING:
    from collections.abc import Sequence
    from fractions import Fraction

    from numpy.typing import NDArray

    from compplan.genealogy.tree import Tree


def lines_with_shares(
    tree: Tree,
    leg_volume: NDArray[np.int64],
    total: NDArray[np.int64],
    shares: Sequence[Fraction],
    *,
    joins: bool,
) -> NDArray[np.int64]:
    """Return int64[n]: how many lines each member has.

    Parameters
    ----------
    leg_volume
        int64[n], the volume of every member as a leg.
    total
        int64[n], what shares are shares of.
    shares
        For each line, from 0 to 1.
    joins
        Whether legs are joined, the next largest first, until a line has its share.

    Examples
    --------
    A member over five legs: the second line is 25 + 20 of the 30 that it needs, the third 10 + 5 of 20.

    >>> from fractions import Fraction
    >>> from compplan.genealogy.tree import Tree
    >>> five = Tree("sponsor", np.array([0, 1, 1, 1, 1, 1], np.int32), np.array([-1, 0, 0, 0, 0, 0], np.int32),
    ...             np.array([6, 2, 3, 4, 5, 6], np.int32), None, 1)
    >>> volume, shares = np.array([100, 40, 25, 20, 10, 5]), [Fraction(s, 100) for s in (0, 30, 20, 10, 5)]
    >>> lines_with_shares(five, volume, volume, shares, joins=True)
    array([2, 0, 0, 0, 0, 0])
    """
    given = {"leg_volume": (leg_volume, VOLUME), "total": (total, VOLUME)}
    volume, whole_volume, out = member_arrays(tree, given, {"out": (None, VOLUME)})
    check_legs(tree, "leg_volume", volume)
    start = np.zeros(tree.n + 1, np.int64)
    np.cumsum(np.bincount(tree.parent[tree.parent >= 0], minlength=tree.n), out=start[1:])
    legs = np.empty(int(start[-1]), np.int64)
    gather_legs(tree.parent, volume, start[:-1].copy(), legs)
    whole = lcm(*(share.denominator for share in shares))
    needed = np.array([int(share * whole) for share in shares], np.int64)
    count_lines(start, legs, whole_volume, needed, whole, joins, out)
    return out
