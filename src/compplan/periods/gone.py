"""Members who left: what they were paid in a span of time still counts in it, for their owner and when they return."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from compplan.arrow.buffers import fixed_view, numbers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from numpy.typing import NDArray

    from compplan.plan.kept import Kept


@dataclass(frozen=True)
class Gone:
    """Rows of a state whose members are not in the members table, in the order of their ids.

    Attributes
    ----------
    ids
        Who they are.
    amounts
        What counts of them, by column of the state, at its digits.
    texts
        In which group they were ("" for none), by column of the state.
    since
        On which day the spans began that these amounts count in, by the column that tells it.
    """

    ids: pa.Array
    amounts: dict[str, NDArray[np.int64]]
    texts: dict[str, list[str]]
    since: dict[str, int]

    @classmethod
    def of(
        cls, ids: pa.Array, amounts: dict[str, NDArray[np.int64]], texts: dict[str, list[str]], since: dict[str, int]
    ) -> Gone | None:
        """Return the rows that have something to tell, in the order of their ids; None where there are none."""
        counted = np.zeros(len(ids), np.bool_)
        for values in amounts.values():
            counted |= values != 0
        rows = np.flatnonzero(counted)
        if not rows.size:
            return None
        order = rows[fixed_view(pc.sort_indices(pc.take(ids, numbers(rows, pa.int64()))), np.uint64)]
        return cls(
            pc.take(ids, numbers(order, pa.int64())),
            {name: values[order] for name, values in amounts.items()},
            {name: [values[row] for row in order] for name, values in texts.items()},
            since,
        )

    def of_groups(self, column: str, group: str, since: tuple[str, int], values: Sequence[str]) -> NDArray[np.int64]:
        """Return what members who are gone were paid in a span, for each group of those who are here.

        Parameters
        ----------
        column, group
            The columns of the state for the amounts and the groups.
        since
            The column that tells when a span began, and when the one at hand did.
        values
            The texts of the groups; the empty text is no group.
        """
        sums = np.zeros(len(values), np.int64)
        if self.since.get(since[0]) != since[1] or group not in self.texts or column not in self.amounts:
            return sums
        places = {value: place for place, value in enumerate(values) if value}
        for text, amount in zip(self.texts[group], self.amounts[column], strict=True):
            if text in places:
                sums[places[text]] += amount
        return sums

    def still(self, columns: Iterable[Kept], since: Callable[[str], int]) -> Gone | None:
        """Return the rows that the next period needs: those of spans that have not ended.

        Parameters
        ----------
        columns
            What the plan keeps.
        since
            Tells when the span of a column begins that the next period finds in the state.
        """
        ended = {kept.column for kept in columns if kept.since and since(kept.since) != self.since.get(kept.since)}
        amounts = {name: np.zeros_like(v) if name in ended else v for name, v in self.amounts.items()}
        return Gone.of(self.ids, amounts, self.texts, self.since)
