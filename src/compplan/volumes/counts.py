"""How many: flagged members on the frontline, in the downline, by leg; and who is the nearest flagged upline.

`flag` is bool[n] in the tree's own pre-order (active, customer, a rank or better, enrolled this month);
counts are int64[n] in the same order. The member itself is never counted. `out` and `threads` are those of
`rollup`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from compplan.volumes import count_kernels
from compplan.volumes.exactness import check_legs
from compplan.volumes.member_arrays import COUNT, FLAG, INDEX, VOLUME, member_arrays, whole_number
from compplan.volumes.sweep import Lanes, Sweep, nearest_flagged_sweep

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from compplan.genealogy.tree import Tree

    Volumes = NDArray[np.int64]
    Counts = NDArray[np.int64]
    Flags = NDArray[np.bool_]
    Members = NDArray[np.int32]


def frontline_count(tree: Tree, flag: Flags, *, out: Counts | None = None, threads: int = 1) -> Counts:
    """Return the number of flagged frontline children.

    Parameters
    ----------
    tree
        The tree to count in.
    flag
        bool[n].
    out
        int64[n] to write to, or None for a new array.
    threads
        How many threads may run.

    Raises
    ------
    UsageError
        If an array does not fit the tree.
    """
    flag, out = member_arrays(tree, {"flag": (flag, FLAG)}, {"out": (out, COUNT)})
    Sweep(tree, count_kernels.frontline_count, (flag, out)).run(threads)
    return out


def frontline_sum(tree: Tree, values: Volumes, *, out: Volumes | None = None, threads: int = 1) -> Volumes:
    """Return the sum of the frontline children's own values.

    Parameters
    ----------
    values
        int64[n].
    tree, out, threads
        As for `frontline_count`.

    Raises
    ------
    UsageError
        If an array does not fit the tree.
    ExactnessError
        If the magnitudes of the values of one depth sum to 2**63 or more.
    """
    values, out = member_arrays(tree, {"values": (values, VOLUME)}, {"out": (out, VOLUME)})
    check_legs(tree, "values", values, threads)
    Sweep(tree, count_kernels.frontline_sum, (values, out)).run(threads)
    return out


def downline_count(tree: Tree, flag: Flags, *, out: Counts | None = None, threads: int = 1) -> Counts:
    """Return the number of flagged members below, at any depth; see `frontline_count`."""
    flag, out = member_arrays(tree, {"flag": (flag, FLAG)}, {"out": (out, COUNT)})
    Sweep(tree, count_kernels.downline_count, (flag, out)).run(threads)
    return out


def downline_count_levels(
    tree: Tree, flag: Flags, levels: int, *, out: Counts | None = None, threads: int = 1
) -> Counts:
    """Return the number of flagged members on the next `levels` levels below.

    Two sweeps for any number of levels, as in `rollup.roll_up_levels`. Parameters and errors as for
    `frontline_count`; levels must be 0 or more.
    """
    reach = whole_number("levels", levels, 0) + 1
    flag, out = member_arrays(tree, {"flag": (flag, FLAG)}, {"out": (out, COUNT)})
    Sweep(tree, count_kernels.downline_count, (flag, out)).run(threads)
    if reach <= tree.max_depth:
        Sweep(tree, count_kernels.without_far_counts, (flag, out), (reach,), reach=reach).run(threads)
    return out


def legs_with(tree: Tree, flag: Flags, *, out: Counts | None = None, threads: int = 1) -> Counts:
    """Return the number of legs that hold a flagged member at any depth; see `frontline_count`."""
    flag, out = member_arrays(tree, {"flag": (flag, FLAG)}, {"out": (out, COUNT)})
    Sweep(tree, count_kernels.legs_with, (flag, out)).run(threads)
    return out


def capped_leg_counts(tree: Tree, flag: Flags, cap: int, *, out: Counts | None = None, threads: int = 1) -> Counts:
    """Return the number of flagged members below, of which at most `cap` count from one leg.

    Parameters and errors as for `frontline_count`; the cap must be 0 or more.
    """
    cap = whole_number("cap", cap, 0)
    flag, out = member_arrays(tree, {"flag": (flag, FLAG)}, {"out": (out, COUNT)})
    Sweep(tree, count_kernels.capped_leg_counts, (flag, out), (cap,), Lanes(sums=2)).run(threads)
    return out


def nearest_flagged_ancestor(
    tree: Tree, flag: Flags, *, from_self: bool, out: Members | None = None, threads: int = 1
) -> Members:
    """Return the nearest flagged member above each member, as its own-order index.

    Parameters
    ----------
    from_self
        True lets a flagged member be its own answer: a customer's order is credited to the nearest
        distributor, a distributor's to itself.
    out
        int32[n] to write to, or None for a new array.
    tree, flag, threads
        As for `frontline_count`.

    Returns
    -------
    numpy.ndarray
        int32[n], -1 where nobody above is flagged.

    Raises
    ------
    UsageError
        If an array does not fit the tree.
    """
    flag, out = member_arrays(tree, {"flag": (flag, FLAG)}, {"out": (out, INDEX)})
    nearest_flagged_sweep(tree, flag, out, threads, from_self=from_self)
    return out


def full_levels(tree: Tree, width: int, taken: Flags | None = None) -> Counts:
    """Return how many levels below each member have no free place, from the first level on.

    Parameters
    ----------
    tree
        A tree in which nobody has more than `width` children.
    width
        The places directly below a member.
    taken
        bool[n]: whose places count as taken; all when None.

    Examples
    --------
    >>> import numpy as np
    >>> from compplan.genealogy.tree import Tree
    >>> depth, parent, end = np.array([[0, 1, 1], [-1, 0, 0], [3, 2, 3]], np.int32)
    >>> full_levels(Tree("matrix", depth, parent, end, side=None, max_depth=1), 2).tolist()
    [1, 0, 0]
    """
    flags = np.ones(tree.parent.size, np.bool_) if taken is None else taken
    flags, out = member_arrays(tree, {"taken": (flags, FLAG)}, {"out": (None, COUNT)})
    children, lowest = np.zeros(out.size, np.int32), np.full(out.size, 2**31 - 2, np.int32)
    count_kernels.full_levels(tree.parent, width, flags, children, lowest, out)
    return out
