"""Rows of payments that grow while a bonus is paid source by source."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

Columns = TypeVar("Columns")


class GrowingRows(Generic[Columns]):
    """Columns that grow: whenever they are full, to what the sources so far lead to expect for all of them."""

    def __init__(self, empty: Callable[[int], Columns]) -> None:
        self.empty, self.rows, self.used = empty, empty(0), 0

    def make_room(self, count: int, done: int, sources: int) -> None:
        """Make room for so many more rows, when so many sources of all are done."""
        needed, full = self.used + count, self.columns()
        if needed > full[0].size:
            self.rows = self.empty(needed + needed * (sources - done) // max(done, 1) * 9 // 8)
            for larger, column in zip(self.columns(), full, strict=True):
                larger[: self.used] = column[: self.used]

    def columns(self) -> Any:
        """Return the columns one by one."""
        return self.rows

    def written(self) -> Columns:
        """Return the rows that are used."""
        return type(self.rows)(*(column[: self.used] for column in self.columns()))
