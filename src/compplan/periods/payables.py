"""Payables: what each member is due in all, rounded, held or paid out, less deductions, and split."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from compplan.errors import ExactnessError
from compplan.memory import unwritten, zeros
from compplan.money_arrays import divide_all, exact_abs_sum, multiply_divide_all

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from numpy.typing import NDArray

    from compplan.bonuses.books.book import Book
    from compplan.plan.sections import Rounding
    from compplan.plan.values import RoundingMode

    Ints = NDArray[np.int64]
    Flags = NDArray[np.bool_]


BLOCK = 2**15
"""So many members at once: what is put aside for them stays in the cache."""


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
        `earned + carried` is withheld, or it is paid, deducted, and nothing else.
    written_off
        Debts that the company forgives; zero or below.
    deducted
        By name, what was taken out of the payout.
    split
        By name, the parts of `paid`; empty where it is not split.
    pay_day
        The day of this payout, where the plan says it.
    """

    currency: str
    scale: int
    exact: Ints
    earned: Ints
    carried: Ints
    paid: Ints
    withheld: Ints
    decimals: int = 2
    written_off: Ints | None = None
    deducted: dict[str, Ints] = field(default_factory=dict)
    split: dict[str, Ints] = field(default_factory=dict)
    pay_day: date | None = None

    def must_balance(self) -> None:
        """Prove that nothing is lost between what is due and what is paid, deducted, withheld or written off."""
        others = [self.withheld, *self.deducted.values(), *([] if self.written_off is None else [self.written_off])]
        for start in range(0, self.paid.size, BLOCK):
            block = slice(start, start + BLOCK)
            due, gone = self.earned[block] + self.carried[block], self.paid[block].copy()
            for other in others:
                gone += other[block]
            parts = sum(part[block] for part in self.split.values()) if self.split else self.paid[block]
            if not np.array_equal(due, gone) or not np.array_equal(parts, self.paid[block]):
                raise ExactnessError("payables do not balance")


class Due(NamedTuple):
    """What is due of one bonus on one day; a book is due as a whole."""

    currency: str
    scale: int
    pay: Ints


@dataclass(frozen=True)
class Take:
    """One deduction: a rate of what is due, or an amount, for each class of members.

    Attributes
    ----------
    klass
        Row of the table for each member, -1 for none.
    who
        Whose payouts are reduced.
    numerators, denominator
        A rate as a fraction for each class, or None for amounts.
    amounts
        Amounts for each class, at the money's digits.
    above
        Only payouts of more than this are reduced.
    """

    name: str
    klass: NDArray[np.int16]
    who: Flags
    numerators: Ints
    denominator: int | None
    above: int = -1


@dataclass(frozen=True)
class Terms:
    """How a currency is paid out, at its digits.

    Attributes
    ----------
    minimum
        A smaller total is withheld.
    who
        Who can be paid out at all; None for everybody.
    forgiven
        Whether debts are written off instead of carried.
    shares
        By name, the parts of a payout as fractions of `whole`.
    """

    decimals: int
    minimum: int = 0
    who: Flags | None = None
    forgiven: bool = False
    takes: Sequence[Take] = ()
    shares: dict[str, int] = field(default_factory=dict)
    whole: int = 1


def payables(
    books: Iterable[Book | Due], currency: str, *, carried: Ints, rounding: Rounding, terms: Terms
) -> Payables:
    """Add up the books of a currency, and decide what is paid out.

    Parameters
    ----------
    carried
        Withheld pay from the state.
    """
    scale, exact = _summed([book for book in books if book.currency == currency], carried.size, currency, terms)
    lift = 10 ** (scale - terms.decimals)
    earned = divide_all(exact, lift, rounding.mode) if lift > 1 else exact
    return pay_out(earned, carried, terms, rounding.mode, currency=currency, scale=scale, exact=exact)


def _summed(books: Sequence[Book | Due], members: int, currency: str, terms: Terms) -> tuple[int, Ints]:
    """Return the digits and the sum of some books, each member's."""
    scale = max([terms.decimals, *(book.scale for book in books)])
    exact, size = zeros(members), 0
    for book in books:
        factor = 10 ** (scale - book.scale)
        size += exact_abs_sum(book.pay) * factor
        if size >= 2**63:
            raise ExactnessError(
                f"the pay of {currency} passes 64 bits at {scale} digits: round payments, or use fewer digits"
            )
        exact += book.pay if factor == 1 else book.pay * factor
    return scale, exact


def pay_out(
    earned: Ints,
    carried: Ints,
    terms: Terms,
    mode: RoundingMode,
    *,
    currency: str = "",
    scale: int | None = None,
    exact: Ints | None = None,
) -> Payables:
    """Decide what of the sums that are due is held, deducted, paid, and into which parts it goes."""
    (due,) = unwritten([(earned.size, np.int64)])
    paid, withheld = unwritten([(earned.size, np.int64)] * 2)
    np.add(earned, carried, out=due)
    held = (due < terms.minimum) | (due < 0)
    if terms.who is not None:
        held |= ~terms.who
    deducted = {take.name: np.where(held, 0, taken(take, due, mode)) for take in terms.takes}
    net = due - sum(deducted.values()) if deducted else due
    held |= (net < 0) | ((net == 0) & (due > 0))  # deductions that leave nothing wait until there is more
    forgiven = held & (due < 0) if terms.forgiven else np.False_
    np.multiply(net, ~held, out=paid)
    np.multiply(due, held & ~forgiven, out=withheld)
    result = Payables(
        currency,
        terms.decimals if scale is None else scale,
        earned if exact is None else exact,
        earned,
        carried,
        paid=paid,
        withheld=withheld,
        decimals=terms.decimals,
        written_off=np.where(forgiven, due, 0) if terms.forgiven else None,
        deducted={name: np.where(held, 0, amount) for name, amount in deducted.items()},
        split=divided(paid, terms.shares, terms.whole),
    )
    result.must_balance()
    return result


def taken(take: Take, due: Ints, mode: RoundingMode) -> Ints:
    """Return what a deduction takes of each sum."""
    reached = take.who & (take.klass >= 0) & (due > 0) & (due > take.above)
    chosen = np.where(reached, take.numerators[take.klass], 0)
    if take.denominator is None:
        return chosen
    return multiply_divide_all(due, chosen, take.denominator, mode)


def divided(paid: Ints, shares: dict[str, int], whole: int) -> dict[str, Ints]:
    """Split payouts by shares that add up to `whole`; cents left over go to the largest remainders, then to the first.

    Examples
    --------
    >>> {name: part.tolist() for name, part in divided(np.array([1, 15]), {"bank": 9, "wallet": 1}, 10).items()}
    {'bank': [1, 14], 'wallet': [0, 1]}
    """
    if not shares:
        return {}
    numbers = np.array(list(shares.values()), np.int64)
    parts = [multiply_divide_all(paid, np.full(paid.size, share), whole, "floor") for share in numbers]
    # The remainder is below `whole`, so it is right although the products may wrap.
    rest = np.array([paid * share - part * whole for part, share in zip(parts, numbers, strict=True)])
    left = paid - np.sum(parts, axis=0)
    order = np.argsort(-rest, axis=0, kind="stable")
    place = np.empty_like(order)
    np.put_along_axis(place, order, np.arange(numbers.size)[:, None], axis=0)
    return {name: parts[row] + (place[row] < left) for row, name in enumerate(shares)}
