"""Volume up a tree: whole subtrees, some levels, personal groups that stop, volume that is moved up.

All functions take and give arrays in the tree's own pre-order. Values are int64 at whatever scale the plan
declares; a sum that could pass 64 bits is an `ExactnessError` before anything runs. `out` takes a result
array that is used again (fresh memory doubles the time on large trees); it may be the array of values itself.
`threads` changes the time and never the result.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from compplan.volumes import sweep_kernels
from compplan.volumes.exactness import bound, check_legs, check_sum
from compplan.volumes.member_arrays import FLAG, VOLUME, member_arrays, whole_number
from compplan.volumes.sweep import Lanes, Sweep

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from compplan.genealogy.tree import Tree

    Volumes = NDArray[np.int64]
    Flags = NDArray[np.bool_]


def roll_up(tree: Tree, values: Volumes, *, out: Volumes | None = None, threads: int = 1) -> Volumes:
    """Return the sum of each subtree, the member's own value included (group volume).

    Parameters
    ----------
    tree
        The tree to roll up.
    values
        int64[n], own values of the members.
    out
        int64[n] to write to, or None for a new array.
    threads
        How many threads may run.

    Returns
    -------
    numpy.ndarray
        int64[n], at the scale of `values`.

    Raises
    ------
    UsageError
        If an array does not fit the tree.
    ExactnessError
        If the magnitudes of all values sum to 2**63 or more.

    Examples
    --------
    >>> import numpy as np
    >>> from compplan.genealogy.tree import Tree
    >>> depth, parent, end = np.array([[0, 1, 2, 1], [-1, 0, 1, 0], [4, 3, 3, 4]], np.int32)
    >>> tree = Tree("enrollment", depth, parent, end, side=None, max_depth=2)
    >>> roll_up(tree, np.array([100, 50, 20, 30])).tolist()
    [200, 70, 20, 30]
    """
    values, out = member_arrays(tree, {"values": (values, VOLUME)}, {"out": (out, VOLUME)})
    check_sum(tree, "values", values, threads)
    Sweep(tree, sweep_kernels.roll_up, (values, out)).run(threads)
    return out


def roll_up_levels(
    tree: Tree, values: Volumes, levels: int, *, out: Volumes | None = None, threads: int = 1
) -> Volumes:
    """Return own value and the values of the next `levels` levels below.

    Two sweeps, whatever the number of levels: whole subtrees, less the subtrees that begin one level further
    down. One lane for each level would cost that many additions a member; a prefix sum for each depth needs
    as many look-ups.

    Parameters
    ----------
    tree, values, out, threads
        As for `roll_up`.
    levels
        0 for own values only.

    Returns
    -------
    numpy.ndarray
        int64[n], at the scale of `values`.

    Raises
    ------
    UsageError
        If an array does not fit the tree, or levels are negative.
    ExactnessError
        If the magnitudes of all values sum to 2**63 or more.
    """
    reach = whole_number("levels", levels, 0) + 1
    sums = roll_up(tree, values, out=out, threads=threads)
    if reach <= tree.max_depth:
        Sweep(tree, sweep_kernels.without_far, (sums,), (reach,), reach=reach).run(threads)
    return sums


def roll_up_stopping(
    tree: Tree, values: Volumes, stop: Flags, *, out: Volumes | None = None, threads: int = 1
) -> Volumes:
    """Return own value and the groups of those children that do not stop.

    A stopping member has a group of its own, which does not reach those above: so are the personal groups of
    a breakaway plan.

    Parameters
    ----------
    tree, values, out, threads
        As for `roll_up`.
    stop
        bool[n], the members that break away.

    Returns
    -------
    numpy.ndarray
        int64[n], at the scale of `values`.

    Raises
    ------
    UsageError
        If an array does not fit the tree.
    ExactnessError
        If the magnitudes of all values sum to 2**63 or more.
    """
    given = {"values": (values, VOLUME), "stop": (stop, FLAG)}
    values, stop, out = member_arrays(tree, given, {"out": (out, VOLUME)})
    check_sum(tree, "values", values, threads)
    Sweep(tree, sweep_kernels.roll_up_stopping, (values, stop, out)).run(threads)
    return out


def roll_up_outside_uplines(
    tree: Tree,
    values: Volumes,
    qualified: Flags,
    stop: Flags | None = None,
    *,
    out: Volumes | None = None,
    threads: int = 1,
) -> Volumes:
    """Return own value and the downline's, without qualified subtrees and without the uplines between.

    A qualified member leaves with its whole subtree. Every upline between it and the member that is measured
    leaves with its own value only: its other branches stay. The member's own value always counts.

    Parameters
    ----------
    tree, values, out, threads
        As for `roll_up`.
    qualified
        bool[n], the members that leave, and take the uplines in between with them.
    stop
        bool[n], members that leave with their subtree as well, while the uplines in between stay; or None.

    Returns
    -------
    numpy.ndarray
        int64[n], at the scale of `values`.

    Raises
    ------
    UsageError
        If an array does not fit the tree.
    ExactnessError
        If the magnitudes of all values sum to 2**63 or more.

    Notes
    -----
    The rule is that of the ruby volume of Amway Hong Kong, https://www.corp.amway.com.hk/cn/bonus-ruby: lines
    that reach 21 % this month are `qualified`, holders of a status who do not reach it `stop`.
    """
    stop = qualified if stop is None else stop
    given = {"values": (values, VOLUME), "qualified": (qualified, FLAG), "stop": (stop, FLAG)}
    values, qualified, stop, out = member_arrays(tree, given, {"out": (out, VOLUME)})
    check_sum(tree, "values", values, threads)
    columns = (values, qualified, stop, out)
    Sweep(tree, sweep_kernels.roll_up_outside_uplines, columns, lanes=Lanes(sums=2)).run(threads)
    return out


def outside_legs(
    tree: Tree,
    leg_volume: Volumes,
    own: Volumes,
    flag: Flags,
    *,
    out: Volumes | None = None,
    threads: int = 1,
) -> Volumes:
    """Return own value and the volume of those legs that hold no flagged member (outside, or side, volume).

    Parameters
    ----------
    tree
        The tree of the legs.
    leg_volume
        int64[n], the volume of each member as a leg: usually its `roll_up`.
    own
        int64[n], what counts of the member itself.
    flag
        bool[n]; one flagged member at any depth leaves the whole leg out.
    out, threads
        As for `roll_up`.

    Returns
    -------
    numpy.ndarray
        int64[n], at the scale of the volumes.

    Raises
    ------
    UsageError
        If an array does not fit the tree.
    ExactnessError
        If legs of one depth, with the largest own value, could sum to 2**63 or more.
    """
    given = {"leg_volume": (leg_volume, VOLUME), "own": (own, VOLUME), "flag": (flag, FLAG)}
    leg_volume, own, flag, out = member_arrays(tree, given, {"out": (out, VOLUME)})
    check_legs(tree, "leg_volume", leg_volume, threads, room=bound(own, threads))
    columns = (leg_volume, own, flag, out)
    Sweep(tree, sweep_kernels.outside_legs, columns, lanes=Lanes(sums=1, tops=1)).run(threads)
    return out


def move_up(
    tree: Tree, values: Volumes, keep: Flags, *, out: Volumes | None = None, threads: int = 1
) -> tuple[Volumes, int]:
    """Move each value to the nearest member at or above it that may keep it (volume compression).

    Parameters
    ----------
    tree, values, out, threads
        As for `roll_up`.
    keep
        bool[n], the members that keep what is theirs and what comes up to them.

    Returns
    -------
    moved : numpy.ndarray
        int64[n], 0 for members that keep nothing.
    lost : int
        What had no keeper above it; `moved.sum() + lost` is the sum of the values.

    Raises
    ------
    UsageError
        If an array does not fit the tree.
    ExactnessError
        If the magnitudes of all values sum to 2**63 or more.
    """
    given = {"values": (values, VOLUME), "keep": (keep, FLAG)}
    values, keep, out = member_arrays(tree, given, {"out": (out, VOLUME)})
    check_sum(tree, "values", values, threads)
    # Backward, a member finds at hand what nobody below could keep; forward, each value is a scattered write.
    stack = Sweep(tree, sweep_kernels.move_up, (values, keep, out)).run(threads)
    return out, int(stack[0, 0])


def any_in_subtree(tree: Tree, flag: Flags, *, out: Flags | None = None, threads: int = 1) -> Flags:
    """Return whether a subtree holds a flagged member, the member itself included.

    Parameters
    ----------
    tree, threads
        As for `roll_up`.
    flag
        bool[n].
    out
        bool[n] to write to, or None for a new array.

    Returns
    -------
    numpy.ndarray
        bool[n].

    Raises
    ------
    UsageError
        If an array does not fit the tree.
    """
    flag, out = member_arrays(tree, {"flag": (flag, FLAG)}, {"out": (out, FLAG)})
    Sweep(tree, sweep_kernels.any_in_subtree, (flag, out)).run(threads)
    return out
