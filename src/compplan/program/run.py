"""One run: a plan, its tables and a period in; members, ledger, payables, breakage and the next state out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from compplan.arrow.read import read_table
from compplan.errors import UsageError
from compplan.periods.period import read_period
from compplan.periods.state import State, read_state
from compplan.plan.load import Plan, load_plan
from compplan.program.builder import build
from compplan.program.tables import genealogy_of, load_member_columns, read_members
from compplan.program.work import Work
from compplan.results.result import Run
from compplan.volumes.order_rules import rule_from_model
from compplan.volumes.orders import read_orders
from compplan.plan.sections import OrderSum

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from compplan.genealogy.genealogy import Genealogy
    from compplan.periods.period import Period
    from compplan.volumes.orders import OrderData

    Progress = Callable[[str, int, int], None]


def run(
    plan: Plan | str | Path,
    members: Any,
    orders: Any = None,
    *,
    period: str | Period,
    state: Any = None,
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
    passes = build(plan)
    steps = _Steps(progress, len(passes) + 2)
    steps("read members")
    table = read_members(plan, members)
    flat = genealogy or genealogy_of(plan, table, threads)
    if flat.n != table.num_rows:
        raise UsageError(f"the genealogy has {flat.n} members, the members table {table.num_rows}")
    span = read_period(period)
    ladder = list(plan.scope.ranks)
    before = None if state is None else read_table(state, name="state", columns=None)
    work = Work(
        plan=plan,
        genealogy=flat,
        period=span,
        state=read_state(before, flat, plan.model.members.id, ladder, plan.model.currency.decimals),
        orders=None,
        threads=threads,
        keep_rows=ledger,
    )
    work.put("last_rank", work.state.last_rank)
    load_member_columns(work, table, allow_floats=allow_floats)
    steps("read orders")
    work.orders = _orders(plan, orders, work, allow_floats=allow_floats)
    for each in passes:
        steps(each.name)
        each.run(work)
    return Run(work, passes)


class _Steps:
    """Counts the steps of a run for a progress display."""

    def __init__(self, progress: Progress | None, total: int) -> None:
        self.progress, self.total, self.done = progress, total, 0

    def __call__(self, name: str) -> None:
        if self.progress is not None:
            self.progress(name, self.done, self.total)
        self.done += 1


def _orders(plan: Plan, source: Any, work: Work, *, allow_floats: bool) -> OrderData | None:
    """Read the orders that the plan sums; a plan without order volumes reads none."""
    sums = {name: rule for name, rule in plan.model.volumes.items() if isinstance(rule, OrderSum)}
    if not sums:
        return None
    if source is None:
        raise UsageError(f"the plan {plan.name!r} sums orders: give orders=")
    per_order = any(getattr(b, "payment", "") == "order" for b in plan.model.bonuses.values())
    return read_orders(
        read_table(source, name="orders", columns=None),
        columns=plan.model.orders,
        rules=[rule_from_model(name, rule) for name, rule in sums.items()],
        genealogy=work.genealogy,
        period_start=work.period.start,
        period_end=work.period.end,
        allow_floats=allow_floats,
        threads=work.threads,
        need_ids=per_order,
    )
