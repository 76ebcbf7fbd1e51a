"""What one bonus did in one run: pay, ledger rows, and the books that must balance.

All amounts of a book are int64 at `scale` digits. Its books are kept in exact integers at `exact_scale` digits,
fine enough for every product of a base and a rate, so that `allotted = paid + breakage` holds to the last digit.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from compplan.errors import ExactnessError

if TYPE_CHECKING:
    from decimal import Decimal

    from numpy.typing import NDArray

    from compplan.genealogy.tree import Tree


@dataclass(frozen=True)
class Rows:
    """Payments as a struct of arrays, one entry a payment.

    Attributes
    ----------
    earner, source
        Positions in the primary tree.
    line
        Row of the orders table, -1 where the payment is not for one order.
    level
        The paid level, 1 for the first; 0 where the bonus has no levels.
    klass
        Row of the rate table.
    base
        The volume that was paid on, at the book's `base_scale`.
    amount
        At the book's `scale`.
    rate
        The rate of each payment at the book's `rate_scale`, where it is not the cell of a table (a difference).
    part
        In a book of several weeks, the number of the week.
    """

    earner: NDArray[np.int32]
    source: NDArray[np.int32]
    line: NDArray[np.int64]
    level: NDArray[np.int32]
    klass: NDArray[np.int16]
    base: NDArray[np.int64]
    amount: NDArray[np.int64]
    rate: NDArray[np.int64] | None = None
    part: NDArray[np.int16] | None = None


def rows_in_primary(
    found: Any,
    tree: Tree,
    orders: NDArray[np.int64] | None,
    *,
    klass: NDArray[np.int16],
    rate: NDArray[np.int64] | None = None,
) -> Rows:
    """Return the payments that a mechanism found in its tree's own order, with the rows of the orders it was given."""
    primary = tree.to_primary
    return Rows(
        earner=found.earner if primary is None else primary[found.earner],
        source=found.source if primary is None else primary[found.source],
        line=np.broadcast_to(np.int64(-1), found.earner.size) if orders is None else orders[found.line],
        level=found.level,
        klass=klass,
        base=found.base,
        amount=found.amount,
        rate=rate,
    )


@dataclass(frozen=True)
class Adjustment:
    """Entries beside the payments: what rounding or a cap changed, one a member."""

    entry: str
    earner: NDArray[np.int32]
    amount: NDArray[np.int64]
    part: int = -1


@dataclass
class Book:
    """One bonus of one run.

    Attributes
    ----------
    pay
        What each member gets, at `scale`; the sum of his rows and adjustments.
    rates
        The rate table as printed in the plan, integers at `rate_scale` by class and level (empty for amounts).
    factor
        Money for one point of base.
    before_caps
        Pay after rounding and before the cap.
    parts
        The names of the weeks or days whose books were added up to this one.
    allotted, breakage
        Exact integers at `exact_scale`: what the plan sets aside, and what nobody earned, by reason.
    """

    bonus: str
    currency: str
    scale: int
    exact_scale: int
    base_scale: int
    pay: NDArray[np.int64]
    rows: Rows | None
    rates: NDArray[np.int64]
    rate_scale: int
    factor: Decimal
    allotted: int
    breakage: dict[str, int]
    adjustments: list[Adjustment] = field(default_factory=list)
    before_caps: NDArray[np.int64] = field(init=False)
    parts: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        self.before_caps = self.pay

    @property
    def paid(self) -> int:
        """Sum of pay, at `exact_scale`."""
        from compplan.money_arrays import exact_sum  # noqa: PLC0415 - keeps this module free of Numba

        return exact_sum(self.pay) * 10 ** (self.exact_scale - self.scale)

    def adjust(self, entry: str, change: NDArray[np.int64]) -> None:
        """Change pay by an amount for each member, and enter it as breakage of the same name."""
        touched = np.flatnonzero(change)
        if touched.size:
            self.enter(Adjustment(entry, touched.astype(np.int32), change[touched]), self.pay + change)

    def enter(self, made: Adjustment, pay: NDArray[np.int64]) -> None:
        """Take in changed pay, and enter the changes as breakage of the same name."""
        from compplan.money_arrays import exact_sum  # noqa: PLC0415 - keeps this module free of Numba

        self.adjustments.append(made)
        self.pay = pay
        lost = -exact_sum(made.amount) * 10 ** (self.exact_scale - self.scale)
        self.breakage[made.entry] = self.breakage.get(made.entry, 0) + lost

    def must_balance(self) -> None:
        """Prove that what was allotted is paid or breakage, to the last digit.

        Raises
        ------
        ExactnessError
            If it is not: then no number of this run can be trusted.
        """
        accounted = self.paid + sum(self.breakage.values())
        if accounted != self.allotted:
            raise ExactnessError(
                f"the books of {self.bonus} do not balance: allotted {self.allotted}, paid and breakage {accounted} "
                f"(at {self.exact_scale} digits)",
            )
