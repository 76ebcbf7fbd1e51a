"""Orders that are paid one by one, grouped by source in the order of the tree that they go up."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from compplan.volumes.orders import order_lines

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from compplan.program.work import Work
    from compplan.volumes.order_rules import OrderRule


class GroupedLines(NamedTuple):
    """The lines of source i are `start[i]:start[i + 1]`; of each its value, its time, and its row of the orders."""

    start: NDArray[np.int64]
    value: NDArray[np.int64]
    time: NDArray[np.int64]
    order: NDArray[np.int64]


def grouped_lines(rule: OrderRule, volume: str, tree: str, work: Work) -> GroupedLines:
    """Return the orders of a volume, by source in a tree's own order."""
    model = work.plan.model
    credited_in = getattr(model.volumes[volume], "tree", None) or model.default_tree()
    assert work.orders is not None  # noqa: S101 - a plan that pays orders has them
    found = order_lines(rule, work.orders, work.people(credited_in))
    take, start = _regrouped(found.start, work.tree(tree).to_primary)
    return GroupedLines(start, found.value[take], found.time[take], found.order[take].astype(np.int64))


def _regrouped(
    start: NDArray[np.int64], order: NDArray[np.int32] | None
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Bring groups of lines into another order of members: which line goes where, and the new starts."""
    if order is None:
        return np.arange(start[-1]), start
    sizes = np.diff(start)[order]
    new = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    take = np.repeat(start[:-1][order] - new[:-1], sizes) + np.arange(new[-1])
    return take, new
