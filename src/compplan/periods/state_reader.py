"""From a table of state to the state of the members at hand, with every problem of the table at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from compplan.arrow.amounts import fixed_column
from compplan.arrow.buffers import bit_view, fixed_view
from compplan.arrow.columns import flag_column, text_codes
from compplan.arrow.findings import Where, missing_columns
from compplan.errors import DataError, Problem, Rows, did_you_mean
from compplan.genealogy.ids import as_ids, id_problem
from compplan.periods.gone import Gone
from compplan.periods.state import State

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    from numpy.typing import NDArray

    from compplan.genealogy.genealogy import Genealogy
    from compplan.periods.period import Period
    from compplan.plan.kept import Kept
    from compplan.plan.load import Plan

_COLUMNS = ("title", "last_rank", "ordered_before", "balance", "currency", "until")


def read_state(table: pa.Table | None, genealogy: Genealogy, plan: Plan, *, period: Period | None = None) -> State:
    """Lay a state table over the members; members without a row, and what the table has no column for, start empty.

    Raises
    ------
    DataError
        With every problem: ids that are missing or come twice, ranks that the plan does not know, numbers that
        cannot be read, withheld pay of members who are gone.
    """
    state = State.empty(genealogy.n)
    state.columns = {kept.column: kept for kept in plan.scope.kept}
    if table is None:
        return state
    money, id_column = plan.model.currency, plan.model.members.id
    reader = _Reader(table, genealogy, id_column, list(plan.scope.ranks))
    known = [id_column, *_COLUMNS, *state.columns]
    reader.only_known_columns(known)
    state.others = reader.others(known, genealogy.n)
    reader.fits(period, money.code)
    reader.lay("title", reader.rank_numbers, state.title)
    reader.lay("last_rank", reader.rank_numbers, state.last_rank)
    reader.lay("ordered_before", reader.flags, state.ordered_before)
    reader.lay("balance", lambda name: reader.balances(name, money.decimals), state.balance)
    for name, kept in state.columns.items():
        if name in table.column_names and not kept.text:
            state.kept[name] = reader.kept(kept, genealogy.n)
    state.gone = reader.gone(state)
    if reader.problems:
        raise DataError(reader.problems)
    return state


class _Reader:
    """Reads the columns of a state table, and collects what is wrong with them."""

    def __init__(self, table: pa.Table, genealogy: Genealogy, id_column: str, ranks: Sequence[str]) -> None:
        missing = missing_columns(table, [id_column], name="state")
        place = Rows("state", id_column, table.num_rows)
        wrong = [] if missing else [id_problem(table[id_column], genealogy.index.kind, place)]
        if problems := [*missing, *filter(None, wrong)]:
            raise DataError(problems)
        self.table, self.ids, self.ranks = table, table[id_column], ranks
        self.index = genealogy.index
        self.places = self.index.lookup(self.ids)
        self.here = self.places >= 0
        self.problems: list[Problem] = []
        self.of_gone: dict[str, NDArray[np.int64]] = {}
        self._no_member_comes_twice(id_column)

    def others(self, known: Sequence[str], members: int) -> dict[str, pa.Array]:
        """Return what no rule of this plan reads, by member, to be handed on as it is."""
        row_of = np.full(members, -1, np.int64)
        row_of[self.places[self.here]] = np.flatnonzero(self.here)
        rows = pa.array(row_of, mask=row_of < 0)
        names = [name for name in self.table.column_names if name not in known and ":" in name]
        return {name: pc.take(self.table[name].combine_chunks(), rows) for name in names}

    def only_known_columns(self, known: Sequence[str]) -> None:
        """Refuse a table that is something else, such as a members table or a ledger.

        What a rule of another plan kept is handed on: variants of a plan are compared on one state.
        """
        for name in self.table.column_names:
            if name not in known and ":" not in name:
                place = Rows("state", name, self.table.num_rows)
                hint = did_you_mean(name, known)
                self.problems.append(Problem("state-column", f'a state has no column "{name}"', place, hint))

    def fits(self, period: Period | None, currency: str) -> None:
        """Refuse the state of another currency, or one that is not of an earlier period."""
        if "currency" in self.table.column_names and currency:
            others = [code for code in self.table["currency"].unique().to_pylist() if code != currency]
            if others:
                place = Rows("state", "currency", self.table.num_rows)
                message = f"withheld pay in {', '.join(map(str, others))}, but the plan pays {currency}"
                self.problems.append(Problem("state-currency", message, place, "use the state of this plan"))
        if "until" in self.table.column_names and period is not None:
            until = max(map(str, self.table["until"].unique().to_pylist()), default="")
            if until > str(period.first):
                place = Rows("state", "until", self.table.num_rows)
                message = f"the state is from the end of {until}, after the period begins ({period.first})"
                self.problems.append(Problem("state-period", message, place, "use the state of the period before"))

    def lay(self, name: str, read: Callable[[str], NDArray[Any]], into: NDArray[Any]) -> None:
        """Put a column of the table where its members stand."""
        if name in self.table.column_names:
            into[self.places[self.here]] = read(name)[self.here]

    def tell(self, code: str, column: str, wrong: NDArray[np.bool_], message: str, hint: str) -> None:
        """Note a problem with some rows."""
        rows = np.flatnonzero(wrong)
        if rows.size:
            place = Where("state", column, self.table[column], self.ids).rows(rows)
            self.problems.append(Problem(code, message, place, hint))

    def flags(self, name: str) -> NDArray[np.bool_]:
        """Read true and false."""
        return flag_column(self.table[name], table="state", name=name, ids=self.ids, problems=self.problems)

    def numbers(self, name: str, scale: int, nulls: Literal["error", "zero"] = "error") -> NDArray[np.int64]:
        """Read exact numbers."""
        where = {"table": "state", "name": name, "ids": self.ids, "problems": self.problems}
        return fixed_column(self.table[name], scale=scale, nulls=nulls, **where)

    def kept_numbers(self, name: str, scale: int) -> NDArray[np.int64]:
        """Read what a rule keeps; it is empty for members who came while a variant of the plan ran without it."""
        return self.numbers(name, scale, "zero")

    def balances(self, name: str, decimals: int) -> NDArray[np.int64]:
        """Read withheld pay; it must not get lost with a member."""
        values = self.numbers(name, decimals, "error" if name == "balance" else "zero")
        message = "withheld pay of members who are not in the members table"
        self.tell("state-member-gone", name, ~self.here & (values != 0), message, "pay it out, or keep the members")
        return values

    def kept(self, kept: Kept, members: int) -> NDArray[np.int64]:
        """Read what a quantity or a bonus keeps."""
        if kept.rank:
            values = self.rank_numbers(kept.column).astype(np.int64)
        elif kept.member:
            values = self.members(kept.column)
        else:
            owed = kept.money and not kept.company
            read = self.balances if owed else self.kept_numbers
            values = read(kept.column, kept.digits)
            self._within(kept, values)
        if kept.since:
            self.of_gone[kept.column] = values[~self.here]
        if kept.company:
            message = "a number of the company that is not the same in every row"
            there = ~bit_view(self.table[kept.column].combine_chunks().is_null())
            known = values[there]
            wrong = there & (values != (known[0] if known.size else 0))
            self.tell("state-company", kept.column, wrong, message, "use the state as the run gave it")
            return np.full(members, known[0] if known.size else 0, np.int64)
        laid = np.zeros(members, np.int64)
        laid[self.places[self.here]] = values[self.here]
        return laid

    def gone(self, state: State) -> Gone | None:
        """Return what still counts of members who are not here any more."""
        spans = {kept.since for kept in state.columns.values() if kept.since}
        if self.here.all() or not spans:
            return None
        ids = pc.filter(as_ids(self.ids, self.index.kind), pa.array(~self.here))
        texts = [name for name, kept in state.columns.items() if kept.text and name in self.table.column_names]
        since = {name: state.read_company(name) for name in spans}
        return Gone.of(ids, self.of_gone, {name: self.texts_of_gone(name) for name in texts}, since)

    def texts_of_gone(self, name: str) -> list[str]:
        """Read a text of everybody who is gone."""
        codes, values = text_codes(self.table[name], table="state", name=name, problems=self.problems)
        return [[*values, ""][code] for code in codes[~self.here]]

    def _within(self, kept: Kept, values: NDArray[np.int64]) -> None:
        """Refuse numbers of rows that a table of the plan does not have: they count the rows of another one."""
        if kept.most is None:
            return
        message = f"values that the plan's {kept.table} cannot hold, which are 0 to {kept.most}"
        hint = f"the state is of another table of {kept.table}: change the numbers in the state together with the table"
        self.tell("state-table", kept.column, (values < 0) | (values > kept.most), message, hint)

    def members(self, name: str) -> NDArray[np.int64]:
        """Read ids as positions, -1 for nobody."""
        column = self.table[name]
        if pa.types.is_null(column.type):
            return np.full(len(column), -1, np.int64)
        wrong = id_problem(column.drop_null(), self.index.kind, Rows("state", name, self.table.num_rows))
        if wrong is not None:
            self.problems.append(wrong)
            return np.full(len(column), -1, np.int64)
        return self.index.lookup(column).astype(np.int64)

    def rank_numbers(self, name: str) -> NDArray[np.int8]:
        """Read names of ranks as their numbers."""
        codes, values = text_codes(self.table[name], table="state", name=name, problems=self.problems)
        known = np.array([*(value in self.ranks for value in values), True], np.bool_)
        unknown = sorted(value for value in values if value not in self.ranks)
        message = f"ranks that the plan does not have: {', '.join(unknown)}"
        hint = f"the ranks are {', '.join(self.ranks)}" if self.ranks else "it has none: leave the column out"
        self.tell("state-rank", name, ~known[codes], message, hint)
        numbers = [self.ranks.index(value) + 1 if value in self.ranks else 0 for value in values]
        return np.array([*numbers, 0], np.int8)[codes]

    def _no_member_comes_twice(self, id_column: str) -> None:
        counts = np.bincount(self.places[self.here], minlength=1)
        twice = self.here.copy()
        twice[self.here] = counts[self.places[self.here]] > 1
        if not self.here.all():
            codes = as_ids(self.ids, self.index.kind).dictionary_encode().indices
            rows = fixed_view(codes, np.int32)
            twice |= np.bincount(rows)[rows] > 1
        self.tell("state-twice", id_column, twice, "members who come more than once", "keep one row a member")
