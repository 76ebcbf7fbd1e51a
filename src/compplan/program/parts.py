"""Weeks or days inside a longer period: the passes of their rules run once for each, one after the other."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from compplan.bonuses.books.book import Adjustment, Book, Rows
from compplan.bonuses.books.greater_pass import before_limits
from compplan.periods.parts import parts_of
from compplan.plan.words import ORDERED_IN_WEEKS
from compplan.program.history import added, averaged
from compplan.program.passes import Pass
from compplan.program.work import Work
from compplan.volumes.orders.parts import orders_within

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from compplan.periods.parts import Length
    from compplan.periods.period import Period
    from compplan.quantities.over_parts import OverParts


@dataclass(frozen=True)
class PartsPass(Pass):
    """Runs the rules of a week (or a day) for each one of the period.

    Attributes
    ----------
    passes
        What one week runs.
    bonuses
        The bonuses among it, whose books are added up to one of the period.
    unlimited
        The columns of their pay before limits, and of those of which the greater is chosen; added up too.
    counted
        The columns of the pairs that they pay, which are added up where a quantity asks for them.
    """

    length: Length
    passes: tuple[Pass, ...]
    bonuses: tuple[str, ...]
    unlimited: tuple[str, ...]
    counted: tuple[str, ...]

    @property
    def name(self) -> str:
        """The pass in the words of the plan."""
        return f"each {self.length}: {', '.join(each.name for each in self.passes)}"

    def run(self, work: Work) -> None:
        parts = self._parts(work)
        before = work.state
        for part in parts:
            part.columns = {**work.columns, **part.columns}
            part.scales = {**work.scales, **part.scales}
            part.state.kept = {**before.kept, **(before.next_kept if before is not work.state else {})}
            for each in self.passes:
                each.run(part)
            before = part.state
        for part in parts:
            work.state.next_kept |= part.state.next_kept
        self._remember_orders(work, parts[-1])
        for bonus in self.bonuses:
            work.close(merged([part.books[bonus] for part in parts], [part.period.name for part in parts]))
        for column in self.unlimited:
            work.put(before_limits(column), added(*(part.columns[column] for part in parts)))
        for column in self.counted:
            work.put(column, added(*(part.columns[column] for part in parts)), 0)

    def _remember_orders(self, work: Work, last: Work) -> None:
        """Keep who ordered up to the end of the last week."""
        if ORDERED_IN_WEEKS in work.state.columns:
            ordered = last.state.ordered_before.copy()
            if last.orders is not None:
                ordered[last.orders.buyers] = True
            work.state.write(ORDERED_IN_WEEKS, ordered.astype(np.int64))

    def _parts(self, work: Work) -> list[Work]:
        """Return the workspaces of the weeks: those that an earlier pass made, or new ones."""
        if self.length not in work.parts:
            periods = parts_of(work.calendar, self.length, work.plan.model.weeks)
            work.parts[self.length] = [_part(work, period) for period in periods]
        return work.parts[self.length]


def _ordered(work: Work) -> NDArray[np.bool_]:
    """Return who ordered before the weeks of the period begin."""
    known = ORDERED_IN_WEEKS in work.state.kept
    return work.state.read(ORDERED_IN_WEEKS) > 0 if known else work.state.ordered_before


def _part(work: Work, period: Period) -> Work:
    """Return the workspace of one week: the orders of the week, and the columns of the whole period."""
    orders = work.all_orders
    rows = None
    ordered = _ordered(work)
    if orders is not None:
        start, end = (int(np.datetime64(moment, "us").astype(np.int64)) for moment in (period.start, period.end))
        ordered = ordered.copy()
        ordered[orders.buyers[orders.times < start]] = True
        orders, rows = orders_within(orders, start, end)
    return Work(
        plan=work.plan,
        genealogy=work.genealogy,
        period=period,
        state=replace(work.state, ordered_before=ordered, kept={}, next_kept={}),
        orders=orders,
        threads=work.threads,
        keep_rows=work.keep_rows,
        texts=work.texts,
        company=work.company,
        whole_period=work.calendar,
        given_orders=work.all_orders,
        order_rows=rows,
    )


def merged(books: Sequence[Book], names: Sequence[str]) -> Book:
    """Return one book of the weekly books of a bonus; its rows and adjustments know their week.

    What one week carries to the next is set aside in both, and in the month once: it says what is carried at its end.

    Parameters
    ----------
    books
        The books of the parts, in order; all at the same scales.
    names
        The names of the parts.
    """
    first = books[0]
    breakage: dict[str, int] = {}
    for book in books:
        for reason, amount in book.breakage.items():
            breakage[reason] = breakage.get(reason, 0) + amount
    handed_on = sum(book.breakage.get("carried", 0) for book in books[:-1])
    if handed_on:
        breakage["carried"] -= handed_on
    whole = replace(
        first,
        pay=added(*(book.pay for book in books)),
        rows=_rows([book.rows for book in books if book.rows is not None]),
        allotted=sum(book.allotted for book in books) - handed_on,
        breakage=breakage,
        adjustments=[
            Adjustment(each.entry, each.earner, each.amount, part)
            for part, book in enumerate(books)
            for each in book.adjustments
        ],
        parts=tuple(names),
    )
    whole.must_balance()
    whole.before_caps = added(*(book.before_caps for book in books))
    return whole


def _rows(found: Sequence[Rows]) -> Rows | None:
    if not found:
        return None
    columns = {each.name: [getattr(rows, each.name) for rows in found] for each in fields(Rows)}
    columns["part"] = [np.full(rows.earner.size, part, np.int16) for part, rows in enumerate(found)]
    joined: dict[str, Any] = {n: None if rows[0] is None else np.concatenate(rows) for n, rows in columns.items()}
    return Rows(**joined)


@dataclass(frozen=True)
class OverPartsPass(Pass):
    """One number of what the weeks measured."""

    rule: OverParts
    target: str
    length: Length
    scale: int

    def run(self, work: Work) -> None:
        found = [part.columns[self.target] for part in work.parts[self.length]]
        if self.rule.take == "largest":
            result = np.maximum.reduce(found)
        elif self.rule.take == "sum":
            result = added(*found)
        else:
            finer = self.scale - work.parts[self.length][0].scales[self.target]
            result = averaged(added(*found), len(found), finer, self.rule.rounding)
        work.put(self.writes[0], result, self.scale)


@dataclass(frozen=True)
class CountPartsPass(Pass):
    """In how many weeks or days of the period a condition was met."""

    condition: str
    length: Length

    def run(self, work: Work) -> None:
        found = [part.columns[self.condition].astype(np.int64) for part in work.parts[self.length]]
        work.put(self.writes[0], added(*found), 0)
