"""What an upline walk is, what it reads, and what comes out: numbers and arrays, no names of the plan."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

from compplan.bonuses.prepare.volumes_paid import BaseOrLines
from compplan.bonuses.walk.checks import check_inputs, check_walk

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from compplan.bonuses.walk.pairs import Pairs
    from compplan.genealogy.tree import Tree

Counts = Literal["everyone", "flag", "payable"]


@dataclass(frozen=True, eq=False)
class Walk:
    """A rule by which the volume of a source goes up a tree and pays ancestors by level.

    Level 1 is the source's parent, or the source itself with `from_self`. An ancestor is *payable* at a level
    if its `pay` flag is set, it has a class, its class' numerator of the level is not zero, and, for a dated
    line, its `since` lies before the line's time. He then gets `base * numerator / denominator`, in ledger
    units; with `fixed`, `numerator / denominator` with the sign of the base. An amount of zero is no payment.

    Attributes
    ----------
    bonus
        The bonus' name, for errors.
    numerators
        int64[classes, columns], none negative: one column a listed level, and with `tail` one more, whose
        rate goes for every deeper level without end.
    denominator
        What numerators are divided by; 1 unless payments are rounded.
    tail, fixed
        See above.
    counts
        Who uses up a level. `everyone`: each ancestor. `flag`: who is flagged in `WalkInputs.counted`; the
        others are skipped. `payable`: who is payable at the level that comes next; the others are skipped,
        and the level goes to the next ancestor.
    uncounted_paid
        With `flag`: who is skipped is paid all the same, at the level that the next counted ancestor will
        use, without using it up.
    pass_up
        With `everyone` and `flag`: the share of level k that a counted ancestor cannot take goes to the
        nearest ancestor above him (counted or not) who is payable at level k, at *his* rate of level k, as
        level k. With `payable` there is no such share.
    from_self
        Whether a source is its own level 1.
    source_counts
        With `uncounted_paid`: whether a flagged source uses up level 1 before anybody above him does; as
        `from_self` when left out. Level 1 is then lost if he is not paid at it, and a source that is its own
        level 1 without counting is paid on top.
    round_each
        Whether each payment is rounded; else payments are exact.
    rounding
        The rounding mode, a code of `compplan.money.ROUNDING_CODES`.

    Raises
    ------
    UsageError
        With every field that does not fit the others.

    Examples
    --------
    >>> import numpy as np
    >>> walk = Walk("unilevel", np.array([[10, 5]]), 100, round_each=True)
    >>> walk.listed
    2
    """

    bonus: str
    numerators: NDArray[np.int64]
    denominator: int = 1
    tail: bool = False
    fixed: bool = False
    counts: Counts = "everyone"
    uncounted_paid: bool = False
    pass_up: bool = False
    from_self: bool = False
    source_counts: bool | None = None
    round_each: bool = False
    rounding: int = 0

    def __post_init__(self) -> None:
        check_walk(self)

    @property
    def counts_source(self) -> bool:
        """Whether a counted source uses up a level of his own volume."""
        return self.from_self if self.source_counts is None else self.source_counts

    @property
    def classes(self) -> int:
        """How many classes have rates."""
        return int(self.numerators.shape[0])

    @property
    def columns(self) -> int:
        """How many columns the rates have, the tail included."""
        return int(self.numerators.shape[1])

    @property
    def listed(self) -> int:
        """How many levels have a column of their own."""
        return self.columns - self.tail

    @property
    def best(self) -> list[int]:
        """The best numerator of each column over all classes."""
        return [int(rate) for rate in self.numerators.max(axis=0, initial=0)]


@dataclass(frozen=True, eq=False)
class WalkInputs(BaseOrLines):
    """What a walk reads of n members, in the walk tree's own pre-order.

    Attributes
    ----------
    tree
        The tree that is climbed.
    klass
        int16[n]: row of the rates, -1 for who has none.
    pay
        bool[n]: who can be paid at all.
    counted
        bool[n]: who uses up a level; given with `counts="flag"` and only then.
    base
        int64[n]: the volume of each source, paid as one; or instead, lines:
    line_start, line_value
        int64[n + 1] and int64[m]: the lines of source i are `line_start[i]:line_start[i + 1]`, each paid on
        its own.
    line_time, since
        int64[m] and int64[n], both or neither: an earner is payable for a line only if `since < line_time`.
        The largest int64 in `since` means never.
    pairs
        A condition on earner and source; who does not meet it for a source is not payable for it.

    Raises
    ------
    UsageError
        With every array that is missing, unwanted, or of another type or length.
    """

    tree: Tree
    klass: NDArray[np.int16]
    pay: NDArray[np.bool_]
    counted: NDArray[np.bool_] | None = None
    base: NDArray[np.int64] | None = None
    line_start: NDArray[np.int64] | None = None
    line_value: NDArray[np.int64] | None = None
    line_time: NDArray[np.int64] | None = None
    since: NDArray[np.int64] | None = None
    pairs: Pairs | None = None

    def __post_init__(self) -> None:
        check_inputs(self)


class WalkRows(NamedTuple):
    """Payments, one entry each: by source in pre-order, then by line, then by level.

    On one level, who is skipped but paid comes before the counted ancestor above him.

    Attributes
    ----------
    earner, source
        int32: indices in the tree's own order.
    line
        int32: index of the line, -1 where sources are paid as one.
    level
        int32: 1 for the first. A chain can be longer than 16 bits.
    klass
        int16: the earner's row of the rates.
    base
        int64: the source's or line's value.
    amount
        int64: in ledger units, never zero.
    """

    earner: NDArray[np.int32]
    source: NDArray[np.int32]
    line: NDArray[np.int32]
    level: NDArray[np.int32]
    klass: NDArray[np.int16]
    base: NDArray[np.int64]
    amount: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Tally:
    """Where the allotted money went: exact integers, in `1 / denominator` of a ledger unit.

    A source (or line) allots, for each listed level, its base times the best numerator that any class has
    there; for the tail, the same with the tail's best for each member that uses up a deeper level. (With
    `fixed` the base counts as its sign.) Every share then is accounted for where the walk meets it:

    Attributes
    ----------
    allotted
        The sum of all shares. With `uncounted_paid`, what a skipped member takes is allotted on top, exactly.
    paid
        The payments, rounded.
    no_upline
        Levels that nobody used up: the walk reached the top before. With `counts="payable"` this includes
        levels for which no ancestor that was left was payable.
    not_qualified
        Shares of members who use up a level, and have no pay flag, no class, or (payable otherwise) qualified
        too late for the line.
    lower_rate
        The best numerator less the numerator that was paid; all of the share where his own numerator is zero.
    rounding
        Exact payments less rounded ones; negative where rounding favours the earners.

    A share that was passed up counts by who took it: paid and lower_rate by *his* numerator. If nobody above
    can take it, it counts as if it had not been passed up.
    """

    denominator: int
    allotted: int
    paid: int
    no_upline: int
    not_qualified: int
    lower_rate: int
    rounding: int

    @property
    def breakage(self) -> int:
        """What was allotted and not paid."""
        return self.no_upline + self.not_qualified + self.lower_rate + self.rounding


@dataclass(frozen=True, eq=False)
class WalkResult:
    """What a run of a walk gives.

    Attributes
    ----------
    pay
        int64[n]: the sum of each earner's payments, in ledger units, in the tree's own order.
    rows
        The payments, if they were asked for.
    tally
        The books.
    """

    pay: NDArray[np.int64]
    rows: WalkRows | None
    tally: Tally
