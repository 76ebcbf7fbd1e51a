"""Before a walk runs: whether all that it adds and multiplies fits 64 bits, found with exact integers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from compplan.errors import ExactnessError, Problem
from compplan.money import INT64_MAX
from compplan.money_arrays import exact_abs_sum, measures
from compplan.volumes.member_arrays import as_input

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from compplan.bonuses.walk.spec import Walk, WalkInputs

HINT = "give volumes or money a smaller scale"


@dataclass(frozen=True)
class Volume:
    """What goes up the tree; with fixed payments a base counts as its sign.

    Attributes
    ----------
    total, largest
        Of magnitudes.
    signed
        The sum.
    payments
        How many bases are not zero.
    """

    total: int
    largest: int
    signed: int
    payments: int

    @property
    def some_negative(self) -> bool:
        """Whether any base is below zero."""
        return self.signed < self.total

    @classmethod
    def of(cls, walk: Walk, values: NDArray[np.int64]) -> Volume:
        """Measure the bases of a walk."""
        found = measures(as_input(values))
        payments = found.positive + found.negative
        if walk.fixed:
            return cls(payments, min(payments, 1), found.positive - found.negative, payments)
        return cls(found.abs_sum, found.largest, found.sum, payments)


def products_fit(walk: Walk, volume: Volume) -> bool:
    """Say whether a base times all its numerators fits 64 bits, with room for one rounding a level."""
    return volume.largest * sum(walk.best) + walk.columns * walk.denominator <= INT64_MAX


def check_volumes(walk: Walk, inputs: WalkInputs, volume: Volume) -> None:
    """Make sure that sums of volumes fit; in a tail, volumes count once for each ancestor.

    Raises
    ------
    ExactnessError
        If they may not.
    """
    total = volume.total
    if (walk.tail or walk.uncounted_paid) and total * (inputs.tree.max_depth + 1) > INT64_MAX:
        total = _times_depth(inputs, walk)
    if total > INT64_MAX:
        raise too_large(walk, f"the volumes below all ancestors sum to {total}")


def _times_depth(inputs: WalkInputs, walk: Walk) -> int:
    """Return the sum of magnitudes, each once for every member from the source to the root, exactly."""
    depth = inputs.tree.depth.astype(np.int64) + 1
    if inputs.line_start is not None:
        depth = np.repeat(depth, np.diff(inputs.line_start))
    if walk.fixed:
        return int(depth[inputs.values != 0].sum())
    high, low = np.abs(inputs.values) >> 32, np.abs(inputs.values) & 0xFFFFFFFF
    return (exact_abs_sum(high * depth) << 32) + exact_abs_sum(low * depth)


def check_pay(walk: Walk, inputs: WalkInputs, volume: Volume) -> None:
    """Make sure that the pay of any member fits, whoever gets what.

    Raises
    ------
    ExactnessError
        If it may not.
    """
    if (most := most_pay(walk, inputs, volume)) > INT64_MAX:
        raise too_large(walk, f"all payments together may reach {most}")


def most_pay(walk: Walk, inputs: WalkInputs, volume: Volume) -> int:
    """Return what one member gets at most: if all bases are his, of one sign, and paid at the best rates."""
    best = walk.best
    if not walk.pass_up:
        rate, times = max(best), 1
    else:  # then one member may get all shares of a source
        deep = (inputs.tree.max_depth + 1) * walk.tail
        rate, times = sum(best[: walk.listed]) + deep * best[-1], walk.listed + deep
    return volume.total * rate // walk.denominator + volume.payments * times


def too_large(walk: Walk, what: str) -> ExactnessError:
    """Return the error."""
    return ExactnessError(Problem("overflow", f"{walk.bonus}: {what}, which does not fit 64 bits", hint=HINT))
