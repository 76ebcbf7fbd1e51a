"""Where few members use up levels or are paid, a walk of totals runs on a tree of those few."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from compplan.bonuses.walk.contract_kernels import contract
from compplan.bonuses.walk.kernels import Members
from compplan.bonuses.walk.ranges import Arrays, ranges_of
from compplan.memory import unwritten, zeros
from compplan.volumes.member_arrays import as_input

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from compplan.bonuses.walk.ranges import Job

FEW = 8
"""One of so many members at most: beyond, the small tree costs more than it saves."""


@dataclass(frozen=True)
class Contracted:
    """A job on the tree of the few, its volume, and who they are."""

    job: Job
    volume: NDArray[np.int64]
    kept: NDArray[np.int64]

    def spread(self, pay: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the pay of all members from that of the nodes."""
        out = zeros(self.job.inputs.tree.n)
        out[self.kept] = pay[: 2 * self.kept.size : 2]
        return out


def contracted(job: Job, volume: NDArray[np.int64]) -> Contracted | None:
    """Contract a job of totals, if few members matter.

    Who is neither counted nor paid changes neither pay nor books: only his volume counts, and it is the same for
    everybody above the nearest one who matters.
    """
    if job.walk.counts != "flag":
        return None
    members = job.arrays.members
    matters = members.counted
    if job.walk.uncounted_paid:
        matters = matters | (members.row != job.walk.classes)
    if np.count_nonzero(matters) * FEW > matters.size:
        return None
    return _on_the_few(job, volume, np.flatnonzero(matters))


def _on_the_few(job: Job, volume: NDArray[np.int64], kept: NDArray[np.int64]) -> Contracted:
    nodes = 2 * kept.size + 1
    depth, parent = unwritten([(nodes, np.int32), (nodes, np.int32)])
    sums = zeros(nodes)
    stack = np.empty(job.arrays.max_depth + 2, np.int32)
    few, end = as_input(kept.astype(np.int32)), as_input(job.inputs.tree.end)
    deepest = contract(few, end, volume, stack, depth, parent, sums)
    row, counted = np.full(nodes, job.walk.classes, np.int16), np.zeros(nodes, np.bool_)
    row[: nodes - 1 : 2] = job.arrays.members.row[kept]
    counted[: nodes - 1 : 2] = job.arrays.members.counted[kept]
    members = Members(as_input(depth), as_input(row), as_input(counted))
    arrays = Arrays(members, job.arrays.lines, as_input(parent), int(deepest))
    small = replace(job, arrays=arrays, ranges=ranges_of(arrays, len(job.ranges)))
    return Contracted(small, as_input(sums), kept)
