"""Flatten one tree: from parent rows to the pre-order that all sweeps rest on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from compplan.genealogy import flatten_kernels as kernels
from compplan.genealogy import sort_kernels

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from compplan.genealogy.order import SiblingOrder


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """A pre-order and where each row went.

    Attributes
    ----------
    positions
        int32[n]: row of the members table to position in the pre-order.
    depth, parent, end
        int32[n], by position, as in `Tree`.
    max_depth
        The largest depth, 0 when there is nobody.
    """

    positions: NDArray[np.int32]
    depth: NDArray[np.int32]
    parent: NDArray[np.int32]
    end: NDArray[np.int32]
    max_depth: int


def lay_out(parents: NDArray[np.int32], order: SiblingOrder) -> Layout | None:
    """Lay a tree out depth first: parents before children, siblings (and roots) ascending by id.

    Rows in join order (parents first, ids ascending) take two sweeps. Other rows take children lists, a sort
    of each list, a breadth-first visit and two streams. Both give the same layout.

    Parameters
    ----------
    parents
        int32[n]: the row of each row's parent, -1 for a root.
    order
        The order of siblings.

    Returns
    -------
    Layout or None
        None where members are on a cycle or below one, so that no root reaches them.
    """
    count = parents.size
    # The records of the sweeps (size or next free position, depth) later hold parent and end, to save pages.
    memory = np.empty(2 * count + 2, np.int32)
    records = memory.reshape(-1, 2)
    positions, depth = np.empty(count, np.int32), np.empty(count, np.int32)
    if kernels.parents_first(parents) and order.follows_rows:
        kernels.sizes_by_rows(parents, records)
        kernels.place_by_rows(parents, records, positions, depth)
    else:
        queue, above = np.empty(count, np.int32), np.empty(count, np.int32)
        starts, children = children_lists(parents, order)
        if kernels.breadth_first(starts, children, queue, above) < count:
            return None
        kernels.place_by_queue(queue, above, records, positions, depth)
    max_depth = int(depth.max(initial=0))
    parent, end = memory[:count], memory[count : 2 * count]
    kernels.unfold(depth, np.empty(max_depth + 2, np.int32), parent, end)
    return Layout(positions, depth, parent, end, max_depth)


def children_lists(parents: NDArray[np.int32], order: SiblingOrder) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Return (starts, children): the children of row p, sorted, are children[starts[p + 1]:starts[p + 2]].

    Roots are the children of p = -1.
    """
    starts = np.zeros(parents.size + 3, np.int32)
    children = np.empty(parents.size, np.int32)
    kernels.count_children(parents, starts)
    kernels.fill_children(parents, starts, children)
    if not order.follows_rows:
        near = sort_lists(starts, children, order.keys)
        if order.is_text and (near[1:] == near[:-1]).any():
            sort_lists(starts, children, order.exact_keys)
    return starts, children


def sort_lists(starts: NDArray[np.int32], children: NDArray[np.int32], keys: NDArray[np.int64]) -> NDArray[np.int64]:
    """Sort each list of children by keys[row], in place, and return the keys in the lists' order."""
    near = np.empty(children.size, np.int64)
    kernels.gather(keys, children, near)  # then the sort itself touches only what lies together
    sort_kernels.sort_short_lists(starts, near, children)
    if (longest := sort_kernels.longest_list(starts)) > sort_kernels.RUN:
        sort_kernels.sort_long_lists(starts, near, children, np.empty(longest, np.int64), np.empty(longest, np.int32))
    return near
