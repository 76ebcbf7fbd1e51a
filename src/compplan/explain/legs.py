"""What one member's legs bring, measured again from the columns that the rank pass used.

A leg is a contiguous range of the tree's pre-order, so everything here is a reduction over ranges: milliseconds
for a leader of millions, microseconds for most.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from compplan.program.work import Work


@dataclass(frozen=True)
class LegView:
    """The legs of one member in one tree.

    Attributes
    ----------
    position
        The member, in the primary order.
    """

    work: Work
    tree_name: str
    position: int

    @cached_property
    def index(self) -> int:
        """The member's place in the tree's own order."""
        order = self.work.tree(self.tree_name).from_primary
        return self.position if order is None else int(order[self.position])

    @cached_property
    def span(self) -> slice:
        """His downline in the tree's own order, without himself."""
        return slice(self.index + 1, int(self.work.tree(self.tree_name).end[self.index]))

    @cached_property
    def heads(self) -> NDArray[np.int64]:
        """The frontline, in the tree's own order: the heads of the legs."""
        parent = self.work.tree(self.tree_name).parent[self.span]
        return np.flatnonzero(parent == self.index) + self.span.start

    def primary(self, index: int) -> int:
        """Return a place of the tree's own order as a position in the primary tree."""
        order = self.work.tree(self.tree_name).to_primary
        return index if order is None else int(order[index])

    def over(self, column: NDArray[Any]) -> NDArray[Any]:
        """Return a primary column over the downline, in the tree's own order."""
        order = self.work.tree(self.tree_name).to_primary
        return column[self.span] if order is None else column[order[self.span]]

    def at_heads(self, downline: NDArray[Any]) -> NDArray[Any]:
        """Return what an array over the downline says of the heads of the legs."""
        return downline[self.heads - self.span.start]

    def best(self, downline: NDArray[Any]) -> NDArray[Any]:
        """Return the largest value in each leg of an array over the downline."""
        if not self.heads.size:
            return np.empty(0, downline.dtype)
        return np.maximum.reduceat(downline, self.heads - self.span.start)

    def leg(self, number: int) -> slice:
        """Return the range of a leg within the downline."""
        after = self.heads[number + 1] if number + 1 < self.heads.size else self.span.stop
        return slice(int(self.heads[number]) - self.span.start, int(after) - self.span.start)

    def member(self, place: int) -> int:
        """Return the position of a place within the downline."""
        return self.primary(self.span.start + place)
