"""What a period hands to the next: titles, last ranks, first orders, tiers reached, withheld pay."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from compplan.arrow.columns import fixed_column, flag_column, text_codes
from compplan.arrow.frame import fixed_to_decimal
from compplan.errors import DataError, Problem, Rows

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    from numpy.typing import NDArray

    from compplan.genealogy.genealogy import Genealogy

_TIER = "tier:"


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
    tiers, next_tiers
        The highest tier reached so far by tier bonus, -1 for none; before and after this period.
    """

    title: NDArray[np.int8]
    last_rank: NDArray[np.int8]
    ordered_before: NDArray[np.bool_]
    balance: NDArray[np.int64]
    tiers: dict[str, NDArray[np.int16]] = field(default_factory=dict)
    next_tiers: dict[str, NDArray[np.int16]] = field(default_factory=dict)

    @classmethod
    def empty(cls, members: int) -> State:
        """Return the state of a field that starts today."""
        return cls(
            np.zeros(members, np.int8),
            np.zeros(members, np.int8),
            np.zeros(members, np.bool_),
            np.zeros(members, np.int64),
        )

    def tier(self, bonus: str) -> NDArray[np.int16]:
        """Return the highest tier reached so far, -1 for none."""
        return self.tiers.get(bonus, np.full(self.title.size, -1, np.int16))


def read_state(table: pa.Table | None, genealogy: Genealogy, id_column: str, ranks: Sequence[str], decimals: int) -> State:
    """Lay a state table over the members; members without a row start empty.

    Raises
    ------
    DataError
        For ranks that the plan does not know, and for withheld pay of members who are gone.
    """
    state = State.empty(genealogy.n)
    if table is None:
        return state
    places = genealogy.index.lookup(table[id_column])
    here = places >= 0
    problems: list[Problem] = []

    def column(name: str, read: Callable[[pa.ChunkedArray], NDArray[Any]], into: NDArray[Any]) -> None:
        if name in table.column_names:
            into[places[here]] = read(table[name])[here]

    column("title", lambda c: _rank_numbers(c, "title", ranks, problems), state.title)
    column("last_rank", lambda c: _rank_numbers(c, "last_rank", ranks, problems), state.last_rank)
    column("ordered_before", lambda c: flag_column(c, table="state", name="ordered_before"), state.ordered_before)
    column("balance", lambda c: _balances(c, decimals, here, problems), state.balance)
    for name in table.column_names:
        if name.startswith(_TIER):
            reached = np.full(genealogy.n, -1, np.int16)
            column(name, lambda c: fixed_column(c, table="state", name="tier", scale=0).astype(np.int16), reached)
            state.tiers[name.removeprefix(_TIER)] = reached
    if problems:
        raise DataError(problems)
    return state


def _rank_numbers(column: pa.ChunkedArray, name: str, ranks: Sequence[str], problems: list[Problem]) -> NDArray[np.int8]:
    codes, values = text_codes(column)
    unknown = sorted(set(values) - set(ranks))
    if unknown:
        rows = np.flatnonzero(np.isin(codes, [values.index(u) for u in unknown]))
        place = Rows("state", name, rows.size, tuple(map(int, rows[:5])))
        problems.append(Problem("state_rank", f"ranks that the plan does not have: {', '.join(unknown)}", place))
    numbers = [ranks.index(value) + 1 if value in ranks else 0 for value in values]
    return np.array([*numbers, 0], np.int8)[codes]


def _balances(column: pa.ChunkedArray, decimals: int, here: NDArray[np.bool_], problems: list[Problem]) -> NDArray[np.int64]:
    values = fixed_column(column, table="state", name="balance", scale=decimals)
    lost = np.flatnonzero(~here & (values != 0))
    if lost.size:
        place = Rows("state", "balance", lost.size, tuple(map(int, lost[:5])))
        problems.append(Problem("state_member", "withheld pay of members who are not in the members table", place))
    return values


def state_table(state: State, genealogy: Genealogy, id_column: str, ranks: Sequence[str], decimals: int) -> pa.Table:
    """Return a state as an Arrow table, one row a member."""
    names = pa.array([None, *ranks], pa.string())

    def rank_names(numbers: NDArray[np.int8]) -> pa.Array:
        return pc.take(names, pa.array(numbers))

    columns = {
        id_column: genealogy.ids,
        "title": rank_names(state.title),
        "last_rank": rank_names(state.last_rank),
        "ordered_before": pa.array(state.ordered_before),
        "balance": fixed_to_decimal(state.balance, decimals),
    }
    columns |= {f"{_TIER}{bonus}": pa.array(reached) for bonus, reached in state.next_tiers.items()}
    return pa.table(columns)
