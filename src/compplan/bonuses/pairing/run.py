"""Running a pairing over members: sums of sides, pairs, ages; with the checks that the loops need."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from compplan.bonuses.pairing import kernels
from compplan.bonuses.pairing.spec import UNREACHED, Paired, Sides
from compplan.errors import ExactnessError
from compplan.money_arrays import max_abs
from compplan.volumes.exactness import bound, check_sum
from compplan.volumes.member_arrays import as_input
from compplan.volumes.sweep import Lanes, Sweep, in_threads

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from compplan.bonuses.pairing.spec import Pairing
    from compplan.genealogy.tree import Tree

    Volumes = NDArray[np.int64]


def sides_below(tree: Tree, values: Volumes, threads: int = 1) -> Sides:
    """Return the volume on both sides below each member of a binary tree, in the tree's own order.

    Parameters
    ----------
    tree
        With sides.
    values
        int64[n], own volume; a member's own is in none of his sides.
    threads
        How many threads may run.

    Raises
    ------
    ExactnessError
        If the magnitudes of all values sum to 2**63 or more.

    Examples
    --------
    >>> from compplan.genealogy.tree import Tree
    >>> depth, parent, end = np.array([[0, 1, 2, 1], [-1, 0, 1, 0], [4, 3, 3, 4]], np.int32)
    >>> tree = Tree("binary", depth, parent, end, side=np.array([-1, 0, 1, 1], np.int8), max_depth=2)
    >>> sides = sides_below(tree, np.array([50, 70, 20, 30]))
    >>> sides.left.tolist(), sides.right.tolist()
    ([90, 0, 0, 0], [30, 20, 0, 0])
    """
    check_sum(tree, "values", values, threads)
    sides = empty_sides(tree.n)
    assert tree.side is not None  # noqa: S101 - the plan's checks demand sides
    columns = (tree.side, values, sides.left, sides.right)
    Sweep(tree, kernels.side_sums, columns, lanes=Lanes(sums=2)).run(threads)
    return sides


def pair_sides(
    pairing: Pairing,
    new: Sides,
    carried: Sides,
    row: NDArray[np.int16],
    *,
    may: NDArray[np.bool_] | None = None,
    limit: Volumes | None = None,
    out: Sides | None = None,
    threads: int = 1,
) -> Paired:
    """Pair what members have on both sides.

    Parameters
    ----------
    pairing
        How.
    new, carried
        Volume of this period, and what was carried in; int64[n] each.
    row
        Row of the pairing's table for each member; -1 for its last.
    may
        Who pairs at all, or None for everybody; who does not keeps both sides.
    limit
        The most pairs of each member, or None.
    out
        Where to write what is left, or None for new arrays.
    threads
        How many threads may run.

    Raises
    ------
    ExactnessError
        If a side could reach 2**61.
    """
    fits(new, carried)
    n = new.left.size
    rest = empty_sides(n) if out is None else out
    found = [np.empty(n, np.int64), rest.left, rest.right]
    inputs = _inputs(pairing, new, carried, row, may, limit)
    bounds = [n * k // threads for k in range(threads + 1)]

    def part(low: int, high: int) -> None:
        _pair(pairing, [_cut(array, low, high) for array in inputs], [array[low:high] for array in found])

    in_threads(lambda ends: part(*ends), list(pairwise(bounds)))
    return _paired(pairing, found)


def _inputs(
    pairing: Pairing,
    new: Sides,
    carried: Sides,
    row: NDArray[np.int16],
    may: NDArray[np.bool_] | None,
    limit: Volumes | None,
) -> list[NDArray[np.generic]]:
    """Return what the kernels read, each time of the same types; an empty array stands for nobody's limit."""
    rows = np.where(row < 0, len(pairing.table) - 1, row).astype(np.int16) if row.size and row.min() < 0 else row
    may = np.empty(0, np.bool_) if may is None else may
    limit = np.empty(0, np.int64) if limit is None else limit
    return [as_input(each) for each in (new.left, new.right, carried.left, carried.right, rows, may, limit)]


def _cut(array: NDArray[np.generic], low: int, high: int) -> NDArray[np.generic]:
    return array[low:high] if array.size else array


def _pair(pairing: Pairing, arrays: list[NDArray[np.generic]], found: list[Volumes]) -> None:
    if pairing.steps is None:
        kernels.pair(*arrays, pairing.table, pairing.anew, pairing.balanced, pairing.kept, *found)
    else:
        kernels.pair_steps(*arrays, pairing.table, pairing.steps, pairing.balanced, pairing.kept, *found)


def _paired(pairing: Pairing, found: list[Volumes]) -> Paired:
    count, left, right = found
    if pairing.steps is None:
        return Paired(count, None, Sides(left, right))
    return Paired((count > 0).astype(np.int64), count, Sides(left, right))


def empty_sides(n: int) -> Sides:
    """Return two columns to write to."""
    return Sides(np.empty(n, np.int64), np.empty(n, np.int64))


def fits(new: Sides, carried: Sides) -> None:
    """Make sure that no side reaches 2**61.

    Raises
    ------
    ExactnessError
        If one could.
    """
    for side in ("left", "right"):
        both = [as_input(getattr(sides, side)) for sides in (new, carried)]
        if sum(map(bound, both)) < UNREACHED:
            continue
        most = sum(map(max_abs, both))
        if most >= UNREACHED:
            raise ExactnessError(f"volume on the {side} side could reach 2**61: {most}; use fewer decimals")


def lay_by_age(
    total: Volumes, new: Volumes, lots: list[Volumes], out: list[Volumes] | None = None
) -> tuple[list[Volumes], Volumes]:
    """Lay what one side carries on over the periods that it came from, and say what has expired.

    Parameters
    ----------
    total
        int64[n], what is left of the side.
    new
        int64[n], what this period brought.
    lots
        What was carried in by age, the newest first.
    out
        Where to write the lots that are carried on, or None for new arrays.

    Returns
    -------
    tuple
        As many lots as were given, and what would have been older than the last.

    Examples
    --------
    >>> lots, expired = lay_by_age(np.array([100]), np.array([60]), [np.array([30]), np.array([50])])
    >>> [lot.tolist() for lot in lots], expired.tolist()
    ([[60], [30]], [10])
    """
    after, rest = out or [np.empty_like(total) for _ in lots], total.copy()
    for lot, target in zip((new, *lots[:-1]), after, strict=True):
        kernels.take_newest(as_input(lot), rest, target)
    return after, rest
