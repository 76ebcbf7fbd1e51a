"""What mechanisms share when they compile: who can be paid, and the most that he may get."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from compplan.bonuses.settle import UNCAPPED
from compplan.plan.values import EXACT

if TYPE_CHECKING:
    from decimal import Decimal

    from numpy.typing import NDArray

    from compplan.bonuses.base import Bonus
    from compplan.plan.values import ByKey, LevelTable
    from compplan.program.builder import Builder
    from compplan.program.work import Work

    Cap = tuple[str, tuple[Decimal, ...]]


def gate(bonus: Bonus, builder: Builder) -> str:
    """Return the column of who can be paid: distributors, who also meet `pay_when`."""
    return builder.condition(
        "is_distributor" if bonus.pay_when is None else f"is_distributor and ({bonus.pay_when})"
    )


def cap_columns(bonus: Bonus, builder: Builder) -> Cap | None:
    """Return the class column and the amounts of a bonus' cap."""
    return amounts_by(bonus.cap, bonus.cap_by, builder)


def amounts_by(table: LevelTable | ByKey | None, by: str, builder: Builder) -> Cap | None:
    """Return the class column and the amounts of a table with one amount a key."""
    if table is None:
        return None
    column, rows = builder.klass(by, table)
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
