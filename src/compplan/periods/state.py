"""What a period hands to the next: titles, last ranks, first orders, withheld pay, and what rules keep."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

    from compplan.periods.gone import Gone
    from compplan.plan.kept import Kept


@dataclass
class State:
    """The state at the start of a period, one entry a member in the primary order.

    Attributes
    ----------
    title, last_rank
        The highest rank ever held, and the rank of the period before; 0 for none.
    ordered_before
        Who ordered in an earlier period.
    balance
        Withheld pay, at the money's digits.
    kept, next_kept
        What quantities and bonuses keep, by column; before and after this period.
    columns
        The columns that they declare.
    others
        What rules of another variant of the plan kept, handed on as it is.
    gone
        What members who are not here any more were paid in spans that have not ended.
    """

    title: NDArray[np.int8]
    last_rank: NDArray[np.int8]
    ordered_before: NDArray[np.bool_]
    balance: NDArray[np.int64]
    kept: dict[str, NDArray[np.int64]] = field(default_factory=dict)
    next_kept: dict[str, NDArray[np.int64]] = field(default_factory=dict)
    columns: dict[str, Kept] = field(default_factory=dict)
    others: dict[str, pa.Array] = field(default_factory=dict)
    gone: Gone | None = None

    @classmethod
    def empty(cls, members: int) -> State:
        """Return the state of a field that starts today."""
        return cls(
            np.zeros(members, np.int8),
            np.zeros(members, np.int8),
            np.zeros(members, np.bool_),
            np.zeros(members, np.int64),
        )

    def read(self, column: str) -> NDArray[np.int64]:
        """Return a kept column as the period begins: int64[n] at its digits; zeros for what was never written."""
        return self.kept[column] if column in self.kept else np.zeros(self.title.size, np.int64)

    def read_company(self, column: str) -> int:
        """Return a kept number of the company as the period begins."""
        return max(map(int, self.kept[column]), key=abs, default=0) if column in self.kept else 0

    def next_company(self, column: str) -> int:
        """Return a kept number of the company as the period ends."""
        written = self.next_kept.get(column)
        return self.read_company(column) if written is None else max(map(int, written[:1]), default=0)

    def write(self, column: str, values: NDArray[np.int64] | int) -> None:
        """Hand a kept column to the next period; a number of the company goes into every row."""
        assert column in self.columns, column  # noqa: S101 - what is not declared could not be read again
        self.next_kept[column] = np.full(self.title.size, values, np.int64) if isinstance(values, int) else values
