"""Run a cascade: a match whose payments are matched again."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from compplan.bonuses.match.cascade_kernels import Pay, Payments, Rates, Upline, Volumes, Waiting, cascade
from compplan.bonuses.walk import books
from compplan.bonuses.walk.levels import MODES
from compplan.bonuses.walk.limits import too_large
from compplan.bonuses.walk.pairs import rows_of
from compplan.bonuses.walk.ranges import Arrays
from compplan.money import INT64_MAX
from compplan.money_arrays import exact_abs_sum
from compplan.money_kernels import divider
from compplan.volumes.counts import nearest_flagged_ancestor
from compplan.volumes.member_arrays import as_input

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from compplan.bonuses.walk.spec import Tally, Walk, WalkInputs

BUFFER = 1 << 16
TYPES = Payments(np.int32, np.int32, np.int64, np.int32, np.int16, np.int64, np.int64)  # type: ignore[arg-type]


class Paid(NamedTuple):
    """Pay that is matched: order (-1 for none), member in the tree's own order, amount; in any order."""

    order: NDArray[np.int64]
    member: NDArray[np.int32]
    amount: NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class CascadeResult:
    """Pay of each member in the tree's own order, the payments, and the books."""

    pay: NDArray[np.int64]
    rows: Payments
    tally: Tally


def run_cascade(walk: Walk, inputs: WalkInputs, paid: Paid, matched: NDArray[np.bool_]) -> CascadeResult:
    """Match what other bonuses paid, and what the match itself pays.

    Parameters
    ----------
    walk
        The rule; levels that are listed, counted by everyone or by flagged members, each payment rounded to the unit
        in which `paid` is given.
    inputs
        Tree and members; its volume is not read.
    matched
        bool[n]: whose pay is matched.

    Raises
    ------
    ExactnessError
        If a number may not fit 64 bits, or the books do not balance.
    """
    _check_sizes(walk, inputs, paid)
    order = np.lexsort((-paid.member.astype(np.int64), paid.order))
    pay = Pay(*(as_input(column[order]) for column in paid))
    upline, rates = _upline(walk, inputs, matched), _rates(walk, inputs)
    n = inputs.tree.n
    waiting = Waiting(np.zeros(n + 1, np.int32), np.zeros(n, np.int64), np.zeros(4, np.int64))
    cells = (walk.classes + 1) * walk.listed
    volumes = Volumes(*(np.zeros(size, np.int64) for size in (cells, walk.listed, walk.listed, walk.listed)))
    total, parts = np.zeros(n, np.int64), []
    pairs = rows_of(inputs.pairs, None)
    while waiting.numbers[0] < pay.amount.size or waiting.numbers[1] > 0:
        rows = Payments._make(np.empty(BUFFER + walk.listed, dtype) for dtype in TYPES)
        count = cascade(pay, upline, rates, pairs, waiting, volumes, total, rows, 0)
        parts.append(Payments._make(column[:count].copy() for column in rows))
    return CascadeResult(total, _joined(parts), _tally(walk, int(waiting.numbers[3]), volumes, total))


def _upline(walk: Walk, inputs: WalkInputs, matched: NDArray[np.bool_]) -> Upline:
    above = inputs.tree.parent
    if inputs.counted is not None:
        above = nearest_flagged_ancestor(inputs.tree, inputs.counted, from_self=False)
    return Upline(as_input(above), Arrays.of(walk, inputs).members.row, as_input(matched))


def _rates(walk: Walk, inputs: WalkInputs) -> Rates:
    table = np.vstack([walk.numerators, np.zeros((1, walk.listed), np.int64)])
    by = divider(walk.denominator, MODES[walk.rounding])
    return Rates(table.ravel(), walk.listed, walk.classes, inputs.pairs is not None, by)


def _check_sizes(walk: Walk, inputs: WalkInputs, paid: Paid) -> None:
    """Make sure that all matched pay fits: what a match adds is a geometric sum, and each payment rounds once."""
    share = Fraction(sum(walk.best), walk.denominator)
    if share >= 1:
        raise too_large(walk, "a cascade that pays on as much as it matches has no bound")
    roundings = (inputs.tree.n + paid.amount.size) * walk.listed
    most = (exact_abs_sum(paid.amount) + roundings) / (1 - share)
    if most * max([1, *walk.best]) > INT64_MAX:
        raise too_large(walk, f"the pay that is matched may reach {int(most)}")


def _joined(parts: list[Payments]) -> Payments:
    """Return all payments as a walk orders them: by source, then order, then level."""
    empty = [Payments._make(np.empty(0, dtype) for dtype in TYPES)]
    rows = Payments._make(np.concatenate(columns) for columns in zip(*(parts or empty), strict=True))
    order = np.lexsort((rows.level, rows.order, rows.source))
    return Payments._make(column[order] for column in rows)


def _tally(walk: Walk, volume: int, volumes: Volumes, total: NDArray[np.int64]) -> Tally:
    found = books.Volumes.none(walk)
    by_row = volumes.paid.astype(object).reshape(walk.classes + 1, walk.listed)
    found.paid = by_row[: walk.classes]
    found.unqualified, found.unrated = volumes.unqualified.astype(object), volumes.unrated.astype(object)
    found.short = volumes.short.astype(object)
    found.rest = None
    return books.tally(walk, volume, found, total)
