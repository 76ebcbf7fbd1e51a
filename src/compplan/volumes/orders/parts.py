"""The orders of a part of a period, such as a week of a month."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from compplan.volumes.orders.data import OrderData

if TYPE_CHECKING:
    from numpy.typing import NDArray


def orders_within(orders: OrderData, start: int, end: int) -> tuple[OrderData, NDArray[np.int64]]:
    """Return the orders of a half-open span, and the rows of the orders table that they stand in.

    Parameters
    ----------
    orders
        The orders of a longer span.
    start, end
        Microseconds since 1970.
    """
    rows = np.flatnonzero((orders.times >= start) & (orders.times < end))
    if rows.size == len(orders):
        given = orders.buyers, orders.times, orders.ids, orders.values, orders.filters
        part = OrderData(orders.members, (start, end), *given, placed=orders.placed)
        return part, rows
    taken = pa.array(rows)
    part = OrderData(
        members=orders.members,
        period=(start, end),
        buyers=orders.buyers[rows],
        times=orders.times[rows],
        ids=None if orders.ids is None else orders.ids.take(taken),
        values={key: values[rows] for key, values in orders.values.items()},
        filters={name: column.take(taken) for name, column in orders.filters.items()},
        placed=None if orders.placed is None else orders.placed[rows],
    )
    return part, rows
