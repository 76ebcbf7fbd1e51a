"""The closed list of what can become of a source's volume for one earner, and how a mechanism says it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class Reason(StrEnum):
    """What became of a source's volume. Each value is a stable code."""

    PAID = "paid"
    PAID_PASSED_UP = "paid_passed_up"
    NOT_QUALIFIED = "not_qualified"
    NO_RATE = "no_rate"
    LEVEL_NOT_OPEN = "level_not_open"
    BEYOND_LEVELS = "beyond_levels"
    COMPRESSED = "compressed"
    BEFORE_QUALIFICATION = "before_qualification"
    ROUNDED_TO_ZERO = "rounded_to_zero"
    TAKEN_BELOW = "taken_below"
    FIRST_LEVELS = "first_levels"
    BLOCKED = "blocked"
    HELD = "held"
    PASSED_UP = "passed_up"
    NO_POINTS_LEFT = "no_points_left"
    GROUP_ENDED = "group_ended"
    NOT_IN_PLACE = "not_in_place"
    UNPAIRED = "unpaired"
    CARRY_CUT = "carry_cut"
    FLUSHED = "flushed"
    PAIR_CAP = "pair_cap"
    LIMITED = "limited"
    RESIDUE = "residue"
    TOO_LATE = "too_late"
    LAPSED = "lapsed"
    INCOMPLETE_BLOCK = "incomplete_block"


REASON_TEXTS = {
    Reason.PAID: "paid",
    Reason.PAID_PASSED_UP: "paid, for somebody below who could not take it",
    Reason.NOT_QUALIFIED: "the conditions for pay are not met",
    Reason.NO_RATE: "there is no rate for this rank or class",
    Reason.LEVEL_NOT_OPEN: "this rank or class is not paid at this level",
    Reason.BEYOND_LEVELS: "deeper than the last paid level",
    Reason.COMPRESSED: "skipped when levels were counted",
    Reason.BEFORE_QUALIFICATION: "the order came before the member was qualified",
    Reason.ROUNDED_TO_ZERO: "the amount rounds to nothing",
    Reason.TAKEN_BELOW: "members below took as much as this rate, or more",
    Reason.FIRST_LEVELS: "a first level, which this bonus does not pay",
    Reason.BLOCKED: "somebody below ended the walk",
    Reason.HELD: "held until the missing condition is met",
    Reason.PASSED_UP: "passed up to somebody above",
    Reason.NO_POINTS_LEFT: "no points were left",
    Reason.GROUP_ENDED: "below the end of the group",
    Reason.NOT_IN_PLACE: "not among the paid places",
    Reason.UNPAIRED: "no volume on the other side to pair with",
    Reason.CARRY_CUT: "more than may be carried",
    Reason.FLUSHED: "carried volume was lost",
    Reason.PAIR_CAP: "more pairs than are paid",
    Reason.LIMITED: "cut by a limit of the plan",
    Reason.RESIDUE: "a share of what rounding left over",
    Reason.TOO_LATE: "reached after the window",
    Reason.INCOMPLETE_BLOCK: "an incomplete block",
    Reason.LAPSED: "a payment whose need was not met is lost",
}

GOOD = (Reason.PAID, Reason.PAID_PASSED_UP)
"""The reasons that come with money."""


@dataclass(frozen=True, slots=True)
class Detail:
    """One measured step on the way to a member's pay, for mechanisms that have no row for each source.

    Attributes
    ----------
    code
        A stable name for programs, such as `left.carried`.
    text
        What it is, in words.
    value, unit
        The number or text that was found, and what it counts.
    """

    code: str
    text: str
    value: Decimal | str | None = None
    unit: str = ""

    def __str__(self) -> str:
        shown = f"{self.value:,f}" if isinstance(self.value, Decimal) else self.value
        return f"{self.text}: {shown}{f' {self.unit}' if self.unit else ''}" if shown is not None else self.text


CODES = {reason: number for number, reason in enumerate(Reason)}
"""Reason to the number that arrays hold."""


@dataclass(frozen=True)
class Outcomes:
    """What a mechanism says of one earner: one entry a source (or order), as arrays.

    Attributes
    ----------
    source
        Positions in the primary tree.
    line
        Row of the orders table, -1 for none.
    level
        0 for none.
    base, amount
        At the book's scales.
    reason
        Numbers of `CODES`.
    """

    source: NDArray[np.int32]
    line: NDArray[np.int64]
    level: NDArray[np.int32]
    base: NDArray[np.int64]
    amount: NDArray[np.int64]
    reason: NDArray[np.int8]
