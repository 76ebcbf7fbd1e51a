"""Reading the members table: genealogy, roles, dates, fields and numbers, with all its problems at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from compplan.arrow.amounts import fixed_column
from compplan.arrow.columns import flag_column, text_codes
from compplan.arrow.findings import Where, missing_columns
from compplan.arrow.instants import NO_INSTANT, instant_column
from compplan.arrow.read import read_table
from compplan.errors import DataError, Problem, UsageError
from compplan.genealogy.build import build_genealogy
from compplan.genealogy.genealogy import TreeColumns
from compplan.periods.parts import parts_of
from compplan.plan.inputs import member_fields, needs_enrolment, needs_roles
from compplan.quantities.member_column import MemberColumn
from compplan.ranks.given import unknown_ranks
from compplan.volumes.orders.parts import orders_within
from compplan.volumes.orders.rules import Key, OrderRule, rule_from_model
from compplan.volumes.orders.table import read_orders

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    import pyarrow as pa
    from numpy.typing import NDArray

    from compplan.genealogy.genealogy import Genealogy
    from compplan.plan.load import Plan
    from compplan.program.work import Work
    from compplan.volumes.orders.data import OrderData


def with_columns(table: pa.Table, name: str, plan: Plan) -> pa.Table:
    """Return the columns of a table that the plan reads.

    Raises
    ------
    DataError
        Where columns are missing.
    """
    needed = list(plan.required_inputs()[name])
    if missing := missing_columns(table, needed, name=name):
        raise DataError(missing)
    return table.select(needed)


def flatten(plan: Plan, members: Any, *, threads: int = 1) -> Genealogy:
    """Flatten the trees of a plan, to be kept and handed to many runs.

    Parameters
    ----------
    plan
        Names the trees and their columns.
    members
        The members table, in any form that `run` takes, rows in any order.

    Returns
    -------
    Genealogy
        Pre-order trees over the same members; `save` and `load_genealogy` keep them as Arrow files.

    Raises
    ------
    DataError
        With every defect of every tree: unknown parents, cycles, duplicate ids, and so on.
    """
    table = read_table(members, name="members", columns=list(plan.required_inputs()["members"]))
    return genealogy_of(plan, with_columns(table, "members", plan), threads)


def genealogy_of(plan: Plan, table: pa.Table, threads: int) -> Genealogy:
    """Flatten the trees of a plan from a table that is read already."""
    trees = [TreeColumns(name, tree.parent, tree.side, tree.width) for name, tree in plan.model.trees.items()]
    return build_genealogy(table, id_column=plan.model.members.id, trees=trees, threads=threads)


def load_member_columns(work: Work, table: pa.Table, *, allow_floats: bool) -> None:
    """Put what the members table says of each member into columns of the primary order.

    Raises
    ------
    DataError
        With every value that cannot be used.
    """
    plan, scope = work.plan, work.plan.scope
    problems: list[Problem] = []
    rows = work.genealogy.rows
    ids = table[plan.model.members.id]

    def put(
        name: str, column: str, read: Callable[..., NDArray[Any]], digits: int | None = None, **options: Any
    ) -> None:
        values = read(table[column], table="members", name=column, ids=ids, problems=problems, **options)
        if values.size == work.size:
            work.put(name, np.ascontiguousarray(values[rows]), digits)

    work.put("last_rank", work.state.last_rank)
    ranks = work.plan.model.ranks
    if ranks is not None and ranks.paid_as == "last_rank":
        work.put("paid_as", work.state.last_rank)
    _put_roles(work, table, problems)
    if needs_enrolment(scope):
        put("enrolled", plan.model.members.enrolled, instant_column)
    for name, rule in plan.model.volumes.items():
        if isinstance(rule, MemberColumn):
            put(name, rule.member, fixed_column, rule.decimals, scale=rule.decimals, allow_floats=allow_floats)
    for column, kind in member_fields(scope).items():
        if kind == "text":
            work.texts[column] = _sorted_texts(
                *text_codes(table[column], table="members", name=column, problems=problems), rows
            )
        elif kind == "flag":
            put(f"member.{column}", column, flag_column, nulls="false")
        else:
            put(f"member.{column}", column, _since)
    problems += unknown_ranks(work)
    if problems:
        raise DataError(problems)


def _kinds_are_doubtful(table: pa.Table, plan: Plan, codes: NDArray[np.int32], values: list[str]) -> Iterator[Problem]:
    """Yield kinds that are empty, or almost the kind of a distributor: such members must not become customers."""
    column, ours = plan.model.members.kind, plan.model.members.distributors
    plain = {kind.strip().casefold() for kind in ours}
    near = [n for n, value in enumerate(values) if value not in ours and value.strip().casefold() in plain]
    spelled = np.isin(codes, near)
    for wrong, message in ((codes < 0, "members without a kind"), (spelled, "kinds spelled in another way")):
        rows = np.flatnonzero(wrong)
        if rows.size:
            place = Where("members", column, table[column], table[plan.model.members.id]).rows(rows)
            yield Problem("kind", message, place, f"distributors are exactly: {', '.join(ours)}")


def _sorted_texts(
    codes: NDArray[np.int32], values: list[str], rows: NDArray[np.int32]
) -> tuple[NDArray[np.int32], list[str]]:
    """Number texts by their order, not by who came first, so that row order does not matter."""
    places = {value: place for place, value in enumerate(sorted(values))}
    numbers = np.array([*(places[value] for value in values), -1], np.int32)
    return numbers[codes[rows]], sorted(values)


def _since(column: pa.ChunkedArray, **where: Any) -> NDArray[np.int64]:
    """Read dates since when something holds; an empty one is never."""
    instants = instant_column(column, nulls="missing", **where)
    return np.where(instants == NO_INSTANT, np.iinfo(np.int64).max, instants)


def _put_roles(work: Work, table: pa.Table, problems: list[Problem]) -> None:
    """Write who is a distributor and who a customer."""
    plan = work.plan
    distributor = np.ones(work.size, np.bool_)
    if needs_roles(plan.scope):
        codes, values = text_codes(
            table[plan.model.members.kind], table="members", name=plan.model.members.kind, problems=problems
        )
        problems += _kinds_are_doubtful(table, plan, codes, values)
        known = np.array([*(value in plan.model.members.distributors for value in values), False], np.bool_)
        distributor = known[codes[work.genealogy.rows]]
    work.put("is_distributor", distributor)
    work.put("is_customer", np.logical_not(distributor))


def take_orders(work: Work, source: pa.Table | None, *, allow_floats: bool) -> None:
    """Read the orders of the period and of its weeks, and choose those of the period itself."""
    found = orders_of(work.plan, source, work, allow_floats=allow_floats)
    own = _instant(work.period.start), _instant(work.period.end)
    if found is None or found.period == own:
        work.orders = found
        return
    work.given_orders = found
    work.orders, work.order_rows = orders_within(found, *own)


def _instant(moment: datetime) -> int:
    return int(np.datetime64(moment, "us").astype(np.int64))


def _days(work: Work) -> tuple[datetime, datetime]:
    """Return from when until when orders are taken: the period, and all its weeks or days."""
    spans = [work.period]
    for length in work.plan.scope.lengths.all:
        spans += parts_of(work.calendar, length, work.plan.model.weeks) if length != "period" else ()
    return min(span.start for span in spans), max(span.end for span in spans)


def orders_of(plan: Plan, source: pa.Table | None, work: Work, *, allow_floats: bool) -> OrderData | None:
    """Read the orders that the plan sums; a plan without order volumes reads none."""
    sums = plan.scope.order_sums
    if not sums:
        return None
    if source is None:
        raise UsageError(f"the plan {plan.name!r} sums orders: give orders=")
    start, end = _days(work)
    keyed = [
        OrderRule(f"rates by {name}", None, only=((name, tuple(map(Key, keys))),))
        for name, keys in plan.scope.order_keys.items()
    ]
    return read_orders(
        source,
        columns=plan.model.orders,
        rules=[*keyed, *(rule_from_model(name, rule) for name, rule in sums.items())],
        genealogy=work.genealogy,
        period_start=start,
        period_end=end,
        allow_floats=allow_floats,
        threads=work.threads,
        need_ids=plan.scope.pays_per_order,
    )
