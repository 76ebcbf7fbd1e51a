"""The table of state that a run hands out, and that the next one reads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from compplan.arrow.frame import dictionary_column, fixed_to_decimal

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from numpy.typing import NDArray

    from compplan.genealogy.genealogy import Genealogy
    from compplan.periods.gone import Gone
    from compplan.periods.period import Period
    from compplan.periods.state import State
    from compplan.plan.kept import Kept
    from compplan.plan.load import Plan


def state_table(
    state: State,
    genealogy: Genealogy,
    plan: Plan,
    *,
    period: Period,
    texts: Mapping[str, tuple[NDArray[np.int32], list[str]]],
) -> pa.Table:
    """Return a state as an Arrow table: one row a member, then those of who is gone whose pay still counts.

    Parameters
    ----------
    texts
        Text fields of the members: codes and the values behind them.
    """
    gone = state.gone.still(state.columns.values(), state.next_company) if state.gone else None
    ids = genealogy.ids if gone is None else pa.concat_arrays([genealogy.ids, gone.ids])
    rows = _Rows(plan, genealogy, gone)
    columns = {
        plan.model.members.id: ids,
        "title": rows.ranks(state.title),
        "last_rank": rows.ranks(state.last_rank),
        "ordered_before": pa.array(rows.all(state.ordered_before)),
        "balance": fixed_to_decimal(rows.all(state.balance), plan.model.currency.decimals),
        "currency": dictionary_column(np.zeros(len(ids), np.int32), [plan.model.currency.code]),
        "until": pa.repeat(pa.scalar(period.after), len(ids)),
    }
    for name, kept in state.columns.items():
        field = kept.text.removeprefix("member.")
        columns[name] = rows.texts(name, *texts[field]) if field else rows.kept(kept, state)
    return pa.table(columns | {name: rows.others(column) for name, column in state.others.items()})


@dataclass(frozen=True)
class _Rows:
    """Makes columns for the members, and for those who are gone."""

    plan: Plan
    genealogy: Genealogy
    gone: Gone | None

    def all(self, values: NDArray[Any], empty: int = 0, name: str = "") -> NDArray[Any]:
        """Return a column with the rows of who is gone: what counts of them, or an empty value."""
        if self.gone is None:
            return values
        absent = np.full(len(self.gone.ids), empty, values.dtype)
        return np.concatenate([values, self.gone.amounts.get(name, absent)])

    def ranks(self, numbers: NDArray[Any]) -> pa.Array:
        """Return the names of ranks; who is gone has none."""
        return pc.take(pa.array([None, *self.plan.scope.ranks], pa.string()), pa.array(self.all(numbers)))

    def texts(self, name: str, codes: NDArray[np.int32], values: list[str]) -> pa.Array:
        """Return the texts of a member field, and those that who is gone had."""
        if self.gone is None:
            return dictionary_column(codes, values)
        known = {value: code for code, value in enumerate(values)}
        theirs = self.gone.texts.get(name, [""] * len(self.gone.ids))
        more = [known.setdefault(text, len(known)) if text else -1 for text in theirs]
        return dictionary_column(np.concatenate([codes, np.array(more, np.int32)]), list(known))

    def kept(self, kept: Kept, state: State) -> pa.Array:
        """Return what a rule keeps; what nobody wrote stays as it was."""
        values = state.next_kept.get(kept.column, state.read(kept.column))
        if kept.rank:
            return self.ranks(values)
        if kept.member:
            values = self.all(values, -1)
            return pc.take(self.genealogy.ids, pa.array(values, mask=values < 0))
        values = self.all(values, state.next_company(kept.column) if kept.company else 0, kept.column)
        return fixed_to_decimal(values, kept.digits) if kept.digits else pa.array(values)

    def others(self, column: pa.Array) -> pa.Array:
        """Return a column that no rule of this plan reads."""
        return column if self.gone is None else pa.concat_arrays([column, pa.nulls(len(self.gone.ids), column.type)])
