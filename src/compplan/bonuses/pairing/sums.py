"""Exact sums of a column by a small number of cells."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from compplan.bonuses.pairing.kernels import halves_by_cell

if TYPE_CHECKING:
    from numpy.typing import NDArray


def sums_by_cell(values: NDArray[np.int64], cell: NDArray[np.int32], cells: int) -> NDArray[np.object_]:
    """Return the sum of the values of each cell as Python integers; members of cell -1 are in none.

    Examples
    --------
    >>> sums_by_cell(np.array([2**62, 2**62, 2**62, 5]), np.array([0, 0, 1, -1], np.int32), 2)
    array([9223372036854775808, 4611686018427387904], dtype=object)
    """
    high, low = np.zeros(cells + 1, np.int64), np.zeros(cells + 1, np.int64)
    halves_by_cell(values, cell, high, low)
    return (high.astype(object) * 2**32 + low.astype(object))[1:]
