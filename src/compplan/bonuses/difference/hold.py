"""Pay that is kept for members until they meet the condition for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from compplan.money_arrays import divide_all, exact_sum

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from compplan.bonuses.books.book import Book
    from compplan.bonuses.difference.model import Climbing
    from compplan.program.work import Work


def hold(bonus: Climbing, pay: str, work: Work, book: Book, held: NDArray[np.int64]) -> None:
    """Keep what members cannot be paid yet, in money of the bonus, and pay who can be paid now what was kept.

    Parameters
    ----------
    pay
        The column of who can be paid.
    book
        Its breakage has the reason `held`, exactly; the part that rounding cuts off goes to `rounding`.
    held
        int64[n] at the book's scale.
    """
    model, column = work.plan.model, bonus.held_column(book.bonus)
    step = 10 ** (book.scale - bonus.money(model).decimals)
    kept = divide_all(held, step, model.rounding.mode)
    cut = exact_sum(held - kept * step) * 10 ** (book.exact_scale - book.scale)
    book.breakage["held"] -= cut
    book.breakage["rounding"] += cut
    before, pays = work.state.read(column), work.columns[pay]
    book.adjust("released", np.where(pays, before, 0) * step)
    work.state.write(column, np.where(pays, 0, before) + kept)
