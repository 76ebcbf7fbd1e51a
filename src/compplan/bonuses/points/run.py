"""Run a bonus by points: check what fits, split the sources among threads, and prove the books."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from compplan.bonuses.points.points_kernels import Askers, Stack, Sums, count_takers, points_left, take_points
from compplan.bonuses.points.spec import PointsOutcomes, PointsResult, PointsRows, PointsTally
from compplan.bonuses.walk.books import halves
from compplan.bonuses.walk.kernels import Lines, ancestors
from compplan.errors import ExactnessError, Problem
from compplan.genealogy.parallel import in_threads, ranges
from compplan.memory import unwritten
from compplan.money import INT64_MAX, ROUNDING_CODES
from compplan.money_arrays import exact_abs_sum, exact_sum, max_abs, multiply_divide_all
from compplan.money_kernels import divider
from compplan.volumes.member_arrays import as_input

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from compplan.bonuses.points.spec import Points, PointsInputs

MODES = tuple(ROUNDING_CODES)
TYPES = (np.int32, np.int32, np.int32, np.int32, np.int64, np.int64, np.int64)


def run_points(rule: Points, inputs: PointsInputs, *, keep_rows: bool = True, threads: int = 1) -> PointsResult:
    """Let the members above every source use up its points.

    Parameters
    ----------
    rule, inputs
        What is paid, and the arrays in the tree's own order.
    keep_rows
        Whether to return the payments too.
    threads
        How many threads to use; the result does not depend on it.

    Raises
    ------
    ExactnessError
        If a number may not fit 64 bits, or the books do not balance.

    Examples
    --------
    A chain 0 - 1 - 2 in which 2 sells for 340 a point and takes 1 of 8 points, 1 takes 3, and 0 asks for 6.

    >>> import numpy as np
    >>> from compplan.bonuses.points.spec import Points, PointsInputs
    >>> from compplan.genealogy.tree import Tree
    >>> order, yes = np.arange(3, dtype=np.int32), np.ones(3, np.bool_)
    >>> chain = Tree("sponsor", order, order - 1, np.full(3, 3, np.int32), None, 2)
    >>> own, edge = np.array([6, 3, 1]), np.array([0, 6, 3])
    >>> inputs = PointsInputs(chain, own, edge, yes, yes, base=np.array([0, 0, 340]))
    >>> run_points(Points("sale", 8, from_self=True), inputs).pay
    array([1360, 1020,  340])
    """
    job = _Job.of(rule, inputs, threads, keep_rows=keep_rows)
    parts = in_threads(job.pay_range, job.ranges, len(job.ranges))
    pay = parts[0].pay
    for part in parts[1:]:
        own = slice(part.first, part.last)
        pay[own] = part.pay[own]
        pay[part.path] += part.pay[part.path]
    rows = parts[0].rows
    if len(parts) > 1:  # a copy of one part would take as long as finding it
        rows = PointsRows._make(np.concatenate(c) for c in zip(*(part.rows for part in parts), strict=True))
    return PointsResult(pay, rows if keep_rows else None, _tally(rule, job, parts, pay))


def points_outcomes(inputs: PointsInputs, rule: Points, earner: int) -> PointsOutcomes:
    """Return what is left of the points of each source from an earner on down, when it comes to him."""
    last = int(inputs.tree.end[earner])
    askers, lines = _askers(inputs), _lines(inputs)
    first_line, last_line = earner, last
    source = np.arange(earner, last, dtype=np.int32)
    if inputs.line_start is not None:
        first_line, last_line = int(inputs.line_start[earner]), int(inputs.line_start[last])
        source = np.repeat(source, np.diff(inputs.line_start[earner : last + 1]))
    size = last_line - first_line
    left, asked, level = np.zeros(size, np.int64), np.zeros(size, np.int64), np.zeros(size, np.int32)
    points_left(earner, last, askers, lines, rule.points, rule.from_self, _stack(inputs), left, asked, level)
    line = np.arange(first_line, last_line)
    found = PointsOutcomes(source, line, level, left, asked, inputs.values[first_line:last_line])
    keep = (found.base != 0) & ((source > earner) | rule.from_self)
    return PointsOutcomes._make(column[keep] for column in found)


def worth(rule: Points, base: NDArray[np.int64], took: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return what so many points of each base are worth, rounded as payments are."""
    return multiply_divide_all(base, took * rule.factor, rule.denominator, MODES[rule.rounding])


@dataclass(frozen=True)
class _Part:
    first: int
    last: int
    path: NDArray[np.int32]
    pay: NDArray[np.int64]
    sums: Sums
    rows: PointsRows


@dataclass(frozen=True)
class _Job:
    """One run, with the arrays in the one flavour that kernels see."""

    rule: Points
    inputs: PointsInputs
    askers: Askers
    lines: Lines
    ranges: Sequence[range]
    wide: bool
    keep_rows: bool

    @classmethod
    def of(cls, rule: Points, inputs: PointsInputs, threads: int, *, keep_rows: bool) -> _Job:
        """Bring a rule and its inputs into form."""
        wide = not _fits(rule, inputs)
        cuts = [range(cut.start, cut.stop) for cut in ranges(len(inputs.tree.depth), threads)]
        return cls(rule, inputs, _askers(inputs), _lines(inputs), cuts, wide, keep_rows)

    def pay_range(self, cut: range) -> _Part:
        """Pay the sources of a range; their ancestors get their part of it."""
        rule, n = self.rule, len(self.inputs.tree.depth)
        path = np.empty(int(self.askers.depth[cut.start]) if n else 0, np.int32)
        ancestors(as_input(self.inputs.tree.parent), cut.start, path)
        given = cut.start, cut.stop, path, self.askers, self.lines, rule.points, rule.from_self
        size = int(count_takers(*given, _stack(self.inputs))) if self.keep_rows else 0
        rows = PointsRows._make(unwritten([(size, dtype) for dtype in TYPES]))
        paid, lost, left = (np.zeros(rule.points + 1, np.int64) for _ in range(3))
        sums = Sums(paid, lost, left, np.zeros(2, np.int64))
        pay = np.zeros(n, np.int64)
        money = rule.factor, divider(rule.denominator, MODES[rule.rounding]), self.wide
        end = take_points(*given, money, _stack(self.inputs), pay, sums, rows, 0, self.keep_rows)
        return _Part(cut.start, cut.stop, path, pay, sums, PointsRows._make(c[: int(end)] for c in rows))


def _askers(inputs: PointsInputs) -> Askers:
    given = as_input(inputs.own), as_input(inputs.edge), as_input(inputs.counted), as_input(inputs.pays)
    return Askers(as_input(inputs.tree.depth), *given)


def _lines(inputs: PointsInputs) -> Lines:
    start = inputs.line_start if inputs.line_start is not None else np.zeros(1, np.int64)
    return Lines(lined=inputs.line_start is not None, fixed=False, start=as_input(start), value=as_input(inputs.values))


def _stack(inputs: PointsInputs) -> Stack:
    size = inputs.tree.max_depth + 2
    who, above, near = (np.zeros(size, np.int32) for _ in range(3))
    return Stack(who, np.zeros(size, np.int64), above, near)


def _fits(rule: Points, inputs: PointsInputs) -> bool:
    """Say whether products fit 64 bits; make sure that all sums do.

    A source's volume is added at most once for each of its points, and one member gets at most all of them.
    """
    total = exact_abs_sum(inputs.values)
    payments = int(np.count_nonzero(inputs.values))
    most = total * rule.points * rule.factor // rule.denominator + payments
    if total * (rule.points + 1) > INT64_MAX or most > INT64_MAX:
        message = f"{rule.bonus}: all payments together may reach {most}, which does not fit 64 bits"
        raise ExactnessError(Problem("overflow", message, hint="give volumes or money a smaller scale"))
    largest = max_abs(inputs.values)
    return largest * rule.points * rule.factor + rule.denominator <= INT64_MAX


def _tally(rule: Points, job: _Job, parts: Sequence[_Part], pay: NDArray[np.int64]) -> PointsTally:
    """Draw up the books: allotted from the sources alone, the rest from where it arose, so they prove the run."""
    points = np.arange(rule.points + 1).astype(object)
    by_points = [sum(int(part.sums[at].astype(object).dot(points)) for part in parts) for at in range(3)]
    given, lost, left = (volume * rule.factor for volume in by_points)
    paid = exact_sum(pay) * rule.denominator
    rest = given - paid if job.wide else sum(halves(part.sums.rest) for part in parts)
    allotted = exact_sum(job.inputs.values) * rule.points * rule.factor
    tally = PointsTally(allotted, paid, left, lost, rest)
    if allotted != paid + left + lost + rest:
        raise ExactnessError(f"the books of {rule.bonus} do not balance: {tally}")
    return tally
