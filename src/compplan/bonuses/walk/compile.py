"""How bonuses that go up a tree compile to the upline walk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from compplan.bonuses.prepare.gates import amounts_by, cap_columns, gate
from compplan.bonuses.prepare.levels_open import open_rows
from compplan.bonuses.prepare.sources import sources_of
from compplan.bonuses.prepare.terms import terms
from compplan.bonuses.walk.counting import counting
from compplan.bonuses.walk.pair_columns import pair_condition
from compplan.bonuses.walk.walk_pass import WalkPass

if TYPE_CHECKING:
    from compplan.bonuses.upward import Upward
    from compplan.program.builder import Builder


def compile_walk(name: str, bonus: Upward, builder: Builder) -> None:
    """Add the pass of a bonus that goes up a tree."""
    model, scope = builder.plan.model, builder.plan.scope
    column, rows = open_rows(bonus, builder)
    fixed = bonus.amounts is not None
    made = terms(
        rows,
        base_scale=None if fixed else scope.scale(bonus.of),
        factor=bonus.money_per_point,
        rounding=model.rounding,
        decimals=bonus.money(model).decimals,
    )
    per_order, window = bonus.payment == "order", getattr(bonus, "window", None)
    sources = sources_of(bonus.of, builder, per_order=per_order, where=bonus.where, window=window)
    pay, cap = gate(bonus, builder), cap_columns(bonus, builder)
    each = amounts_by(bonus, "cap_per_source", builder)
    count = counting(bonus, builder)
    since = bonus.qualified_since
    tree = builder.tree(bonus.tree)
    climbed = builder.cut(tree, bonus.stop_at)
    pairs = pair_condition(bonus, builder)
    caps = (cap.column if cap else None, each.column if each else None, *(pairs.reads if pairs else ()))
    reads = tuple(filter(None, (*sources.reads, column, pay, *count.reads, since, *caps)))
    given = sources, column, pay, count, cap, each, pairs
    builder.add(WalkPass((f"pay {name}",), reads, name, bonus, made, tree, climbed, *given))

