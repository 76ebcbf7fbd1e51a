"""How a match compiles: to a walk on pay, or to a cascade."""

from __future__ import annotations

from typing import TYPE_CHECKING

from compplan.bonuses.match.down_pass import MatchDownPass
from compplan.bonuses.match.match_pass import CascadePass, MatchPass
from compplan.bonuses.match.whole_down_pass import WholeDownPass
from compplan.bonuses.prepare.gates import amounts_by, cap_columns, gate
from compplan.bonuses.prepare.levels_open import open_rows
from compplan.bonuses.prepare.sources import Sources
from compplan.bonuses.walk.counting import counting
from compplan.bonuses.walk.pair_columns import pair_condition

if TYPE_CHECKING:
    from compplan.bonuses.kinds.match import Match
    from compplan.bonuses.kinds.match_down import MatchDown
    from compplan.program.builder import Builder


def compile_match(name: str, bonus: Match, builder: Builder) -> None:
    """Add the pass of a match, after those of the bonuses that it matches."""
    matched = tuple(_pay(name, bonus, each, builder) for each in bonus.of)
    column, rows = open_rows(bonus, builder)
    pay, cap, count = gate(bonus, builder), cap_columns(bonus, builder), counting(bonus, builder)
    where = None if bonus.where is None else builder.condition(bonus.where)
    pairs, each = pair_condition(bonus, builder), amounts_by(bonus, "cap_per_source", builder)
    columns = (cap.column if cap else None, each.column if each else None, *(pairs.reads if pairs else ()))
    reads = tuple(filter(None, (*matched, column, pay, *count.reads, where, *columns)))
    tree = builder.tree(bonus.tree)
    kind = CascadePass if bonus.cascade else MatchPass
    builder.add(
        kind(
            (f"pay {name}",),
            reads,
            name,
            bonus,
            None,  # type: ignore[arg-type]  # known when the matched bonuses have run
            tree,
            builder.cut(tree, bonus.stop_at),
            Sources(f"matched by {name}"),
            column,
            pay,
            count,
            cap,
            each,
            pairs,
            matched,
            tuple(rows),
            where,
        ),
    )


def compile_match_down(name: str, bonus: MatchDown, builder: Builder) -> None:
    """Add the pass of a match-down, after those of the bonuses whose pay it shares."""
    shared = tuple(_pay(name, bonus, each, builder) for each in bonus.of)
    column, rows = builder.klass(bonus.rates_by, bonus.rates)
    pay, cap = gate(bonus, builder), cap_columns(bonus, builder)
    where = None if bonus.where is None else builder.condition(bonus.where)
    reads = tuple(filter(None, (*shared, column, pay, where, cap.column if cap else None)))
    given = shared, tuple(rows), column, pay, where, cap
    if bonus.parts == "equal":
        builder.add(MatchDownPass((f"pay {name}",), reads, name, bonus, builder.tree(bonus.tree), *given))
        return
    skip = None if bonus.compress is None else builder.condition(bonus.compress)
    reads = (*reads, *([skip] if skip else []))
    builder.add(WholeDownPass((f"pay {name}",), reads, name, bonus, builder.tree(bonus.tree), *given, skip))


def _pay(name: str, bonus: Match | MatchDown, matched: str, builder: Builder) -> str:
    """Return the column of the pay of one matched bonus, or of the volume that holds such pay."""
    if matched not in builder.plan.model.bonuses:
        return builder.quantity(matched)
    if bonus.of_pay == "after_limits":
        return builder.pay_after_limits(matched, name)
    return builder.pay_before_limits(matched)
