"""What a difference is, what it reads, and what comes out: numbers and arrays, no names of the plan."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np

from compplan.bonuses.difference.checks import check_difference, check_inputs
from compplan.bonuses.prepare.volumes_paid import BaseOrLines

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from compplan.genealogy.tree import Tree

Less = Literal["highest_between", "direct_leg", "nothing"]
Block = Literal["skipped", "stops", "paid"]
NO_LIMIT = 2**31 - 1


def _none() -> NDArray[np.int64]:
    return np.zeros(0, np.int64)


@dataclass(frozen=True, eq=False)
class Difference:
    """A rule by which the members above a source get their rate less what is taken on the way.

    The walk begins with the source (`from_self`) or its parent. It meets the members who stand in it, one level
    each. A member has the rate of his class; he *takes* his rate, at least `least_taken`. He is paid for the part of
    his rate that is above what is taken: `base * part / denominator`, in ledger units.

    Attributes
    ----------
    rates
        int64[classes]: numerators, none negative.
    less
        What is taken: the highest rate on the way (`highest_between`), the rate of the member right below in the
        walk (`direct_leg`), or `nothing`: then who is paid at all gets his whole rate.
    lower_rate, equal_rate
        What becomes of a member whose rate is lower than what is taken, or equal to it: he gets nothing and the walk
        goes on (`skipped`) or ends (`stops`); with `nothing` he may be `paid`. Who has no rate is always skipped.
    floors, floor_tail
        int64[levels]: the least that a member with a class is paid at each level, and at all deeper ones.
    floor_at_zero
        Whether only who has no difference gets the floor, and a small difference stays as it is.
    limit
        The most that all payments on one source may come to; None without.
    lower_of_both
        Whether rates count at most what the source's own rate is.
    from_level, first_take
        The first level that is paid; whether those before it take their rate.
    levels
        The last level.
    unpaid
        What becomes of the part of a member who cannot be paid: `breakage` and `hold`: he takes it; `pass_up`: he
        takes nothing, and uses up a level.
    """

    bonus: str
    rates: NDArray[np.int64]
    denominator: int = 1
    less: Less = "highest_between"
    lower_rate: Block = "skipped"
    equal_rate: Block = "skipped"
    least_taken: int = 0
    floors: NDArray[np.int64] = field(default_factory=_none)
    floor_tail: int = 0
    floor_at_zero: bool = False
    limit: int | None = None
    lower_of_both: bool = False
    from_level: int = 1
    first_take: bool = True
    levels: int = NO_LIMIT
    unpaid: Literal["breakage", "pass_up", "hold"] = "breakage"
    from_self: bool = False
    round_each: bool = False
    rounding: int = 0

    def __post_init__(self) -> None:
        check_difference(self)

    @property
    def best(self) -> int:
        """What one source sets aside: the best rate, or the limit."""
        best = max(int(self.rates.max(initial=0)), self.least_taken)
        return best if self.limit is None else self.limit

    @property
    def floored(self) -> bool:
        """Whether anybody can be paid more than his difference."""
        return bool(self.floors.any()) or self.floor_tail > 0

    @property
    def grows(self) -> bool:
        """Whether what is taken may grow by something else than the rate of a member."""
        return self.floored or self.limit is not None


@dataclass(frozen=True, eq=False)
class DifferenceInputs(BaseOrLines):
    """What a difference reads of n members, in the tree's own pre-order.

    Attributes
    ----------
    klass
        int16[n]: place of the rate, -1 for who has none.
    pay
        bool[n]: who can be paid.
    stands
        bool[n]: who stands in the walk.
    base
        int64[n]: the volume of each source; or instead `line_start` (int64[n + 1]) and `line_value` (int64[m]): the
        lines of source i are `line_start[i]:line_start[i + 1]`, each paid on its own.
    taken
        int64[n], a numerator: what is taken of a source's volume before the walk; None for nothing.
    """

    tree: Tree
    klass: NDArray[np.int16]
    pay: NDArray[np.bool_]
    stands: NDArray[np.bool_]
    base: NDArray[np.int64] | None = None
    line_start: NDArray[np.int64] | None = None
    line_value: NDArray[np.int64] | None = None
    taken: NDArray[np.int64] | None = None

    def __post_init__(self) -> None:
        check_inputs(self)


class DifferenceRows(NamedTuple):
    """Payments, one entry each: by source in pre-order, then by line, then by level.

    `rate` is the numerator that was paid, `amount` is in ledger units and never zero; `line` is -1 where sources are
    paid as one.
    """

    earner: NDArray[np.int32]
    source: NDArray[np.int32]
    line: NDArray[np.int32]
    level: NDArray[np.int32]
    klass: NDArray[np.int16]
    base: NDArray[np.int64]
    rate: NDArray[np.int64]
    amount: NDArray[np.int64]


REASONS = ("no_upline", "not_qualified", "held", "first_levels", "lower_rate", "blocked", "rounding")


@dataclass(frozen=True, slots=True)
class Tally:
    """Where the allotted money went: exact integers, in `1 / denominator` of a ledger unit.

    Every source allots its base times the best rate (or the limit). Where payments on one source come to more,
    because rates fall on the way up or a floor is paid, the surplus is allotted too.

    Attributes
    ----------
    no_upline
        Sources above which nobody has a rate: all that they allot.
    not_qualified, held
        Parts of members who cannot be paid; `held` where they are kept for them.
    first_levels
        Parts that members before the first paid level take.
    lower_rate
        The best rate less the highest that was reached; and what is taken below the first rate of the table.
    blocked
        The same where a lower or equal rate ended the walk.
    rounding
        Exact parts less rounded ones.
    """

    denominator: int
    allotted: int
    paid: int
    no_upline: int = 0
    not_qualified: int = 0
    held: int = 0
    first_levels: int = 0
    lower_rate: int = 0
    blocked: int = 0
    rounding: int = 0

    @property
    def breakage(self) -> int:
        """What was allotted and not paid."""
        return sum(getattr(self, reason) for reason in REASONS)


@dataclass(frozen=True, eq=False)
class DifferenceResult:
    """What a run gives: pay and held of each member in ledger units, the payments if asked for, and the books."""

    pay: NDArray[np.int64]
    held: NDArray[np.int64] | None
    rows: DifferenceRows | None
    tally: Tally
