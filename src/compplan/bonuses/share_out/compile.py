"""How a pool compiles to the share-out mechanism."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from compplan.bonuses.prepare.gates import cap_columns, gate
from compplan.bonuses.prepare.terms import terms
from compplan.bonuses.share_out.divide import Terms
from compplan.bonuses.share_out.pool_pass import PartOf, Places, PoolPass, SubPool, Weights
from compplan.plan.tables import ByKey, LevelTable
from compplan.plan.values import digits

if TYPE_CHECKING:
    from collections.abc import Iterable
    from decimal import Decimal

    from compplan.bonuses.kinds.pool import Pool
    from compplan.program.builder import Builder


def compile_pool(name: str, pool: Pool, builder: Builder) -> None:
    """Add the pass of a pool."""
    pay, cap = gate(pool, builder), cap_columns(pool, builder)
    part, pools = _part(pool, builder), _pools(name, pool, builder)
    weights, places = _weights(pool, builder), _places(pool, builder)
    reads = ["is_distributor", pay, part.column, cap[0] if cap else "", weights.by, weights.klass]
    reads += [each.column for each in pools] + ([places.steps_by] if places else [])
    if places and places.ties == "earlier_last_order":
        reads.append("orders")
    decimals = pool.money(builder.plan.model).decimals
    made = PoolPass(
        (f"pay {name}",),
        tuple(dict.fromkeys(filter(None, reads))),
        name,
        pool,
        part,
        pools,
        weights,
        places,
        terms_of(pool, decimals),
        pay,
        cap,
    )
    builder.add(made)


def terms_of(pool: Pool, decimals: int) -> Terms:
    """Return a pool's bounds in cents."""
    cents = 10**decimals
    step = None if pool.point_decimals is None else Fraction(cents, 10**pool.point_decimals)
    return Terms(
        part=Fraction(pool.pays),
        most_share=None if pool.share_max is None else Fraction(pool.share_max),
        most_value=None if pool.point_max is None else Fraction(pool.point_max) * cents,
        value_step=step,
        value_mode=pool.point_rounding,
        over=pool.over_pool or "paid",
        shared=pool.rest == "shared",
    )


def _part(pool: Pool, builder: Builder) -> PartOf:
    """Return what the pools are parts of, and the parts as integers."""
    model, scope = builder.plan.model, builder.plan.scope
    table = pool.table
    made = terms(
        [row for _, row in table.leaves()] if isinstance(table, ByKey) else [table],
        base_scale=None if pool.of is None else scope.scale(pool.of),
        factor=pool.money_per_point,
        rounding=model.rounding.model_copy(update={"at": "payment"}),
        decimals=pool.money(model).decimals,
    )
    column = "" if pool.of is None else builder.quantity(pool.of)
    company = pool.of is not None and scope.rules[pool.of].company_wide(scope)
    return PartOf(column, company, tuple(int(row[0]) for row in made.numerators), made.exact_scale)


def _pools(name: str, pool: Pool, builder: Builder) -> tuple[SubPool, ...]:
    """Return who shares in which pool, and the column of the state for what it carries."""
    carried = pool.carried(name) if pool.rest == "carry" else None
    table = pool.table
    if not isinstance(table, ByKey):
        return (SubPool("", "", 0, higher=False, carried=carried[0] if carried else None),)
    higher = pool.open_to == "key_and_higher"
    if higher:
        limits, column = builder.keys(pool.rates_by, table.rows)
    else:
        column, _ = builder.klass(pool.rates_by, table)
        limits = tuple(range(len(table.rows)))
    return tuple(
        SubPool(key, column, limit, higher=higher, carried=carried[place] if carried else None)
        for place, (key, limit) in enumerate(zip(table.rows, limits, strict=True))
    )


def _weights(pool: Pool, builder: Builder) -> Weights:
    by = "" if pool.by is None else builder.quantity(pool.by)
    scale = builder.plan.scope.scale(pool.by) if pool.by else 0
    if pool.weights is None:
        return Weights(by, "", (1,), scale, 0, finished=False)
    column, rows = builder.klass(pool.weights_by, pool.weights)
    values, fine = _integers(row.levels[0] for row in rows)
    return Weights(by, column, values, scale + fine, fine, finished=pool.weights_on == "share")


def _integers(values: Iterable[Decimal]) -> tuple[tuple[int, ...], int]:
    """Return exact numbers as integers with the same number of digits, and that number."""
    listed = list(values)
    fine = max(map(digits, listed))
    return tuple(int(Fraction(value) * 10**fine) for value in listed), fine


def _places(pool: Pool, builder: Builder) -> Places | None:
    if pool.places is None or pool.ties is None:
        return None
    scope, table = builder.plan.scope, pool.places
    lists = [row for _, row in table.leaves()] if isinstance(table, ByKey) else [table]
    fine = max(digits(share) for row in lists for share in row.levels)
    shares = tuple(tuple(int(Fraction(s) * 10**fine) for s in row.levels) for row in lists)
    steps: tuple[int, ...] = ()
    by, company = "", False
    if isinstance(table, LevelTable) or pool.places_by is None:
        return Places(shares, 10**fine, pool.ties, pool.last_order_of, by, steps, company=company)
    steps, by = builder.keys(pool.places_by, table.rows)
    company = scope.rules[pool.places_by].company_wide(scope)
    return Places(shares, 10**fine, pool.ties, pool.last_order_of, by, steps, company=company)
