"""The passes that choose a row of a table for each member."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from compplan.program.passes import Pass

if TYPE_CHECKING:
    from compplan.program.builder import Builder
    from compplan.program.work import Work

NO_CLASS = "no class"


@dataclass(frozen=True)
class ClassPass(Pass):
    """Which row of a rate table goes for each member: by rank, by threshold, or by the text of a field.

    The column holds the row's number, -1 where there is none.
    """

    by: str
    keys: tuple[Any, ...] = field(default=())

    def run(self, work: Work) -> None:
        if not self.by:
            result = np.zeros(work.size, np.int16)
        elif self.by.startswith("member."):
            codes, values = work.texts[self.by.removeprefix("member.")]
            places = np.array([self.keys.index(v) if v in self.keys else -1 for v in values] + [-1], np.int16)
            result = places[codes]
        elif self.by in work.scales:
            thresholds = np.array(self.keys, np.int64)
            result = (np.searchsorted(thresholds, work.columns[self.by], side="right") - 1).astype(np.int16)
        else:
            places = np.full(len(work.plan.scope.ranks) + 1, -1, np.int16)
            places[list(self.keys)] = np.arange(len(self.keys))
            result = places[work.columns[self.by]]
        work.put(self.writes[0], result)


@dataclass(frozen=True)
class NoClassPass(Pass):
    """No row for anybody."""

    def run(self, work: Work) -> None:
        work.put(self.writes[0], np.full(work.size, -1, np.int16))


def no_class(builder: Builder) -> str:
    """Return a column without a row for anybody."""
    if NO_CLASS not in builder.known:
        builder.add(NoClassPass((NO_CLASS,), ()))
    return NO_CLASS


@dataclass(frozen=True)
class RowMaskPass(Pass):
    """Who has certain rows of tables, of those who meet a condition.

    Attributes
    ----------
    rows
        Columns of rows, and the row that a member must have in each.
    where
        The column of a condition, or None.
    """

    rows: tuple[tuple[str, int], ...]
    where: str | None

    def run(self, work: Work) -> None:
        flags = np.ones(work.size, np.bool_) if self.where is None else work.columns[self.where].copy()
        for column, row in self.rows:
            flags &= work.columns[column] == row
        work.put(self.writes[0], flags)


@dataclass(frozen=True)
class PairPass(Pass):
    """Two classes as one: row a of the first and row b of the second are row `a * (size + 1) + b`.

    Without a row in the second, b is `size`; without one in the first there is none.
    """

    first: str
    second: str
    size: int

    def run(self, work: Work) -> None:
        first, second = work.columns[self.first], work.columns[self.second]
        pair = first.astype(np.int32) * (self.size + 1) + np.where(second < 0, self.size, second)
        work.put(self.writes[0], np.where(first < 0, -1, pair).astype(np.int16))


@dataclass(frozen=True)
class CellPass(Pass):
    """Which cell of a nested table goes for each member: the row of the outer key, then that of the inner one."""

    outer: str
    inner: tuple[str, ...]
    sizes: tuple[int, ...]

    def run(self, work: Work) -> None:
        outer = work.columns[self.outer]
        result, before = np.full(work.size, -1, np.int16), 0
        for row, (column, size) in enumerate(zip(self.inner, self.sizes, strict=True)):
            cells = work.columns[column]
            np.copyto(result, cells + np.int16(before), where=(outer == row) & (cells >= 0))
            before += size
        work.put(self.writes[0], result)
