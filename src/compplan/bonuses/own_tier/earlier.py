"""What earlier periods have to do with a bonus of this one: advances are deducted, returns are taken back."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Literal

import numpy as np

from compplan.money import round_fraction

if TYPE_CHECKING:
    from datetime import date

    from compplan.bonuses.book import Book
    from compplan.program.work import Work

Span = Literal["month", "quarter", "year"]


def span_number(day: date, span: Span) -> int:
    """Return a number for the month, quarter or year of a day, such as 202610.

    Examples
    --------
    >>> from datetime import date
    >>> [span_number(date(2026, 10, 31), span) for span in ("month", "quarter", "year")]
    [202610, 20264, 2026]
    """
    if span == "month":
        return day.year * 100 + day.month
    return day.year * 10 + (day.month + 2) // 3 if span == "quarter" else day.year


def advanced(bonus: str, span: Span, work: Work, book: Book) -> None:
    """Deduct what earlier runs of this span have paid; keep what is paid until now."""
    now = span_number(work.period.first, span)
    before = work.state.read(f"{bonus}:advanced")
    if work.state.read_company(f"{bonus}:span") != now:
        before = np.zeros(work.size, np.int64)
    unit = 10 ** (book.scale - _decimals(bonus, work))
    work.state.write(f"{bonus}:advanced", book.pay // unit)
    work.state.write(f"{bonus}:span", now)
    book.adjust("advanced", -before * unit)
    book.must_balance()


def taken_back(bonus: str, returned: str, base: str, work: Work, book: Book) -> None:
    """Take back the pay of volume of the period before, at that period's average rate, and at most all of it."""
    paid, volume = work.state.read(f"{bonus}:paid"), work.state.read(f"{bonus}:volume")
    unit = 10 ** (book.scale - _decimals(bonus, work))
    work.state.write(f"{bonus}:paid", book.pay // unit)
    work.state.write(f"{bonus}:volume", work.columns[base])
    lift = Fraction(10) ** (work.scales[base] - work.scales[returned])
    change = np.zeros(work.size, np.int64)
    mode = work.plan.model.rounding.mode
    for member in np.flatnonzero((work.columns[returned] > 0) & (volume > 0) & (paid > 0)):
        share = min(Fraction(1), int(work.columns[returned][member]) * lift / int(volume[member]))
        change[member] = -round_fraction(share * int(paid[member]), mode) * unit
    book.adjust("returned", change)
    book.must_balance()


def _decimals(bonus: str, work: Work) -> int:
    model = work.plan.model
    return model.bonuses[bonus].money(model).decimals
