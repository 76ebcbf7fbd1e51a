"""How bonuses that go up a tree compile to the upline walk."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from compplan.bonuses.prepare.gates import amounts_by, cap_columns, gate
from compplan.bonuses.prepare.levels_open import open_rows
from compplan.bonuses.prepare.source_parts import source_parts
from compplan.bonuses.prepare.sources import sources_of
from compplan.bonuses.prepare.terms import terms_of
from compplan.bonuses.walk.counting import counting
from compplan.bonuses.walk.keyed_pass import KeyedPass
from compplan.bonuses.walk.pair_columns import pair_condition
from compplan.bonuses.walk.walk_pass import WalkPass
from compplan.program.class_passes import no_class

if TYPE_CHECKING:
    from compplan.bonuses.prepare.source_parts import PartTable
    from compplan.bonuses.prepare.sources import Sources
    from compplan.bonuses.prepare.terms import Terms
    from compplan.bonuses.upward import Upward
    from compplan.plan.tables import LevelTable
    from compplan.program.builder import Builder

    Made = tuple[str, list[LevelTable], Sources]


def compile_walk(name: str, bonus: Upward, builder: Builder) -> None:
    """Add the pass of a bonus that goes up a tree: one walk, or one for each part of its table."""
    model, scope = builder.plan.model, builder.plan.scope
    parts = [_part(bonus, each, builder) for each in source_parts(bonus.rates_by, bonus.table, builder)]
    whole = [row for _, rows, _ in parts for row in rows]
    made = terms_of(bonus, whole, model, base_scale=None if bonus.amounts is not None else scope.scale(bonus.of))
    pay, cap = gate(bonus, builder), cap_columns(bonus, builder)
    each = amounts_by(bonus, "cap_per_source", builder)
    count = counting(bonus, builder)
    tree = builder.tree(bonus.tree)
    climbed = builder.cut(tree, bonus.stop_at)
    pairs = pair_condition(bonus, builder)
    caps = (cap.column if cap else None, each.column if each else None, *(pairs.reads if pairs else ()))
    also = (pay, *count.reads, bonus.qualified_since, *caps)
    walks, first = [], 0
    for column, rows, sources in parts:
        own = _terms_of_part(rows, made, first) if len(parts) > 1 else made
        reads = tuple(filter(None, (*sources.reads, column, *also)))
        given = sources, column, pay, count, cap, each, pairs
        walks.append(WalkPass((f"pay {name}",), reads, name, bonus, own, tree, climbed, *given))
        first += len(rows)
    if len(walks) == 1:
        builder.add(walks[0])
    else:
        builder.add(KeyedPass.of(walks, made))


def _terms_of_part(rows: list[LevelTable], made: Terms, first: int) -> Terms:
    """Return the terms of some rows of a table alone: with their own levels, and a tail if one of them has one."""
    listed, tail = max((len(row.levels) for row in rows), default=1), any(row.tail is not None for row in rows)
    columns = [*range(listed), *([made.numerators.shape[1] - 1] if tail else [])]
    numerators = np.ascontiguousarray(made.numerators[first : first + len(rows)][:, columns])
    return replace(made, numerators=numerators, tail=tail)


def _part(bonus: Upward, part: PartTable, builder: Builder) -> Made:
    """Return the column that chooses each member's row, the rows, and the sources that they are for."""
    per_order, window = bonus.payment == "order", getattr(bonus, "window", None)
    sources = sources_of(bonus.of, builder, per_order=per_order, where=bonus.where, window=window, part=part.part)
    if part.table is None:
        return no_class(builder), [], sources
    column, rows = open_rows(bonus.model_copy(update={bonus.table_word: part.table, "rates_by": part.by}), builder)
    return column, rows, sources
