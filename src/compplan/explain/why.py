"""Why a member was paid what he was paid by a bonus, and why not: the rows, and the first gate that failed.

Nothing of this is stored by a run. The bonus' pass explains itself for one member, from the columns that it paid
from; the amounts agree with the ledger because the same mechanism computes them.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from compplan.arrow.frame import Frame, dictionary_column, fixed_to_decimal
from compplan.errors import UsageError, did_you_mean
from compplan.explain.gates import gates
from compplan.explain.reasons import GOOD, REASON_TEXTS, Reason
from compplan.money import from_fixed
from compplan.plan import expression as ex
from compplan.plan.pairs import split

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal

    from compplan.explain.gates import Gate
    from compplan.explain.reasons import Detail, Outcomes
    from compplan.program.passes import Pass
    from compplan.program.work import Work


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
            f"  {count:,} of {len(self.rows):,}: {REASON_TEXTS[Reason(code)]}"
            for code, count in reasons.most_common()
        ]
        nothing = [] if self.details else ["  nothing counts for this bonus"]
        return "\n".join([*lines, *([str(self.rows)] if len(self.rows) else nothing)])


def why(work: Work, passes: Sequence[Pass], member: Any, bonus: str) -> Why:
    """Explain what one bonus paid one member, and what it did not."""
    position = work.genealogy.position(member)
    book = work.books.get(bonus)
    if book is None:
        raise UsageError(f'"{bonus}" is not a bonus of this plan; {did_you_mean(bonus, list(work.books))}')
    bonus_pass: Any = next(p for p in passes if getattr(p, "bonus", None) == bonus)
    book = bonus_pass.book_of(work, position) if hasattr(bonus_pass, "book_of") else book
    found: Outcomes = bonus_pass.outcomes(work, position)
    model = work.plan.model.bonuses[bonus]
    own = [ex.parse("is_distributor")]
    if model.pay_when and (alone := split(ex.parse(model.pay_when))[0]) is not None:
        own.append(alone)
    changes: Counter[str] = Counter()
    for each in book.adjustments:
        for place in np.flatnonzero(each.earner == position):
            changes[each.entry] += int(each.amount[place])
    steps = list(bonus_pass.details(work, position)) if hasattr(bonus_pass, "details") else []
    steps += [step for p in passes if hasattr(p, "limit_details") for step in p.limit_details(work, bonus, position)]
    return Why(
        member=member,
        bonus=bonus,
        total=from_fixed(int(book.pay[position]), book.scale),
        currency=book.currency,
        gates=tuple(gate for expr in own for gate in gates(work, expr, position)),
        rows=Frame(lambda: _table(work, found, book.base_scale, book.scale)),
        adjustments={entry: from_fixed(change, book.scale) for entry, change in changes.items()},
        details=tuple(steps),
    )


def _table(work: Work, found: Outcomes, base_scale: int, scale: int) -> pa.Table:
    orders = work.orders.ids if work.orders is not None else None
    columns = {"source": pc.take(work.genealogy.ids, pa.array(found.source))}
    if orders is not None and (found.line >= 0).any():
        columns["order"] = pc.take(orders, pa.array(found.line, mask=found.line < 0))
    columns |= {
        "level": pa.array(found.level, mask=found.level <= 0),
        "base": fixed_to_decimal(found.base, base_scale),
        "amount": fixed_to_decimal(found.amount, scale),
        "reason": dictionary_column(found.reason.astype(np.int32), [reason.value for reason in Reason]),
    }
    return pa.table(columns)
