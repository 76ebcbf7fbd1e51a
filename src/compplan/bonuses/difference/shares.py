"""The way of single payments: every source goes through its earners, in a buffer of fixed size."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from compplan.bonuses.books.growing import GrowingRows
from compplan.bonuses.difference import chain_kernels as ck
from compplan.bonuses.difference.books import Found, tally, whole
from compplan.bonuses.difference.share_kernels import (
    IS_HELD,
    IS_UNPAID,
    Rule,
    Shares,
    Sources,
    find_floored,
    find_shares,
    settle,
)
from compplan.bonuses.difference.spec import DifferenceResult, DifferenceRows
from compplan.bonuses.difference.standing import BLOCKS, Standing, empty_chain, linked
from compplan.bonuses.difference.total_kernels import NOBODY, SUMS, UNPAID
from compplan.memory import unwritten, zeros
from compplan.money import INT64_MAX, ROUNDING_CODES
from compplan.money_kernels import divider
from compplan.volumes.member_arrays import as_input

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from compplan.bonuses.difference.spec import Difference, DifferenceInputs

BUFFER = 1 << 16
_ROW_TYPES = (np.int32, np.int32, np.int32, np.int32, np.int16, np.int64, np.int64, np.int64)


def found_shares(
    rule: Difference, inputs: DifferenceInputs, first: int, last: int, sums: NDArray[np.int64]
) -> Iterator[tuple[Shares, int, int, ck.Chain]]:
    """Follow the chain from all sources of a range; yield the buffer whenever it is full.

    With it come how many shares are in it, how many sources are done, and the chain.
    """
    standing = Standing.of(rule, inputs)
    n, deepest = inputs.klass.size, inputs.tree.max_depth + 2
    chain, near, count = empty_chain(n), np.zeros(deepest, np.int64), np.zeros(deepest, np.int32)
    start, top = unwritten([(n, np.int32), (n, np.int32)])
    depth = as_input(inputs.tree.depth)
    size = ck.chain_sources(depth, standing.place, rule.from_self, near, count, chain, start, top)
    linked(rule, standing, size, chain)
    kinds = np.zeros(size + 1, np.int8)
    kinds[1:][~inputs.pay[chain.who[1 : size + 1]]] = IS_HELD if rule.unpaid == "hold" else IS_UNPAID
    sources = _sources(rule, inputs, standing, start, top)
    room = Shares(*(np.empty(BUFFER + deepest, kind) for kind in (*[np.int32] * 4, np.int64, np.int8)))
    read, find = _read(rule, standing), find_floored if _grows(rule, inputs) else find_shares
    i, line = first, int(sources.start[first]) if sources.lined else first
    while i < last:
        given = read, sources, chain, kinds, room, sums
        i, line, used = find(i, line, last, BUFFER - 1, *given)
        yield room, used, i - first, chain


def _grows(rule: Difference, inputs: DifferenceInputs) -> bool:
    return rule.grows or inputs.taken is not None


def _read(rule: Difference, standing: Standing) -> Rule:
    return Rule(
        rates=standing.rates,
        takes=standing.takes,
        floored=standing.floored,
        best=rule.best,
        lower=BLOCKS[rule.lower_rate],
        equal=BLOCKS[rule.equal_rate],
        floors=rule.floors,
        tail=rule.floor_tail,
        at_zero=rule.floor_at_zero,
        limit=INT64_MAX if rule.limit is None else rule.limit,
        from_level=rule.from_level,
        levels=rule.levels,
        first_take=rule.first_take,
    )


def _sources(
    rule: Difference,
    inputs: DifferenceInputs,
    standing: Standing,
    first: NDArray[np.int32],
    top: NDArray[np.int32],
) -> Sources:
    none = np.zeros(0, np.int64)
    own = standing.rates[inputs.klass] if rule.lower_of_both else none
    lined = inputs.line_start is not None
    start = as_input(inputs.line_start if inputs.line_start is not None else none)
    taken = as_input(none if inputs.taken is None else inputs.taken)
    return Sources(first, top, as_input(own), taken, lined, start, as_input(inputs.values))


def paid_one_by_one(rule: Difference, inputs: DifferenceInputs, signed: int, *, keep_rows: bool) -> DifferenceResult:
    """Pay everybody, source by source; `signed` is the sum of all bases."""
    n, sums = inputs.klass.size, np.zeros(2 * SUMS, np.int64)
    pay, held = zeros(n), zeros(n if rule.unpaid == "hold" else 0)
    by = divider(rule.denominator, tuple(ROUNDING_CODES)[rule.rounding])
    ledger = GrowingRows(empty_rows)
    for shares, count, done, chain in found_shares(rule, inputs, 0, n, sums):
        if keep_rows:
            ledger.make_room(count, done, n)
        given = as_input(inputs.values), chain.who, chain.row, by, pay, held, sums, ledger.rows, ledger.used
        ledger.used = settle(count, shares, *given, keep_rows)
    rows = ledger.written() if keep_rows else None
    if rows is not None and inputs.line_start is None:
        rows = rows._replace(line=np.broadcast_to(np.int32(-1), ledger.used))
    kept = held if rule.unpaid == "hold" else None
    found = Found(signed, sums, unpaid=whole(sums, UNPAID), nobody=whole(sums, NOBODY))
    return DifferenceResult(pay, kept, rows, tally(rule, found, pay, kept))


def empty_rows(count: int) -> DifferenceRows:
    """Return rows that are not written yet."""
    return DifferenceRows._make(unwritten((count, kind) for kind in _ROW_TYPES))
