"""The closed list of what can become of a source's volume for one earner, and how a mechanism says it."""

from __future__ import annotations

from dataclasses import dataclass
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
}

GOOD = (Reason.PAID, Reason.PAID_PASSED_UP)
"""The reasons that come with money."""

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
