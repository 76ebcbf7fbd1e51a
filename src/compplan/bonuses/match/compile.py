"""How a match compiles: to a walk on pay, or to a cascade."""

from __future__ import annotations

from typing import TYPE_CHECKING

from compplan.bonuses.gates import cap_columns, gate
from compplan.bonuses.match.match_pass import CascadePass, MatchPass
from compplan.bonuses.walk.counting import counting
from compplan.bonuses.walk.pair_columns import pair_condition

if TYPE_CHECKING:
    from compplan.bonuses.kinds.match import Match
    from compplan.program.builder import Builder


def compile_match(name: str, bonus: Match, builder: Builder) -> None:
    """Add the pass of a match, after those of the bonuses that it matches."""
    matched = tuple(_pay(name, bonus, each, builder) for each in bonus.of)
    column, rows = builder.klass(bonus.rates_by, bonus.table)
    pay, cap, count = gate(bonus, builder), cap_columns(bonus, builder), counting(bonus, builder)
    where = None if bonus.where is None else builder.condition(bonus.where)
    pairs = pair_condition(bonus, builder)
    own = (*matched, column, pay, *count.reads, *(pairs.reads if pairs else ()), where, cap[0] if cap else None)
    reads = tuple(filter(None, own))
    kind = CascadePass if bonus.cascade else MatchPass
    builder.add(
        kind(
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
            pairs,
            matched,
            tuple(rows),
            where,
        ),
    )


def _pay(name: str, bonus: Match, matched: str, builder: Builder) -> str:
    """Return the column of the pay of one matched bonus, or of the volume that holds such pay."""
    if matched not in builder.plan.model.bonuses:
        return builder.quantity(matched)
    return builder.pay_after_limits(matched, name) if bonus.of_pay == "after_limits" else builder.pay(matched)
