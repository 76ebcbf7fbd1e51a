"""What a bonus by points is, what it reads, and what comes out: numbers and arrays, no names of the plan."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from compplan.bonuses.prepare.volumes_paid import BaseOrLines

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from compplan.genealogy.tree import Tree


@dataclass(frozen=True, eq=False)
class Points:
    """A rule by which a source's points are used up by the members above, the nearest first.

    Attributes
    ----------
    bonus
        The bonus' name, for errors.
    points
        How many points each source or line carries, at the scale of what members ask for.
    factor, denominator
        A payment is `base * points taken * factor / denominator`, in ledger units.
    from_self
        Whether a source takes first.
    round_each, rounding
        Whether each payment is rounded, and the mode, a code of `compplan.money.ROUNDING_CODES`.
    """

    bonus: str
    points: int
    factor: int = 1
    denominator: int = 1
    from_self: bool = False
    round_each: bool = False
    rounding: int = 0


@dataclass(frozen=True, eq=False)
class PointsInputs(BaseOrLines):
    """What is read of n members, in the tree's own pre-order.

    Attributes
    ----------
    tree
        The tree that is climbed.
    own
        int64[n]: the points that a member asks for of what he buys himself.
    edge
        int64[n]: the points that a member's parent asks for of what comes from the member and all below him.
    counted
        bool[n]: who is a place in the walk; the others ask for nothing.
    pays
        bool[n]: who can be paid; the points of the others are used up and lost.
    base
        int64[n]: the worth of a point of each source, or instead of it
    line_start, line_value
        int64[n + 1] and int64[m]: lines, each with points of its own.
    """

    tree: Tree
    own: NDArray[np.int64]
    edge: NDArray[np.int64]
    counted: NDArray[np.bool_]
    pays: NDArray[np.bool_]
    base: NDArray[np.int64] | None = None
    line_start: NDArray[np.int64] | None = None
    line_value: NDArray[np.int64] | None = None


class PointsRows(NamedTuple):
    """Payments, one entry each: by source in pre-order, then by line, the nearest taker first.

    `line` is -1 where sources are paid as one, `level` the place among the counted, `took` the points.
    """

    earner: NDArray[np.int32]
    source: NDArray[np.int32]
    line: NDArray[np.int32]
    level: NDArray[np.int32]
    took: NDArray[np.int64]
    base: NDArray[np.int64]
    amount: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class PointsTally:
    """Where the allotted money went, as exact integers in `1 / denominator` of a ledger unit.

    `no_upline` is the worth of points that nobody asked for, `not_qualified` that of points taken by members who
    cannot be paid.
    """

    allotted: int
    paid: int
    no_upline: int
    not_qualified: int
    rounding: int


@dataclass(frozen=True, eq=False)
class PointsResult:
    """Pay by member in the tree's own order, the payments if they were asked for, and the books."""

    pay: NDArray[np.int64]
    rows: PointsRows | None
    tally: PointsTally


class PointsOutcomes(NamedTuple):
    """For one earner, by line from his own on: source, line, place, points left when it comes to him, his ask."""

    source: NDArray[np.int32]
    line: NDArray[np.int64]
    level: NDArray[np.int32]
    left: NDArray[np.int64]
    asked: NDArray[np.int64]
    base: NDArray[np.int64]
