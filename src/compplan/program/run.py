"""One run: a plan, its tables and a period in; members, ledger, payables, breakage and the next state out."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from compplan.arrow.buffers import numbers
from compplan.arrow.read import read_table
from compplan.errors import DataError, Problem, UsageError
from compplan.genealogy.ids import as_ids, id_problem
from compplan.periods.parts import months_with, own_days
from compplan.periods.period import read_period
from compplan.periods.state_reader import read_state
from compplan.plan.load import Plan, load_plan
from compplan.program.builder import build
from compplan.program.company import read_company
from compplan.program.tables import genealogy_of, load_member_columns, take_orders, with_columns
from compplan.program.work import Work
from compplan.results.result import Run

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from compplan.genealogy.genealogy import Genealogy
    from compplan.periods.period import Period

    Progress = Callable[[str, int, int], None]


def run(
    plan: Plan | str | Path,
    members: Any,
    orders: Any = None,
    *,
    period: str | Period,
    state: Any = None,
    company: Mapping[str, Any] | None = None,
    ledger: bool = True,
    threads: int = 1,
    allow_floats: bool = False,
    genealogy: Genealogy | None = None,
    progress: Progress | None = None,
) -> Run:
    """Run a plan over one period.

    The result depends on the arguments alone: the same plan, tables, state and period give the same bytes, in any
    row order and with any number of threads.

    Parameters
    ----------
    plan
        A loaded plan, or the path of one.
    members, orders
        Anything with `__arrow_c_stream__` (pandas, polars, DuckDB), pyarrow tables and datasets, paths of Parquet,
        CSV or Arrow IPC files, or lists of mappings. `plan.required_inputs()` tells their columns.
    period
        Such as `2026-10` or `2026-W41`; see `read_period`. Orders outside of it are an error.
    state
        `run.state` of the period before, or its file.
    company
        Numbers of the company that the plan reads, by name: ints, Decimals or texts such as `100000.00`.
    ledger
        Whether to keep one row a payment. Totals are the same without.
    threads
        How many threads work on one run.
    allow_floats
        Read float columns as the shortest decimal that gives the float. Refused otherwise.
    genealogy
        What `flatten` made of the same members table, to save its time.
    progress
        Called before each step with its name, its number and the number of steps.

    Returns
    -------
    Run

    Raises
    ------
    PlanError, DataError
        With every problem found, and before anything is computed.
    ExactnessError
        If a number could pass 64 bits, or the books would not balance.

    Examples
    --------
    >>> result = run(PLAN, members=MEMBERS, orders=ORDERS, period="2026-10")
    >>> result.rank_of("ann")
    'bronze'
    """
    if threads < 1:
        raise UsageError("threads is less than 1")
    plan = plan if isinstance(plan, Plan) else load_plan(plan)
    span = read_period(period)
    if span.form not in {plan.model.period, "span"}:
        raise UsageError(_other_length(plan, span))
    passes = build(plan)
    steps = _Steps(progress, len(passes) + 2)
    steps("read tables")
    tables = _read(plan, members, orders, state)
    steps("take in tables")
    try:
        rows = ledger or any(bonus.reads_rows for bonus in plan.model.bonuses.values())
        work = _taken_in(plan, tables, span, genealogy, threads, keep_rows=rows, allow_floats=allow_floats)
        work.company = read_company(plan, company, allow_floats=allow_floats)
    except DataError as error:
        raise _all_at_once(error, plan, tables, span, company, allow_floats=allow_floats) from None
    for each in passes:
        steps(each.name)
        each.run(work)
    work.keep_rows = ledger
    order = list(plan.model.bonuses)  # a bonus that is read by another ran first
    work.books = dict(sorted(work.books.items(), key=lambda each: order.index(each[1].bonus)))
    return Run(work, passes)


def _read(plan: Plan, members: Any, orders: Any, state: Any) -> dict[str, pa.Table | None]:
    """Return the tables, with the columns that the plan needs."""
    needed = plan.required_inputs()
    return {
        "members": read_table(members, name="members", columns=list(needed["members"])),
        "orders": None if orders is None else read_table(orders, name="orders", columns=list(needed["orders"])),
        "state": None if state is None else read_table(state, name="state"),
    }


def _other_length(plan: Plan, span: Period) -> Problem:
    message = f"{plan.name} is a {plan.model.period} plan; {span.name} is {span.form}"
    if span.form not in {"weekly", "daily"} or plan.scope.lengths.all == {"period"}:
        return Problem("period", message)
    whole = [("the period it lies in", [span.name])]
    usual = plan.model.period == "monthly" and span.form == "weekly" and 1 < span.first.year < date.max.year
    if usual and plan.model.weeks is not None:
        whole = months_with(span, plan.model.weeks)
    told = (
        f"run {name} with the orders so far, and take the rows with period {' and '.join(rows)}" for name, rows in whole
    )
    return Problem("period", message, None, "; ".join(told))


def _taken_in(
    plan: Plan,
    tables: dict[str, Any],
    period: Period,
    genealogy: Genealogy | None,
    threads: int,
    *,
    keep_rows: bool,
    allow_floats: bool,
) -> Work:
    """Turn the tables into the first columns of a run."""
    members = with_columns(tables["members"], "members", plan)
    if genealogy is not None and not _same_trees(genealogy, members, plan):
        raise UsageError("the genealogy was made of another members table; leave genealogy= out, or flatten anew")
    flat = genealogy_of(plan, members, threads) if genealogy is None else genealogy
    state = read_state(tables["state"], flat, plan, period=period)
    own = own_days(period, plan.model.weeks)
    work = Work(plan, flat, own, state, None, threads=threads, keep_rows=keep_rows, whole_period=period)
    load_member_columns(work, members, allow_floats=allow_floats)
    work.given = tuple(work.columns)
    work.put_calendar()
    take_orders(work, tables["orders"], allow_floats=allow_floats)
    return work


def _same_trees(genealogy: Genealogy, members: pa.Table, plan: Plan) -> bool:
    """Tell whether a genealogy that is brought along was made of these members, with these parents."""
    kind, rows = genealogy.ids.type, numbers(genealogy.rows, pa.int32())

    def says(column: str, expected: pa.Array) -> bool:
        given = members[column]
        if len(given) != genealogy.n or id_problem(given, kind) is not None:
            return False
        return bool(pc.take(as_ids(given, kind), rows).equals(expected))

    if set(genealogy.trees) != set(plan.model.trees) or not says(plan.model.members.id, genealogy.ids):
        return False
    for name, model in plan.model.trees.items():
        tree = genealogy.trees[name]
        above = tree.in_primary(tree.parent)
        if not says(model.parent, pc.take(genealogy.ids, numbers(above, pa.int32(), above < 0))):
            return False
    return True


def _all_at_once(
    first: DataError,
    plan: Plan,
    tables: dict[str, Any],
    period: Period,
    company: Mapping[str, Any] | None,
    *,
    allow_floats: bool,
) -> DataError:
    """Return one error with the problems of all tables, not only of the first that is wrong."""
    from compplan.program.check_tables import check_tables  # noqa: PLC0415 - only where something is wrong

    given = tables["members"], tables["orders"], tables["state"]
    errors = check_tables(plan, *given, period, company=company, allow_floats=allow_floats, compute=False)
    problems = [problem for error in errors if isinstance(error, DataError) for problem in error.problems]
    known = {problem.code for problem in problems}
    if known & {"id-repeated", "id-null"}:  # then buyers may be unknown only because of them
        problems = [problem for problem in problems if problem.code != "unknown-buyer"]
    return DataError(dict.fromkeys([*problems, *first.problems]))


class _Steps:
    """Counts the steps of a run for a progress display."""

    def __init__(self, progress: Progress | None, total: int) -> None:
        self.progress, self.total, self.done = progress, total, 0

    def __call__(self, name: str) -> None:
        if self.progress is not None:
            self.progress(name, self.done, self.total)
        self.done += 1
