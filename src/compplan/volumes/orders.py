"""Orders to base volumes: what members get of the orders of a period, in sum and order by order.

    orders = read_orders(table, columns=..., rules=rules, genealogy=..., period_start=..., period_end=...)
    pv, cv = base_volumes([pv_rule, cv_rule], orders, people)
    lines = order_lines(cv_rule, orders, people)

`order_table` reads the table, `order_rules` says what counts, `order_data` and `order_windows` find the rows
that do, `order_sequence` brings orders into an order of their own.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from compplan.errors import ExactnessError, Problem, Rows
from compplan.money import format_fixed
from compplan.volumes import order_kernels as kernels
from compplan.volumes.exactness import LIMIT
from compplan.volumes.member_arrays import as_input
from compplan.volumes.order_checks import check_people
from compplan.volumes.order_data import OrderData, People, Uncredited, selected
from compplan.volumes.order_line_kernels import emit_lines
from compplan.volumes.order_rules import OrderRule, rule_from_model
from compplan.volumes.order_sequence import canonical_order, grouped
from compplan.volumes.order_table import read_orders
from compplan.volumes.sweep import bounds_of, in_threads

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

    Array = NDArray[Any]
    Volumes = NDArray[np.int64]
    Flags = NDArray[np.bool_]

__all__ = [
    "OrderData",
    "OrderLines",
    "OrderRule",
    "People",
    "Uncredited",
    "base_volume",
    "base_volumes",
    "order_amounts",
    "order_lines",
    "read_orders",
    "rule_from_model",
]


WORTH_LANES = 3
"""Four lanes side by side cost as much as two passes of their own, so two columns do not share one."""


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


def base_volume(rule: OrderRule, orders: OrderData, people: People, *, threads: int = 1) -> Volumes:
    """Return one base volume; see `base_volumes`."""
    return base_volumes([rule], orders, people, threads=threads)[0]


def base_volumes(
    rules: Sequence[OrderRule], orders: OrderData, people: People, *, threads: int = 1
) -> list[Volumes]:
    """Return the volumes that members get of the orders.

    Rules that differ only in shares, buyers and credit share one pass over the orders; up to four other
    passes run side by side. What customers' orders give to nobody is noted in `orders.uncredited`.

    Parameters
    ----------
    rules
        One rule for each volume.
    orders
        What `read_orders` returned for these rules.
    people
        What the rules ask about the members.
    threads
        How many threads may run; it changes the time and never the result.

    Returns
    -------
    list of numpy.ndarray
        For each rule int64[n] in primary position order, at the rule's `out_scale`.

    Raises
    ------
    DataError
        If a window looks at an enrolment that is not known.
    ExactnessError
        If the magnitudes of all orders, times the share, sum to 2**63 or more.
    UsageError
        If `people` lacks something, or does not fit the members.
    """
    check_people(rules, orders, people)
    check_sums(rules, orders)
    keeps = {rule.selection: selected(rule, orders, people) for rule in rules}
    results: dict[int, Volumes] = {}
    for batch in _batches(rules):
        firsts = [rules[source[0]] for source in batch]
        keep = [keeps[rule.selection] for rule in firsts]
        sums, stride = _buyer_sums(firsts, keep, orders, threads)
        for lane, source in enumerate(batch):
            for at in source:
                own = _OwnSums(sums, stride, lane, alone=stride == len(source) == 1)
                results[at] = _credited(rules[at], own, keep[lane], orders, people)
    return [results[at] for at in range(len(rules))]


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
    given: list[Array] = [at.starts, at.rows, at.times, at.fresh, values, people.distributor, _factors(rule), credit]
    value, time = np.empty(at.rows.size, np.int64), np.empty(at.rows.size, np.int64)
    order, to = np.empty(at.rows.size, np.int32), np.empty(at.rows.size, np.int32)
    count = emit_lines(*map(as_input, given), value, time, order, to)
    start, lines = grouped(as_input(to[:count]), n)
    if rule.credit_distributor:
        _note_uncredited(rule, keep, orders, people)
    order = order[lines]
    return OrderLines(start, value[lines], order if rows is None else rows[order], time[lines])


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


def check_sums(rules: Sequence[OrderRule], orders: OrderData) -> None:
    """Make sure that no sum of any of the orders can pass 64 bits.

    Raises
    ------
    ExactnessError
        With one problem for each rule where it could.
    """
    if problems := [problem for rule in rules if (problem := _too_large(rule, orders)) is not None]:
        raise ExactnessError(problems)


def _too_large(rule: OrderRule, orders: OrderData) -> Problem | None:
    factor = max(map(abs, rule.factors))
    if orders.magnitude(rule, -(-LIMIT // max(1, factor))) * factor < LIMIT:
        return None
    values = orders.value(rule)
    row = int(np.argmax(values ^ (values >> 63)))  # the largest magnitude
    message = f'the sum of all orders for "{rule.name}" with {rule.out_scale} decimals could pass 64 bits'
    largest = format_fixed(int(values[row]), rule.in_scale)
    hint = f"the largest value is {largest}; check the column, or use fewer decimals"
    return Problem("overflow", message, Rows("orders", rule.column, len(orders), (row,)), hint)


def _batches(rules: Sequence[OrderRule]) -> Iterator[list[list[int]]]:
    """Yield what goes through the orders together: up to four sources, each with the rules that it feeds.

    A source is a column with a choice of rows. Rows that are counted have no column to share a pass with.
    """
    sources: dict[tuple[Any, ...], list[int]] = {}
    for at, rule in enumerate(rules):
        sources.setdefault((rule.column, rule.in_scale, rule.selection), []).append(at)
    counted = [source for source in sources.values() if rules[source[0]].column is None]
    summed = [source for source in sources.values() if rules[source[0]].column is not None]
    for at in range(0, len(summed), kernels.LANES):
        batch = summed[at : at + kernels.LANES]
        yield from [batch] if len(batch) >= WORTH_LANES else [[source] for source in batch]
    yield from ([source] for source in counted)


def _buyer_sums(
    rules: Sequence[OrderRule], keep: Sequence[Flags | None], orders: OrderData, threads: int
) -> tuple[Volumes, int]:
    """Return the sums of each buyer's own orders, as flat rows of lanes, and how many lanes a row has."""
    n, values = len(orders.members), [orders.value(rule) for rule in rules if rule.column is not None]
    if len(values) > 1:
        lanes = values + values[:1] * (kernels.LANES - len(values))
        rows: list[Array] = [orders.buyers, *lanes, _lane_bits(keep, len(orders))]
        return _pass(kernels.add_four, rows, n * kernels.LANES, threads), kernels.LANES
    if not values:
        counted = np.ones(len(orders), np.bool_) if keep[0] is None else keep[0]
        return _pass(kernels.add_rows, [orders.buyers, counted], n, threads), 1
    if keep[0] is None:
        return _pass(kernels.add_values, [orders.buyers, *values], n, threads), 1
    return _pass(kernels.add_values_where, [orders.buyers, *values, keep[0]], n, threads), 1


def _lane_bits(keep: Sequence[Flags | None], size: int) -> NDArray[np.uint8]:
    """Return uint8[m] whose bit k says whether lane k takes the row."""
    bits = np.full(size, sum(1 << lane for lane, rows in enumerate(keep) if rows is None), np.uint8)
    for lane, rows in enumerate(keep):
        if rows is not None:
            bits |= rows.view(np.uint8) << np.uint8(lane)
    return bits


def _pass(kernel: Callable[..., None], rows: Sequence[Array], size: int, threads: int) -> Volumes:
    """Run a kernel over all rows; several threads add up parts of them, where rows are many."""
    arrays = [as_input(array) for array in rows]
    bounds = bounds_of(arrays[0].size, threads if arrays[0].size >= size else 1)

    def part(low: int, high: int) -> Volumes:
        sums = np.zeros(size, np.int64)
        kernel(*(array[low:high] for array in arrays), sums)
        return sums

    total, *others = in_threads(lambda ends: part(*ends), list(pairwise(bounds)))
    sums: Volumes = total
    for other in others:
        sums += other
    return sums


@dataclass(frozen=True, slots=True)
class _OwnSums:
    """The sums of each buyer's own orders for one source: a lane of flat rows of `stride` lanes."""

    sums: Volumes
    stride: int
    lane: int
    alone: bool

    def shared_out(self, rule: OrderRule, people: People) -> Volumes:
        """Return the volume of the buyers themselves."""
        if self.alone and rule.factors == (1, 1):
            return self.sums
        out = np.empty(self.sums.size // self.stride, np.int64)
        kind = as_input(people.distributor)
        kernels.share_out(self.sums, self.stride, self.lane, kind, _factors(rule), out)
        return out

    def credited_up(self, rule: OrderRule, people: People) -> tuple[Volumes, bool]:
        """Return the volume by credited member, and whether some is credited to nobody."""
        out = np.zeros(self.sums.size // self.stride, np.int64)
        given = as_input(people.distributor), _factors(rule), as_input(people.credit_to)
        lost = kernels.credit_up(self.sums, self.stride, self.lane, *given, out)
        return out, lost > 0


def _credited(
    rule: OrderRule, own: _OwnSums, keep: Flags | None, orders: OrderData, people: People
) -> Volumes:
    """Return the volume of a rule; a buyer whose orders cancel out is not looked for in what nobody gets."""
    if not rule.credit_distributor:
        return own.shared_out(rule, people)
    volume, lost = own.credited_up(rule, people)
    if lost:
        _note_uncredited(rule, keep, orders, people)
    else:
        orders.uncredited.pop(rule.name, None)
    return volume


def _note_uncredited(rule: OrderRule, keep: Flags | None, orders: OrderData, people: People) -> None:
    """Note how many rows, and how much, nobody is credited with."""
    orders.uncredited.pop(rule.name, None)
    nobody = people.credit_to < 0
    if not nobody.any():
        return
    nobody &= people.of_kinds(*(factor != 0 for factor in rule.factors))
    mask = nobody[orders.buyers]
    rows = np.flatnonzero(mask if keep is None else mask & keep)
    if rows.size:
        values = orders.value(rule)[rows] * people.of_kinds(*rule.factors)[orders.buyers[rows]]
        orders.uncredited[rule.name] = Uncredited(rows.size, int(values.sum()))


def _factors(rule: OrderRule) -> Volumes:
    return np.array(rule.factors, np.int64)
