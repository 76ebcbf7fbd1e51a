"""The full way: climbing by jumps, in buffers of fixed size, for every setting of a walk."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from compplan.bonuses.books.growing import GrowingRows
from compplan.bonuses.walk.books import Volumes, halves
from compplan.bonuses.walk.jump_kernels import (
    Climb,
    Missed,
    Rule,
    Shares,
    Times,
    enter,
    find_levels,
    find_payable,
    settle,
)
from compplan.bonuses.walk.levels import MODES
from compplan.bonuses.walk.limits import check_pay, products_fit
from compplan.bonuses.walk.pairs import rows_of
from compplan.bonuses.walk.ranges import Part, empty_rows, zeros
from compplan.bonuses.walk.spec import WalkRows
from compplan.money_kernels import divider
from compplan.volumes.member_arrays import as_input

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from compplan.bonuses.walk.ranges import Arrays, Job, Range
    from compplan.bonuses.walk.spec import Walk, WalkInputs

BUFFER = 1 << 16


def pay(job: Job) -> tuple[list[Part], WalkRows | None]:
    """Pay all ranges of a job."""
    check_pay(job.walk, job.inputs, job.volume)
    parts, rows = zip(*job.over_ranges(lambda sources: _pay_range(job, sources)), strict=True)
    return list(parts), joined(rows) if job.keep_rows else None


def joined(parts: Sequence[WalkRows]) -> WalkRows:
    """Return rows one after another."""
    if len(parts) == 1:
        return parts[0]
    return WalkRows._make(np.concatenate(columns) for columns in zip(*parts, strict=True))


def rule_of(walk: Walk, inputs: WalkInputs) -> Rule:
    """Return the rule as kernels read it; a second table of rates is for shares that are allotted on top."""
    table = np.vstack([walk.numerators, np.zeros((2, walk.columns), np.int64)])
    return Rule(
        numerators=np.vstack([table, table]).ravel(),
        columns=walk.columns,
        listed=walk.listed,
        tail=walk.tail,
        nobody=walk.classes,
        uncounted_paid=walk.uncounted_paid,
        pass_up=walk.pass_up,
        from_self=walk.from_self,
        source_counts=walk.counts_source,
        timed=inputs.since is not None,
        paired=inputs.pairs is not None,
    )


def times_of(inputs: WalkInputs) -> Times:
    """Return the dates of lines and earners, or empty arrays."""
    none = np.zeros(0, np.int64)
    line = none if inputs.line_time is None else inputs.line_time
    since = none if inputs.since is None else inputs.since
    return Times(as_input(line), as_input(since), rows_of(inputs.pairs, inputs.line_start))


def climb_of(max_depth: int, columns: int) -> Climb:
    """Return the ancestors of nobody yet."""
    size = max_depth + 2
    fields = {name: np.zeros(size + 1, np.int32) for name in Climb._fields}
    return Climb(**fields | {"who": np.zeros(size, np.int32), "near": np.full(size * columns, -1, np.int32)})


def shares_of(max_depth: int) -> Shares:
    """Return a buffer that holds at least the shares of one source more than it is asked to."""
    return Shares(*(np.empty(BUFFER + max_depth + 2, np.int32) for _ in Shares._fields))


def found_shares(
    walk: Walk, inputs: WalkInputs, arrays: Arrays, sources: Range, missed: Missed
) -> Iterator[tuple[Shares, int, int]]:
    """Climb from all sources of a range; yield the buffer whenever it is full.

    With it come how many shares are in it, and how many sources are done.
    """
    rule, climb, shares = (
        rule_of(walk, inputs),
        climb_of(arrays.max_depth, walk.columns),
        shares_of(arrays.max_depth),
    )
    enter(
        sources.path,
        walk.counts == "payable" or walk.uncounted_paid,
        rule,
        arrays.members,
        climb,
    )
    find = find_payable if walk.counts == "payable" else find_levels
    given = sources.last, rule, arrays.members, arrays.lines, times_of(inputs), climb, shares, missed
    i, line = sources.first, sources.first
    if arrays.lines.lined:
        line = int(arrays.lines.start[sources.first])
    while i < sources.last:
        i, line, count = find(i, line, *given)
        yield shares, count, i - sources.first


def _pay_range(job: Job, sources: Range) -> tuple[Part, WalkRows]:
    walk, keep, ledger = job.walk, job.keep_rows, GrowingRows(empty_rows)
    members, lines, table = job.arrays.members, job.arrays.lines, rule_of(walk, job.inputs).numerators
    wide, by = not products_fit(walk, job.volume), divider(walk.denominator, MODES[walk.rounding])
    missed = Missed(*map(zeros, (table.size // 2, walk.listed + 1, 1)))
    total, paid, rest = np.zeros(job.arrays.size, np.int64), zeros(table.size), zeros(2)
    for shares, count, done in found_shares(walk, job.inputs, job.arrays, sources, missed):
        if keep:
            ledger.make_room(count, done, sources.last - sources.first)
        given = members, lines, table, by, wide, total, paid, rest, ledger.rows, ledger.used, keep
        ledger.used = settle(count, shares, *given)
    return Part.cut(sources, total, _volumes(walk, paid, missed, None if wide else halves(rest))), ledger.written()


def _volumes(walk: Walk, paid: NDArray[np.int64], missed: Missed, rest: int | None) -> Volumes:
    books, rows = Volumes.none(walk), walk.classes
    first, second = paid.astype(object).reshape(2, rows + 2, walk.columns)
    lost = missed.lost.astype(object).reshape(rows + 2, walk.columns)
    books.paid, books.extra = first[:rows], second[:rows]
    books.unqualified, books.unrated = lost[rows], lost[:rows].sum(axis=0) + lost[rows + 1]
    books.short = missed.short[: walk.listed].astype(object)
    books.deep, books.rest = int(missed.deep[0]), rest
    return books
