"""From rates and amounts of the plan to integers that kernels multiply.

One payment is `base * numerator / denominator` in the smallest unit of the book. Where payments are rounded, that
unit is the plan's (a cent) and the denominator is a power of ten; where they are not, the unit is fine enough to
hold every product exactly and the denominator is 1.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np

from compplan.errors import ExactnessError
from compplan.plan.values import EXACT, digits

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from compplan.plan.model import PlanModel
    from compplan.plan.sections import Rounding
    from compplan.plan.tables import LevelTable


@dataclass(frozen=True)
class Terms:
    """A table of rates or amounts as integers.

    Attributes
    ----------
    numerators
        int64[classes, levels], with one more column for the tail.
    denominator
        Divides every product; 1 where payments are not rounded.
    scale, exact_scale
        Digits of the book's amounts, and of an exact product.
    printed, printed_scale
        The table as the plan prints it, for the ledger (no rows for amounts).
    """

    numerators: NDArray[np.int64]
    denominator: int
    tail: bool
    scale: int
    exact_scale: int
    printed: NDArray[np.int64]
    printed_scale: int


def terms_of(bonus: Any, rows: Sequence[LevelTable], model: PlanModel, *, base_scale: int | None) -> Terms:
    """Return the terms of rows of a bonus, with its own worth of a point and in its own money; see `terms`."""
    factor, decimals = bonus.money_per_point, bonus.money(model).decimals
    return terms(rows, base_scale=base_scale, factor=factor, rounding=model.rounding, decimals=decimals)


def terms_of_pay(bonus: Any, rows: Sequence[LevelTable], model: PlanModel, *, base_scale: int) -> Terms:
    """Return the terms of rates on pay, which is worth what it is; see `terms`."""
    decimals = bonus.money(model).decimals
    return terms(rows, base_scale=base_scale, factor=Decimal(1), rounding=model.rounding, decimals=decimals)


def terms(
    rows: Sequence[LevelTable],
    *,
    base_scale: int | None,
    factor: Decimal,
    rounding: Rounding,
    decimals: int,
) -> Terms:
    """Turn the rows of a table into integers.

    Parameters
    ----------
    rows
        One table for each class.
    base_scale
        Digits of the volume that rates apply to; None for fixed amounts.
    factor
        Money for one point of volume.
    rounding, decimals
        The plan's rounding, and the digits of its money.
    """
    exact, tail = _rectangle(rows)
    products = [[value if base_scale is None else EXACT.multiply(value, factor) for value in row] for row in exact]
    fine = max(digits(value) for row in products for value in row)
    exact_scale = max((base_scale or 0) + fine, decimals)
    scale = decimals if rounding.at == "payment" else exact_scale
    shift = exact_scale - (base_scale or 0)
    printed_scale = 0 if base_scale is None else max(digits(value) for row in exact for value in row)
    return Terms(
        numerators=_integers(products, shift),
        denominator=10 ** (exact_scale - scale),
        tail=tail,
        scale=scale,
        exact_scale=exact_scale,
        printed=np.zeros((0, 0), np.int64) if base_scale is None else _integers(exact, printed_scale),
        printed_scale=printed_scale,
    )


def _rectangle(rows: Sequence[LevelTable]) -> tuple[list[list[Decimal]], bool]:
    """Give all rows the same number of levels: a row that ends early pays nothing below, or its own tail."""
    tail = any(row.tail is not None for row in rows)
    levels = max(len(row.levels) for row in rows)
    exact = []
    for row in rows:
        below = row.tail or Decimal(0)
        exact.append([*row.levels, *[below] * (levels - len(row.levels)), *[below] * tail])
    return exact, tail


def _integers(table: list[list[Decimal]], scale: int) -> NDArray[np.int64]:
    try:
        return np.array([[int(value.scaleb(scale, EXACT)) for value in row] for row in table], np.int64)
    except OverflowError:
        raise ExactnessError(f"a rate or amount does not fit 64 bits at {scale} digits: use fewer digits") from None
