"""The plain way: at most eight levels, each used up by a counted ancestor, with or without rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from compplan.bonuses.walk.books import Volumes, halves
from compplan.bonuses.walk.kernels import Stack, Sums, Table, add_levels, count_levels, fill_levels
from compplan.bonuses.walk.limits import check_pay
from compplan.bonuses.walk.ranges import Part, empty_rows, zeros
from compplan.bonuses.walk.spec import WalkRows
from compplan.money import ROUNDING_CODES
from compplan.money_kernels import divider

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from compplan.bonuses.walk.ranges import Job, Range
    from compplan.bonuses.walk.spec import Walk

MODES = tuple(ROUNDING_CODES)


def pay(job: Job) -> tuple[list[Part], WalkRows | None]:
    """Pay all ranges of a job; rows are written to their place at once."""
    check_pay(job.walk, job.inputs, job.volume)
    table, marks = table_of(job.walk), marks_of(job.walk)
    if not job.keep_rows:
        return job.over_ranges(lambda sources: _pay_range(job, table, marks, sources)[0]), None
    counts = job.over_ranges(lambda sources: _count_range(job, marks, sources))
    starts = np.concatenate([[0], np.cumsum(counts)]).tolist()
    rows = empty_rows(starts[-1])
    begins = dict(zip((sources.first for sources in job.ranges), starts, strict=False))
    done = job.over_ranges(lambda sources: _pay_range(job, table, marks, sources, rows, begins[sources.first]))
    return [part for part, _ in done], without_gaps(rows, starts, [end for _, end in done])


def table_of(walk: Walk) -> Table:
    """Return the rates as the kernels read them: the classes, then nobody."""
    rates = np.vstack([walk.numerators, np.zeros((1, walk.columns), np.int64)])
    by = divider(walk.denominator, MODES[walk.rounding])
    return Table(rates.ravel(), walk.columns, walk.listed, walk.classes, walk.from_self, by)


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


def _stack(job: Job, marks: NDArray[np.uint64]) -> Stack:
    size = job.arrays.max_depth + 2
    return Stack(zeros(size), zeros(size), zeros(size).view(np.uint64), marks)


def _count_range(job: Job, marks: NDArray[np.uint64], sources: Range) -> int:
    members, lines = job.arrays.members, job.arrays.lines
    stack = _stack(job, marks)
    found = count_levels(sources.first, sources.last, sources.path, members, lines, job.walk.from_self, stack)
    return int(found)


def _pay_range(
    job: Job,
    table: Table,
    marks: NDArray[np.uint64],
    sources: Range,
    rows: WalkRows | None = None,
    start: int = 0,
) -> tuple[Part, int]:
    """Pay a range; return also the row behind its last one."""
    sums = Sums(*map(zeros, (table.numerators.size, 256 * (table.listed + 1), 256, 2)))
    total = np.zeros(job.arrays.size, np.int64)
    given = sources.first, sources.last, sources.path, job.arrays.members, job.arrays.lines, table
    end = start
    if rows is None:
        add_levels(*given, _stack(job, marks), total, sums)
    else:
        end = int(fill_levels(*given, _stack(job, marks), total, sums, rows, start))
    return Part(sources, total, _volumes(job.walk, sums)), end


def _volumes(walk: Walk, sums: Sums) -> Volumes:
    books = Volumes.none(walk)
    books.paid = sums.paid[: walk.numerators.size].astype(object).reshape(walk.numerators.shape)
    lost = sums.lost.astype(object).reshape(walk.listed + 1, 256)
    by_pattern = lost.sum(axis=0)
    for level in range(walk.listed):
        there = (np.arange(256) & 0x80 >> level) != 0
        books.unqualified[level] = by_pattern[there].sum()
        books.unrated[level] = sums.zero.astype(object)[there].sum()
    books.short = lost[: walk.listed].sum(axis=1)
    books.rest = halves(sums.rest)
    return books
