"""Why a member got his difference or not, in the reasons and words that all bonuses share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from compplan.bonuses.difference.outcomes import Outcome
from compplan.explain.reasons import CODES, Detail, Reason
from compplan.money import from_fixed
from compplan.plan.tables import ByKey
from compplan.plan.values import EXACT, number

if TYPE_CHECKING:
    from decimal import Decimal

    from numpy.typing import NDArray

    from compplan.bonuses.difference.model import Climbing
    from compplan.program.work import Work

_SAME = {
    Outcome.PAID: Reason.PAID,
    Outcome.HELD: Reason.HELD,
    Outcome.COMPRESSED: Reason.COMPRESSED,
    Outcome.NO_RATE: Reason.NO_RATE,
    Outcome.PASSED_UP: Reason.PASSED_UP,
    Outcome.BEYOND_LEVELS: Reason.BEYOND_LEVELS,
    Outcome.FIRST_LEVELS: Reason.FIRST_LEVELS,
    Outcome.NOT_QUALIFIED: Reason.NOT_QUALIFIED,
    Outcome.BLOCKED: Reason.BLOCKED,
    Outcome.LIMITED: Reason.LIMITED,
    Outcome.TAKEN_BELOW: Reason.TAKEN_BELOW,
    Outcome.ROUNDED_TO_ZERO: Reason.ROUNDED_TO_ZERO,
}
_REASONS = np.array([CODES[_SAME[outcome]] for outcome in Outcome], np.int8)


def reasons_of(codes: NDArray[np.int8]) -> NDArray[np.int8]:
    """Return the reasons of outcomes, as numbers of `CODES`."""
    return _REASONS[codes]


def details_of(bonus: Climbing, klass: str, work: Work, position: int) -> list[Detail]:
    """Tell the member's own rate, what it is measured by, and the next threshold."""
    row = int(work.columns[klass][position])
    cells = bonus.table.leaves() if isinstance(bonus.table, ByKey) else [((), bonus.table)]
    own = cells[row][1].levels[0] if row >= 0 else None
    found = [_own(bonus, own)]
    if isinstance(bonus.rates_by, str) and bonus.rates_by in work.scales:
        found += _thresholds(bonus.rates_by, [number(keys[0]) for keys, _ in cells], row, work, position)
    return found


def _own(bonus: Climbing, own: Decimal | None) -> Detail:
    if bonus.rates is None:
        return Detail("amount", "own amount", "none" if own is None else own)
    return Detail("rate", "own rate", "none") if own is None else Detail("rate", "own rate", own.scaleb(2, EXACT), "%")


def _thresholds(by: str, keys: list[Decimal], row: int, work: Work, position: int) -> list[Detail]:
    measured = from_fixed(int(work.columns[by][position]), work.scales[by])
    found = [Detail("rate.measured", by, measured)]
    if row >= 0:
        found.append(Detail("rate.reached", "threshold reached", keys[row]))
    if row + 1 < len(keys):
        found.append(Detail("rate.next", "next threshold", keys[row + 1]))
        found.append(Detail("rate.missing", "missing", keys[row + 1] - measured))
    return found
