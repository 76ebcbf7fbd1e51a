"""What a match is paid on: the pay of other bonuses, at one scale."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from compplan.errors import ExactnessError
from compplan.money_arrays import exact_abs_sum

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from compplan.bonuses.kinds.match import Match
    from compplan.program.work import Work


def matched_pay(bonus: Match, work: Work, columns: Sequence[str]) -> tuple[NDArray[np.int64], int]:
    """Return what each member got of the bonuses that a match names, and its digits.

    Parameters
    ----------
    bonus, work
        The match, and the run.
    columns
        The column of each bonus' pay, after the limits that the match names; or of each volume.

    Raises
    ------
    ExactnessError
        If the sum could pass 64 bits.
    """
    parts = [_part(bonus, name, work, column) for name, column in zip(bonus.of, columns, strict=True)]
    scale = max(scale for _, scale in parts)
    if sum(exact_abs_sum(values) * 10 ** (scale - own) for values, own in parts) >= 2**63:
        raise ExactnessError(f"the pay that is matched passes 64 bits at {scale} digits: round payments")
    total = np.zeros(work.size, np.int64)
    for values, own in parts:
        total += values * 10 ** (scale - own)
    return total, scale


def _part(bonus: Match, name: str, work: Work, column: str) -> tuple[NDArray[np.int64], int]:
    book = work.books.get(name)
    if book is None:
        return work.columns[name], work.scales[name]
    # the book's own pay may have been cut by limits already
    return book.before_caps if bonus.of_pay == "before_caps" else work.columns[column], book.scale
