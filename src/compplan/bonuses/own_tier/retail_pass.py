"""The pass of a retail bonus: a rate or an amount on a member's own volume, whole, in bands or in blocks."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING

import numpy as np

from compplan.bonuses.own_tier.earlier import advanced, taken_back
from compplan.bonuses.own_tier.passes import OwnTierPass, Payments
from compplan.bonuses.own_tier.volumes import Parts, in_bands, in_blocks
from compplan.bonuses.prepare.bands import Bands
from compplan.bonuses.prepare.gates import cap_columns, gate
from compplan.bonuses.prepare.source_parts import source_parts
from compplan.bonuses.prepare.sources import sources_of
from compplan.bonuses.prepare.terms import terms
from compplan.explain.reasons import CODES, Reason
from compplan.plan.tables import ByKey
from compplan.plan.values import EXACT, number
from compplan.program.class_passes import NO_CLASS, no_class
from compplan.volumes.orders.lines import order_lines

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from compplan.bonuses.books.book import Book
    from compplan.bonuses.kinds.retail import Retail
    from compplan.bonuses.prepare.source_parts import PartTable
    from compplan.bonuses.prepare.sources import Sources
    from compplan.plan.tables import LevelTable
    from compplan.program.builder import Builder
    from compplan.program.work import Work

    Ints = NDArray[np.int64]


def compile_retail(name: str, bonus: Retail, builder: Builder) -> None:
    """Add the pass of a retail bonus."""
    scope = builder.plan.scope
    base = builder.quantity(bonus.of)
    scale, bands = scope.scale(bonus.of), None
    if bonus.bands == "marginal" and isinstance(bonus.rates, ByKey) and isinstance(bonus.rates_by, str):
        keys = [number(key) for key in bonus.rates.rows]
        bands = Bands.of(keys, scale=max(scale, scope.scale(bonus.rates_by)))
    parts = [_part(bonus, each, builder) for each in source_parts(bonus.rates_by, bonus.table, builder)]
    made = terms(
        [row for _, rows, _ in parts for row in rows],
        base_scale=None if bonus.rates is None else bands.scale if bands else scale,
        factor=bonus.money_per_point,
        rounding=builder.plan.model.rounding,
        decimals=bonus.money(builder.plan.model).decimals,
    )
    pay, cap = gate(bonus, builder), cap_columns(bonus, builder)
    total = builder.quantity(str(bonus.rates_by)) if bands is not None else ""
    returned = builder.quantity(bonus.returned) if bonus.returned else ""
    also, columns = (base, pay, total, returned, cap[0] if cap else ""), [column for column, _, _ in parts]
    reads = tuple(dict.fromkeys(filter(None, (*also, *columns, *(s.base for *_, s in parts)))))
    given = (f"pay {name}",), reads, name, bonus
    found, first = [], 0
    for column, rows, sources in parts:
        numerators = made.numerators[first : first + len(rows)] if rows else np.zeros((1, 1), np.int64)
        own = replace(made, numerators=numerators)
        found.append(RetailPass(*given, own, column, pay, cap, base, sources, bands, total))
        first += len(rows)
    if len(found) == 1:
        builder.add(found[0])
    else:
        builder.add(KeyedRetailPass(*given, made, columns[0], pay, cap, base, parts=tuple(found)))


def _part(bonus: Retail, part: PartTable, builder: Builder) -> tuple[str, list[LevelTable], Sources]:
    """Return the column that chooses each member's row, the rows, and the volume that they are for."""
    sources = sources_of(bonus.of, builder, per_order=bonus.payment == "order", part=part.part)
    if part.table is None:
        return no_class(builder), [], sources
    column, rows = builder.klass(part.by, part.table)
    return column, rows, sources


@dataclass(frozen=True)
class RetailPass(OwnTierPass):
    """A rate on a member's own volume, or on each order that it is made of.

    Attributes
    ----------
    base
        The volume that is paid on.
    sources
        The volume of these payments, or how its orders are found, where each is a payment.
    bands, total
        The bands of marginal rates, and the quantity that they are bands of.
    """

    model: Retail
    base: str
    sources: Sources | None = None
    bands: Bands | None = None
    total: str = ""

    def _base_scale(self, work: Work) -> int:
        if self.model.rates is None:
            return 0
        return self.bands.scale if self.bands is not None else work.scales[self.base]

    def _adjusted(self, work: Work, book: Book) -> None:
        """Take back what came back of the period before, and deduct what was paid in advance."""
        if self.model.returned is not None:
            taken_back(self.bonus, self.model.returned, self.base, work, book)
        if self.model.true_up is not None:
            advanced(self.bonus, self.model.true_up, work, book)

    def _payments(self, work: Work) -> Payments:
        parts = self._parts(work)
        klass, table = parts.klass, self.terms.numerators[:, 0]
        payable = work.columns[self.pay][parts.source] & (klass >= 0)
        due = np.where(payable & parts.open, table[klass], 0)
        best = np.full(parts.source.size, table.max(), np.int64)
        reason = np.where(parts.open, 0, CODES[Reason.INCOMPLETE_BLOCK]).astype(np.int8)
        base = np.sign(parts.base) if self.model.rates is None else parts.base
        amount = self._amounts(work, base, due)
        return Payments(parts.source, parts.line, klass, base, best, due, payable, amount, reason)

    def _parts(self, work: Work) -> Parts:
        """Return the volumes that are paid on, each with its row of the table."""
        parts = self._sources(work)
        if self.bands is not None:
            scale = work.scales[self.base]
            parts = replace(parts, base=self.bands.lifted(parts.base, scale))
            total = self.bands.lifted(work.columns[self.total], work.scales[self.total])
            if self.model.blocks is None:
                return in_bands(parts, self.bands, total)
        blocks = self.model.blocks
        if blocks is None:
            return parts
        size = int(blocks.size.scaleb(self._base_scale(work), EXACT))
        return in_blocks(parts, self.bands, size, blocks.incomplete, blocks.after)

    def _sources(self, work: Work) -> Parts:
        """Return who, on what volume, for which order."""
        sources = self.sources
        assert sources is not None  # noqa: S101 - a pass of several parts asks these
        if sources.rule is None or work.orders is None:
            values = work.columns[sources.base]
            source = np.flatnonzero(values).astype(np.int32)
            base, line = values[source], np.full(source.size, -1, np.int64)
        else:
            lines = order_lines(sources.rule, work.orders, work.people(sources.tree))
            source = np.repeat(np.arange(work.size, dtype=np.int32), np.diff(lines.start))
            base, line = lines.value, lines.order.astype(np.int64)
            for size in sources.sizes:
                has = size.has(work, line)
                source, base, line = source[has], base[has], line[has]
        klass = work.columns[self.klass][source]
        return Parts(source, line, klass, base, np.ones(source.size, np.bool_))


@dataclass(frozen=True)
class KeyedRetailPass(RetailPass):
    """A retail bonus whose rates go by the order: the payments of each key, each with a table of its own.

    Attributes
    ----------
    parts
        The passes of the keys.
    """

    parts: tuple[RetailPass, ...] = ()

    def _payments(self, work: Work) -> Payments:
        found, row = [], 0
        for part in self.parts:
            each = part._payments(work)  # noqa: SLF001 - of the same kind
            found.append(replace(each, klass=np.where(each.klass < 0, -1, each.klass + row).astype(np.int16)))
            row += len(part.terms.numerators) if part.klass != NO_CLASS else 0
        order = np.argsort(np.concatenate([each.source for each in found]), kind="stable")
        names = [each.name for each in fields(Payments)]
        return Payments(*(np.concatenate([getattr(each, name) for each in found])[order] for name in names))
