"""One pool of money divided: its point value, who shares in it, the most that one may get, and what is left."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Literal

import numpy as np

from compplan.bonuses.share_out.share import share_out
from compplan.errors import ExactnessError
from compplan.money import round_fraction
from compplan.money_arrays import exact_sum

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from compplan.bonuses.share_out.share import Rule
    from compplan.money import Rounding

    Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Terms:
    """What the plan says of a pool beside its weights; money in the smallest unit, such as cents.

    Attributes
    ----------
    part
        The part of the pool that is paid out now; the rest of it is left.
    most_share
        The most that one member gets, as a part of what is paid out.
    most_value, value_step, value_mode
        The most that a whole weight (a point) is worth, and the step that its value is rounded to.
    over
        What becomes of shares that are more than the whole: `scaled` down, or `paid`.
    shared
        Whether what is left for want of takers, or above the most, goes to the others.
    """

    part: Fraction = Fraction(1)
    most_share: Fraction | None = None
    most_value: Fraction | None = None
    value_step: Fraction | None = None
    value_mode: Rounding = "floor"
    over: Literal["paid", "scaled"] = "paid"
    shared: bool = False


@dataclass(frozen=True)
class Division:
    """How a pool was divided.

    Attributes
    ----------
    amount
        What the shares are parts of, in cents, exact.
    whole
        The sum of weights that is the whole amount.
    paid
        int64[n] cents.
    left
        Whole cents that nobody got, by reason; negative for `over_pool`.
    """

    amount: Fraction
    whole: int
    paid: Ints
    left: dict[str, int]


def divide(
    terms: Terms,
    weights: Ints,
    qualified: NDArray[np.bool_],
    whole: int,
    unit: int,
    available: Fraction,
    rule: Rule,
) -> Division:
    """Divide a pool.

    Parameters
    ----------
    terms
        What the plan says.
    weights
        int64[n], 0 for whoever is not in this pool.
    qualified
        Who of them is paid; the others' shares are left.
    whole
        The sum of weights that stands for all of the pool.
    unit
        The weight of one point.
    available
        Cents, exact; not negative.
    rule
        What becomes of fractions of a cent.
    """
    given = exact_sum(weights)
    if not given or not whole or available <= 0:
        return Division(Fraction(0), 0, np.zeros(weights.size, np.int64), {"not_qualified": int(available)})
    if terms.shared or (terms.over == "scaled" and given > whole):
        whole = given
    spent = available * terms.part
    amount, left = _valued(terms, spent, Fraction(whole, unit))
    left["not_paid_out"] = int(available - spent)
    missing = amount * (whole - given) / whole
    left["over_pool" if missing < 0 else "not_in_place"] = math.floor(missing)
    parts, left["capped"] = _capped(terms, weights, amount, whole, rule, left["capped"])
    left["not_qualified"] = exact_sum(np.where(qualified, 0, parts))
    return Division(amount, whole, np.where(qualified, parts, 0), left)


def _valued(terms: Terms, amount: Fraction, points: Fraction) -> tuple[Fraction, dict[str, int]]:
    """Return the amount that goes by the value of a point, and what that leaves."""
    value = amount / points
    most = value if terms.most_value is None else min(value, terms.most_value)
    step = terms.value_step
    rounded = most if step is None else round_fraction(most / step, terms.value_mode) * step
    left = {"capped": int((value - most) * points), "residue": math.floor((most - rounded) * points)}
    return rounded * points, left


def _capped(terms: Terms, weights: Ints, amount: Fraction, whole: int, rule: Rule, cut: int) -> tuple[Ints, int]:
    """Return the parts, none above the most, and what was cut in all."""
    parts = share_out(weights, amount, whole, rule)
    _must_be_small(amount * exact_sum(weights) / whole - exact_sum(parts), weights)
    if terms.most_share is None:
        return parts, cut
    most = _fits(int(amount * terms.most_share))
    above = parts > most
    while terms.shared and above.any() and not above[weights > 0].all():
        # those above get the most, and the others share again what is then left
        others = np.where(above, 0, weights)
        lower = exact_sum(others)
        again = share_out(others, amount - most * int(above.sum()), lower, rule) if lower else others
        parts = np.where(above, most, again)
        if not (parts > most).any():
            break
        above |= parts > most
    held = np.minimum(parts, most)
    return held, cut + exact_sum(parts - held)


def _must_be_small(residue: Fraction, weights: Ints) -> None:
    """Prove the division: what its rounding leaves is at most one cent for each who shares, and one for the amount."""
    if abs(residue) > int((weights > 0).sum()) + 1:  # the amount itself may have been rounded to a cent
        raise ExactnessError(f"a pool does not add up: {residue} cents are left over by rounding")


def _fits(cents: int) -> int:
    if cents >= 2**63:
        raise ExactnessError("the most that a member may get passes 64 bits")
    return cents
