"""Pools and limits: ns a member, bytes touched, ratio to a copy. Trees play no part in them."""

from __future__ import annotations

from functools import cache

import pytest

import compplan as cp
from benchmarks.conftest import PERIOD, field

PLAN = """
compplan: 1
name: pools and limits
currency: USD
period: monthly
rounding: {mode: half_up, at: payment}
trees: {enrollment: {parent: sponsor_id}}
volumes:
  pv: {sum: orders.qv}
  spent: {sum: orders.qv, credit: distributor}
bonuses:
  own: {kind: retail, of: pv, rates: 10%}
  more: {kind: retail, of: spent, rates: 7%}
  points: {kind: pool, of: pv, rates: 5%, by: pv, residue: largest_remainder}
  points_cut: {kind: pool, of: pv, rates: 5%, by: pv, residue: company}
  equal: {kind: pool, of: pv, rates: 5%, residue: largest_remainder}
  listed: {kind: pool, of: pv, rates: 1%, by: pv, places: [50%, 30%, 20%], ties: smaller_id, residue: company}
limits:
  company: {bonuses: [own, more], of: pv, rates: 15%}
  member: {bonuses: [own, more], per: member, amounts: 5}
  member_of_cut: {bonuses: [own, more], per: member, amounts: 4, residue: company}
"""
NAMES = [
    each.name
    for each in cp.run(cp.load_plan(PLAN), [], [], period=PERIOD)._passes
    if "pool" in each.name or "limit" in each.name
]


@cache
def ran(size: int, shape: str):
    """One finished run without rows, whose passes are then run again and again on its columns."""
    tables = field(size, shape)
    return cp.run(cp.load_plan(PLAN), tables.members, tables.orders, period=PERIOD, ledger=False)


@pytest.mark.parametrize("name", NAMES, ids=lambda name: name.replace(" ", "_"))
def test_pass(benchmark, report, case, name):
    run = ran(case.size, case.shape)
    work = run._work
    each = next(p for p in run._passes if p.name == name)
    books = {bonus: (book.pay, list(book.adjustments), dict(book.breakage)) for bonus, book in work.books.items()}

    def again():
        for bonus, (pay, adjustments, breakage) in books.items():  # a limit changes the books that it holds
            if bonus in work.books:
                work.books[bonus].pay, work.books[bonus].adjustments = pay, list(adjustments)
                work.books[bonus].breakage = dict(breakage)
                work.books[bonus].must_balance = lambda: None
        each.run(work)

    benchmark.pedantic(again, rounds=5, warmup_rounds=1)
    report(case.size, sum(work.columns[c].nbytes for c in {*each.reads, *each.writes} & set(work.columns)))
