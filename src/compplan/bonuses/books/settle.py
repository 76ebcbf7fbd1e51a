"""What follows every bonus, whatever its mechanism: rounding of a member's sum, caps, and the balance."""

from __future__ import annotations

from typing import TYPE_CHECKING

from compplan.money_arrays import divide_all

if TYPE_CHECKING:
    from compplan.bonuses.books.book import Book
    from compplan.bonuses.books.caps import Caps
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
        step = 10 ** (book.scale - decimals)
        book.adjust("rounding", divide_all(book.pay, step, rounding.mode) * step - book.pay)
    book.before_caps = book.pay
    if caps is not None:
        book.adjust("capped", caps.cut(book.pay) - book.pay)
        caps.keep(book.pay)
    book.must_balance()
