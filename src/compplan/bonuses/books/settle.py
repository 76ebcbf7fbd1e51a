"""What follows every bonus, whatever its mechanism: rounding of a member's sum, caps, and the balance."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from compplan.bonuses.books.book import Adjustment
from compplan.bonuses.books.settle_kernels import round_pay
from compplan.errors import ExactnessError
from compplan.money import INT64_MAX
from compplan.money_arrays import max_abs
from compplan.money_kernels import divider
from compplan.volumes.member_arrays import as_input

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from compplan.bonuses.books.book import Book
    from compplan.bonuses.books.caps import Caps
    from compplan.money import Rounding as Mode
    from compplan.plan.sections import Rounding


def settle(book: Book, rounding: Rounding, decimals: int, caps: Caps | None) -> None:
    """Round (where the plan rounds a member's bonus), cap, and prove the balance.

    Parameters
    ----------
    book
        With `pay` as the sum of the payments; changed in place.
    rounding, decimals
        The plan's rounding, and the digits of its money.
    caps
        The most that members may get, at the book's scale, or None.
    """
    if rounding.at == "bonus" and book.scale > decimals:
        _round(book, 10 ** (book.scale - decimals), rounding.mode)
    book.before_caps = book.pay
    if caps is not None:
        if caps.waits:
            _add_waited(book, caps.waited)
        cut = caps.cut(book.pay) - book.pay
        book.adjust("waiting" if caps.waits else "capped", cut)
        caps.keep(book.pay, -cut)
    book.must_balance()


def _add_waited(book: Book, waited: NDArray[np.int64]) -> None:
    if max_abs(book.pay) + max_abs(waited) > INT64_MAX:
        raise ExactnessError(f"the pay of {book.bonus} with what waited may not fit 64 bits: use fewer digits")
    book.adjust("waited", waited)


def _round(book: Book, step: int, mode: Mode) -> None:
    if max_abs(book.pay) > INT64_MAX - step:
        raise ExactnessError(f"the rounded pay of {book.bonus} may not fit 64 bits: use fewer digits")
    size = book.pay.size
    rounded, who, change = np.empty(size, np.int64), np.empty(size, np.int32), np.empty(size, np.int64)
    found = round_pay(as_input(book.pay), step, divider(step, mode), rounded, who, change)
    if found:
        book.enter(Adjustment("rounding", who[:found], change[:found]), rounded)
