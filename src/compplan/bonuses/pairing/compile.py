"""How a binary bonus compiles to the pairing mechanism."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np

from compplan.bonuses.pairing.carry import CarryRule
from compplan.bonuses.pairing.checks import listed
from compplan.bonuses.pairing.measured import WayRule
from compplan.bonuses.pairing.pairing_pass import PairingPass
from compplan.bonuses.pairing.spec import KEEP, UNREACHED, Pairing, table_of
from compplan.bonuses.prepare.gates import cap_columns, gate
from compplan.bonuses.prepare.terms import terms_of
from compplan.plan.tables import ByKey, LevelTable
from compplan.plan.values import EXACT
from compplan.quantities.pairs_of import is_counted, pairs_column

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from compplan.bonuses.kinds.binary import Binary
    from compplan.program.builder import Builder


def compile_binary(name: str, bonus: Binary, builder: Builder) -> None:
    """Add the pass of a binary bonus."""
    model, scope = builder.plan.model, builder.plan.scope
    scale = bonus.volume_scale(scope)
    reads = [builder.quantity(bonus.of), *([builder.quantity(bonus.own_of)] if bonus.own_of else [])]
    tables = [builder.klass(by, table) for _, _, table, by, _, _ in bonus.all_ways]
    fixed = bonus.all_ways[0][4]
    made = terms_of(bonus, [row for _, rows in tables for row in rows], model, base_scale=None if fixed else scale)
    ways, first = [], 0
    for (ratio, ratio_by, _, _, _, when), (klass, rows) in zip(bonus.all_ways, tables, strict=True):
        may = builder.condition(when) if when else None
        ways.append(_way(bonus, builder, ratio, ratio_by, klass, slice(first, first + len(rows)), may))
        first += len(rows)
    pay, cap = gate(bonus, builder), cap_columns(bonus, builder)
    pair_cap = _per_class(builder, bonus.pair_cap_by, bonus.pair_cap, 0)
    carry = _carry(name, bonus, builder, scale)
    for way in ways:
        reads += [way.klass, way.ratio, way.unit, *filter(None, [way.when])]
    reads += [pay, *([cap.column] if cap else []), *([pair_cap[0]] if pair_cap else []), *carry.reads]
    builder.add(
        PairingPass(
            (f"pay {name}", *([pairs_column(name)] if is_counted(name, scope) else [])),
            tuple(dict.fromkeys(reads)),
            name,
            bonus,
            made,
            bonus.tree,
            scale,
            tuple(ways),
            _first_pair(bonus, scale),
            pay,
            cap,
            pair_cap,
            carry,
            fixed,
        )
    )


def _way(
    bonus: Binary, builder: Builder, ratio: Any, ratio_by: str, klass: str, rows: slice, when: str | None
) -> WayRule:
    scale = bonus.volume_scale(builder.plan.scope)
    ratio_column, ratios = builder.klass(ratio_by, ratio)
    unit_column, units = builder.klass(bonus.unit_by, bonus.unit or LevelTable(levels=()))
    made, keyed = _pairing(bonus, ratios, units, scale), isinstance(ratio, ByKey) or isinstance(bonus.unit, ByKey)
    per = base_of_pairs(made, bonus.paid_on)
    return WayRule(made, ratio_column, unit_column, len(units), klass, rows, when, per, keyed)


def base_of_pairs(pairing: Pairing, paid_on: str) -> NDArray[np.int64]:
    """Return the volume of one pair that rates apply to, by row and (from column 1) by increment."""
    table, steps = pairing.table, pairing.steps
    weak = table[:, 1:2] if steps is None else np.concatenate([np.zeros_like(table[:, :1]), steps], axis=1)
    strong = weak // table[:, 3:4] * table[:, 2:3]
    per = {"weaker": weak, "stronger": strong, "both": weak + strong}[paid_on]
    return np.ascontiguousarray(np.where(weak >= UNREACHED, 0, per))


def _pairing(bonus: Binary, ratios: list[LevelTable], units: list[LevelTable], scale: int) -> Pairing:
    exact = [[int(value.scaleb(scale, EXACT)) for value in row.levels or filter(None, [row.tail])] for row in units]
    table, steps = table_of([Fraction(int(r.levels[0]), int(r.levels[1])) for r in ratios], exact)
    return Pairing(
        table=table,
        steps=steps if listed(bonus) else None,
        anew=bonus.strong_side == "each_pair",
        balanced=bonus.uses == "balanced",
        keep=KEEP[bonus.carry],
    )


def _first_pair(bonus: Binary, scale: int) -> Pairing | None:
    """Return the pairing of the first pair ever, with one row for each unit."""
    if bonus.first_pair is None:
        return None
    unit = bonus.unit or LevelTable(levels=())
    units = [row for _, row in unit.leaves()] if isinstance(unit, ByKey) else [unit]
    made = _pairing(bonus, [bonus.first_pair], units, scale)
    return Pairing(made.table, None, anew=False, balanced=False, keep=KEEP["both"])


def _per_class(builder: Builder, by: str, table: Any, scale: int) -> tuple[str, NDArray[np.int64]] | None:
    """Return the class column and one integer a class, with one more for members without."""
    if table is None:
        return None
    column, rows = builder.klass(by, table)
    return column, np.array([*(int(row.levels[0].scaleb(scale, EXACT)) for row in rows), 2**61], np.int64)


def _carry(name: str, bonus: Binary, builder: Builder, scale: int) -> CarryRule:
    cap = bonus.carry_cap
    return CarryRule(
        bonus=name,
        scale=scale,
        kept=bonus.carry != "none" or bonus.unpaid == "carry",
        ages=bonus.expires or 0,
        cap=_per_class(builder, bonus.carry_cap_by, cap, scale) if isinstance(cap, LevelTable | ByKey) else None,
        cap_quantity=builder.quantity(cap) if isinstance(cap, str) else None,
        average=bonus.average_cap,
        flush=builder.condition(bonus.flush_when) if bonus.flush_when else None,
        flush_after=bonus.flush_after,
    )
