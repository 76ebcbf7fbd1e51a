"""Passes that look back: numbers and counts over earlier periods, which the state brings and takes on.

A pass that reads runs where its quantity is asked for. The one that remembers runs at the end, when all that it looks
at is known, and writes what the next period starts from.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np

from compplan.errors import ExactnessError
from compplan.money_arrays import max_abs
from compplan.plan.values import EXACT
from compplan.program.evaluate import divide_arrays
from compplan.program.passes import Pass
from compplan.quantities.past import Dates, calendar_of, has_calendar, is_last

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from compplan.money import Rounding
    from compplan.program.work import Work
    from compplan.quantities.accumulate import Accumulate
    from compplan.quantities.count import Count

    Ints = NDArray[np.int64]


def mark_of(span: Any, work: Work) -> int:
    """Return the number of the day on which the month, quarter, year or campaign begins that a look back is for."""
    return span.first.toordinal() if isinstance(span, Dates) else work.span(calendar_of(span))


def begins_anew(name: str, span: Any, work: Work) -> bool:
    """Tell whether what a quantity kept belongs to an earlier month, quarter, year or campaign than this period."""
    since = f"{name}:since"
    if not has_calendar(span):
        return False
    if since not in work.state.kept:
        return is_last(span) or isinstance(span, Dates)
    return work.state.read_company(since) != mark_of(span, work)


def kept(work: Work, name: str, what: str, span: Any) -> Ints:
    """Return what an earlier period kept, zeros where a new month, quarter, year or campaign begins."""
    values = work.state.read(f"{name}:{what}")
    return values * 0 if begins_anew(name, span, work) else values


def recalled(work: Work, name: str, what: str, span: Any) -> Ints:
    """Return what a look back sees of earlier periods: of the last year, what was kept when it ended."""
    if not is_last(span):
        return kept(work, name, what, span)
    if not begins_anew(name, span, work):
        return work.state.read(f"{name}:last_{what}")
    before = date.fromordinal(mark_of(span, work) - 1)
    since, values = f"{name}:since", work.state.read(f"{name}:{what}")
    known = since in work.state.kept and work.state.read_company(since) == work.span(calendar_of(span), before)
    return values if known else values * 0


def is_in(span: Any, work: Work) -> bool:
    """Tell whether this period is one that a look back counts; a period belongs to where it begins."""
    return not isinstance(span, Dates) or span.has(work.calendar.first)


def keep_since(work: Work, name: str, span: Any) -> None:
    """Note to which month, quarter, year or campaign belongs what is kept."""
    if has_calendar(span):
        work.state.write(f"{name}:since", mark_of(span, work))


@dataclass(frozen=True)
class AccumulatePass(Pass):
    """The sum, average or largest of a quantity over periods.

    Attributes
    ----------
    kept_scale, scale
        Digits of what is remembered, and of the result.
    """

    rule: Accumulate
    kept_scale: int
    scale: int

    def run(self, work: Work) -> None:
        name, rule = self.writes[0], self.rule
        past = _past(name, rule, work)
        now = [work.columns[self.reads[0]]] if rule.sees_now and is_in(rule.periods, work) else []
        known = recalled(work, name, "periods", rule.periods) if rule.counts_periods else None
        result = self._taken(past, now, known)
        if self.scale != self.kept_scale and rule.take != "average":
            result = _lifted(result, 10 ** (self.scale - self.kept_scale))
        if rule.without_history is not None:
            assert known is not None  # noqa: S101 - see Accumulate.counts_periods
            result = np.where(known > 0, result, int(rule.without_history.scaleb(self.scale, EXACT)))
        work.put(name, np.ascontiguousarray(result), self.scale)

    def _taken(self, past: list[Ints], now: list[Ints], known: Ints | None) -> Ints:
        rule = self.rule
        if rule.take == "sum":
            return added(*past, *now)
        assert known is not None  # noqa: S101 - see Accumulate.counts_periods
        if rule.take == "largest":
            return _largest(past, now, known)
        periods = np.maximum(known + len(now), 1)
        return averaged(added(*past, *now), periods, self.scale - self.kept_scale, rule.rounding)


def _past(name: str, rule: Accumulate, work: Work) -> list[Ints]:
    if rule.earlier is None:
        what = "largest" if rule.take == "largest" else "sum"
        return [recalled(work, name, what, rule.periods)]
    return [work.state.read(f"{name}:{number}") for number in range(1, rule.earlier + 1)]


def _largest(past: list[Ints], now: list[Ints], known: Ints) -> Ints:
    """Return the largest of the periods that there are; one that is not known is no zero."""
    columns, least = [], np.iinfo(np.int64).min
    for number, values in enumerate(past):
        columns.append(np.where(known > number, values, least))
    found: Ints = np.maximum.reduce([*columns, *now])
    return np.where(found == least, 0, found)


def added(*columns: Ints) -> Ints:
    """Add columns; what could pass 64 bits is an error.

    Raises
    ------
    ExactnessError
        If the magnitudes sum to 2**63 or more.
    """
    if sum(max_abs(values) for values in columns) >= 2**63:
        raise ExactnessError("a sum over periods passes 64 bits: use fewer digits, or fewer periods")
    total = columns[0].copy()
    for values in columns[1:]:
        total += values
    return total


def averaged(total: Ints, periods: Ints | int, finer: int, rounding: Rounding) -> Ints:
    """Return totals divided by how many there are, at as many digits more (or fewer), rounded."""
    top = _lifted(total, 10 ** max(finer, 0))
    bottom = np.broadcast_to(np.asarray(periods, np.int64) * 10 ** max(-finer, 0), top.shape)
    return divide_arrays(top, bottom, rounding)


def _lifted(values: Ints, factor: int) -> Ints:
    if max_abs(values) * factor >= 2**63:
        raise ExactnessError("a sum over periods passes 64 bits: use fewer digits, or fewer periods")
    return values * factor


@dataclass(frozen=True)
class RememberPass(Pass):
    """Keeps a quantity of this period for those to come."""

    rule: Accumulate
    quantity: str
    used: str | None

    def run(self, work: Work) -> None:
        name, rule, now = self.quantity, self.rule, work.columns[self.reads[0]]
        columns = self._columns(work, [now] if is_in(rule.periods, work) else [])
        for what, values in columns.items():
            left = values if self.used is None else np.where(work.columns[self.used], 0, values)
            work.state.write(f"{name}:{what}", left)
        keep_since(work, name, rule.periods)

    def _columns(self, work: Work, now: list[Ints]) -> dict[str, Ints]:
        name, rule = self.quantity, self.rule
        columns, known = {}, None
        if rule.counts_periods:
            most = np.iinfo(np.int64).max if rule.earlier is None else rule.earlier
            known = kept(work, name, "periods", rule.periods)
            columns["periods"] = np.minimum(known + len(now), most)
        if rule.earlier is not None:
            past = _past(name, rule, work)
            return columns | {str(n): values for n, values in enumerate([*now, *past][: rule.earlier], 1)}
        what = "largest" if rule.take == "largest" else "sum"
        own = kept(work, name, what, rule.periods)
        columns[what] = added(own, *now) if known is None or what == "sum" else _largest([own], now, known)
        if is_last(rule.periods):
            columns |= {f"last_{each}": recalled(work, name, each, rule.periods) for each in list(columns)}
        return columns


@dataclass(frozen=True)
class PeriodCountPass(Pass):
    """In how many periods a condition was met: of the last ones, or in a row up to now."""

    rule: Count

    def run(self, work: Work) -> None:
        name, rule = self.writes[0], self.rule
        now = work.columns[self.reads[0]].astype(np.int64) if rule.this_period else None
        work.put(name, counted(name, rule, work, now), 0)


def counted(name: str, rule: Count, work: Work, now: Ints | None) -> Ints:
    """Return the count, with this period where `now` is given."""
    past = kept(work, name, rule.keeps, rule.periods or "all")
    if rule.keeps == "which":
        earlier = int(rule.periods or 1) - (now is not None)
        past = sum_of_bits(past, earlier)
    if now is None:
        return past
    return np.where(now > 0, past + 1, 0) if rule.consecutive else past + now


def sum_of_bits(values: Ints, bits: int) -> Ints:
    """Return how many of the lowest bits are set.

    Examples
    --------
    >>> sum_of_bits(np.array([0b1011, 0b1000]), 3).tolist()
    [2, 0]
    """
    total = np.zeros_like(values)
    for bit in range(bits):
        total += (values >> bit) & 1
    return total


@dataclass(frozen=True)
class RememberFlagPass(Pass):
    """Keeps whether a condition was met in this period."""

    rule: Count
    quantity: str

    def run(self, work: Work) -> None:
        name, rule, now = self.quantity, self.rule, work.columns[self.reads[0]].astype(np.int64)
        if rule.keeps == "which":
            earlier = int(rule.periods or 1) - bool(rule.this_period)
            column = (work.state.read(f"{name}:which") << 1 | now) & ((1 << earlier) - 1)
        else:
            column = counted(name, rule, work, now)
        work.state.write(f"{name}:{rule.keeps}", column)
        keep_since(work, name, rule.periods or "all")
