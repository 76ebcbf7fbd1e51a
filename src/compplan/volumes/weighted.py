"""The pass of a weighted volume: totals of an upline walk that takes everybody for an earner."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from compplan.bonuses.walk.run import run_walk
from compplan.bonuses.walk.spec import Walk, WalkInputs
from compplan.errors import ExactnessError
from compplan.money_arrays import max_abs
from compplan.plan.values import EXACT
from compplan.program.passes import Pass

if TYPE_CHECKING:
    from compplan.program.work import Work
    from compplan.quantities.weighted import Weighted


@dataclass(frozen=True)
class WeightedPass(Pass):
    """A share of each level or generation of the downline's volume.

    Attributes
    ----------
    base, boundary
        The columns of the volume and of who ends a generation (None: weights go by level).
    """

    rule: Weighted
    tree: str
    base: str
    boundary: str | None

    def run(self, work: Work) -> None:
        rule, values = self.rule, work.in_tree(self.tree, work.columns[self.base])
        own = int(rule.own.scaleb(rule.fine, EXACT))
        everyone = np.ones(work.size, np.bool_)
        counted = None if self.boundary is None else work.in_tree(self.tree, work.columns[self.boundary])
        inputs = WalkInputs(
            work.tree(self.tree), np.zeros(work.size, np.int16), everyone, counted=counted, base=values
        )
        total = run_walk(self._walk(), inputs, keep_rows=False, threads=work.threads).pay
        if (max_abs(values) * own + max_abs(total)) >= 2**63:
            raise ExactnessError(f"{self.writes[0]} passes 64 bits: use fewer digits")
        total = total + values * own
        work.put(self.writes[0], work.from_tree(self.tree, total), work.scales[self.base] + rule.fine)

    def _walk(self) -> Walk:
        rule, shares = self.rule, self.rule.shares
        weights = [*shares.levels, *([] if shares.tail is None else [shares.tail])]
        before, opens = rule.own_group == "before_first", rule.boundary_member == "opens"
        numbers = [0] * before + [int(weight.scaleb(rule.fine, EXACT)) for weight in weights]
        return Walk(
            self.writes[0],
            np.array([numbers], np.int64),
            tail=shares.tail is not None,
            counts="everyone" if self.boundary is None else "flag",
            uncounted_paid=self.boundary is not None,
            from_self=before and opens,
            source_counts=opens if self.boundary else None,
        )
