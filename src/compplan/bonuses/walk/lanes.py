"""The way by lanes: totals of exact payments, without rows, in one sweep up the tree."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from compplan.bonuses.walk.books import Volumes, total_of
from compplan.bonuses.walk.contract import contracted
from compplan.bonuses.walk.kernels import Members
from compplan.bonuses.walk.lane_kernels import Lanes, add_few_lanes, add_lanes, deep_volume, line_totals
from compplan.bonuses.walk.limits import most_pay, too_large
from compplan.bonuses.walk.ranges import Part, Range, pay_of, zeros
from compplan.memory import blank, unwritten
from compplan.money import INT64_MAX
from compplan.money_arrays import max_abs
from compplan.volumes.member_arrays import as_input

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from compplan.bonuses.walk.ranges import Job
    from compplan.bonuses.walk.spec import Walk

WIDTHS = tuple((0,) * lanes for lanes in (4, 8, 16))
"""So many lanes fit vector registers; a width is a tuple of as many entries, because kernels tell tuples apart."""


def pay(job: Job) -> tuple[list[Part], None]:
    """Pay all ranges of a job, on a tree of those who matter where they are few."""
    volume = as_input(_volume_of(job))
    if small := contracted(job, volume):
        parts = _pay_all(small.job, small.volume)
        everyone = Range(0, job.arrays.size, np.zeros(0, np.int32))
        return [Part.cut(everyone, small.spread(pay_of(parts)), total_of(job.walk, parts))], None
    return _pay_all(job, volume), None


def _pay_all(job: Job, volume: NDArray[np.int64]) -> list[Part]:
    _check_pay(job, volume)
    rates = _rates_of(job.walk, job.walk.numerators)
    parts = job.over_ranges(lambda sources: _pay_range(job, volume, rates, sources))
    if job.walk.tail:
        above = np.zeros(job.arrays.max_depth + 2, np.int64)
        listed, source_counts = job.walk.listed, job.walk.counts_source
        parts[0].volumes.deep = int(deep_volume(job.arrays.members, volume, listed, source_counts, above))
    return parts


def _rates_of(walk: Walk, rates: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return rates by row: classes, nobody, skipped; and once more for what is paid on top."""
    table = np.vstack([rates, np.zeros((2, walk.columns), np.int64)])
    return np.vstack([table, table]) if walk.uncounted_paid else table


def _volume_of(job: Job) -> NDArray[np.int64]:
    """Return one volume a source: its lines together, signs where payments are fixed."""
    lines = job.arrays.lines
    if lines.lined:
        volume = np.empty(job.arrays.size, np.int64)
        line_totals(lines, volume)
        return volume
    return np.sign(lines.value) if lines.fixed else lines.value


def _check_pay(job: Job, volume: NDArray[np.int64]) -> None:
    """Make sure that the pay of everybody fits.

    Where the bound over all sources says no, the volume that each member is paid on is found with the same
    lanes, at numerators of one.
    """
    if most_pay(job.walk, job.inputs, job.volume) <= INT64_MAX:
        return
    ones = _rates_of(job.walk, np.ones_like(job.walk.numerators))
    sizes = as_input(np.abs(volume))
    largest = max_abs(pay_of(job.over_ranges(lambda sources: _pay_range(job, sizes, ones, sources))))
    if largest * max(job.walk.best) > INT64_MAX:
        raise too_large(job.walk, f"the pay of one member may reach {largest * max(job.walk.best)}")


def _pay_range(job: Job, volume: NDArray[np.int64], rates: NDArray[np.int64], sources: Range) -> Part:
    walk = job.walk
    if not (walk.tail or walk.from_self or walk.uncounted_paid) and walk.listed <= len(WIDTHS[-1]):
        return _pay_range_of_few(job, volume, rates, sources)
    width, paid = walk.listed + 2, zeros(rates.size)
    on_top = (walk.classes + 2) * walk.uncounted_paid
    with blank(job.arrays.max_depth + 2, width) as lane:
        lanes = Lanes(
            rates.ravel(), walk.columns, walk.listed, walk.tail, walk.from_self, walk.counts_source,
            walk.classes + 1, on_top, lane.ravel(),
        )  # fmt: skip
        pay, above = _from_the_last(job, volume, sources, add_lanes, lanes, paid)
        top = lane[0, 1 : walk.listed + 1].copy()
        lane[0] = 0
    return Part(sources, pay, above, _volumes(walk, paid, top))


def _pay_range_of_few(job: Job, volume: NDArray[np.int64], rates: NDArray[np.int64], sources: Range) -> Part:
    walk = job.walk
    width = next(width for width in WIDTHS if walk.listed <= len(width))
    wide = np.zeros((2, len(rates), len(width)), np.int64)
    wide[:, :, : walk.listed] = rates
    paid = zeros(wide.size)
    with blank(job.arrays.max_depth + 2, len(width)) as lane:
        given = wide.ravel(), walk.classes + 1, width, lane.ravel(), paid
        pay, above = _from_the_last(job, volume, sources, add_few_lanes, *given)
        top = lane[0, : walk.listed].copy()
        lane[0] = 0
    paid = paid.reshape(wide.shape).sum(axis=0)[:, : walk.listed]
    return Part(sources, pay, above, _volumes(walk, paid, top))


def _from_the_last(
    job: Job, volume: NDArray[np.int64], sources: Range, add: Callable[..., None], *given: Any
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Sweep over a range, and then over the ancestors of its first member, who take their part of it."""
    members, span, path = job.arrays.members, slice(sources.first, sources.last), sources.path
    pay, above = unwritten([(sources.last - sources.first, np.int64), (path.size, np.int64)])
    add(-1, Members._make(column[span] for column in members), volume[span], pay, *given)
    nothing = as_input(np.zeros(path.size, np.int64))
    add(path.size, Members._make(as_input(column[path]) for column in members), nothing, above, *given)
    return pay, above


def _volumes(walk: Walk, paid: NDArray[np.int64], top: NDArray[np.int64]) -> Volumes:
    books = Volumes.none(walk)
    by_row = paid.astype(object).reshape(-1, walk.columns)
    books.paid, books.unqualified = by_row[: walk.classes], by_row[walk.classes]
    if walk.uncounted_paid:
        books.extra = by_row[walk.classes + 2 : -2]
    books.short = top.astype(object)
    return books
