"""The pass of volume that goes up from group to group."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from compplan.bonuses.leadership.flow import flow_up
from compplan.program.passes import Pass

if TYPE_CHECKING:
    from compplan.program.work import Work


@dataclass(frozen=True)
class GroupsPass(Pass):
    """Volume of groups goes up to the next who keeps it."""

    tree: str
    base: str
    leads: str
    keeps: str
    owed: int

    def run(self, work: Work) -> None:
        base, leads, keeps = (work.column_in(self.tree, c) for c in (self.base, self.leads, self.keeps))
        own = np.where(leads, np.maximum(base, 0), 0)
        owed = np.where(leads, self.owed, 0)
        flow = flow_up(work.tree(self.tree), own, owed, keeps, what=self.writes[0])
        work.put(self.writes[0], work.from_tree(self.tree, flow.kept), work.scales[self.base])
