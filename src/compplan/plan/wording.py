"""Pieces of plain language that descriptions of quantities and bonuses are put together from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from compplan.plan import expression as ex
from compplan.plan.tables import ALL, ByKey, LevelTable, axes
from compplan.plan.values import EXACT, number
from compplan.plan.words import RANK_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Callable
    from decimal import Decimal

MODES = {
    "half_up": "half up (ties away from zero)",
    "half_even": "half even",
    "half_down": "half down (ties toward zero)",
    "toward_zero": "toward zero",
    "away_from_zero": "away from zero",
    "floor": "down",
    "ceiling": "up",
}


def percent(value: Decimal) -> str:
    """Return a rate in per cent.

    Examples
    --------
    >>> from decimal import Decimal
    >>> percent(Decimal("0.125"))
    '12.5%'
    """
    return f"{ex.grouped(value.scaleb(2, EXACT))}%"


def money(value: Decimal) -> str:
    """Return a number with its thousands apart."""
    return ex.grouped(value)


def levels_words(count: Decimal) -> str:
    """Return a number of levels in words."""
    return "all" if count == ALL else f"{count:f}"


def words(text: str) -> str:
    """Return a condition or a computation in words."""
    return ex.words(ex.parse(text))


def in_tree(tree: str | None) -> str:
    """Return which tree is meant, where it is not the first."""
    return f" in the {tree} tree" if tree else ""


def table(rows: LevelTable | ByKey, by: str | tuple[str, ...], read: Callable[[Decimal], str]) -> str:
    """Return a table of rates or amounts, each number as `read` writes it."""
    if not isinstance(rows, ByKey):
        return _levels(rows, read)
    first = axes(by)
    return "; ".join(f"{', '.join(map(_key, keys, first))}: {_levels(row, read)}" for keys, row in rows.leaves())


def points(of: str, money_per_point: Decimal) -> list[str]:
    """Return the sentence on what a point is worth, where it is not one."""
    return [f"One point of {of} is worth {money(money_per_point)}."] if money_per_point != 1 else []


def _key(key: str, by: str) -> str:
    if by.startswith("source."):
        return f"on a source {_key(key, by.removeprefix('source.'))}"
    if by.startswith("orders."):
        return f"on orders with {by.removeprefix('orders.')} {key}"
    if by.startswith("order."):
        return f"on orders from {money(number(key))} {by.removeprefix('order.')}"
    if by in RANK_COLUMNS:
        return f"as {key}" if by == "paid_as" else f"with {by} {key}"
    return f"with {by} {key}" if by.startswith("member.") else f"from {money(number(key))} {by}"


def _levels(row: LevelTable, read: Callable[[Decimal], str]) -> str:
    texts = [read(value) for value in row.levels]
    listed = texts[0] if len(texts) == 1 else f"{', '.join(texts)} by level"
    if row.tail is None:
        return listed
    return f"{listed}, then {read(row.tail)} on every deeper level" if texts else f"{read(row.tail)} on every level"


def levels_deep(levels: int) -> str:
    """Return how deep something goes.

    Examples
    --------
    >>> levels_deep(1), levels_deep(3)
    ('one level deep', '3 levels deep')
    """
    return "one level deep" if levels == 1 else f"{levels} levels deep"


def half(span: str) -> str:
    """Return the word for a span of time in a sentence.

    Examples
    --------
    >>> half("half_year"), half("quarter")
    ('half-year', 'quarter')
    """
    return span.replace("_", "-")
