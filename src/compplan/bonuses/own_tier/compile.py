"""How retail and tier bonuses compile to the own-tier mechanism."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from compplan.bonuses.gates import cap_columns, gate
from compplan.bonuses.own_tier.passes import RetailPass, TierPass
from compplan.bonuses.terms import terms
from compplan.plan.values import ByKey, LevelTable
from compplan.quantities.order_sum import OrderSum
from compplan.volumes.order_rules import rule_from_model

if TYPE_CHECKING:
    from compplan.bonuses.kinds.retail import Retail
    from compplan.bonuses.kinds.tier import Tier
    from compplan.program.builder import Builder


def compile_retail(name: str, bonus: Retail, builder: Builder) -> None:
    """Add the pass of a retail bonus."""
    model, scope = builder.plan.model, builder.plan.scope
    base = builder.quantity(bonus.of)
    column, rows = builder.klass(bonus.rates_by, bonus.rates)
    made = terms(
        rows,
        base_scale=scope.scale(bonus.of),
        factor=bonus.money_per_point,
        rounding=model.rounding,
        decimals=model.currency.decimals,
    )
    pay, cap = gate(bonus, builder), cap_columns(bonus, builder)
    reads = (base, column, pay, *((cap[0],) if cap else ()))
    rule = scope.rules[bonus.of]
    lines = (
        rule_from_model(bonus.of, rule) if bonus.payment == "order" and isinstance(rule, OrderSum) else None
    )
    builder.add(RetailPass((f"pay {name}",), reads, name, bonus, made, column, pay, cap, base, lines))


def compile_tier(name: str, bonus: Tier, builder: Builder) -> None:
    """Add the pass of a tier bonus."""
    model = builder.plan.model
    table = ByKey(rows={str(key): LevelTable(levels=(amount,)) for key, amount in bonus.amounts.items()})
    first = [LevelTable(levels=(amount,)) for amount in (bonus.first_time or bonus.amounts).values()]
    column, rows = builder.klass(bonus.by, table)
    made = terms(
        [*rows, *first],
        base_scale=None,
        factor=Decimal(1),
        rounding=model.rounding,
        decimals=model.currency.decimals,
    )
    pay, cap = gate(bonus, builder), cap_columns(bonus, builder)
    reads = (column, pay, *((cap[0],) if cap else ()))
    builder.add(TierPass((f"pay {name}",), reads, name, bonus, made, column, pay, cap))
