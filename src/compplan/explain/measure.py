"""Measuring one row of the requirement table for one member, from the columns that the rank pass used."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from compplan.explain.legs import LegView
from compplan.ranks.table import STATIC

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from compplan.program.work import Work
    from compplan.ranks.rank_pass import RankPass
    from compplan.ranks.table import Row


def held_ranks(work: Work, rank_pass: RankPass, row: Row, view: LegView) -> NDArray[np.int8]:
    """Return the ranks that count in a downline, 0 for members who do not meet the row's further condition."""
    model = work.plan.model.ranks
    ranks = view.over(work.columns[model.legs_hold if model is not None else "rank"])
    return np.where(view.over(work.columns[rank_pass.also[row.also]]), ranks, 0) if row.also else ranks


def measured(work: Work, rank_pass: RankPass, row: Row, position: int, view: LegView | None = None) -> int:
    """Return the number that a row measures for a member, at the row's scale."""
    if row.measure in STATIC:
        return int(work.columns[rank_pass.columns[row]][position])
    view = view or LegView(work, rank_pass.tree, position)
    if row.measure in {"capped", "outside", "breakaway"}:
        return _over_legs(work, rank_pass, row, view)
    ranks = held_ranks(work, rank_pass, row, view)
    if row.measure == "legs":
        ranks = view.best(ranks)
    elif row.measure == "frontline":
        ranks = view.at_heads(ranks)
    return int((ranks >= row.holds).sum())


def _over_legs(work: Work, rank_pass: RankPass, row: Row, view: LegView) -> int:
    total, base = (work.columns[name] for name in rank_pass.totals[row])
    legs = view.at_heads(view.over(total))
    own = int(base[view.position])
    if row.measure == "capped":
        brought = np.minimum(legs, row.cap)
        own = min(own, row.cap) if row.own == "capped" else own
    elif row.measure == "outside":
        brought = legs[view.best(held_ranks(work, rank_pass, row, view)) < row.holds]
    else:
        brought = _down_to_rank(work, rank_pass, row, view, view.over(base))
    return sum(map(int, brought)) + (own if row.own != "none" else 0)


def _down_to_rank(
    work: Work, rank_pass: RankPass, row: Row, view: LegView, base: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Return the volumes of the downline above the first members who hold the rank, skipping their ranges."""
    tree = work.tree(rank_pass.tree)
    ranks = held_ranks(work, rank_pass, row, view)
    kept = np.ones(ranks.size, np.bool_)
    start, after = view.span.start, 0
    for place in np.flatnonzero(ranks >= row.holds):
        if place >= after:
            after = int(tree.end[start + place]) - start
            kept[place:after] = False
    return base[kept]
