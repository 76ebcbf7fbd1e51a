"""How bonuses that go up a tree compile to the upline walk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from compplan.bonuses.gates import cap_columns, gate
from compplan.bonuses.terms import terms
from compplan.bonuses.walk.counting import counting
from compplan.bonuses.walk.pair_columns import pair_condition
from compplan.bonuses.walk.walk_pass import WalkPass
from compplan.program.passes import OrdersPass
from compplan.quantities.order_sum import OrderSum
from compplan.volumes.order_rules import rule_from_model

if TYPE_CHECKING:
    from compplan.bonuses.upward import Upward
    from compplan.program.builder import Builder
    from compplan.volumes.order_rules import OrderRule


def compile_walk(name: str, bonus: Upward, builder: Builder) -> None:
    """Add the pass of a bonus that goes up a tree."""
    model, scope = builder.plan.model, builder.plan.scope
    column, rows = builder.klass(bonus.rates_by, bonus.table)
    fixed = bonus.amounts is not None
    made = terms(
        rows,
        base_scale=None if fixed else scope.scale(bonus.of),
        factor=bonus.money_per_point,
        rounding=model.rounding,
        decimals=bonus.money(model).decimals,
    )
    base, lines = _base(bonus, builder)
    pay, cap, count = gate(bonus, builder), cap_columns(bonus, builder), counting(bonus, builder)
    since = bonus.qualified_since
    pairs = pair_condition(bonus, builder)
    own = (base, column, pay, *count.reads, *(pairs.reads if pairs else ()), since, cap[0] if cap else None)
    tree, reads = builder.tree(bonus.tree), tuple(filter(None, own))
    builder.add(WalkPass((f"pay {name}",), reads, name, bonus, made, tree, base, column, pay, count, cap, lines, pairs))


def _base(bonus: Upward, builder: Builder) -> tuple[str, OrderRule | None]:
    """Return the column of the volume, and the rule of its orders where each order is a payment."""
    rule = builder.plan.model.volumes.get(bonus.of)
    window = getattr(bonus, "window", None)
    if not isinstance(rule, OrderSum) or (window is None and bonus.payment == "period"):
        return builder.quantity(bonus.of), None
    orders = rule_from_model(bonus.of, rule, window)
    if bonus.payment == "order":
        return builder.quantity(bonus.of), orders
    name = f"{bonus.of} within {window} of enrolment"
    if name not in builder.known:
        builder.add(OrdersPass((name,), ("orders",), (orders,), builder.tree(rule.tree)))
    return name, None
