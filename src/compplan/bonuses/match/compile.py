"""How a match compiles: to a walk on pay, or to a cascade."""

from __future__ import annotations

from typing import TYPE_CHECKING

from compplan.bonuses.gates import cap_columns, gate
from compplan.bonuses.match.match_pass import MatchPass
from compplan.bonuses.walk.counting import counting

if TYPE_CHECKING:
    from compplan.bonuses.kinds.match import Match
    from compplan.program.builder import Builder


def compile_match(name: str, bonus: Match, builder: Builder) -> None:
    """Add the pass of a match, after those of the bonuses that it matches."""
    matched = tuple(_matched(name, bonus, each, builder) for each in bonus.of)
    column, rows = builder.klass(bonus.rates_by, bonus.table)
    pay, cap, count = gate(bonus, builder), cap_columns(bonus, builder), counting(bonus, builder)
    where = None if bonus.where is None else builder.condition(bonus.where)
    reads = tuple(filter(None, (*matched, column, pay, *count.reads, where, cap[0] if cap else None)))
    builder.add(
        MatchPass(
            (f"pay {name}",),
            reads,
            name,
            bonus,
            None,  # type: ignore[arg-type] - known when the matched bonuses have run
            builder.tree(bonus.tree),
            f"matched by {name}",
            column,
            pay,
            count,
            cap,
            None,
            tuple(rows),
            where,
            matched,
        ),
    )


def _matched(name: str, bonus: Match, of: str, builder: Builder) -> str:
    """Return the column of one bonus' pay, or of a volume."""
    if of not in builder.plan.model.bonuses:
        return builder.quantity(of)
    return builder.pay_after_limits(of, name) if bonus.of_pay == "after_limits" else builder.pay(of)
