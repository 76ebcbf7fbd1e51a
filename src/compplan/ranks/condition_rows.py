"""Rows of conditions: a comparison of a quantity is measured, anything else is a flag."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING

from compplan.plan import expression as ex
from compplan.plan.expression.kinds import demand_flag, demand_one_member
from compplan.quantities.roll_up import RollUp
from compplan.ranks.in_rounds import demand_rounds, in_rank_tree, rank_asked, sums_by_rank
from compplan.ranks.row import INFINITE, Measure, Row

if TYPE_CHECKING:
    from compplan.plan.scope import Scope


def new_row(code: str, text: str, measure: Measure, name: str, low: int, **more: object) -> Row:
    """Return a row that belongs to no rank yet."""
    return Row(0, 0, code, text, measure, name, low, **more)  # type: ignore[arg-type]


def condition_rows(expr: ex.Expr, scope: Scope, code: str = "") -> list[Row]:
    """Split a condition into rows at its `and`s, looking through named conditions."""
    demand_one_member(expr)
    demand_flag(expr, scope)
    if isinstance(expr, ex.Logic) and expr.op == "and":
        return [row for item in expr.items for row in condition_rows(item, scope, code)]
    if isinstance(expr, ex.Name) and (text := scope.model.conditions.get(expr.name)) is not None:
        return condition_rows(ex.parse(text), scope, expr.name)
    if isinstance(expr, ex.Compare) and (row := _comparison(expr, scope)) is not None:
        return [row.but(code=f"{code}.{row.code}" if code else row.code)]
    demand_rounds(expr, scope)
    return [new_row(code or str(expr), ex.words(expr), "flag", str(expr), 1, unit="flag")]


def _comparison(expr: ex.Compare, scope: Scope) -> Row | None:
    """Read `quantity <op> number` into bounds; other comparisons become flags."""
    left, op, right = expr.left, expr.op, expr.right
    if isinstance(left, ex.Number):
        left, op, right = right, ex.MIRRORED[op], left
    if not (isinstance(left, ex.Name) and isinstance(right, ex.Number) and left.name in scope.rules) or op == "!=":
        return None
    name = left.name
    scale = scope.scale(name)
    low, high = _bounds(op, Fraction(right.value) * 10**scale)
    row = new_row(name, ex.words(expr), "quantity", name, low, high=high, scale=scale, unit=_unit(name, scope))
    return _measured_with_ranks(row, scope) if scope.reads.needs_rank(name) else row


def _bounds(op: ex.Operator, value: Fraction) -> tuple[int, int]:
    """Return the integers that satisfy `x <op> value` as an interval, its free ends within 64 bits.

    An end beyond 64 bits is cut off where nothing is lost; where no integer satisfies, low is above high.
    """
    below, above = math.floor(value), math.ceil(value)
    low, high = {
        ">=": (above, INFINITE),
        ">": (below + 1, INFINITE),
        "<=": (-INFINITE, below),
        "<": (-INFINITE, above - 1),
    }.get(op, (above, below))
    return max(low, -INFINITE), min(high, INFINITE)


def _unit(name: str, scope: Scope) -> str:
    return "members" if name in scope.model.counts else "volume"


def _measured_with_ranks(row: Row, scope: Scope) -> Row:
    """Let the rank pass itself measure a roll-up that ends at ranks of its tree; all else is found in rounds."""
    rule = scope.rules[row.name]
    text = (rule.stop_at or rule.outside_legs_with) if isinstance(rule, RollUp) else None
    rank = rank_asked(ex.parse(text), scope) if text else ""
    if rank and isinstance(rule, RollUp) and in_rank_tree(rule, scope):
        measure: Measure = "breakaway" if rule.stop_at else "outside"
        if not (rule.with_uplines or sums_by_rank(rule, scope)):
            return row.but(measure=measure, holds=scope.ranks[rank], own="full" if rule.own else "none")
    demand_rounds(ex.Name(row.name), scope)
    return row
