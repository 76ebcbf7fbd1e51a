"""Several walks over the same members as one: pay, payments and books added up."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from compplan.bonuses.walk.spec import Tally, WalkResult, WalkRows
from compplan.errors import ExactnessError
from compplan.money_arrays import exact_abs_sum

if TYPE_CHECKING:
    from collections.abc import Sequence


def together(found: Sequence[WalkResult]) -> WalkResult:
    """Return the results of walks that have one denominator as one.

    Raises
    ------
    ExactnessError
        If their pay passes 64 bits together.
    """
    tallies = [each.tally for each in found]
    sums = (sum(getattr(tally, name) for tally in tallies) for name in Tally.__slots__[1:])
    if sum(exact_abs_sum(each.pay) for each in found) >= 2**63:
        raise ExactnessError("the pay of a bonus passes 64 bits: give volumes or money a smaller scale")
    pay = np.zeros_like(found[0].pay)
    for each in found:
        pay += each.pay
    return WalkResult(pay, _merged(found), Tally(tallies[0].denominator, *sums))


def _merged(found: Sequence[WalkResult]) -> WalkRows | None:
    """Return all payments: by source, then line, then level, and on one level the nearest first."""
    parts = [each.rows for each in found if each.rows is not None]
    if len(parts) < len(found):
        return None
    rows = WalkRows._make(np.concatenate(columns) for columns in zip(*parts, strict=True))
    order = np.lexsort((-rows.earner, rows.level, rows.line, rows.source))
    return WalkRows._make(column[order] for column in rows)
