"""How a limit compiles to the share-out mechanism."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from compplan.bonuses.share_out.allowed import Allowed
from compplan.bonuses.share_out.limit_pass import LimitPass, Stage
from compplan.plan.tables import ByKey
from compplan.plan.values import EXACT, digits

if TYPE_CHECKING:
    from compplan.plan.limits import Limit
    from compplan.program.builder import Builder


def after(bonus: str, limit: str) -> str:
    """Return the column of what a bonus pays after a limit."""
    return f"pay {bonus} after {limit}"


def compile_limit(name: str, limit: Limit, builder: Builder) -> None:
    """Add the pass of a limit, after the limits that stand before it and all the bonuses that it holds."""
    allowed = _allowed(name, limit, builder)
    stages = tuple(Stage(bonus, builder.pay_before(bonus, name), after(bonus, name)) for bonus in limit.bonuses)
    reads = [stage.before for stage in stages] + [allowed.of, allowed.klass]
    reads += [limit.per] if limit.per.startswith("member.") else []
    writes = tuple(stage.after for stage in stages)
    builder.add(LimitPass(writes, tuple(filter(None, reads)), name, limit, stages, allowed))


def _allowed(name: str, limit: Limit, builder: Builder) -> Allowed:
    scope, rows = builder.plan.scope, limit.table
    values = [row.levels[0] for row in ([row for _, row in rows.leaves()] if isinstance(rows, ByKey) else [rows])]
    values = [EXACT.multiply(value, limit.money_per_point) for value in values] if limit.of else values
    fine = max(map(digits, values))
    klass, steps, steps_company = "", None, False
    if isinstance(rows, ByKey) and limit.per == "company":
        steps, klass = builder.keys(limit.rates_by, rows.rows)
        steps_company = scope.rules[limit.rates_by].company_wide(scope)
    elif isinstance(rows, ByKey):
        klass, _ = builder.klass(limit.rates_by, rows)
    return Allowed(
        limit=name,
        per=limit.per,
        of=builder.quantity(limit.of) if limit.of else "",
        company=bool(limit.of) and scope.rules[limit.of or ""].company_wide(scope),
        numerators=tuple(int(Fraction(value) * 10**fine) for value in values),
        digits=fine,
        klass=klass,
        steps=steps,
        steps_company=steps_company,
        over=limit.over,
        decimals=builder.plan.model.bonuses[limit.bonuses[0]].money(builder.plan.model).decimals,
    )
