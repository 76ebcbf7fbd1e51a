"""The tables that a run hands out, built from its columns and books."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from compplan.arrow.frame import dictionary_column, fixed_to_decimal
from compplan.money import from_fixed
from compplan.periods.payout_pass import total_columns
from compplan.periods.state_table import state_table
from compplan.plan.values import EXACT, digits
from compplan.program.history import added

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from compplan.bonuses.books.book import Book, Rows
    from compplan.periods.payables import Payables
    from compplan.program.work import Work


def members_table(work: Work, totals: Sequence[Payables]) -> pa.Table:
    """One row a member: named quantities and conditions, ranks, and pay by bonus."""
    model, columns = work.plan.model, {work.plan.model.members.id: work.genealogy.ids}
    columns |= _named(work, "period")
    if model.ranks:
        for name in work.plan.scope.rank_columns:
            if name != "last_rank":
                columns[name] = rank_column(work, work.columns[name])
    for bonus in dict.fromkeys(book.bonus for book in work.books.values()):
        columns[f"pay:{bonus}"] = _pay([book for book in work.books.values() if book.bonus == bonus])
    own = [total.earned for total in totals if total.currency == totals[0].currency]
    if own:  # several where there are several pay days
        columns["earned"] = fixed_to_decimal(added(*own), model.currency.decimals)
    return pa.table(columns)


def _named(work: Work, length: str) -> dict[str, pa.Array]:
    """Return the named quantities and conditions that are measured for the period, or for a week or day of it."""
    model, scope = work.plan.model, work.plan.scope
    columns = {}
    for name in (n for n in scope.rules if scope.lengths.of(n) == length):
        values = work.columns[name]
        columns[name] = pa.array(values) if name in model.counts else fixed_to_decimal(values, work.scales[name])
    for name in (n for n in model.conditions if scope.lengths.of(n) == length):
        columns[name] = pa.array(work.columns[name])
    return columns


def parts_table(work: Work) -> pa.Table:
    """One row a week (or day) and member: what is measured and paid by the week."""
    id_column, found = work.plan.model.members.id, []
    for length in sorted(work.parts):
        for part in work.parts[length]:
            columns = {id_column: work.genealogy.ids, "period": _same(part.period.name, work.size)}
            columns |= _named(part, length)
            columns |= {f"pay:{name}": fixed_to_decimal(book.pay, book.scale) for name, book in part.books.items()}
            found.append(pa.table(columns))
    if not found:
        found = [pa.table({id_column: work.genealogy.ids[:0], "period": _same(None, 0)})]
    return pa.concat_tables(found, promote_options="default").unify_dictionaries()


def _pay(books: Sequence[Book]) -> pa.Array:
    """Return what a bonus pays; each member has his pay in one of its currencies."""
    scale = max(book.scale for book in books)
    found = _widened(books[0].pay, books[0].scale, scale)
    for book in books[1:]:
        found = pc.if_else(pa.array(book.pay != 0), _widened(book.pay, book.scale, scale), found)
    return found


def rank_column(work: Work, numbers: NDArray[np.int8]) -> pa.Array:
    """Return rank numbers as names, null for unranked."""
    return dictionary_column(numbers.astype(np.int32) - 1, list(work.plan.scope.ranks))


@dataclass(frozen=True)
class _Scales:
    """Digits of the ledger's decimals: enough for every book."""

    amount: int
    base: int
    rate: int
    factor: int

    @classmethod
    def of(cls, work: Work) -> _Scales:
        books = work.books.values()
        return cls(
            amount=max([work.plan.model.currency.decimals, *(book.scale for book in books)]),
            base=max([0, *(book.base_scale for book in books)]),
            rate=max([0, *(book.rate_scale for book in books)]),
            factor=max([0, *(digits(book.factor) for book in books)]),
        )


def ledger_table(work: Work, totals: Sequence[Payables]) -> pa.Table:
    """One row a payment or adjustment, in the order of bonuses, sources and levels."""
    scales = _Scales.of(work)
    parts = [part for book in work.books.values() for part in _book_parts(work, book, scales)]
    parts += [part for total in totals for part in _total_parts(work, total, scales)]
    empty = _part(work, "", "", "", np.empty(0, np.int32), _widened(np.empty(0, np.int64), 0, scales.amount), scales)
    whole = pa.concat_tables([empty, *parts]).unify_dictionaries()
    return whole if work.parts else whole.drop_columns(["period"])  # else it is that of the run, in every row


def _book_parts(work: Work, book: Book, scales: _Scales) -> Iterator[pa.Table]:
    if book.rows is None or not work.keep_rows:
        return
    rows = book.rows
    amount = _widened(rows.amount, book.scale, scales.amount)
    table = _part(work, book.bonus, "payment", book.currency, rows.earner, amount, scales)
    given = {
        "source": pc.take(work.genealogy.ids, pa.array(rows.source)),
        "period": _part_names(work, book, rows.part, rows.earner.size),
        "order": _orders(work, rows.line),
        "level": pa.array(rows.level, mask=rows.level == 0),
        "base": _widened(rows.base, book.base_scale, scales.base),
    }
    rate = _rates(book, rows)
    if rate is not None:
        factor = int(book.factor.scaleb(scales.factor, EXACT))
        given["rate"] = _widened(rate, book.rate_scale, scales.rate)
        given["factor"] = fixed_to_decimal(np.full(rows.level.size, factor, np.int64), scales.factor)
    for name, values in given.items():
        table = table.set_column(table.column_names.index(name), name, values)
    yield table
    for each in book.adjustments:
        amount = _widened(each.amount, book.scale, scales.amount)
        part = None if each.part < 0 else np.full(each.earner.size, each.part, np.int16)
        table = _part(work, book.bonus, each.entry, book.currency, each.earner, amount, scales)
        names = _part_names(work, book, part, each.earner.size)
        yield table.set_column(table.column_names.index("period"), "period", names)


def _part_names(work: Work, book: Book, part: NDArray[np.int16] | None, count: int) -> pa.DictionaryArray:
    """Return the period of each row: the week or day, or the period of the run."""
    if part is None:
        return _same(work.calendar.name, count)
    return dictionary_column(part.astype(np.int32), list(book.parts))


def _rates(book: Book, rows: Rows) -> NDArray[np.int64] | None:
    """Return the rate of each payment; None for fixed amounts."""
    if rows.rate is not None or not book.rates.size:
        return rows.rate
    return book.rates[rows.klass, np.clip(rows.level - 1, 0, book.rates.shape[1] - 1)]


def _widened(values: NDArray[np.int64], own: int, scale: int) -> pa.Array:
    """Return integers at `own` digits as decimals with more digits; in 128 bits, so that nothing can wrap."""
    return fixed_to_decimal(values, own).cast(pa.decimal128(38, scale))


def _total_parts(work: Work, total: Payables, scales: _Scales) -> Iterator[pa.Table]:
    """Yield the entries of rounding at the member's total, which no single bonus owns."""
    lift = 10 ** (total.scale - total.decimals)
    change = total.earned * lift - total.exact
    touched = np.flatnonzero(change).astype(np.int32)
    if work.keep_rows and touched.size:
        amount = _widened(change[touched], total.scale, scales.amount)
        yield _part(work, "", "rounding", total.currency, touched, amount, scales)


def _part(
    work: Work,
    bonus: str,
    entry: str,
    currency: str,
    earner: NDArray[np.int32],
    amount: pa.Array,
    scales: _Scales,
) -> pa.Table:
    """Return entries with everything but earner and amount empty."""
    count = earner.size
    ids = work.genealogy.ids
    return pa.table(
        {
            "bonus": _same(bonus or None, count),
            "entry": _same(entry, count),
            "period": _same(work.calendar.name, count),
            "earner": pc.take(ids, pa.array(earner)),
            "source": pa.nulls(count, ids.type),
            "order": pa.nulls(count, _order_type(work)),
            "level": pa.nulls(count, pa.int32()),
            "base": pa.nulls(count, pa.decimal128(38, scales.base)),
            "rate": pa.nulls(count, pa.decimal128(38, scales.rate)),
            "factor": pa.nulls(count, pa.decimal128(38, scales.factor)),
            "amount": amount,
            "currency": _same(currency, count),
        },
    )


def _same(text: str | None, count: int) -> pa.DictionaryArray:
    return dictionary_column(np.full(count, -1 if text is None else 0, np.int32), [text or ""])


def _order_type(work: Work) -> pa.DataType:
    ids = work.all_orders.ids if work.all_orders is not None else None
    return pa.string() if ids is None else ids.type


def _orders(work: Work, line: NDArray[np.int64]) -> pa.Array:
    ids = work.all_orders.ids if work.all_orders is not None else None
    if ids is None:
        return pa.nulls(line.size, _order_type(work))
    return pc.take(ids, pa.array(line, mask=line < 0))


def payables_table(work: Work, totals: Sequence[Payables]) -> pa.Table:
    """One row an earner, currency and pay day, the earners in the order of the members table."""
    parts, scale = [], max(total.decimals for total in totals)
    for total in totals:
        who = np.flatnonzero((total.earned != 0) | (total.carried != 0)).astype(np.int32)
        amounts = total_columns(total)
        parts.append(
            pa.table(
                {
                    work.plan.model.members.id: pc.take(work.genealogy.ids, pa.array(who)),
                    "currency": _same(total.currency, who.size),
                    **({"pay_day": pa.repeat(pa.scalar(total.pay_day), who.size)} if total.pay_day else {}),
                    **{name: _widened(values[who], total.decimals, scale) for name, values in amounts.items()},
                },
            ),
        )
    whole = pa.concat_tables(parts, promote_options="default").unify_dictionaries()
    for column in whole.column_names:  # a deduction that only some currencies have
        if whole[column].null_count and column != "pay_day":
            filled = pc.fill_null(whole[column], pa.scalar(0).cast(whole[column].type))
            whole = whole.set_column(whole.column_names.index(column), column, filled)
    return whole


def balances(work: Work, totals: Sequence[Payables]) -> list[dict[str, Any]]:
    """Return what each bonus allotted, paid and broke, as exact decimals."""
    found = []
    for book in work.books.values():
        exact = {"allotted": book.allotted, "paid": book.paid, **book.breakage}
        amounts = {name: from_fixed(value, book.exact_scale) for name, value in exact.items()}
        found.append({"bonus": book.bonus, "currency": book.currency, **amounts})
    for total in totals:
        lift = 10 ** (total.scale - total.decimals)
        change = sum(map(int, total.exact)) - sum(map(int, total.earned)) * lift if lift > 1 else 0
        if change:
            found.append({"bonus": None, "currency": total.currency, "rounding": from_fixed(change, total.scale)})
    return found


def breakage_table(work: Work, totals: Sequence[Payables]) -> pa.Table:
    """One row a bonus and reason that broke anything; exact, so there may be more digits than money has."""
    scale = max([work.plan.model.currency.decimals, *(book.exact_scale for book in work.books.values())])
    rows: dict[str, list[Any]] = {"bonus": [], "reason": [], "amount": [], "currency": []}
    for balance in balances(work, totals):
        for reason, amount in balance.items():
            if reason not in {"bonus", "currency", "allotted", "paid"} and amount:
                for name, value in zip(rows, (balance["bonus"], reason, amount, balance["currency"]), strict=True):
                    rows[name].append(value)
    types = {
        "bonus": pa.string(),
        "reason": pa.string(),
        "amount": pa.decimal128(38, scale),
        "currency": pa.string(),
    }
    return pa.table({name: pa.array(values, types[name]) for name, values in rows.items()})


def next_state(work: Work, totals: Sequence[Payables]) -> pa.Table:
    """Return the state that the next period starts from."""
    state = work.state
    ranked: dict[str, Any] = {}
    if work.plan.model.ranks:
        ranked = {"title": work.columns["title"], "last_rank": work.columns["rank"]}
    ordered = state.ordered_before.copy()
    if work.orders is not None:
        ordered[work.orders.buyers] = True
    withheld = [total.withheld for total in totals if total.currency == totals[0].currency]
    after = replace(state, **ranked, ordered_before=ordered, balance=withheld[-1])
    return state_table(after, work.genealogy, work.plan, period=work.calendar, texts=work.texts)
