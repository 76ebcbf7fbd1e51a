"""Every pass of the month of `plans/lakeside.yaml` and of a ladder of twelve ranks: ns a member, bytes, ratio to a copy."""

from __future__ import annotations

from functools import cache

import pytest

import compplan as cp
from benchmarks.conftest import PERIOD, ROOT, field
from benchmarks.ladder import ladder_plan

PLANS = {"lakeside": ROOT / "plans" / "lakeside.yaml", "ladder": ladder_plan()}
NAMES = [(name, each.name) for name, plan in PLANS.items() for each in cp.run(plan, [], [], period=PERIOD)._passes]


@cache
def ran(plan: str, size: int, shape: str, *, rows: bool):
    """One finished run, whose passes are then run again and again on its columns."""
    tables = field(size, shape)
    return cp.run(PLANS[plan], tables.members, tables.orders, period=PERIOD, ledger=rows)


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize(("plan", "name"), NAMES, ids=lambda value: str(value).replace(" ", "_"))
def test_pass(benchmark, report, case, plan, name, threads):
    run = ran(plan, case.size, case.shape, rows=True)
    work = run._work
    each = next(p for p in run._passes if p.name == name)
    work.threads = threads
    benchmark.pedantic(each.run, (work,), rounds=7, warmup_rounds=2)
    columns = {*each.reads, *each.writes} & set(work.columns)
    touched = sum(work.columns[c].nbytes for c in columns)
    touched += work.tree(each.tree).depth.nbytes if hasattr(each, "tree") else 0
    book = work.books.get(getattr(each, "bonus", ""))
    if book is not None and book.rows is not None:
        touched += sum(array.nbytes for array in vars(book.rows).values() if array is not None)
    report(case.size, touched)
