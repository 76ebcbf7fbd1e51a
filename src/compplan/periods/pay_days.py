"""What is due on each pay day: bonuses by their own days, weekly ones week by week."""

from __future__ import annotations

from typing import TYPE_CHECKING

from compplan.periods.payables import Due
from compplan.plan.pay_day import pay_date

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from compplan.bonuses.books.book import Book
    from compplan.program.work import Work


def due_by_day(work: Work, currency: str) -> dict[date | None, list[Book | Due]]:
    """Return what is due of the bonuses of a currency, by day and in the order of days.

    Where a plan has no pay days, all is due at once, on no day that is known.
    """
    usual = work.plan.model.payout.pay_day
    books = [book for book in work.books.values() if book.currency == currency]
    if usual is None and not any(work.plan.model.bonuses[book.bonus].pay_day for book in books):
        return {None: [*books]}
    found: dict[date, list[Book | Due]] = {}
    for book in books:
        rule = work.plan.model.bonuses[book.bonus].pay_day or usual
        assert rule is not None  # noqa: S101 - a plan with some pay days has all
        for day, due in _days_of(book, rule, work):
            found.setdefault(day, []).append(due)
    if not books and usual is not None:
        found[pay_date(usual, work.calendar)] = []
    return dict(sorted(found.items()))


def _days_of(book: Book, rule: str, work: Work) -> Iterator[tuple[date, Book | Due]]:
    """Yield what is due of a bonus: as a whole, or of each week; what the period then changed, with the last."""
    if not book.parts:
        yield pay_date(rule, work.calendar), book
        return
    parts = work.parts[work.plan.scope.lengths.of_bonus(book.bonus)]
    rest = book.pay
    for part in parts[:-1]:
        pay = part.books[book.bonus].pay
        rest = rest - pay
        yield pay_date(rule, part.period), Due(book.currency, book.scale, pay)
    yield pay_date(rule, parts[-1].period), Due(book.currency, book.scale, rest)
