"""Tables whose keys are not the earner's: those of the source (`source.rank`) or of the order (`orders.pack`).

Such a table is taken apart into one for each combination of these keys, with the earner's keys left in it; a source
or order is then paid by the table of its own keys.
"""

from __future__ import annotations

import re
from decimal import Decimal
from itertools import product
from math import prod
from typing import TYPE_CHECKING, NamedTuple

from compplan.errors import did_you_mean
from compplan.plan.findings import Finding
from compplan.plan.located import Hinted
from compplan.plan.tables import ByKey, LevelTable, axes
from compplan.plan.values import number

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from compplan.plan.findings import Found
    from compplan.plan.scope import Scope

Table = LevelTable | ByKey

OF_SOURCE, OF_ORDER, OF_SIZE = "source.", "orders.", "order."
MOST = 64
"""So many combinations of keys at most: each is a walk of its own."""

_NOTHING = LevelTable(levels=(Decimal(0),))


class Part(NamedTuple):
    """What goes for the sources and orders of one combination of keys.

    Attributes
    ----------
    keys
        The key of each field that is not the earner's, None where it is none of the table's.
    table, by
        The table of the earner's keys, and what these are; no table where there is no rate.
    """

    keys: tuple[str | None, ...]
    table: Table | None
    by: str | tuple[str, ...]


def is_theirs(by: str) -> bool:
    """Tell whether keys are those of a source or an order."""
    return by.startswith((OF_SOURCE, OF_ORDER, OF_SIZE))


def their_axes(by: str | tuple[str, ...]) -> tuple[str, ...]:
    """Return what the keys of a table are that are those of a source or an order."""
    return tuple(each for each in axes(by) if is_theirs(each))


def keys_of(by: str | tuple[str, ...], table: Table, scope: Scope) -> list[list[str]]:
    """Return the keys of each such field, wherever in the table they stand; thresholds from the lowest on."""
    found: list[list[str]] = []
    for place, each in enumerate(axes(by)):
        if is_theirs(each):
            keys = list(dict.fromkeys(_at_depth(table, place)))
            found.append(sorted(keys, key=number) if has_thresholds(each, scope) else keys)
    return found


def _at_depth(table: Table, depth: int) -> Iterable[str]:
    if not isinstance(table, ByKey):
        return
    for key, row in table.rows.items():
        if depth == 0:
            yield key
        else:
            yield from _at_depth(row, depth - 1)


def has_thresholds(by: str, scope: Scope) -> bool:
    """Tell whether keys are thresholds of a quantity."""
    return by.startswith(OF_SIZE) or by.removeprefix(OF_SOURCE) in scope.rules


def parts_of(by: str | tuple[str, ...], table: Table, scope: Scope) -> list[Part]:
    """Return the parts of a table, of every combination of keys; those without a rate have no table.

    Raises
    ------
    Hinted
        If the table cannot be taken apart, or a threshold is no number.
    """
    _demand_parts(by, table)
    keys, earners = keys_of(by, table, scope), tuple(each for each in axes(by) if not is_theirs(each))
    left: str | tuple[str, ...] = earners if len(earners) > 1 else earners[0] if earners else "paid_as"
    found = []
    for each in product(*([*known, None] for known in keys)):
        rows = None if None in each else _restricted(table, axes(by), [key for key in each if key], scope)
        found.append(Part(each, rows, left))
    return found


def _restricted(table: Table, by: Sequence[str], chosen: Sequence[str], scope: Scope) -> Table:
    """Return a table with the chosen keys taken: one of the earner's keys alone."""
    if not isinstance(table, ByKey):
        return table
    first, deeper = by[0], by[1:]
    if not is_theirs(first):
        return ByKey(rows={key: _restricted(row, deeper, chosen, scope) for key, row in table.rows.items()})
    row = _row_of(table, chosen[0], thresholds=has_thresholds(first, scope))
    return _NOTHING if row is None else _restricted(row, deeper, chosen[1:], scope)


def _row_of(table: ByKey, key: str, *, thresholds: bool) -> Table | None:
    if not thresholds:
        return table.rows.get(key)
    reached = [row for start, row in table.rows.items() if number(start) <= number(key)]
    return reached[-1] if reached else None


def keys_make_no_sense(bonus: object, scope: Scope) -> Found:
    """Yield what is wrong with keys of the source or the order in the rates of a bonus."""
    by, table = getattr(bonus, "rates_by", "paid_as"), getattr(bonus, "table", None)
    if not isinstance(table, ByKey) or not (theirs := their_axes(by)):
        return
    if any(each.startswith((OF_ORDER, OF_SIZE)) for each in theirs):
        yield from _orders_have_no_keys(bonus, theirs, scope)
    try:
        _demand_parts(by, table)
    except Hinted as error:
        yield Finding(("rates_by",), error.message, error.hint)


def _demand_parts(by: str | tuple[str, ...], table: Table) -> None:
    if not _full(table, len(axes(by))):
        hint = "write the keys of all that rates_by names under each other, everywhere"
        raise Hinted("with keys of the source or the order, the table is nested everywhere alike", hint)
    size = prod(len(set(_at_depth(table, place))) + 1 for place, each in enumerate(axes(by)) if is_theirs(each))
    if size > MOST:
        hint = f"use fewer keys: at most {MOST} combinations"
        raise Hinted(f"the keys of the source and the order have {size} combinations", hint)


def _full(table: Table, depth: int) -> bool:
    if not isinstance(table, ByKey):
        return depth == 0
    return depth > 0 and all(_full(row, depth - 1) for row in table.rows.values())


def _orders_have_no_keys(bonus: object, theirs: tuple[str, ...], scope: Scope) -> Found:
    of = getattr(bonus, "of", "")
    if of in scope.rules and of not in scope.order_sums:
        yield Finding(("of",), f'"{of}" is not a sum of orders', "keys of the order need one")
    amounts = {rule.sum.partition(".")[2]: name for name, rule in scope.order_sums.items()}
    for each in theirs:
        if each.startswith(OF_ORDER) and (volume := amounts.get(each.removeprefix(OF_ORDER))):
            hint = f"for the size of one order write {OF_SIZE}{volume}"
            yield Finding(("rates_by",), f"{each} is an amount, and no key", hint)
    sized = [each for each in theirs if each.startswith(OF_SIZE)]
    if sized and getattr(bonus, "payment", "") != "order":
        message = f"{sized[0]} is the size of one order, and a payment is for all orders of the period"
        yield Finding(("rates_by",), message, "add payment: order")
    sizes = [each.removeprefix(OF_SIZE) for each in sized]
    lengths = {scope.lengths.of(size) for size in sizes if size in scope.rules}
    if of in scope.order_sums and lengths - {scope.lengths.of(of)}:
        yield Finding(("rates_by",), f"{sized[0]} and {of} are not measured over the same time", "use the same over:")


def their_field_is_unknown(by: str, scope: Scope) -> str | None:
    """Return a hint where a field of the source or the order is not one; None where it is."""
    if by.startswith(OF_SIZE):
        name = by.removeprefix(OF_SIZE)
        if name in scope.order_sums:
            return None
        sums = list(scope.order_sums)
        close, column = did_you_mean(name, sums), f"{OF_ORDER}{name}"
        return close if close.startswith("did") else f"name a sum of orders ({', '.join(sums)}), or a column: {column}"
    if by.startswith(OF_ORDER):
        return None if re.fullmatch(r"orders\.\w+", by) else "name a column of the orders: orders.pack"
    name = by.removeprefix(OF_SOURCE)
    if name in scope.rank_columns or name in scope.rules or re.fullmatch(r"member\.\w+", name):
        return None
    known = [*scope.rank_columns, *scope.rules]
    return did_you_mean(name, known) or "name a rank column, a quantity or a field: source.member.country"
