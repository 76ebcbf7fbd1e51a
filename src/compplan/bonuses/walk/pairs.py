"""Conditions on the earner and the source of a payment, as arrays."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from compplan.bonuses.walk.pair_kernels import PairRows
from compplan.volumes.member_arrays import as_input

if TYPE_CHECKING:
    from numpy.typing import NDArray

OPERATORS = {">=": 0, "<": 1, "<=": 2, ">": 3, "==": 4, "!=": 5}
_FUNCTIONS = (np.greater_equal, np.less, np.less_equal, np.greater, np.equal, np.not_equal)


@dataclass(frozen=True, eq=False)
class Pairs:
    """Alternatives; each is a list of comparisons that must all hold.

    Attributes
    ----------
    terms
        For each alternative, the comparisons: the row of the numbers, and the operator's code.
    earner, source
        int64[rows, n]: what is compared, the earner's number on the left.
    """

    terms: tuple[tuple[tuple[int, int], ...], ...]
    earner: NDArray[np.int64]
    source: NDArray[np.int64]

    def part(self, own: slice) -> Pairs:
        """Return the same of a slice of the members."""
        return replace(self, earner=self.earner[:, own], source=self.source[:, own])

    def of(self, earner: int, sources: NDArray[np.integer]) -> NDArray[np.bool_]:
        """Tell for which sources an earner may be paid."""
        result = np.zeros(sources.size, np.bool_)
        for term in self.terms:
            holds = np.ones(sources.size, np.bool_)
            for row, op in term:
                holds &= _FUNCTIONS[op](self.earner[row, earner], self.source[row, sources])
            result |= holds
        return result


NOBODY = Pairs((), np.zeros((1, 0), np.int64), np.zeros((1, 0), np.int64))


def rows_of(pairs: Pairs | None, line_start: NDArray[np.int64] | None) -> PairRows:
    """Return the rows that kernels read; empty ones where there is no condition."""
    given = pairs or NOBODY
    flat = [each for term in given.terms for each in term]
    start = np.cumsum([0, *map(len, given.terms)]).astype(np.int32)
    row, op = (np.array([each[part] for each in flat], np.int64) for part in (0, 1))
    of_line = np.zeros(0, np.int32)
    if pairs is not None and line_start is not None:
        of_line = np.repeat(np.arange(line_start.size - 1, dtype=np.int32), np.diff(line_start))
    return PairRows(
        start=as_input(start),
        row=as_input(row.astype(np.int32)),
        op=as_input(op.astype(np.int8)),
        earner=as_input(given.earner.ravel()),
        source=as_input(given.source.ravel()),
        of_line=as_input(of_line),
        size=given.earner.shape[1],
    )
