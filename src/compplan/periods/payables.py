"""Payables: what each member is due in all, rounded, held below the minimum, with what was held before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from compplan.errors import ExactnessError
from compplan.money_arrays import divide_all, exact_abs_sum

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from compplan.bonuses.book import Book
    from compplan.plan.sections import Rounding


@dataclass(frozen=True)
class Payables:
    """Totals of one currency, one entry a member, at the money's digits except `exact`.

    Attributes
    ----------
    exact
        The sum of the ledger before rounding of the total, at `scale` digits.
    earned
        Rounded.
    carried
        Withheld in earlier periods, and due again now.
    paid, withheld
        `earned + carried` is one or the other.
    """

    currency: str
    scale: int
    exact: NDArray[np.int64]
    earned: NDArray[np.int64]
    carried: NDArray[np.int64]
    paid: NDArray[np.int64]
    withheld: NDArray[np.int64]

    def must_balance(self) -> None:
        """Prove that nothing is lost between what is due and what is paid or withheld."""
        if not np.array_equal(self.earned + self.carried, self.paid + self.withheld):
            raise ExactnessError("payables do not balance")


def payables(
    books: Iterable[Book],
    currency: str,
    *,
    carried: NDArray[np.int64],
    minimum: int,
    rounding: Rounding,
    decimals: int,
) -> Payables:
    """Add up the books of a currency.

    Parameters
    ----------
    carried
        Withheld pay from the state.
    minimum
        A smaller total is withheld, at the money's digits.
    """
    chosen = [book for book in books if book.currency == currency]
    scale = max([decimals, *(book.scale for book in chosen)])
    exact = np.zeros(carried.size, np.int64)
    size = 0
    for book in chosen:
        factor = 10 ** (scale - book.scale)
        size += exact_abs_sum(book.pay) * factor
        if size >= 2**63:
            raise ExactnessError(
                f"the pay of {currency} passes 64 bits at {scale} digits: round payments, or use fewer digits"
            )
        exact += book.pay * factor
    earned = divide_all(exact, 10 ** (scale - decimals), rounding.mode) if scale > decimals else exact
    due = earned + carried
    held = (due < minimum) | (due < 0)
    result = Payables(
        currency,
        scale,
        exact,
        earned,
        carried,
        paid=np.where(held, 0, due),
        withheld=np.where(held, due, 0),
    )
    result.must_balance()
    return result
