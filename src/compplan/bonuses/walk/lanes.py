"""The way by lanes: totals of exact payments, without rows, in one sweep up the tree."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from compplan.bonuses.walk.books import Volumes
from compplan.bonuses.walk.lane_kernels import Lanes, add_lanes, deep_volume, line_totals
from compplan.bonuses.walk.limits import most_pay, too_large
from compplan.bonuses.walk.ranges import Part, pay_of, zeros
from compplan.money import INT64_MAX
from compplan.money_arrays import max_abs
from compplan.volumes.member_arrays import as_input

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from compplan.bonuses.walk.ranges import Job, Range
    from compplan.bonuses.walk.spec import Walk


def pay(job: Job) -> tuple[list[Part], None]:
    """Pay all ranges of a job."""
    volume = as_input(_volume_of(job))
    _check_pay(job, volume)
    rates = np.vstack([job.walk.numerators, np.zeros((2, job.walk.columns), np.int64)])
    parts = job.over_ranges(lambda sources: _pay_range(job, volume, rates, sources))
    if job.walk.tail:
        above = np.zeros(job.arrays.max_depth + 2, np.int64)
        listed, from_self = job.walk.listed, job.walk.from_self
        parts[0].volumes.deep = int(deep_volume(job.arrays.members, volume, listed, from_self, above))
    return parts, None


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
    ones = np.ones((job.walk.classes + 2, job.walk.columns), np.int64)
    sizes = as_input(np.abs(volume))
    largest = max_abs(pay_of(job.over_ranges(lambda sources: _pay_range(job, sizes, ones, sources))))
    if largest * max(job.walk.best) > INT64_MAX:
        raise too_large(job.walk, f"the pay of one member may reach {largest * max(job.walk.best)}")


def _pay_range(job: Job, volume: NDArray[np.int64], rates: NDArray[np.int64], sources: Range) -> Part:
    walk, arrays = job.walk, job.arrays
    lane = zeros((arrays.max_depth + 2) * (walk.listed + 2))
    lanes = Lanes(rates.ravel(), walk.columns, walk.listed, walk.tail, walk.from_self, walk.classes + 1, lane)
    total, paid = np.zeros(arrays.size, np.int64), zeros(rates.size)
    add_lanes(sources.first, sources.last, sources.path, arrays.members, volume, lanes, total, paid)
    return Part(sources, total, _volumes(walk, paid, lane[1 : walk.listed + 1]))


def _volumes(walk: Walk, paid: NDArray[np.int64], top: NDArray[np.int64]) -> Volumes:
    books = Volumes.none(walk)
    by_row = paid.astype(object).reshape(walk.classes + 2, walk.columns)
    books.paid, books.unqualified = by_row[: walk.classes], by_row[walk.classes]
    books.short = top.astype(object)
    return books
