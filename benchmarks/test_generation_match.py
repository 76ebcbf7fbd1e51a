"""Generations and matches where totals are exact: on a random field and on a chain of the same size, side by side.

Ranks go by own volume, so that leaders are as rare and as scattered on a chain as on a field.
"""

from __future__ import annotations

from functools import cache

import pytest

import compplan as cp
from benchmarks.conftest import PERIOD, SIZES, field

PLAN = """
compplan: 1
name: Leaders
currency: USD
period: monthly
rounding: {mode: half_up, at: bonus}
trees: {enrollment: {parent: sponsor_id}}
volumes:
  pv: {sum: orders.qv}
  factored: {weighted: pv, weights: [40%, 20%, 10%], boundary: pv >= 1500, boundary_member: opens, own_group: before_first}
ranks:
  ladder:
    member: []
    bronze: [pv >= 100]
    silver: [pv >= 600]
    gold: [pv >= 1500]
    director: [pv >= 3000]
bonuses:
  base: {kind: unilevel, of: pv, rates: [5%, 3%], pay_when: pv >= 100}
  generations: {kind: generation, of: pv, boundary: paid_as >= gold, rates: {gold: [5%, 4%, 3%], director: [5%, 4%, 3%, 2%, 2%, 1%]}}
  equals:
    kind: generation
    of: pv
    boundary: paid_as >= earner.paid_as
    boundary_member: opens
    own_group: before_first
    rates: {silver: [4%], gold: [4%, 2%], director: [4%, 2%, 1%]}
  match: {kind: match, of: base, rates: {silver: [10%, 5%], gold: [10%, 5%, 3%], director: [10%, 5%, 3%, 2%]}}
  selected: {kind: match, of: base, boundary: paid_as >= gold, rates: {gold: [10%], director: [10%, 5%]}}
  cascade: {kind: match, of: base, cascade: true, rates: {silver: [10%], gold: [10%, 5%], director: [10%, 5%]}}
  thanks: {kind: match_down, of: base, rates: 10%}
"""
NAMES = ("factored", "generations", "equals", "match", "selected", "cascade", "thanks")


@cache
def ran(size: int, shape: str):
    """One finished run without rows, whose passes are then run again and again on its columns."""
    tables = field(size, shape)
    return cp.run(PLAN, tables.members, tables.orders, period=PERIOD, ledger=False)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("shape", ["field", "chain"])
@pytest.mark.parametrize("size", SIZES)
def test_exact_totals(benchmark, report, size, shape, name):
    run = ran(size, shape)
    work = run._work
    each = next(p for p in run._passes if p.writes[0] in {name, f"pay {name}"})
    benchmark.pedantic(each.run, (work,), rounds=5, warmup_rounds=1)
    columns = {*each.reads, *each.writes} & set(work.columns)
    report(size, sum(work.columns[c].nbytes for c in columns) + work.tree("enrollment").depth.nbytes)
