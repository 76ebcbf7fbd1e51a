"""From the short forms of a case to rows that a run takes."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from compplan.cases.model import Members, Orders, member_ids
from compplan.errors import Problem, UsageError
from compplan.plan.located import Hinted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from compplan.cases.model import Case
    from compplan.periods.period import Period
    from compplan.plan.load import Plan

    Rows = list[dict[str, Any]]


def member_rows(case: Case, plan: Plan) -> Rows:
    """Return the rows of the members table.

    Raises
    ------
    UsageError
        If the short form puts a member below two parents, or names one in a column only.
    """
    if not isinstance(case.members, Members):
        return [dict(row) for row in case.members]
    form, model = case.members, plan.model
    parents = _parents(form)
    stray = dict.fromkeys(m for column in form.columns.values() for m in column if m not in parents)
    if stray:
        raise UsageError(_problem(f"{m} is not in the chain or the edges", "add an edge") for m in stray)
    columns: dict[str, dict[Any, Any]] = {model.trees[model.default_tree()].parent: parents}
    if form.full:
        places = {member: (member - 2) % form.full.width for member in parents if member > 1}
        columns |= {tree.parent: parents for tree in model.trees.values()}
        columns |= {tree.side: places for tree in model.trees.values() if tree.side}
    columns |= form.columns
    kind = {model.members.kind: model.members.distributors[0]} if needs_kind(plan) else {}
    default = {**kind, **form.default}
    names = dict.fromkeys([*columns, *default])
    return [
        {model.members.id: member, **{n: columns.get(n, {}).get(member, default.get(n)) for n in names}}
        for member in parents
    ]


def needs_kind(plan: Plan) -> bool:
    """Tell whether the plan reads what kind of member somebody is."""
    return plan.model.members.kind in plan.required_inputs()["members"]


def _parents(form: Members) -> dict[Any, Any]:
    """Return each member's parent, None for roots, in the order in which the form names them."""
    if form.full:
        return form.full.parents
    chain = [member for name in form.chain for member in member_ids(name)]
    edges = [(above, child) for above, below in form.edges for child in member_ids(below)]
    parents: dict[Any, Any] = dict.fromkeys(chain[:1])
    problems = []
    for above, child in [*pairwise(chain), *edges]:
        parents.setdefault(above, None)
        if parents.get(child) not in {None, above}:
            problems.append(_problem(f"{child} has two parents: {parents[child]} and {above}"))
        parents[child] = above
    if problems:
        raise UsageError(problems)
    return parents


def _problem(message: str, hint: str = "") -> Problem:
    return Problem("case_member", message, None, hint)


def order_rows(case: Case, plan: Plan, period: Period) -> Rows | pa.Table | None:
    """Return the rows of the orders table; None for a plan that reads none."""
    needed = plan.required_inputs()["orders"]
    if not needed:
        return None
    rows = [*_orders(case.orders, plan)] if isinstance(case.orders, Orders) else [dict(row) for row in case.orders]
    model = plan.model.orders
    for number, row in enumerate(rows, 1):
        row.setdefault(model.id, f"o{number}")
        row.setdefault(model.date, period.first.isoformat())
    return rows or pa.table({column: pa.nulls(0) for column in needed})


def _orders(form: Orders, plan: Plan) -> Iterator[dict[str, Any]]:
    buyer = plan.model.orders.member
    for values in form.rows:
        row = {**form.default, **dict(zip(form.columns, values, strict=True))}
        for member in _buyers(row.get(buyer)):
            yield {**row, buyer: member}


def _buyers(name: Any) -> list[Any]:
    try:
        return member_ids(name)
    except Hinted as error:
        raise UsageError(_problem(error.message, error.hint)) from None
