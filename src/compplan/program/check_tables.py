"""Everything that is wrong with the data of a run, at once.

A run stops at the first table that is wrong. Here each part is read whatever the others were like: where the
trees cannot be built, a stand-in without trees lets the other columns and the orders be looked at too.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from compplan.arrow.findings import missing_columns
from compplan.errors import CompplanError, DataError
from compplan.genealogy.build import build_genealogy
from compplan.genealogy.genealogy import TreeColumns
from compplan.genealogy.ids import MemberIndex, as_ids, id_kind, id_problem
from compplan.periods.parts import own_days
from compplan.periods.state import State
from compplan.periods.state_reader import read_state
from compplan.program.builder import build
from compplan.program.company import read_company
from compplan.program.tables import load_member_columns, take_orders
from compplan.program.work import Work

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from compplan.genealogy.genealogy import Genealogy
    from compplan.periods.period import Period
    from compplan.plan.load import Plan


@dataclass
class Findings:
    """The errors so far."""

    errors: list[CompplanError] = field(default_factory=list)

    @contextmanager
    def __call__(self) -> Iterator[None]:
        """Keep an error instead of raising it."""
        try:
            yield
        except CompplanError as error:
            self.errors.append(error)


def check_tables(
    plan: Plan,
    members: pa.Table,
    orders: pa.Table | None,
    state: pa.Table | None,
    period: Period | None,
    *,
    company: Mapping[str, Any] | None = None,
    allow_floats: bool = False,
    compute: bool = True,
) -> list[CompplanError]:
    """Check all tables of a run together.

    Parameters
    ----------
    plan, members, orders, state, period
        What the run would get; None for what there is not.
    company
        Numbers of the company by name.
    compute
        Whether to run the volume and rank passes too, if nothing is wrong until then.

    Returns
    -------
    list
        All errors; none where a run would reach its bonuses.
    """
    found = Findings()
    numbers: dict[str, int] = {}
    with found():
        numbers = read_company(plan, company, allow_floats=allow_floats)
    _Check(found, plan, members, period, allow_floats, compute, numbers).all(orders, state)
    return found.errors


@dataclass(frozen=True)
class _Check:
    found: Findings
    plan: Plan
    members: pa.Table
    period: Period | None
    allow_floats: bool
    compute: bool

    company: dict[str, int]

    def all(self, orders: pa.Table | None, state: pa.Table | None) -> None:
        """Check table by table; compute volumes and ranks if nothing is wrong."""
        missing = self._missing(self.members, "members", list(self.plan.required_inputs()["members"]))
        genealogy = self._genealogy()
        if genealogy is None or self.period is None:
            self._missing_of_orders(orders)
            return
        work = self._work(genealogy, self.period, state)
        if not missing:
            with self.found():
                load_member_columns(work, self.members, allow_floats=self.allow_floats)
        work.put_calendar()
        if orders is not None:
            with self.found():
                take_orders(work, orders, allow_floats=self.allow_floats)
        if self.compute and not self.found.errors and orders is not None:
            with self.found():
                _volumes_and_ranks(work)

    def _missing(self, table: pa.Table, name: str, needed: list[str]) -> bool:
        problems = missing_columns(table, needed, name=name)
        if problems:
            self.found.errors.append(DataError(problems))
        return bool(problems)

    def _missing_of_orders(self, orders: pa.Table | None) -> None:
        if orders is not None:
            self._missing(orders, "orders", list(self.plan.required_inputs()["orders"]))

    def _genealogy(self) -> Genealogy | None:
        """Return the flattened trees; a stand-in where they are wrong; None where the ids cannot be read."""
        column = self.plan.model.members.id
        there = set(self.members.column_names)
        trees = [TreeColumns(name, t.parent, t.side, t.width) for name, t in self.plan.model.trees.items()]
        usable = [tree for tree in trees if {tree.parent, tree.side or tree.parent} <= there]
        if column not in there:
            return None
        before = len(self.found.errors)
        genealogy = None
        if usable:
            with self.found():
                genealogy = build_genealogy(self.members, id_column=column, trees=usable)
        whole = len(usable) == len(trees) and len(self.found.errors) == before
        return genealogy if whole else _without_trees(self.members[column], trees)

    def _work(self, genealogy: Genealogy, period: Period, state: pa.Table | None) -> Work:
        model = self.plan.model
        start = State.empty(genealogy.n)
        if state is not None and not self._missing(state, "state", [model.members.id]):
            with self.found():
                start = read_state(state, genealogy, self.plan, period=period)
        own = own_days(period, self.plan.model.weeks)
        work = Work(self.plan, genealogy, own, start, None, threads=1, keep_rows=False, whole_period=period)
        work.company = self.company
        return work


def _without_trees(ids: pa.ChunkedArray[Any], trees: Sequence[TreeColumns]) -> Genealogy | None:
    """Return members without sponsors, in the order of their rows, who can be found by their ids."""
    kind = id_kind(ids.type)
    if kind is None or kind == pa.null() or id_problem(ids) is not None:
        return None
    rows = np.arange(len(ids), dtype=np.int64)
    alone = pa.table({"id": rows, "parent": pa.nulls(len(ids), pa.int64())})
    flat = build_genealogy(alone, id_column="id", trees=[TreeColumns(tree.name, "parent") for tree in trees])
    real = as_ids(ids, kind)
    return replace(flat, ids=real, _index=MemberIndex.build(real))


def _volumes_and_ranks(work: Work) -> None:
    """Run the passes that pay nobody, and that read nothing of those that pay."""
    unknown: set[str] = set()
    for each in build(work.plan):
        if hasattr(each, "bonus") or unknown & set(each.reads):
            unknown |= set(each.writes)
        else:
            each.run(work)
