"""What a match is paid on: the pay of other bonuses, of the period or order by order, at one scale."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from compplan.bonuses.match.cascade import Paid
from compplan.errors import ExactnessError
from compplan.money_arrays import exact_abs_sum

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from compplan.bonuses.kinds.match import Match
    from compplan.bonuses.kinds.match_down import MatchDown
    from compplan.program.work import Work

    Parts = list[tuple[NDArray[np.int64], int]]


def matched_pay(bonus: Match | MatchDown, columns: tuple[str, ...], work: Work) -> tuple[NDArray[np.int64], int]:
    """Return what each member got of the bonuses that a match names, and its digits.

    Parameters
    ----------
    columns
        Where the pay of each of them stands, caps and limits done.

    Raises
    ------
    ExactnessError
        If the sum could pass 64 bits.
    """
    parts = [_part(bonus, name, column, work) for name, column in zip(bonus.of, columns, strict=True)]
    values, scale = _at_one_scale(parts)
    return values[0] if len(values) == 1 else np.sum(values, axis=0, dtype=np.int64), scale


def _at_one_scale(parts: Parts) -> tuple[list[NDArray[np.int64]], int]:
    scale = max(scale for _, scale in parts)
    if sum(exact_abs_sum(values) * 10 ** (scale - own) for values, own in parts) >= 2**63:
        raise ExactnessError(f"the pay that is matched passes 64 bits at {scale} digits: round payments")
    return [values * 10 ** (scale - own) if scale > own else values for values, own in parts], scale


def _part(bonus: Match | MatchDown, name: str, column: str, work: Work) -> tuple[NDArray[np.int64], int]:
    book = work.books.get(name)
    if book is None:
        return work.columns[column], work.scales[column]
    return book.before_caps if bonus.of_pay == "before_caps" else work.columns[column], book.scale


def by_order(bonus: Match, work: Work, tree: str) -> tuple[Paid, int]:
    """Return the payments that are matched order by order, members in a tree's own order, and their digits."""
    rows = [(work.books[name].rows, work.books[name].scale) for name in bonus.of]
    amounts, scale = _at_one_scale([(each.amount, own) for each, own in rows if each is not None])
    own = work.tree(tree).from_primary
    earner = np.concatenate([each.earner for each, _ in rows if each is not None])
    line = np.concatenate([each.line for each, _ in rows if each is not None])
    return Paid(line, earner if own is None else own[earner], np.concatenate(amounts)), scale


def as_lines(paid: Paid, size: int, matched: NDArray[np.bool_]) -> tuple[dict[str, Any], NDArray[np.int64]]:
    """Return payments as the lines of a walk: what each member got of each order; and the orders."""
    member, order, amount = (column[matched[paid.member]] for column in (paid.member, paid.order, paid.amount))
    by = np.lexsort((order, member))
    member, order, amount = member[by], order[by], amount[by]
    first = np.ones(member.size, np.bool_)
    first[1:] = (member[1:] != member[:-1]) | (order[1:] != order[:-1])
    begins = np.flatnonzero(first)
    value = np.add.reduceat(amount, begins) if begins.size else amount
    start = np.searchsorted(member[begins], np.arange(size + 1)).astype(np.int64)
    return {"line_start": start, "line_value": value.astype(np.int64)}, order[begins].astype(np.int64)
