"""What members see of their legs: the largest, the others, capped sums, how many reach a volume.

A leg is a frontline child with its whole subtree. `leg_volume` holds the volume of every member as a leg,
usually its `rollup.roll_up`; the legs of a member are the values of its children. All arrays are in the
tree's own pre-order and at one scale. Volumes may be negative: a negative leg is still a leg, and where a leg
does not exist its volume is 0. `out` and `threads` are those of `rollup`.
"""

from __future__ import annotations

from math import gcd
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from compplan.errors import Problem, UsageError
from compplan.volumes import leg_kernels
from compplan.volumes.exactness import LIMIT, check_legs, check_share, check_sum
from compplan.volumes.member_arrays import COUNT, FLAG, VOLUME, member_arrays, whole_number
from compplan.volumes.sweep import Lanes, Sweep

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from compplan.genealogy.tree import Tree

    Volumes = NDArray[np.int64]
    Counts = NDArray[np.int64]
    Flags = NDArray[np.bool_]


class GroupSummary(NamedTuple):
    """Three columns of one sweep, each int64[n]."""

    volume: Volumes
    largest_leg: Volumes
    frontline: Counts


def group_summary(
    tree: Tree, values: Volumes, flag: Flags, *, out: GroupSummary | None = None, threads: int = 1
) -> GroupSummary:
    """Return group volume, largest leg and the number of flagged frontline children, in one sweep.

    The same as `roll_up`, `largest_leg` of it, and `frontline_count`, at half of their time.

    Parameters
    ----------
    tree
        The tree to roll up.
    values
        int64[n], own values.
    flag
        bool[n], for instance who is active.
    out
        Three int64[n] to write to, or None for new arrays.
    threads
        How many threads may run.

    Raises
    ------
    UsageError
        If an array does not fit the tree.
    ExactnessError
        If the magnitudes of all values sum to 2**63 or more.
    """
    given = {"values": (values, VOLUME), "flag": (flag, FLAG)}
    columns = out or (None, None, None)
    wanted = {f"out.{name}": (column, VOLUME) for name, column in zip(GroupSummary._fields, columns, strict=True)}
    values, flag, *results = member_arrays(tree, given, wanted)
    check_sum(tree, "values", values, threads)
    lanes = Lanes(sums=2, tops=1)
    Sweep(tree, leg_kernels.group_summary, (values, flag, *results), lanes=lanes).run(threads)
    return GroupSummary(*results)


def largest_leg(tree: Tree, leg_volume: Volumes, *, out: Volumes | None = None, threads: int = 1) -> Volumes:
    """Return the volume of the largest leg, 0 for a member without legs.

    Parameters
    ----------
    tree
        The tree of the legs.
    leg_volume
        int64[n], the volume of each member as a leg.
    out
        int64[n] to write to, or None for a new array.
    threads
        How many threads may run.

    Raises
    ------
    UsageError
        If an array does not fit the tree.
    ExactnessError
        If the magnitudes of the legs of one depth sum to 2**63 or more.

    Examples
    --------
    >>> from compplan.genealogy.tree import Tree
    >>> depth, parent, end = np.array([[0, 1, 2, 1], [-1, 0, 1, 0], [4, 3, 3, 4]], np.int32)
    >>> tree = Tree("enrollment", depth, parent, end, side=None, max_depth=2)
    >>> largest_leg(tree, np.array([200, 70, 20, 30])).tolist()
    [70, 20, 0, 0]
    """
    return nth_leg(tree, leg_volume, 1, out=out, threads=threads)


def second_leg(tree: Tree, leg_volume: Volumes, *, out: Volumes | None = None, threads: int = 1) -> Volumes:
    """Return the volume of the second largest leg, 0 for a member with fewer; see `nth_leg`."""
    return nth_leg(tree, leg_volume, 2, out=out, threads=threads)


def nth_leg(tree: Tree, leg_volume: Volumes, nth: int, *, out: Volumes | None = None, threads: int = 1) -> Volumes:
    """Return the volume of the first, second or third largest leg, 0 for a member with fewer legs.

    Equal legs keep their places: of legs 5, 5 and 3 the second is 5. Other parameters and errors as for
    `largest_leg`.
    """
    kernels = (leg_kernels.largest_leg, leg_kernels.second_leg, leg_kernels.third_leg)
    kernel = kernels[whole_number("nth", nth, 1, 3) - 1]
    leg_volume, out = checked_legs(tree, leg_volume, out, threads)
    Sweep(tree, kernel, (leg_volume, out), lanes=Lanes(sums=0, tops=nth)).run(threads)
    return out


def other_legs(
    tree: Tree, leg_volume: Volumes, after: int = 1, *, out: Volumes | None = None, threads: int = 1
) -> Volumes:
    """Return the sum of all legs but the largest (`after=1`), or but the two largest (`after=2`).

    Other parameters and errors as for `largest_leg`.
    """
    kernels = (leg_kernels.without_largest, leg_kernels.without_two_largest)
    kernel = kernels[whole_number("after", after, 1, 2) - 1]
    leg_volume, out = checked_legs(tree, leg_volume, out, threads)
    Sweep(tree, kernel, (leg_volume, out), lanes=Lanes(sums=1, tops=after)).run(threads)
    return out


def legs_by_size(tree: Tree, leg_volume: Volumes, nth: int) -> tuple[Volumes, Volumes]:
    """Return the n-th largest leg of each member, and the sum of all that are smaller in order, for any n.

    By sorting: for the first three, `nth_leg` and `other_legs` are many times as fast. Errors as for `largest_leg`.
    """
    leg_volume, _ = checked_legs(tree, leg_volume, None, 1)
    picked, rest = np.zeros(tree.parent.size, np.int64), np.zeros(tree.parent.size, np.int64)
    legs = np.flatnonzero(tree.parent >= 0)
    order = legs[np.lexsort((-leg_volume[legs], tree.parent[legs]))]
    owner = tree.parent[order]
    first = np.searchsorted(owner, owner, side="left")
    place = np.arange(order.size) - first
    here = place == nth - 1
    picked[owner[here]] = leg_volume[order[here]]
    np.add.at(rest, owner[place >= nth], leg_volume[order[place >= nth]])
    return picked, rest


def capped_legs(
    tree: Tree, leg_volume: Volumes, cap: int | Volumes, *, out: Volumes | None = None, threads: int = 1
) -> Volumes:
    """Return the sum over legs of `min(leg, cap)`: "at most so much from one leg".

    Parameters
    ----------
    cap
        One cap for all, or int64[n] with a cap for each earner, at the scale of `leg_volume`.
    tree, leg_volume, out, threads
        As for `largest_leg`; `out` must not be the array of caps.

    Raises
    ------
    UsageError
        If an array does not fit the tree.
    ExactnessError
        If the magnitudes of the capped legs of one depth sum to 2**63 or more.
    """
    if isinstance(cap, np.ndarray):
        return capped_legs_each(tree, leg_volume, cap, out, threads)
    cap = whole_number("cap", cap, 1 - LIMIT)
    leg_volume, out = checked_legs(tree, leg_volume, out, threads)
    if cap < 0:
        check_legs(tree, "leg_volume", np.minimum(leg_volume, cap), threads)
    Sweep(tree, leg_kernels.capped_legs, (leg_volume, out), (cap,)).run(threads)
    return out


def capped_legs_each(tree: Tree, leg_volume: Volumes, cap: Volumes, out: Volumes | None, threads: int) -> Volumes:
    """Return the capped sums where every earner has its own cap."""
    given = {"leg_volume": (leg_volume, VOLUME), "cap": (cap, VOLUME)}
    if out is not None and np.may_share_memory(out, cap):
        raise UsageError(Problem("shared_array", "out must not be the array of caps, which is read out of order"))
    leg_volume, cap, out = member_arrays(tree, given, {"out": (out, VOLUME)})
    check_legs(tree, "leg_volume", leg_volume, threads)
    if cap.size and cap.min() < 0:  # a cap from a negative total can be larger than the leg it cuts
        check_legs(tree, "cap", np.minimum(leg_volume, cap[np.maximum(tree.parent, 0)]), threads)
    columns = (tree.parent, leg_volume, out)
    Sweep(tree, leg_kernels.capped_legs_each, columns, (cap,)).run(threads)
    return out


def capped_legs_share(
    tree: Tree,
    leg_volume: Volumes,
    total: Volumes,
    share_num: int,
    share_den: int,
    *,
    out: Volumes | None = None,
    threads: int = 1,
) -> Volumes:
    """Return the sum over legs of `min(leg, floor(total * share))`: "at most 40 % of the total from one leg".

    Parameters
    ----------
    total
        int64[n], the total of each earner that the share is taken of.
    share_num, share_den
        The share as an exact fraction, 0 or more.
    tree, leg_volume, out, threads
        As for `largest_leg`.

    Raises
    ------
    UsageError
        If an array does not fit the tree, the share is negative, or its terms need more than 31 bits.
    ExactnessError
        As for `capped_legs`, or if a share of a total passes 64 bits.
    """
    total, caps = member_arrays(tree, {"total": (total, VOLUME)}, {"caps": (None, VOLUME)})
    num, den = lowest_terms(share_num, share_den)
    check_share(tree, "total", total, num, den)
    leg_kernels.floor_shares(total, num, den, caps)
    return capped_legs_each(tree, leg_volume, caps, out, threads)


def lowest_terms(num: int, den: int) -> tuple[int, int]:
    """Return an equal share whose terms are small enough that a remainder times one of them fits 64 bits."""
    num, den = whole_number("share_num", num, 0), whole_number("share_den", den, 1)
    common = gcd(num, den)
    whole_number("share_num", num // common, 0, 2**31)
    whole_number("share_den", den // common, 1, 2**31)
    return num // common, den // common


def leg_count_at_least(
    tree: Tree, leg_volume: Volumes, threshold: int, *, out: Counts | None = None, threads: int = 1
) -> Counts:
    """Return the number of legs whose volume is `threshold` or more.

    Other parameters and errors as for `largest_leg`.
    """
    threshold = whole_number("threshold", threshold, -LIMIT)
    leg_volume, out = member_arrays(tree, {"leg_volume": (leg_volume, VOLUME)}, {"out": (out, COUNT)})
    Sweep(tree, leg_kernels.leg_count_at_least, (leg_volume, out), (threshold,)).run(threads)
    return out


def checked_legs(tree: Tree, leg_volume: Volumes, out: Volumes | None, threads: int) -> tuple[Volumes, Volumes]:
    """Return the legs as input and the result array, after all checks."""
    leg_volume, out = member_arrays(tree, {"leg_volume": (leg_volume, VOLUME)}, {"out": (out, VOLUME)})
    check_legs(tree, "leg_volume", leg_volume, threads)
    return leg_volume, out
