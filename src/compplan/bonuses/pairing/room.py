"""Where the parts of a run write: columns of all members, so that nothing has to be put together afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from compplan.memory import unwritten

if TYPE_CHECKING:
    from numpy.typing import NDArray

PAY, PAIRS = "pay", "pairs"
"""The columns of what members get, and of their paid pairs; the others are columns of the next state."""


class Room:
    """Columns by name, made when they are first asked for."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.columns: dict[str, NDArray[np.int64]] = {}

    def of(self, name: str, part: slice) -> NDArray[np.int64]:
        """Return the part of a column, to write to."""
        if name not in self.columns:
            (self.columns[name],) = unwritten([(self.size, np.int64)])
        return self.columns[name][part]

    def put(self, name: str, part: slice, values: NDArray[np.int64]) -> None:
        """Write the part of a column, unless it was written in place."""
        target = self.of(name, part)
        if not np.may_share_memory(target, values):
            target[:] = values
