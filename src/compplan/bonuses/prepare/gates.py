"""What mechanisms share when they compile: who can be paid, and the most that he may get."""

from __future__ import annotations

from typing import TYPE_CHECKING

from compplan.bonuses.books.caps import Cap, Caps
from compplan.plan import expression as ex
from compplan.plan.expression.pairs import split

if TYPE_CHECKING:
    from decimal import Decimal

    from compplan.bonuses.base import Bonus
    from compplan.plan.tables import ByKey, LevelTable
    from compplan.program.builder import Builder
    from compplan.program.work import Work

__all__ = ["Cap", "cap_columns", "caps", "gate"]


def gate(bonus: Bonus, builder: Builder) -> str:
    """Return the column of who can be paid: distributors, who also meet what `pay_when` says of themselves."""
    if bonus.pay_when is None:
        return builder.condition("is_distributor")
    own, pair = split(ex.parse(bonus.pay_when))
    if pair is None:
        return builder.condition(f"is_distributor and ({bonus.pay_when})")
    return builder.condition("is_distributor" if own is None else f"is_distributor and ({own})")


def cap_columns(bonus: Bonus, builder: Builder) -> Cap | None:
    """Return the class column and the amounts of a bonus' cap, or its quantity, and what else it says."""
    if bonus.cap is None:
        return None
    column, amounts = _most(bonus.cap, bonus.cap_by, builder)
    name = next(name for name, other in builder.plan.model.bonuses.items() if other is bonus)
    return Cap(column, amounts, name, bonus.cap_per, bonus.cap_over, bonus.cap_cut, bonus.cap_rest)


def _most(cap: str | LevelTable | ByKey, by: str, builder: Builder) -> tuple[str, tuple[Decimal, ...] | None]:
    if isinstance(cap, str):
        return builder.quantity(cap), None
    column, rows = builder.klass(by, cap)
    return column, tuple(row.levels[0] for row in rows)


def amounts_by(bonus: Bonus, field: str, builder: Builder) -> Cap | None:
    """Return the class column and the amounts of another table of a bonus with one amount a key, or its quantity."""
    table = getattr(bonus, field)
    if table is None:
        return None
    return Cap(*_most(table, getattr(bonus, f"{field}_by"), builder), field)


def caps(cap: Cap | None, scale: int, work: Work) -> Caps | None:
    """Return the most that each member may get, at `scale`; who has no key has no cap."""
    return None if cap is None else Caps.of(cap, scale, work)
