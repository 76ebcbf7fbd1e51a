"""Orders as sales: by buyer, and the order in which they happened."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from compplan.bonuses.prepare.sources import lines_of
from compplan.volumes.orders.sequence import id_keys

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from compplan.bonuses.prepare.sources import Sources
    from compplan.genealogy.tree import Tree
    from compplan.program.work import Work


class Sales(NamedTuple):
    """One entry a sale: by buyer in the tree's own order.

    `order` is the row of the orders table, `taker` who gets it (-1 for nobody), `passed` whether it went up.
    """

    buyer: NDArray[np.int32]
    value: NDArray[np.int64]
    time: NDArray[np.int64]
    order: NDArray[np.int64]
    number: NDArray[np.int64]
    taker: NDArray[np.int32]
    passed: NDArray[np.bool_]


def sales_of(source: Sources, work: Work, tree: Tree, key: str) -> tuple[Sales, NDArray[np.int64]]:
    """Return the sales of a volume, with nothing known of them yet, and their order in time.

    Sales of the same moment go by the ids of their orders.
    """
    lines = lines_of(source, work, tree, key)
    size = lines.value.size
    buyer = np.repeat(np.arange(tree.n, dtype=np.int32), np.diff(lines.start))
    empty = np.zeros(size, np.int64), np.full(size, -1, np.int32), np.zeros(size, np.bool_)
    sales = Sales(buyer, lines.value, lines.time, lines.order, *empty)
    order = np.argsort(lines.time, kind="stable")
    times = lines.time[order]
    if (times[1:] == times[:-1]).any() and work.orders is not None and work.orders.ids is not None:
        keys = id_keys(work.orders.ids)[:, lines.order]
        order = np.lexsort((*keys[::-1], lines.time))
    return sales, order
