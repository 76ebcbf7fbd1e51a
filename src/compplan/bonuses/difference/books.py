"""From what the kernels added up to the tally, in exact integers; and the proof that it balances."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from compplan.bonuses.difference.spec import Tally
from compplan.bonuses.difference.total_kernels import EXTRA, FIRST, LOST, LOWER, REST, STOPPED
from compplan.errors import ExactnessError
from compplan.money_arrays import exact_sum

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from compplan.bonuses.difference.spec import Difference


@dataclass(frozen=True)
class Found:
    """What a run added up: the sum of all bases, the kernels' sums, and two reasons that ways know differently.

    `unpaid` is what members could not be paid, `nobody` what sources allot above whom nobody has a rate.
    """

    signed: int
    sums: NDArray[np.int64]
    unpaid: int
    nobody: int


def whole(sums: NDArray[np.int64], kind: int) -> int:
    """Return a sum that is kept as a high and a low half."""
    return (int(sums[2 * kind]) << 32) + int(sums[2 * kind + 1])


def tally(
    rule: Difference,
    found: Found,
    pay: NDArray[np.int64],
    held: NDArray[np.int64] | None,
) -> Tally:
    """Draw up the books: what sources allot, what members got, and each reason from where it arose.

    Raises
    ------
    ExactnessError
        If they do not balance: then no number of this run can be trusted.
    """
    sums = found.sums
    books = Tally(
        denominator=rule.denominator,
        allotted=found.signed * rule.best + whole(sums, EXTRA),
        paid=rule.denominator * exact_sum(pay),
        no_upline=found.nobody,
        not_qualified=found.unpaid if held is None else 0,
        held=0 if held is None else rule.denominator * exact_sum(held),
        first_levels=whole(sums, FIRST),
        lower_rate=whole(sums, LOWER) + whole(sums, LOST),
        blocked=whole(sums, STOPPED),
        rounding=whole(sums, REST),
    )
    if books.allotted != books.paid + books.breakage:
        raise ExactnessError(f"the books of {rule.bonus} do not balance: {books}")
    return books
