"""What a match is paid on: the pay of other bonuses, at one scale."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from compplan.errors import ExactnessError
from compplan.money_arrays import exact_abs_sum

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from compplan.bonuses.book import Book
    from compplan.bonuses.kinds.match import Match
    from compplan.program.work import Work


def matched_pay(bonus: Match, work: Work) -> tuple[NDArray[np.int64], int]:
    """Return what each member got of the bonuses that a match names, and its digits.

    Raises
    ------
    ExactnessError
        If the sum could pass 64 bits.
    """
    parts = [_part(bonus, name, work) for name in bonus.of]
    scale = max(scale for _, scale in parts)
    if sum(exact_abs_sum(values) * 10 ** (scale - own) for values, own in parts) >= 2**63:
        raise ExactnessError(f"the pay that is matched passes 64 bits at {scale} digits: round payments")
    total = np.zeros(work.size, np.int64)
    for values, own in parts:
        total += values * 10 ** (scale - own)
    return total, scale


def _part(bonus: Match, name: str, work: Work) -> tuple[NDArray[np.int64], int]:
    book = work.books.get(name)
    if book is None:
        return work.columns[name], work.scales[name]
    return pay_of(bonus, book), book.scale


def pay_of(bonus: Match, book: Book) -> NDArray[np.int64]:
    """Return the pay of a book, as it stood at the stage that a match names."""
    if bonus.of_pay == "before_caps":
        return book.before_caps
    return book.pay
