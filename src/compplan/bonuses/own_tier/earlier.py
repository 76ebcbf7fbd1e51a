"""What earlier periods have to do with a bonus of this one: advances are deducted, returns are taken back."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Literal

import numpy as np

from compplan.bonuses.books.caps import kept_in_span, money_of
from compplan.money import round_fraction

if TYPE_CHECKING:
    from compplan.bonuses.books.book import Book
    from compplan.program.work import Work

Span = Literal["month", "quarter", "half_year", "year"]


def advanced(bonus: str, span: Span, work: Work, book: Book) -> None:
    """Deduct what earlier runs of this span have paid; keep what is paid until now."""
    before = kept_in_span(f"{bonus}:advanced", span, work)
    unit = 10 ** (book.scale - money_of(bonus, work).decimals)
    work.state.write(f"{bonus}:advanced", book.pay // unit)
    work.state.write(f"{bonus}:advanced_since", work.span(span))
    book.adjust("advanced", -before * unit)
    book.must_balance()


def taken_back(bonus: str, returned: str, base: str, work: Work, book: Book) -> None:
    """Take back the pay of volume of the period before, at that period's average rate, and at most all of it."""
    paid, volume = work.state.read(f"{bonus}:last_paid"), work.state.read(f"{bonus}:last_volume")
    unit = 10 ** (book.scale - money_of(bonus, work).decimals)
    work.state.write(f"{bonus}:last_paid", book.pay // unit)
    work.state.write(f"{bonus}:last_volume", work.columns[base])
    lift = Fraction(10) ** (work.scales[base] - work.scales[returned])
    change = np.zeros(work.size, np.int64)
    mode = work.plan.model.rounding.mode
    for member in np.flatnonzero((work.columns[returned] > 0) & (volume > 0) & (paid > 0)):
        share = min(Fraction(1), int(work.columns[returned][member]) * lift / int(volume[member]))
        change[member] = -round_fraction(share * int(paid[member]), mode) * unit
    book.adjust("returned", change)
    book.must_balance()
