"""Order lines: what members get of the orders of a period, order by order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from compplan.volumes.member_arrays import as_input
from compplan.volumes.orders.checks import check_people, check_sums
from compplan.volumes.orders.data import OrderData, People, note_uncredited, selected
from compplan.volumes.orders.line_kernels import emit_lines
from compplan.volumes.orders.sequence import canonical_order, grouped

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from compplan.volumes.orders.rules import OrderRule

    Array = NDArray[Any]
    Volumes = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class OrderLines:
    """The orders that make a volume, by the member who is credited.

    The lines of member j are [start[j], start[j + 1]): in order of the buyer's position, then of the order's
    time, then of its id. Rows of one buyer with the same id are one line; lines of zero are left out.

    Attributes
    ----------
    start
        int64[n + 1].
    value
        int64[k], at the rule's `out_scale`.
    order
        int32[k]: the row of the orders table; of an order with several rows that count, the earliest.
    time
        int64[k], microseconds since 1970; of an order with several rows that count, the earliest.
    """

    start: Volumes
    value: Volumes
    order: NDArray[np.int32]
    time: Volumes


def order_lines(rule: OrderRule, orders: OrderData, people: People) -> OrderLines:
    """Return the orders that make a volume, one line for each; see `OrderLines`.

    The lines of a member sum to his base volume. An order whose rows sum to zero has no line, because nothing
    can be paid on it. Parameters and errors are those of `base_volumes`.
    """
    check_people([rule], orders, people)
    check_sums([rule], orders)
    keep = selected(rule, orders, people)
    n, rows = len(orders.members), None if keep is None else np.flatnonzero(keep).astype(np.int32)
    taken: list[Array] = [orders.buyers, orders.times, orders.value(rule)]
    buyers, times, values = taken if rows is None else (column[rows] for column in taken)
    ids = orders.ids if orders.ids is None or rows is None else orders.ids.take(pa.array(rows))
    at = canonical_order(n, buyers, times, ids, values)
    credit = people.credit_to if rule.credit_distributor else np.arange(n, dtype=np.int32)
    factors = np.array(rule.factors, np.int64)
    given: list[Array] = [at.starts, at.rows, at.times, at.fresh, values, people.distributor, factors, credit]
    value, time = np.empty(at.rows.size, np.int64), np.empty(at.rows.size, np.int64)
    order, to = np.empty(at.rows.size, np.int32), np.empty(at.rows.size, np.int32)
    count = emit_lines(*map(as_input, given), value, time, order, to)
    start, lines = grouped(as_input(to[:count]), n)
    if rule.credit_distributor:
        note_uncredited(rule, keep, orders, people)
    order = order[lines] if rows is None else rows[order[lines]]
    return OrderLines(start, value[lines], order, time[lines] if orders.placed is None else orders.moments[order])


def order_amounts(rule: OrderRule, orders: OrderData, people: People) -> Volumes:
    """Return what the order of each row brings to a volume in all, int64[m] at the rule's `out_scale`.

    Rows of one buyer with the same id are one order, and each of them has its amount. Parameters and errors are those
    of `base_volumes`.
    """
    check_people([rule], orders, people)
    check_sums([rule], orders)
    values = orders.value(rule) * people.of_kinds(*rule.factors)[orders.buyers]
    keep = selected(rule, orders, people)
    at = orders.canonical
    order = np.empty(len(orders), np.int64)
    order[at.rows] = np.cumsum(at.fresh) - 1
    sums = np.zeros(int(at.fresh.sum()), np.int64)
    np.add.at(sums, order, values if keep is None else np.where(keep, values, 0))
    found: Volumes = sums[order]
    return found
