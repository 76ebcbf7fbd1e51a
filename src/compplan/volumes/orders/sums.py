"""Base volumes: what members get of the orders of a period, in sum."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from compplan.volumes.member_arrays import as_input
from compplan.volumes.orders import kernels
from compplan.volumes.orders.checks import check_people, check_sums
from compplan.volumes.orders.data import OrderData, People, note_uncredited, selected
from compplan.volumes.sweep import bounds_of, in_threads

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

    from compplan.volumes.orders.rules import OrderRule

    Array = NDArray[Any]
    Volumes = NDArray[np.int64]
    Flags = NDArray[np.bool_]

WORTH_LANES = 3
"""Four lanes side by side cost as much as two passes of their own, so two columns do not share one."""


def base_volumes(rules: Sequence[OrderRule], orders: OrderData, people: People, *, threads: int = 1) -> list[Volumes]:
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
        kernels.share_out(self.sums, self.stride, self.lane, kind, np.array(rule.factors, np.int64), out)
        return out

    def credited_up(self, rule: OrderRule, people: People) -> tuple[Volumes, bool]:
        """Return the volume by credited member, and whether some is credited to nobody."""
        out = np.zeros(self.sums.size // self.stride, np.int64)
        given = as_input(people.distributor), np.array(rule.factors, np.int64), as_input(people.credit_to)
        lost = kernels.credit_up(self.sums, self.stride, self.lane, *given, out)
        return out, lost > 0


def _credited(rule: OrderRule, own: _OwnSums, keep: Flags | None, orders: OrderData, people: People) -> Volumes:
    """Return the volume of a rule; a buyer whose orders cancel out is not looked for in what nobody gets."""
    if not rule.credit_distributor:
        return own.shared_out(rule, people)
    volume, lost = own.credited_up(rule, people)
    if lost:
        note_uncredited(rule, keep, orders, people)
    else:
        orders.uncredited.pop(rule.name, None)
    return volume
