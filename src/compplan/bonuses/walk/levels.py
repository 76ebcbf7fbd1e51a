"""The plain way: at most eight levels, each used up by a counted ancestor, with or without rows."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from compplan.bonuses.walk.books import Volumes
from compplan.bonuses.walk.kernels import (
    MOST_LEVELS,
    Stack,
    Sums,
    Table,
    count_levels,
    count_met,
    enter,
    pay_levels,
)
from compplan.bonuses.walk.limits import check_pay
from compplan.bonuses.walk.ranges import ROW_TYPES, Part, empty_rows, zeros
from compplan.bonuses.walk.spec import WalkRows
from compplan.memory import share_of_memory, unwritten
from compplan.money import INT64_MAX, ROUNDING_CODES
from compplan.money_kernels import SHIFTED_MOST, shifted
from compplan.volumes.member_arrays import as_input

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from compplan.bonuses.walk.limits import Volume
    from compplan.bonuses.walk.ranges import Job, Range
    from compplan.bonuses.walk.spec import Walk

MODES = tuple(ROUNDING_CODES)

ROW_BYTES = sum(np.dtype(kind).itemsize for kind in ROW_TYPES)
SPARE = 16
"""Rows that are not counted before may take this part of the machine's memory, if all were written."""


def can_pay(walk: Walk, volume: Volume) -> bool:
    """Say whether a walk has few enough levels, and numbers small enough for what the kernel adds up."""
    best = sum(walk.best)
    small = volume.largest * best + walk.columns * walk.denominator < SHIFTED_MOST
    return not walk.tail and walk.listed <= MOST_LEVELS and best < 2**31 and small and volume.total * best <= INT64_MAX


def pay(job: Job) -> tuple[list[Part], WalkRows | None]:
    """Pay all ranges of a job; rows are written to their place at once."""
    check_pay(job.walk, job.inputs, job.volume)
    way = _Way.of(job)
    if not job.keep_rows:
        return job.over_ranges(lambda sources: way.pay(sources)[0]), None
    parts, rows = way.pay_with_all_rows() if way.has_room else way.pay_with_counted_rows()
    if not job.arrays.lines.lined:
        rows = rows._replace(line=np.broadcast_to(np.int32(-1), rows.source.size))
    if job.walk.fixed:
        rows = rows._replace(base=job.arrays.lines.value[rows.line if job.arrays.lines.lined else rows.source])
    return parts, rows


def table_of(walk: Walk, volume: Volume) -> Table:
    """Return the rates as the kernel reads them: the classes, then nobody."""
    best = np.array(walk.best, np.int64)
    cells = np.vstack([walk.numerators | (best - walk.numerators) << 32, np.zeros((1, walk.columns), np.int64)])
    by = shifted(walk.denominator, MODES[walk.rounding], negative=volume.some_negative)
    return Table(cells.ravel().view(np.uint64), walk.columns, walk.listed, walk.from_self, by)


def marks_of(walk: Walk) -> NDArray[np.uint64]:
    """Return, for each row of rates, the top bit of byte b where level b + 1 has a rate."""
    marks = [sum((0x80 << 56) >> 8 * level for level in np.flatnonzero(row).tolist()) for row in walk.numerators]
    return np.array([*marks, 0], np.uint64)


def without_gaps(rows: WalkRows, starts: Sequence[int], ends: Sequence[int]) -> WalkRows:
    """Close the gaps that payments leave which round to zero: they were counted, but are not written."""
    cursor = ends[0]
    for start, end in zip(starts[1:], ends[1:], strict=False):
        if start > cursor:
            for column in rows:
                column[cursor : cursor + end - start] = column[start:end]
        cursor += end - start
    return WalkRows._make(column[:cursor] for column in rows)


@dataclass(frozen=True)
class _Way:
    """A job, and what all of its ranges read."""

    job: Job
    table: Table
    start: NDArray[np.int64] | None
    values: NDArray[np.int64]

    @classmethod
    def of(cls, job: Job) -> _Way:
        lines = job.arrays.lines
        values = as_input(np.sign(lines.value)) if lines.fixed else lines.value
        return cls(job, table_of(job.walk, job.volume), lines.start if lines.lined else None, values)

    @cached_property
    def all_take(self) -> bool:
        """Whether every counted member has a rate at every level."""
        members, walk = self.job.arrays.members, self.job.walk
        return bool((walk.numerators != 0).all() and not (members.counted & (members.row == walk.classes)).any())

    @property
    def depths(self) -> int:
        """How many depths the stacks hold."""
        return self.job.arrays.max_depth + 2

    @property
    def has_room(self) -> bool:
        """Whether there is memory for as many rows as one range could write, most of which is never touched."""
        return len(self.job.ranges) == 1 and self.most_rows * ROW_BYTES <= share_of_memory(SPARE)

    @property
    def most_rows(self) -> int:
        """How many payments there are if every level finds somebody."""
        return self.job.volume.payments * self.job.walk.listed

    def pay_with_all_rows(self) -> tuple[list[Part], WalkRows]:
        """Pay the one range there is, with rows as many as there can be: they need not be counted before."""
        rows = empty_rows(self.most_rows + 1, lined=self.job.arrays.lines.lined)
        (sources,) = self.job.ranges
        part, end = self.pay(sources, rows, (0, None))
        return [part], WalkRows._make(column[:end] for column in rows)

    def pay_with_counted_rows(self) -> tuple[list[Part], WalkRows]:
        """Count the rows of every range, so that each has a place of its own, and pay them."""
        job = self.job
        starts = np.concatenate([[0], np.cumsum(job.over_ranges(self.count))]).tolist()
        rows = empty_rows(starts[-1], lined=job.arrays.lines.lined)
        places = {sources.first: place for sources, place in zip(job.ranges, pairwise(starts), strict=True)}
        done = job.over_ranges(lambda sources: self.pay(sources, rows, places[sources.first]))
        return [part for part, _ in done], without_gaps(rows, starts, [end for _, end in done])

    def count(self, sources: Range) -> int:
        """Return how many rows a range may write."""
        walk, members = self.job.walk, self.job.arrays.members
        given = sources.first, sources.last, sources.path, members, self.start, self.values
        if self.all_take:
            return int(count_met(*given, walk.listed, walk.from_self, zeros(self.depths)))
        rungs = zeros(self.depths).view(np.uint64)
        return int(count_levels(*given, walk.from_self, rungs, marks_of(walk)))

    def pay(
        self, sources: Range, rows: WalkRows | None = None, place: tuple[int, int | None] = (0, 0)
    ) -> tuple[Part, int]:
        """Pay a range; return also the row behind its last one."""
        walk, members = self.job.walk, self.job.arrays.members
        n, depths = self.job.arrays.size, self.depths
        entry, top, total = unwritten([(depths, np.uint64), (depths, np.int64), (n, np.int64)])
        stack, sums = Stack(entry, top), Sums(zeros(walk.listed + 1), zeros(3))
        top[0] = depths
        total[sources.path] = 0
        enter(sources.path, members, walk.columns, stack)
        moved = self.table.by.moved if self.job.volume.some_negative else None
        given = sources.first, sources.last, members, self.start, self.values, self.table, moved
        end = pay_levels(*given, stack, total, sums, rows, *place)
        return Part.cut(sources, total, _volumes(walk, sums)), int(end)


def _volumes(walk: Walk, sums: Sums) -> Volumes:
    """Return the books: what the levels that were found allot, and no rate takes, stood nobody qualified for."""
    books = Volumes.none(walk)
    books.short = sums.found[: walk.listed].astype(object)
    exact, books.below, paid = map(int, sums.products)
    met = sum(int(v) * sum(walk.best[:found]) for found, v in enumerate(sums.found))
    books.nobodys = met - exact - books.below
    books.rest = exact - paid * walk.denominator
    return books
