"""What became of every source below one earner: paid, or the first reason why not.

Computed on demand, from his subtree alone.
"""

from __future__ import annotations

from enum import IntEnum, unique
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from compplan.bonuses.walk.checks import check_together
from compplan.bonuses.walk.jumps import climb_of, rule_of, times_of
from compplan.bonuses.walk.levels import MODES
from compplan.bonuses.walk.outcome_kernels import counted_levels, passed_up, payable_levels
from compplan.bonuses.walk.ranges import Arrays
from compplan.bonuses.walk.spec import WalkInputs
from compplan.errors import Problem, UsageError
from compplan.genealogy.tree import Tree
from compplan.money_arrays import multiply_divide_all

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from compplan.bonuses.walk.spec import Walk

NEVER = 2**63 - 1


@unique
class Outcome(IntEnum):
    """What became of a source for one earner; of several reasons, the first one of this list is given.

    Codes are stable. `PAID_PASSED_UP` is a share of somebody below who could not take it. `SKIPPED` is an
    earner who does not use up levels. `RATE_IS_ZERO` includes levels that his class does not have, and
    `DOES_NOT_FIT` is a condition on earner and source.
    """

    PAID = 0
    PAID_PASSED_UP = 1
    SKIPPED = 2
    BEYOND_LEVELS = 3
    NOT_QUALIFIED = 4
    NO_RATE_TABLE = 5
    RATE_IS_ZERO = 6
    BEFORE_SINCE = 7
    ROUNDED_TO_ZERO = 8
    DOES_NOT_FIT = 9


class WalkOutcomes(NamedTuple):
    """One entry for each source or line below an earner, and for each share that was passed up to him.

    Sources and lines of zero have none. Entries are in the order of rows: by source, then line, then level.

    Attributes
    ----------
    source, line
        int32: index in the tree's own order; index of the line, -1 where sources are paid as one.
    level
        int32: the level that the earner has, or would have, for this source; one more than the listed levels
        where, with `counts="payable"`, all of them are used up.
    base, amount
        int64: the source's or line's value; what the earner gets, in ledger units.
    code
        int8: an `Outcome`.
    """

    source: NDArray[np.int32]
    line: NDArray[np.int32]
    level: NDArray[np.int32]
    base: NDArray[np.int64]
    amount: NDArray[np.int64]
    code: NDArray[np.int8]


def walk_outcomes(walk: Walk, inputs: WalkInputs, earner: int) -> WalkOutcomes:
    """Tell what became of every source below one earner.

    Only his subtree is looked at. The paid entries are exactly his rows of `run_walk`.

    Parameters
    ----------
    walk, inputs
        As they were run.
    earner
        Index in the tree's own order.

    Raises
    ------
    UsageError
        If there is no such member, or walk and inputs do not fit each other.
    """
    if not 0 <= earner < len(inputs.tree.depth):
        raise UsageError(Problem("walk_member", f"{walk.bonus}: there is no member at index {earner}"))
    forest = _Forest(walk, inputs, earner)
    entries = [forest.own(), *([forest.from_below()] if walk.pass_up and walk.counts != "payable" else [])]
    found = WalkOutcomes._make(np.concatenate(columns) for columns in zip(*entries, strict=True))
    order = np.lexsort((found.level, found.line, found.source))
    return WalkOutcomes._make(column[order] for column in found)


class _Forest:
    """The members below an earner as a forest of their own, and him."""

    def __init__(self, walk: Walk, inputs: WalkInputs, earner: int) -> None:
        self.walk, self.inputs, self.earner = walk, inputs, earner
        self.below = _below(inputs, earner)
        check_together(walk, self.below)
        self.arrays = Arrays.of(walk, self.below)
        self.klass, self.pays = int(inputs.klass[earner]), bool(inputs.pay[earner])
        self.since = NEVER if inputs.since is None else int(inputs.since[earner])
        self.rates = walk.numerators[self.klass] if self.klass >= 0 else np.zeros(walk.columns, np.int64)
        self.lined = inputs.line_start is not None

    @property
    def is_skipped(self) -> bool:
        """Whether the earner uses up no level, and is not paid for it either."""
        counted = self.inputs.counted
        return counted is not None and not counted[self.earner] and not self.walk.uncounted_paid

    def own(self) -> WalkOutcomes:
        """Return the entries at the levels where the earner stands himself."""
        level = self._levels()
        line, source = np.arange(level.size), np.arange(level.size)
        if self.below.line_start is not None:
            source = np.repeat(np.arange(self.arrays.size), np.diff(self.below.line_start))
        if self.walk.from_self:  # the earner's own lines come first
            mine = self._lines_of_earner()
            level = np.concatenate([np.ones(mine.size, np.int32), level])
            source = np.concatenate([np.full(mine.size, -1), source])
            line = np.concatenate([mine, line])
        some = self._value(line) != 0
        source, line, level = source[some], line[some], level[some]
        amount = self._amount(line, level)
        return self._entries(source, line, level, amount, self._codes(source, line, level, amount))

    def from_below(self) -> WalkOutcomes:
        """Return the entries of shares that were passed up to the earner."""
        takes = self.pays and not self.is_skipped
        rates = self.rates if takes else np.zeros(self.walk.columns, np.int64)
        lines = np.arange(self.below.values.size)
        may = self._in_time(lines) & self._fits(self._source_of(lines))
        found = [np.zeros(0, np.int32) for _ in range(3)]
        for _ in range(2):
            count = passed_up(*self._climbing(), rates, may, *found)
            if count == found[0].size:
                break
            found = [np.zeros(count, np.int32) for _ in range(3)]
        source, line, level = found
        amount = self._amount(line, level)
        code = np.where(amount != 0, Outcome.PAID_PASSED_UP, Outcome.ROUNDED_TO_ZERO)
        return self._entries(source, line, level, amount, code)

    def _levels(self) -> NDArray[np.int32]:
        """Return the earner's level for each source or line below."""
        if self.walk.counts == "payable":
            level = np.empty(self.below.values.size, np.int32)
            payable_levels(*self._climbing(), level)
            return level
        level = np.empty(self.arrays.size, np.int32)
        above = np.zeros(self.arrays.max_depth + 2, np.int32)
        counted_levels(self.arrays.members, self.walk.counts_source, above, level)
        starts = self.below.line_start
        return level if starts is None else np.repeat(level, np.diff(starts))

    def _climbing(self) -> tuple[object, ...]:
        rule, times = rule_of(self.walk, self.below), times_of(self.below)
        climb = climb_of(self.arrays.max_depth, self.walk.columns)
        return rule, self.arrays.members, self.arrays.lines, times, climb

    def _codes(
        self,
        source: NDArray[np.integer],
        line: NDArray[np.integer],
        level: NDArray[np.int32],
        amount: NDArray[np.int64],
    ) -> NDArray[np.integer]:
        walk, every = self.walk, np.ones(level.size, np.bool_)
        tests = {
            Outcome.SKIPPED: every & self.is_skipped,
            Outcome.BEYOND_LEVELS: (level > walk.listed) & (not walk.tail),
            Outcome.NOT_QUALIFIED: every & (not self.pays),
            Outcome.NO_RATE_TABLE: every & (self.klass < 0),
            Outcome.RATE_IS_ZERO: self._rate(level) == 0,
            Outcome.BEFORE_SINCE: ~self._in_time(line),
            Outcome.DOES_NOT_FIT: ~self._fits(source),
            Outcome.ROUNDED_TO_ZERO: amount == 0,
        }
        return np.select(list(tests.values()), list(tests), Outcome.PAID)

    def _entries(
        self,
        source: NDArray[np.integer],
        line: NDArray[np.integer],
        level: NDArray[np.int32],
        amount: NDArray[np.int64],
        code: NDArray[np.integer],
    ) -> WalkOutcomes:
        paid = code <= Outcome.PAID_PASSED_UP
        return WalkOutcomes(
            source=(source + self.earner + 1).astype(np.int32),
            line=(self._line_index(line) if self.lined else np.full(line.size, -1)).astype(np.int32),
            level=level.astype(np.int32),
            base=self._value(line),
            amount=np.where(paid, amount, 0),
            code=code.astype(np.int8),
        )

    def _amount(self, line: NDArray[np.integer], level: NDArray[np.int32]) -> NDArray[np.int64]:
        """Return what the rate makes of each line, whether or not it is paid."""
        value = self._value(line)
        base = np.sign(value) if self.walk.fixed else value
        return multiply_divide_all(base, self._rate(level), self.walk.denominator, MODES[self.walk.rounding])

    def _rate(self, level: NDArray[np.int32]) -> NDArray[np.int64]:
        return np.asarray(self.rates[np.minimum(level, self.walk.columns) - 1])

    def _in_time(self, line: NDArray[np.integer]) -> NDArray[np.bool_]:
        if self.inputs.line_time is None:
            return np.ones(line.size, np.bool_)
        return np.asarray(self.since < self.inputs.line_time[self._line_index(line)])

    def _source_of(self, line: NDArray[np.integer]) -> NDArray[np.integer]:
        starts = self.below.line_start
        return line if starts is None else np.repeat(np.arange(self.arrays.size), np.diff(starts))

    def _fits(self, source: NDArray[np.integer]) -> NDArray[np.bool_]:
        """Tell which sources, counted from below the earner, he may be paid for."""
        if self.inputs.pairs is None:
            return np.ones(source.size, np.bool_)
        return self.inputs.pairs.of(self.earner, source + self.earner + 1)

    def _value(self, line: NDArray[np.integer]) -> NDArray[np.int64]:
        return np.asarray(self.inputs.values[self._line_index(line)])

    def _line_index(self, line: NDArray[np.integer]) -> NDArray[np.integer]:
        """Return the index among all values of one among those below; the earner's own are negative."""
        return line + self._first_line(self.earner + 1)

    def _lines_of_earner(self) -> NDArray[np.integer]:
        first = self._first_line(self.earner) - self._first_line(self.earner + 1)
        return np.arange(first, 0)

    def _first_line(self, member: int) -> int:
        return member if self.inputs.line_start is None else int(self.inputs.line_start[member])


def _below(inputs: WalkInputs, earner: int) -> WalkInputs:
    """Return the inputs of the forest below an earner."""
    tree, first, last = inputs.tree, earner + 1, int(inputs.tree.end[earner])
    own = slice(first, last)
    depth = tree.depth[own] - tree.depth[earner] - 1
    parent = np.maximum(tree.parent[own] - first, -1)
    deepest = int(depth.max()) if depth.size else 0
    forest = Tree(tree.name, depth, parent, tree.end[own] - first, None, deepest)
    columns = {name: getattr(inputs, name) for name in ("klass", "pay", "counted", "base", "since")}
    cut: dict[str, Any] = {name: None if column is None else column[own] for name, column in columns.items()}
    if inputs.line_start is not None and inputs.line_value is not None:
        start = inputs.line_start[first : last + 1]
        lines = slice(int(start[0]), int(start[-1]))
        cut |= {"line_start": start - start[0], "line_value": inputs.line_value[lines]}
        cut["line_time"] = None if inputs.line_time is None else inputs.line_time[lines]
    cut["pairs"] = None if inputs.pairs is None else inputs.pairs.part(own)
    return WalkInputs(tree=forest, **cut)
