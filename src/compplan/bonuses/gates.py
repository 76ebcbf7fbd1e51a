"""What mechanisms share when they compile: who can be paid, and the most that he may get."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from compplan.bonuses.settle import UNCAPPED
from compplan.plan import expression as ex
from compplan.plan.pairs import split
from compplan.plan.values import EXACT

if TYPE_CHECKING:
    from decimal import Decimal

    from numpy.typing import NDArray

    from compplan.bonuses.base import Bonus
    from compplan.program.builder import Builder
    from compplan.program.work import Work

    Cap = tuple[str, tuple[Decimal, ...]]


def gate(bonus: Bonus, builder: Builder) -> str:
    """Return the column of who can be paid: distributors, who also meet what `pay_when` says of themselves."""
    if bonus.pay_when is None:
        return builder.condition("is_distributor")
    own, pair = split(ex.parse(bonus.pay_when))
    if pair is None:
        return builder.condition(f"is_distributor and ({bonus.pay_when})")
    return builder.condition("is_distributor" if own is None else f"is_distributor and ({own})")


def cap_columns(bonus: Bonus, builder: Builder) -> Cap | None:
    """Return the class column and the amounts of a bonus' cap."""
    if bonus.cap is None:
        return None
    column, rows = builder.klass(bonus.cap_by, bonus.cap)
    return column, tuple(row.levels[0] for row in rows)


def caps(cap: Cap | None, scale: int, work: Work) -> NDArray[np.int64] | None:
    """Return the most that each member may get, at `scale`; who has no key has no cap."""
    if cap is None:
        return None
    column, amounts = cap
    table = np.array(
        [*(min(int(amount.scaleb(scale, EXACT)), UNCAPPED) for amount in amounts), UNCAPPED], np.int64
    )
    return table[work.columns[column]]
