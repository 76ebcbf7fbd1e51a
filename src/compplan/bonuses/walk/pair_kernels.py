"""Conditions on a pair: whether an earner may be paid for what comes from a source."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from compplan.jit import kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

U = np.uint32


class PairRows(NamedTuple):
    """Alternatives of comparisons, each of a number of the earner with one of the source.

    Comparisons `start[t]:start[t + 1]` make alternative t; comparison j compares row `row[j]` of the numbers, flat, by
    `op[j]`: 0 `>=`, 1 `<`, 2 `<=`, 3 `>`, 4 `==`, 5 `!=`. `of_line` is the source of each line, or empty where a
    source is its own line.
    """

    start: NDArray[np.int32]
    row: NDArray[np.int32]
    op: NDArray[np.int8]
    earner: NDArray[np.int64]
    source: NDArray[np.int64]
    of_line: NDArray[np.int32]
    size: int


@kernel
def fits(earner, line, pairs):
    """Say whether one of the alternatives holds for an earner and a line."""
    source = pairs.of_line[U(line)] if pairs.of_line.size > 0 else line
    for t in range(pairs.start.size - 1):
        holds = True
        for j in range(pairs.start[t], pairs.start[t + 1]):
            at = pairs.row[j] * pairs.size
            e, s, op = pairs.earner[at + earner], pairs.source[at + source], pairs.op[j]
            found = e >= s if op < 2 else e <= s if op < 4 else e == s
            holds = holds and found != bool(op & 1)
        if holds:
            return True
    return False
