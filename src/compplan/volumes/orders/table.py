"""The orders table, read exactly: every problem of every column is found before anything is computed."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pyarrow as pa

from compplan.arrow.buffers import bit_view
from compplan.arrow.columns import fixed_column, instant_column, missing_columns
from compplan.arrow.findings import Where, empty
from compplan.arrow.instants import NO_INSTANT
from compplan.errors import DataError, Problem, UsageError
from compplan.genealogy.ids import as_ids, id_kind, id_problem
from compplan.genealogy.parallel import in_threads
from compplan.volumes.orders import checks
from compplan.volumes.orders.data import OrderData

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

    from compplan.genealogy.genealogy import Genealogy
    from compplan.plan.sections import Orders
    from compplan.volumes.orders.rules import OrderRule

MOST_ROWS = 2**31 - 1
_EPOCH = dt.datetime(1970, 1, 1)  # noqa: DTZ001 - periods without a zone are taken as they stand


def read_orders(
    table: pa.Table,
    *,
    columns: Orders,
    rules: Sequence[OrderRule],
    genealogy: Genealogy,
    period_start: dt.datetime,
    period_end: dt.datetime,
    allow_floats: bool = False,
    need_ids: bool = False,
    threads: int = 1,
) -> OrderData:
    """Read the orders of one period.

    Parameters
    ----------
    table
        The orders, one row for each order or for each line of an order, in any order.
    columns
        Which columns hold the order's id, the buyer and the date.
    rules
        What will be asked of the orders; only the columns that they name are read.
    genealogy
        The members; buyers become positions in its primary order.
    period_start, period_end
        The half-open period. Like the dates of orders, a time without a zone is taken as it stands, and a
        time with a zone becomes its UTC time.
    allow_floats
        Whether amounts may be binary floats; see `fixed_column`.
    need_ids
        Whether order ids are needed although no rule asks for first orders: to pay order by order.
    threads
        How many threads may run; it changes the time and never the result.

    Raises
    ------
    DataError
        With everything that is wrong with the table.
    UsageError
        If the period is empty, or the table has more than 2**31 - 1 rows.

    Notes
    -----
    Rows with one order id and one buyer are lines of one order. An id that two buyers share is two orders.
    """
    period = _microseconds(period_start), _microseconds(period_end)
    if period[0] >= period[1]:
        raise UsageError(f"the period from {period_start} until before {period_end} is empty")
    if len(table) > MOST_ROWS:
        raise UsageError(f"{len(table)} orders are more than one run takes; read at most {MOST_ROWS} at once")
    reader = _Reader(table, columns, genealogy, period, allow_floats, threads)
    return reader.read(rules, need_ids=need_ids or any(rule.first_order for rule in rules))


def _microseconds(instant: dt.datetime) -> int:
    if instant.tzinfo is not None:
        instant = instant.astimezone(dt.UTC).replace(tzinfo=None)
    return (instant - _EPOCH) // dt.timedelta(microseconds=1)


class _Job(NamedTuple):
    """One column to read: where its result goes, which column, and how."""

    key: Any
    column: str
    read: Callable[[Where, list[Problem]], Any]


class _Reader:
    """Reads the columns of one table, each by a job of its own, and gathers what is wrong."""

    def __init__(
        self,
        table: pa.Table,
        columns: Orders,
        genealogy: Genealogy,
        period: tuple[int, int],
        allow_floats: bool,  # noqa: FBT001 - private
        threads: int,
    ) -> None:
        self.table = table
        self.columns = columns
        self.genealogy = genealogy
        self.period = period
        self.allow_floats = allow_floats
        self.threads = threads

    def read(self, rules: Sequence[OrderRule], *, need_ids: bool) -> OrderData:
        jobs = list(self.jobs(rules, need_ids=need_ids))
        needed = list(dict.fromkeys(job.column for job in jobs))
        problems = missing_columns(self.table, needed, name="orders")
        problems += checks.repeated_columns(self.table, needed)
        usable = [job for job in jobs if self.table.column_names.count(job.column) == 1]
        done = in_threads(self.run, usable, self.threads)
        for _, found in done:
            problems += found
        if problems:
            raise DataError(dict.fromkeys(problems))
        results = {job.key: result for job, (result, _) in zip(usable, done, strict=True)}
        return OrderData(
            members=self.genealogy.ids,
            period=self.period,
            buyers=results.pop("buyers"),
            times=results.pop("times"),
            placed=results.pop("placed", None),
            ids=results.pop("ids", None),
            values={key: result for key, result in results.items() if key[0] is not _FILTER},
            filters={key[1]: result for key, result in results.items() if key[0] is _FILTER},
        )

    def run(self, job: _Job) -> tuple[Any, list[Problem]]:
        problems: list[Problem] = []
        return job.read(self.where(job.column), problems), problems

    def where(self, column: str) -> Where:
        """Return the place of a column; rows are named by the order's id where the table has one."""
        named = self.table.column_names.count(self.columns.id) == 1
        ids = self.table.column(self.columns.id) if named else None
        return Where("orders", column, self.table.column(column), ids)

    def jobs(self, rules: Sequence[OrderRule], *, need_ids: bool) -> Iterator[_Job]:
        yield _Job("buyers", self.columns.member, self.buyers)
        yield _Job("times", self.columns.date, self.times)
        if self.columns.placed is not None:
            yield _Job("placed", self.columns.placed, _placed)
        if need_ids:
            yield _Job("ids", self.columns.id, _ids)
        values = dict.fromkeys((rule.column, rule.scale) for rule in rules if rule.column is not None)
        for column, scale in values:
            yield _Job((column, scale), column, self.values(scale))
        wanted: dict[str, list[tuple[str, tuple[Any, ...]]]] = {}
        for rule in rules:
            for column, given in (*rule.only, *rule.exclude):
                wanted.setdefault(column, []).append((rule.name, given))
        for column, uses in wanted.items():
            yield _Job((_FILTER, column), column, _filter(uses))

    def buyers(self, where: Where, problems: list[Problem]) -> NDArray[np.int32] | None:
        index = self.genealogy.index
        try:
            found = index.lookup(where.column, threads=self.threads, place=where.rows())
        except DataError as error:
            problems += error.problems
            return None
        if found.size and found.min() < 0:
            null = _is_null(where.column)
            if null.any():
                problems.append(empty(where, np.flatnonzero(null)))
            if (unknown := (found < 0) & ~null).any():
                buyer = Where(where.table, where.name, where.column, where.column)
                problems.append(checks.unknown_buyers(buyer, np.flatnonzero(unknown)))
        return found

    def times(self, where: Where, problems: list[Problem]) -> NDArray[np.int64]:
        times = instant_column(where.column, table=where.table, name=where.name, ids=where.ids, problems=problems)
        start, stop = self.period
        if times.size and not start <= times.min() <= times.max() < stop:
            outside = np.flatnonzero((times != NO_INSTANT) & ((times < start) | (times >= stop)))
            if outside.size:
                problems.append(checks.outside_period(where, outside, self.period))
        return times

    def values(self, scale: int) -> Callable[[Where, list[Problem]], NDArray[np.int64]]:
        def read(where: Where, problems: list[Problem]) -> NDArray[np.int64]:
            return fixed_column(
                where.column,
                table=where.table,
                name=where.name,
                scale=scale,
                ids=where.ids,
                allow_floats=self.allow_floats,
                problems=problems,
            )

        return read


_FILTER = object()


def _placed(where: Where, problems: list[Problem]) -> NDArray[np.int64]:
    return instant_column(
        where.column, table=where.table, name=where.name, ids=where.ids, nulls="missing", problems=problems
    )


def _ids(where: Where, problems: list[Problem]) -> pa.Array | None:
    if (problem := id_problem(where.column, place=where.rows())) is not None:
        problems.append(problem)
        return None
    if where.column.null_count:
        without = Where(where.table, where.name, where.column)
        problems.append(empty(without, np.flatnonzero(_is_null(where.column))))
        return None
    kind = id_kind(where.column.type)
    return as_ids(where.column, pa.int64() if kind == pa.int64() else pa.large_string())


def _is_null(column: pa.ChunkedArray) -> NDArray[np.bool_]:
    return bit_view(column.is_null().combine_chunks())


def _filter(
    uses: list[tuple[str, tuple[Any, ...]]],
) -> Callable[[Where, list[Problem]], pa.ChunkedArray]:
    def read(where: Where, problems: list[Problem]) -> pa.ChunkedArray:
        found = (checks.unfit_filter(where, rule, wanted) for rule, wanted in uses)
        problems += [problem for problem in found if problem is not None]
        return where.column

    return read
