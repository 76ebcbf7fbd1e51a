"""A pairing as numbers: what one pair takes, what is carried on, and the sides that go in and come out."""

from __future__ import annotations

from dataclasses import dataclass
from math import lcm
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence
    from fractions import Fraction

    from numpy.typing import NDArray

    Volumes = NDArray[np.int64]

UNREACHED = 2**61
"""More than any side holds: who has no ratio or no increment pairs nothing."""

KEEP = {"both": (1, 1), "strong": (1, 0), "none": (0, 0)}
"""What is carried on of the stronger and of the weaker side, all of it or nothing."""


@dataclass(frozen=True)
class Pairing:
    """How sides are paired.

    Attributes
    ----------
    table
        int64[rows + 1, 4]: what one pair takes of the stronger and of the weaker side, then the same of the smallest
        pair of that ratio. The last row is for members without a ratio or an increment.
    steps
        int64[rows + 1, steps] where increments are a list: volume of the weaker side, ascending.
    anew
        Whether the stronger side is found anew before each pair.
    balanced
        Whether a paid pair uses up the whole weaker side.
    keep
        What is carried on: a value of `KEEP`.
    """

    table: Volumes
    steps: Volumes | None
    anew: bool
    balanced: bool
    keep: tuple[int, int]

    @property
    def one_to_one(self) -> bool:
        """Whether whatever both sides have in common is paired, and no pairs are left out for their size."""
        return self.steps is None and len(self.table) == 2 and self.table[0].tolist() == [1, 1, 1, 1]

    @property
    def kept(self) -> Volumes:
        """All ones where a side is kept, else zero: by `2 * weaker + who may pair`, and then debts."""
        strong, weak = self.keep
        return -np.array([1, strong, 1, weak, strong | weak], np.int64)


@dataclass(frozen=True)
class Sides:
    """Two columns: what stands on the left and on the right, at the volume's scale."""

    left: Volumes
    right: Volumes

    def part(self, where: slice) -> Sides:
        """Return some members."""
        return Sides(self.left[where], self.right[where])


@dataclass(frozen=True)
class Paired:
    """What became of two sides.

    Attributes
    ----------
    pairs
        How many pairs were made; with listed increments 1 where one was reached.
    step
        The number of the increment reached, from 1; None without a list.
    out
        What is left, after the rule of what is carried on.
    """

    pairs: Volumes
    step: Volumes | None
    out: Sides


def ratio_parts(ratio: Fraction) -> tuple[int, int]:
    """Return the smallest pair of a ratio, the stronger side first.

    Examples
    --------
    >>> from fractions import Fraction
    >>> ratio_parts(Fraction(3, 2))
    (3, 2)
    """
    return ratio.numerator, ratio.denominator


def table_of(ratios: Sequence[Fraction], units: Sequence[Sequence[int]]) -> tuple[Volumes, Volumes | None]:
    """Return the table, and the steps where increments are lists, of every ratio with every entry of units.

    Parameters
    ----------
    ratios
        Stronger to weaker side.
    units
        For each class the increments of the weaker side at the volume's scale; an empty one pairs any amount.
    """
    rows, steps = [], []
    width = max(map(len, units))
    for ratio in ratios:
        strong, weak = ratio_parts(ratio)
        for unit in units:
            pair = (unit[0] * strong // weak, unit[0]) if unit else (strong, weak)
            rows.append((*pair, strong, weak))
            steps.append([*unit, *[UNREACHED] * (width - len(unit))])
    rows.append((UNREACHED,) * 4)
    steps.append([UNREACHED] * width)
    return np.array(rows, np.int64), np.array(steps, np.int64) if width else None


def finest_unit(ratio: Fraction) -> int:
    """Return the volume of which a unit has to be a multiple, so that both sides give whole points.

    Examples
    --------
    >>> from fractions import Fraction
    >>> finest_unit(Fraction(3, 2))
    2
    """
    return lcm(ratio.denominator, 1)
