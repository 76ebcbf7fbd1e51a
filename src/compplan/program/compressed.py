"""The pass of sums and counts over compressed levels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from compplan.program.passes import Pass
from compplan.volumes.compressed import sum_levels

if TYPE_CHECKING:
    from compplan.program.work import Work


@dataclass(frozen=True)
class CompressedPass(Pass):
    """A volume, or a condition, over some levels below, where some members use up no level."""

    tree: str
    base: str
    skips: str
    levels: int
    own: bool

    def run(self, work: Work) -> None:
        values = work.column_in(self.tree, self.base).astype(np.int64)
        skips = work.column_in(self.tree, self.skips)
        total = sum_levels(work.tree(self.tree), values, skips, self.levels)
        if self.own:
            total = total + values
        work.put(self.writes[0], work.from_tree(self.tree, total), work.scales.get(self.base, 0))
