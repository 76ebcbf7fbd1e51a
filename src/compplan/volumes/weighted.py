"""The pass of a weighted volume: totals of an upline walk that takes everybody for an earner."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np

from compplan.bonuses.prepare.levels_open import rows_to_level
from compplan.bonuses.walk.counting import opposite
from compplan.bonuses.walk.run import run_walk
from compplan.bonuses.walk.spec import Walk, WalkInputs
from compplan.errors import ExactnessError
from compplan.money_arrays import max_abs
from compplan.plan import expression as ex
from compplan.plan.values import EXACT
from compplan.program.passes import Pass

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from compplan.plan.tables import LevelTable
    from compplan.program.builder import Builder
    from compplan.program.work import Work
    from compplan.quantities.weighted import Weighted


def compile_weighted(name: str, rule: Weighted, builder: Builder) -> None:
    """Add the pass of a weighted volume."""
    where = None if rule.where is None else builder.condition(rule.where)
    base = builder.only(builder.quantity(rule.weighted), where)
    column, rows = rows_to_level(rule.weights_by, rule.weights, rule.levels, rule.levels_by, builder)
    counted = _counted(rule, builder)
    reads = tuple(filter(None, (base, column, counted)))
    tree = rule.tree_of(builder.plan.scope)
    builder.add(WeightedPass((name,), reads, rule, tree, base, counted, column, tuple(rows)))


def _counted(rule: Weighted, builder: Builder) -> str | None:
    """Return the column of who uses up a level, or ends a generation; None for everybody."""
    items = [] if rule.boundary is None else [ex.parse(rule.boundary)]
    items += [] if rule.compress is None else [opposite(ex.parse(rule.compress))]
    if not items:
        return None
    return builder.condition(items[0] if len(items) == 1 else ex.Logic("and", tuple(items)))


@dataclass(frozen=True)
class WeightedPass(Pass):
    """A share of each level or generation of the downline's volume.

    Attributes
    ----------
    base, counted
        The columns of the volume, and of who uses up a level or ends a generation (None: everybody).
    klass, rows
        The column of each member's row of weights, and the rows.
    """

    rule: Weighted
    tree: str
    base: str
    counted: str | None
    klass: str
    rows: tuple[LevelTable, ...]

    def run(self, work: Work) -> None:
        rule, values = self.rule, work.column_in(self.tree, self.base)
        own = int(rule.own.scaleb(rule.fine, EXACT))
        everyone = np.ones(work.size, np.bool_)
        counted = None if self.counted is None else work.column_in(self.tree, self.counted)
        klass = work.column_in(self.tree, self.klass)
        inputs = WalkInputs(work.tree(self.tree), klass, everyone, counted=counted, base=values)
        total = run_walk(self._walk(), inputs, keep_rows=False, threads=work.threads).pay
        if (max_abs(values) * own + max_abs(total)) >= 2**63:
            raise ExactnessError(f"{self.writes[0]} passes 64 bits: use fewer digits")
        total = total + values * own
        work.put(self.writes[0], work.from_tree(self.tree, total), work.scales[self.base] + rule.fine)

    def _walk(self) -> Walk:
        rule = self.rule
        before, opens = rule.own_group == "before_first", rule.boundary_member == "opens"
        weights = self._weights()
        return Walk(
            self.writes[0],
            np.hstack([np.zeros((len(weights), int(before)), np.int64), weights]),
            tail=any(row.tail is not None for row in self.rows),
            counts="everyone" if self.counted is None else "flag",
            uncounted_paid=self.counted is not None,
            from_self=before and opens,
            source_counts=opens if rule.boundary else None,
        )

    def _weights(self) -> NDArray[np.int64]:
        """Return the weights by row and level at the digits of the finest, with a last column for deeper levels."""
        fine, tail = self.rule.fine, any(row.tail is not None for row in self.rows)
        width = max(len(row.levels) for row in self.rows)
        lines = []
        for row in self.rows:
            below = [row.tail or Decimal(0)] * (width - len(row.levels) + tail)
            lines.append([int(value.scaleb(fine, EXACT)) for value in (*row.levels, *below)])
        return np.array(lines, np.int64).reshape(len(lines), width + tail)
