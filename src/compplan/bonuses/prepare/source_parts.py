"""Sources and orders by the keys of a table: which members, which orders, and orders of which size."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import ceil
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from compplan.plan.source_keys import OF_ORDER, OF_SIZE, OF_SOURCE, keys_of, parts_of, their_axes
from compplan.plan.tables import ByKey, LevelTable, axes
from compplan.plan.values import EXACT, number
from compplan.program.class_passes import RowMaskPass
from compplan.volumes.orders.lines import order_amounts
from compplan.volumes.orders.rules import Key, rule_from_model

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from compplan.plan.tables import ByKey as Keyed
    from compplan.program.builder import Builder
    from compplan.program.work import Work
    from compplan.volumes.orders.rules import OrderRule

    Table = LevelTable | Keyed


@dataclass(frozen=True)
class OrderSize:
    """Orders that have so much of a volume: from `low` on, and less than `high`.

    Attributes
    ----------
    rule, tree
        The volume, and the tree in which it is credited.
    low, high
        At the volume's digits; None for no bound.
    """

    rule: OrderRule
    tree: str
    low: int | None
    high: int | None

    def has(self, work: Work, rows: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Tell which orders, named by rows of the orders table, are of this size."""
        assert work.orders is not None  # noqa: S101 - rows are of orders
        name = f"size {self.rule.name}"
        if name not in work.lines:
            work.lines[name] = order_amounts(self.rule, work.orders, work.people(self.tree))
        size: NDArray[np.int64] = work.lines[name][rows]
        fits = np.ones(rows.size, np.bool_)
        if self.low is not None:
            fits &= size >= self.low
        if self.high is not None:
            fits &= size < self.high
        return fits


@dataclass(frozen=True)
class SourcePart:
    """The sources and orders of one combination of keys.

    Attributes
    ----------
    name
        What tells it from the other parts; empty where there is but one.
    rows
        Columns of rows, and the row that a member must have in each.
    only, exclude
        Columns of the orders, and the texts that an order must have in them, or must not have.
    sizes
        Which sizes orders must have.
    """

    name: str = ""
    rows: tuple[tuple[str, int], ...] = ()
    only: tuple[tuple[str, tuple[str, ...]], ...] = ()
    exclude: tuple[tuple[str, tuple[str, ...]], ...] = ()
    sizes: tuple[OrderSize, ...] = ()

    @property
    def of_orders(self) -> bool:
        """Whether the volume of a period is of some orders only."""
        return bool(self.only or self.exclude)

    def members(self, where: str | None, builder: Builder) -> str | None:
        """Return the column of whose volume counts, of those who meet a condition's column; None for everybody."""
        if not self.rows:
            return where
        name = f"{where or 'all'} with {self.rows}"
        if name not in builder.known:
            columns = [column for column, _ in self.rows]
            builder.add(RowMaskPass((name,), tuple(filter(None, (*columns, where))), self.rows, where))
        return name

    def orders(self, rule: OrderRule) -> OrderRule:
        """Return a rule of orders for those of this part."""
        if not self.of_orders:
            return rule
        only, exclude = (*rule.only, *self.only), (*rule.exclude, *self.exclude)
        return replace(rule, name=f"{rule.name} of{self.name}", only=only, exclude=exclude)


ALL = SourcePart()


class PartTable(NamedTuple):
    """A part, and the table of the earner's keys that goes for it; None where there is no rate."""

    part: SourcePart
    table: Table | None
    by: str | tuple[str, ...]


def source_parts(by: str | tuple[str, ...], table: Table, builder: Builder) -> list[PartTable]:
    """Return the parts of a table by keys of the source or order; one part where it has none."""
    theirs = their_axes(by)
    if not theirs:
        return [PartTable(ALL, table, by)]
    scope = builder.plan.scope
    known = dict(zip(theirs, keys_of(by, table, scope), strict=True))
    found = []
    for place, (keys, rows, own) in enumerate(parts_of(by, table, scope)):
        part = SourcePart(f" part {place} by {', '.join(axes(by))}")
        for each, key in zip(theirs, keys, strict=True):
            part = _taken(part, each, key, known[each], builder)
        found.append(PartTable(part, rows, own))
    return found


def _taken(part: SourcePart, by: str, key: str | None, keys: list[str], builder: Builder) -> SourcePart:
    """Return a part cut down to one key of one field."""
    if by.startswith(OF_ORDER):
        column = by.removeprefix(OF_ORDER)
        if key is None:
            return replace(part, exclude=(*part.exclude, (column, tuple(map(Key, keys)))))
        return replace(part, only=(*part.only, (column, (Key(key),))))
    if by.startswith(OF_SIZE):
        return replace(part, sizes=(*part.sizes, _size(by.removeprefix(OF_SIZE), key, keys, builder)))
    plain = ByKey(rows={each: LevelTable(levels=(number(0),)) for each in keys})
    column, _ = builder.klass(by.removeprefix(OF_SOURCE), plain)
    return replace(part, rows=(*part.rows, (column, -1 if key is None else keys.index(key))))


def _size(volume: str, key: str | None, keys: list[str], builder: Builder) -> OrderSize:
    rule = builder.plan.scope.order_sums[volume]
    scale = builder.plan.scope.scale(volume)
    bounds = [ceil(number(each).scaleb(scale, EXACT)) for each in keys]
    place = -1 if key is None else keys.index(key)
    low = None if place < 0 else bounds[place]
    high = bounds[place + 1] if place + 1 < len(bounds) else None
    return OrderSize(rule_from_model(volume, rule), builder.tree(rule.tree), low, high)
