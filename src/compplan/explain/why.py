"""Why a member was paid what he was paid by a bonus, and why not: the rows, and the first gate that failed.

Nothing of this is stored by a run. The bonus' pass explains itself for one member, from the columns that it paid
from; the amounts agree with the ledger because the same mechanism computes them.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from compplan.arrow.frame import Frame, dictionary_column, fixed_to_decimal
from compplan.bonuses.books.caps import groups_of
from compplan.errors import UsageError, did_you_mean
from compplan.explain.gates import gates
from compplan.explain.reasons import GOOD, REASON_TEXTS, Detail, Reason
from compplan.money import from_fixed
from compplan.periods.period import read_period
from compplan.plan import expression as ex
from compplan.plan.expression.pairs import split
from compplan.program.parts import PartsPass

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from decimal import Decimal

    from compplan.bonuses.books.book import Book
    from compplan.explain.gates import Gate
    from compplan.explain.reasons import Outcomes
    from compplan.program.passes import Pass
    from compplan.program.work import Work
    from compplan.volumes.orders.data import OrderData


@dataclass(frozen=True)
class Why:
    """The answer to "why was I (not) paid?" for one member and bonus.

    Attributes
    ----------
    total
        What the bonus pays him in all, after rounding and caps.
    gates
        The conditions on himself, each with what was measured.
    rows
        One row a source: level, base, amount, and the reason code.
    adjustments
        What rounding and caps changed.
    details
        The steps of mechanisms that have no row for each source, such as the pairing of a binary bonus.
    """

    member: Any
    bonus: str
    total: Decimal
    currency: str
    gates: tuple[Gate, ...]
    rows: Frame
    adjustments: dict[str, Decimal]
    details: tuple[Detail, ...] = ()

    @property
    def paid(self) -> list[dict[str, Any]]:
        """The rows that paid."""
        return [row for row in self.rows.rows() if row["reason"] in GOOD]

    @property
    def unpaid(self) -> list[dict[str, Any]]:
        """The rows that did not pay, each with the first gate that failed."""
        return [row for row in self.rows.rows() if row["reason"] not in GOOD]

    @property
    def failed(self) -> Gate | None:
        """The first gate on the member himself that failed."""
        return next((gate for gate in self.gates if not gate.met), None)

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """Hand the rows to any library that reads Arrow."""
        return self.rows.__arrow_c_stream__(requested_schema)

    def __str__(self) -> str:
        lines = [f"{self.member}, {self.bonus}: {self.total:,f} {self.currency}"]
        lines += [f"  {gate}" for gate in self.gates]
        lines += [f"  {detail}" for detail in self.details]
        lines += [f"  {entry}: {amount:,f}" for entry, amount in self.adjustments.items()]
        reasons = Counter(self.rows.to_arrow()["reason"].to_pylist())
        lines += [
            f"  {count:,} of {len(self.rows):,}: {REASON_TEXTS[Reason(code)]}" for code, count in reasons.most_common()
        ]
        nothing = [] if self.details else ["  nothing counts for this bonus"]
        return "\n".join([*lines, *([str(self.rows)] if len(self.rows) else nothing)])


def why(work: Work, passes: Sequence[Pass], member: Any, bonus: str, period: str | None = None) -> Why:
    """Explain what one bonus paid one member, and what it did not; for a weekly bonus in one week, or in all."""
    found = _parts_of(work, passes, bonus)
    if period is None or (not found and period == work.calendar.name):
        return _joined(work, passes, found, member, bonus) if found else _why(work, passes, member, bonus)
    if period not in found:
        raise UsageError(f'"{bonus}" is not paid for {period}; {_other_period(period, found, work)}')
    return _why(*found[period], member, bonus)


def _other_period(period: str, found: Mapping[str, tuple[Work, Any]], work: Work) -> str:
    """Return a hint at the periods that a bonus is paid for: pieces of a cut week, or what sounds alike."""
    if period == work.calendar.name:
        return f"leave the period out for all of {period}"
    try:
        asked = read_period(period)
    except UsageError:
        asked = None
    parts = [part.period for part, _ in found.values()]
    inside = [] if asked is None else [p.name for p in parts if p.first < asked.after and asked.first < p.after]
    if inside and len(inside) < len(parts):
        return f"did you mean {' or '.join(inside)}?"
    return did_you_mean(period, [*found] or [work.calendar.name])


def _parts_of(work: Work, passes: Sequence[Pass], bonus: str) -> dict[str, tuple[Work, Sequence[Pass]]]:
    """Return the weeks that a bonus is paid for, each with its passes; none for a bonus of the period."""
    ours = next((p for p in passes if isinstance(p, PartsPass) and bonus in p.bonuses), None)
    return {} if ours is None else {part.period.name: (part, ours.passes) for part in work.parts[ours.length]}


def _joined(
    work: Work, passes: Sequence[Pass], found: dict[str, tuple[Work, Sequence[Pass]]], member: Any, bonus: str
) -> Why:
    """Return the answers for all weeks as one; each row, gate and step says which week it is of."""
    book, position = work.books[bonus], work.genealogy.position(member)
    weeks = {name: _why(*part, member, bonus) for name, part in found.items()}
    steps = [replace(step, text=f"{name}: {step.text}") for name, each in weeks.items() for step in each.details]
    return Why(
        member=member,
        bonus=bonus,
        total=from_fixed(int(book.pay[position]), book.scale),
        currency=book.currency,
        gates=tuple(_gates_of_weeks({name: each.gates for name, each in weeks.items()})),
        rows=Frame(lambda: _with_weeks({name: each.rows.to_arrow() for name, each in weeks.items()})),
        adjustments=_changes(book, position),
        details=(*steps, *_limited(work, passes, bonus, position)),
    )


def _changes(book: Book, position: int) -> dict[str, Decimal]:
    """Return what rounding, caps and limits changed for a member, by entry."""
    changes: Counter[str] = Counter()
    for each in book.adjustments:
        for place in np.flatnonzero(each.earner == position):
            changes[each.entry] += int(each.amount[place])
    return {entry: from_fixed(change, book.scale) for entry, change in changes.items()}


def _limited(work: Work, passes: Sequence[Pass], bonus: str, position: int) -> list[Detail]:
    found = (p.limit_details(work, bonus, position) for p in passes if hasattr(p, "limit_details"))
    return [step for steps in found for step in steps]


def _cap_of(work: Work, quantity: str, over: str | None, position: int, currency: str) -> Detail:
    """Tell how large a cap by a quantity is: that of the member, or the largest of all who share it."""
    values, text = work.columns[quantity], f"at most {quantity}"
    most = int(values[position])
    if over is not None and (group := groups_of(over, work))[position] >= 0:
        most, text = int(values[group == group[position]].max()), f"{text}, the largest of the same {over}"
    return Detail("cap", text, from_fixed(most, work.scales[quantity]), currency)


def _gates_of_weeks(weeks: dict[str, tuple[Gate, ...]]) -> Iterator[Gate]:
    """Yield each gate once where all weeks agree, and else the one of each week under the week's name."""
    for same in zip(*weeks.values(), strict=True):
        if all(gate == same[0] for gate in same):
            yield same[0]
        else:
            yield from (replace(gate, code=f"{name} {gate.code}") for name, gate in zip(weeks, same, strict=True))


def _with_weeks(tables: dict[str, pa.Table]) -> pa.Table:
    named = [
        table.add_column(0, "period", dictionary_column(np.zeros(len(table), np.int32), [name]))
        for name, table in tables.items()
    ]
    return pa.concat_tables(named, promote_options="default").unify_dictionaries()


def _why(work: Work, passes: Sequence[Pass], member: Any, bonus: str) -> Why:
    position = work.genealogy.position(member)
    book = work.books.get(bonus)
    if book is None:
        raise UsageError(f'"{bonus}" is not a bonus of this plan; {did_you_mean(bonus, list(work.books))}')
    bonus_pass: Any = next(p for p in passes if getattr(p, "bonus", None) == bonus)
    book = bonus_pass.book_of(work, position) if hasattr(bonus_pass, "book_of") else book
    found: Outcomes = bonus_pass.outcomes(work, position)
    model = work.plan.model.bonuses[bonus]
    orders = work.all_orders if model.reads_rows else work.orders
    own = [ex.parse("is_distributor")]
    if model.pay_when and (alone := split(ex.parse(model.pay_when))[0]) is not None:
        own.append(alone)
    steps = list(bonus_pass.details(work, position)) if hasattr(bonus_pass, "details") else []
    if isinstance(model.cap, str):
        steps.append(_cap_of(work, model.cap, model.cap_over, position, book.currency))
    steps += _limited(work, passes, bonus, position)
    return Why(
        member=member,
        bonus=bonus,
        total=from_fixed(int(book.pay[position]), book.scale),
        currency=book.currency,
        gates=tuple(gate for expr in own for gate in gates(work, expr, position)),
        rows=Frame(lambda: _table(work, found, book.base_scale, book.scale, orders=orders)),
        adjustments=_changes(book, position),
        details=tuple(steps),
    )


def _table(work: Work, found: Outcomes, base_scale: int, scale: int, *, orders: OrderData | None) -> pa.Table:
    ids = None if orders is None else orders.ids
    columns = {"source": pc.take(work.genealogy.ids, pa.array(found.source))}
    if ids is not None and (found.line >= 0).any():
        columns["order"] = pc.take(ids, pa.array(found.line, mask=found.line < 0))
    columns |= {
        "level": pa.array(found.level, mask=found.level <= 0),
        "base": fixed_to_decimal(found.base, base_scale),
        "amount": fixed_to_decimal(found.amount, scale),
        "reason": dictionary_column(found.reason.astype(np.int32), [reason.value for reason in Reason]),
    }
    return pa.table(columns)
