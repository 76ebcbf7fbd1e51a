"""The pass of a volume that is collected downwards."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from compplan.program.passes import Pass
from compplan.volumes.collect import collect

if TYPE_CHECKING:
    from compplan.program.work import Work
    from compplan.quantities.collect import Collect


@dataclass(frozen=True)
class CollectPass(Pass):
    """Volume of one level after the other until an amount is met, or the number of these levels.

    Attributes
    ----------
    base, skipped
        The columns of the volume and of who uses up no level (None: everybody does).
    amount
        The amount at the scale of the volume.
    """

    rule: Collect
    tree: str
    base: str
    skipped: str | None
    amount: int

    def run(self, work: Work) -> None:
        rule, skipped = self.rule, None
        values = work.column_in(self.tree, self.base)
        if self.skipped is not None:
            skipped = work.column_in(self.tree, self.skipped)
        found = collect(
            work.tree(self.tree),
            values,
            self.amount,
            levels=rule.levels,
            skipped=skipped,
            own=rule.own,
            threads=work.threads,
        )
        if rule.measure == "levels":
            work.put(self.writes[0], work.from_tree(self.tree, found.levels), 0)
            return
        total = np.minimum(found.total, self.amount) if rule.last_level == "part" else found.total
        work.put(self.writes[0], work.from_tree(self.tree, total), work.scales[self.base])
