"""Volume that is collected downwards, level by level, until an amount is met."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from compplan.volumes import collect_kernels as ck
from compplan.volumes.exactness import check_sum
from compplan.volumes.member_arrays import COUNT, FLAG, VOLUME, as_input, member_arrays, whole_number
from compplan.volumes.rollup import roll_up
from compplan.volumes.sweep import bounds_of, in_threads

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from compplan.genealogy.tree import Tree

    Volumes = NDArray[np.int64]
    Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Collected:
    """What was collected for each member.

    Attributes
    ----------
    total
        int64[n]: the volume of all levels that were collected, at the scale of the values.
    levels
        int64[n]: how many levels that are, 0 where the member's own volume was enough. Where the amount is not met,
        all that there are.
    """

    total: Volumes
    levels: NDArray[np.int64]


def collect(
    tree: Tree,
    values: Volumes,
    amount: int,
    *,
    levels: int | None = None,
    skipped: Flags | None = None,
    own: bool = True,
    threads: int = 1,
) -> Collected:
    """Collect volume from the first level below each member down, whole levels, until an amount is met.

    The time does not depend on how deep the levels go: for each member a few places are looked up in sums that are
    laid out once. Only values below zero can make it look more than once, at most for each level that has some.

    Parameters
    ----------
    tree, values, threads
        As for `roll_up`.
    amount
        What is to be met, at the scale of the values.
    levels
        The last level that is looked at; all when None.
    skipped
        bool[n]: who uses up no level. Who stands directly below such a member stands on the same level as he does.
        His own volume counts all the same.
    own
        Whether the member's own value comes first, before level 1.

    Returns
    -------
    Collected
        Totals and levels.

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
    >>> depth, parent = np.array([0, 1, 2, 3], np.int32), np.array([-1, 0, 1, 2], np.int32)
    >>> tree = Tree("enrollment", depth, parent, np.array([4, 4, 4, 4], np.int32), side=None, max_depth=3)
    >>> found = collect(tree, np.array([10, 20, 40, 80]), 50)
    >>> found.total.tolist(), found.levels.tolist()
    ([70, 60, 120, 80], [2, 1, 1, 0])
    """
    n = tree.depth.size
    amount = whole_number("amount", amount, -(2**63))
    most = n if levels is None else min(n, whole_number("levels", levels, 0))
    skipped = np.zeros(n, np.bool_) if skipped is None else skipped
    given = {"values": (values, VOLUME), "skipped": (skipped, FLAG)}
    values, skipped, total, used = member_arrays(tree, given, {"total": (None, VOLUME), "used": (None, COUNT)})
    check_sum(tree, "values", values, threads)
    level, deepest = np.empty(n, np.int32), np.empty(n, np.int32)
    first = np.zeros(tree.max_depth + 3, np.int32)
    parent, end = as_input(tree.parent), as_input(tree.end)
    ck.lay_levels(parent, skipped, level, deepest, first)

    def laid(part: Volumes) -> tuple[NDArray[np.int32], Volumes, Volumes]:
        subtree = roll_up(tree, part, threads=threads)
        filled, running = np.zeros(first.size, np.int32), np.zeros(first.size, np.int64)
        begin, sums = np.empty(n, np.int32), np.empty(n, np.int64)
        ck.lay_sums(parent, skipped, level, subtree, first, filled, running, begin, sums)
        return begin, sums, subtree

    begin, gains, up = laid(np.maximum(values, 0))
    _, losses, down = laid(np.maximum(-values, 0))
    rules = np.array([amount, most, own], np.int64)

    def part(low: int, high: int) -> None:
        ck.collect(
            end, skipped, level, deepest, first, begin, gains, losses, up, down, values, rules, low,
            total[low:high], used[low:high],
        )  # fmt: skip

    in_threads(lambda bounds: part(*bounds), list(pairwise(bounds_of(n, threads))))
    return Collected(total, used)
