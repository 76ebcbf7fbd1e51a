"""What measuring pairs goes by, and what it finds: ways of pairing, and what they came to for some members."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from compplan.bonuses.pairing.spec import Sides

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from compplan.bonuses.pairing.carry import Left
    from compplan.bonuses.pairing.spec import Pairing
    from compplan.program.work import Work

    Volumes = NDArray[np.int64]


@dataclass(frozen=True)
class WayRule:
    """One way of pairing: columns that choose a row of its tables, and who has it.

    Attributes
    ----------
    pairing
        With a row for each ratio and unit.
    ratio, unit, klass
        Class columns: of the ratio, of the unit, and of the rate.
    units
        How many units there are.
    rows
        The rows of the bonus' rates that are this way's.
    when
        The column of who has it; None for everybody.
    per
        int64[rows + 1, steps + 1]: the volume of one pair that rates apply to.
    keyed
        Whether ratio or unit have keys, so that there may be members without.
    """

    pairing: Pairing
    ratio: str
    unit: str
    units: int
    klass: str
    rows: slice
    when: str | None
    per: Volumes
    keyed: bool

    @property
    def same(self) -> bool:
        """Whether everybody pairs by the same ratio and unit."""
        return len(self.pairing.table) == 2 and not self.keyed

    def row(self, work: Work, part: slice) -> NDArray[np.int16]:
        """Return the row of the pairing's table for each member; the last one for members without."""
        ratio, unit = work.columns[self.ratio][part], work.columns[self.unit][part]
        last = len(self.pairing.table) - 1
        if last == 1:  # one ratio and one unit
            return np.where((ratio < 0) | (unit < 0), 1, 0).astype(np.int16) if self.keyed else ratio
        return np.where((ratio < 0) | (unit < 0), last, ratio * self.units + unit).astype(np.int16)


@dataclass(frozen=True)
class Measured:
    """What the pairing of some members came to; one entry a member.

    Attributes
    ----------
    carried, new, own
        What was carried in, what this period brought (zeros if it was paired as it was summed), and the member's own
        volume that is part of it.
    pairs, paid
        Pairs made, and those that are paid (0 of a member who cannot be). Where nothing limits pairs, `paid` and `base`
        are empty, unless one member is explained: who can be paid at all is paid for all of them.
    limit
        The most pairs; None where nobody has a limit.
    made, base
        Volume that rates apply to: of the pairs made, and of those paid.
    klass, step
        Row of the rates, -1 for none; the listed increment that was reached, or None.
    amount
        Money, rounded where payments are, at the book's scale.
    way
        The number of the way that was taken; None where there is only one.
    rest
        What pairing left, after the rule of what is carried on.
    took
        What the pairs took of both sides; None where all members are measured at once.
    missing
        What both sides lack for one pair more, or for the next increment; None where all are measured at once.
    left
        What became of the rest.
    """

    carried: Sides
    new: Sides
    own: Volumes
    payable: NDArray[np.bool_]
    pairs: Volumes
    paid: Volumes
    limit: Volumes | None
    made: Volumes
    base: Volumes
    klass: NDArray[np.int16]
    step: Volumes | None
    amount: Volumes
    way: Volumes | None
    rest: Sides
    took: Sides | None
    missing: Sides | None
    left: Left
    state: dict[str, Volumes]

    @property
    def before(self) -> Sides:
        """What stood on both sides before pairing."""
        return Sides(self.carried.left + self.new.left, self.carried.right + self.new.right)
