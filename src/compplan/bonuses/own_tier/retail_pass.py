"""The pass of a retail bonus: a rate or an amount on a member's own volume, whole, in bands or in blocks."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from compplan.bonuses.own_tier.earlier import advanced, taken_back
from compplan.bonuses.own_tier.passes import OwnTierPass, Payments
from compplan.bonuses.own_tier.volumes import Parts, in_bands, in_blocks
from compplan.bonuses.prepare.bands import Bands
from compplan.bonuses.prepare.gates import cap_columns, gate
from compplan.bonuses.prepare.terms import terms
from compplan.explain.reasons import CODES, Reason
from compplan.plan.values import EXACT, ByKey, number
from compplan.quantities.order_sum import OrderSum
from compplan.volumes.order_rules import rule_from_model
from compplan.volumes.orders import order_lines

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from compplan.bonuses.books.book import Book
    from compplan.bonuses.kinds.retail import Retail
    from compplan.program.builder import Builder
    from compplan.program.work import Work
    from compplan.volumes.order_rules import OrderRule

    Ints = NDArray[np.int64]


def compile_retail(name: str, bonus: Retail, builder: Builder) -> None:
    """Add the pass of a retail bonus."""
    scope = builder.plan.scope
    base = builder.quantity(bonus.of)
    scale, bands = scope.scale(bonus.of), None
    if bonus.bands == "marginal" and isinstance(bonus.rates, ByKey) and isinstance(bonus.rates_by, str):
        keys = [number(key) for key in bonus.rates.rows]
        bands = Bands.of(keys, scale=max(scale, scope.scale(bonus.rates_by)))
    column, rows = builder.klass(bonus.rates_by, bonus.table)
    made = terms(
        rows,
        base_scale=None if bonus.rates is None else bands.scale if bands else scale,
        factor=bonus.money_per_point,
        rounding=builder.plan.model.rounding,
        decimals=bonus.money(builder.plan.model).decimals,
    )
    pay, cap = gate(bonus, builder), cap_columns(bonus, builder)
    rule = scope.rules[bonus.of]
    lines = rule_from_model(bonus.of, rule) if bonus.payment == "order" and isinstance(rule, OrderSum) else None
    total = builder.quantity(str(bonus.rates_by)) if bands is not None else ""
    returned = builder.quantity(bonus.returned) if bonus.returned else ""
    reads = tuple(dict.fromkeys(filter(None, (base, column, pay, total, returned, cap[0] if cap else ""))))
    builder.add(RetailPass((f"pay {name}",), reads, name, bonus, made, column, pay, cap, base, lines, bands, total))


@dataclass(frozen=True)
class RetailPass(OwnTierPass):
    """A rate on a member's own volume, or on each order that it is made of.

    Attributes
    ----------
    base
        The volume that is paid on.
    lines
        How its orders are found, where each is a payment.
    bands, total
        The bands of marginal rates, and the quantity that they are bands of.
    """

    model: Retail
    base: str
    lines: OrderRule | None = None
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
        if self.lines is None or work.orders is None:
            values = work.columns[self.base]
            source = np.flatnonzero(values).astype(np.int32)
            base, line = values[source], np.full(source.size, -1, np.int64)
        else:
            lines = order_lines(self.lines, work.orders, work.people(work.tree_of(self.base)))
            source = np.repeat(np.arange(work.size, dtype=np.int32), np.diff(lines.start))
            base, line = lines.value, lines.order.astype(np.int64)
        klass = work.columns[self.klass][source]
        return Parts(source, line, klass, base, np.ones(source.size, np.bool_))
