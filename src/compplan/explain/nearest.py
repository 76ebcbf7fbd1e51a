"""The requirements of a rank as they are measured for a member, and who is nearest to closing those that are open."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np

from compplan.explain.gaps import Near, NextRank, Requirement
from compplan.explain.legs import LegView
from compplan.explain.measure import held_ranks, measured
from compplan.money import from_fixed
from compplan.plan import expression as ex
from compplan.plan.values import EXACT
from compplan.ranks.in_rounds import rank_asked

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from compplan.program.work import Work
    from compplan.quantities.count import Count
    from compplan.ranks.rank_pass import RankPass
    from compplan.ranks.table import Row

NEAREST = 3
"""How many legs or members are named for one requirement."""


def requirements(
    work: Work,
    rank_pass: RankPass,
    position: int,
    target: int,
    *,
    with_nearest: bool,
) -> list[Requirement]:
    """Measure every requirement of a rank for a member, with who is nearest where it is open."""
    view = LegView(work, rank_pass.tree, position)
    found = []
    eligible = bool(work.columns[rank_pass.members][position])
    for number, rows in enumerate(rank_pass.table.of(target), 1):
        if not eligible:
            found.append(_flag(number, "members", work.plan.model.ranks.members, met=False))  # type: ignore[union-attr]
        for row in rows:
            made = _requirement(number, row, measured(work, rank_pass, row, position, view))
            near = _nearest(work, rank_pass, row, view) if with_nearest and not made.met else ()
            found.append(made if not near else Requirement(**{**vars(made), "nearest": near}))
    return found


def _flag(number: int, code: str, text: str, *, met: bool) -> Requirement:
    return Requirement(number, code, text, Decimal(met), Decimal(1), Decimal(not met), "flag", met)


def _requirement(number: int, row: Row, value: int) -> Requirement:
    needed = row.low if value < row.low or row.high >= 2**62 else row.high
    gap = row.low - value if value < row.low else min(0, row.high - value)
    have, need, lack = (from_fixed(v, row.scale) for v in (value, needed, gap))
    return Requirement(number, row.code, row.text, have, need, lack, row.unit, row.low <= value <= row.high)


def _nearest(work: Work, rank_pass: RankPass, row: Row, view: LegView) -> tuple[Near, ...]:
    """Name the legs, or members, that could close a requirement first."""
    rule = work.plan.model.counts.get(row.name) if row.measure == "quantity" else None
    if rule is not None:
        row = _as_counted(rule, row, work)
    if row.tree and row.tree != view.tree_name:
        view = LegView(work, row.tree, view.position)
    if not view.heads.size:
        return ()
    if row.measure in {"capped", "capped_legs"}:
        return _legs_with_room(work, rank_pass, row, view)
    if row.measure in {"legs", "frontline", "downline"} or (row.measure == "count" and row.holds):
        return _nearest_holders(work, rank_pass, row, view)
    if row.measure == "count":
        return _nearest_to_condition(work, rank_pass, row, view)
    return ()


def _as_counted(rule: Count, row: Row, work: Work) -> Row:
    """Return the row of a count that has a name as that of one without, if it counts members or legs."""
    if rule.among not in {"frontline", "downline", "legs"} or rule.side is not None:
        return row
    scope, enrolled_in = work.plan.scope, rule.enrolled_in or ""
    rank = scope.ranks.get(rank_asked(ex.parse(rule.count), scope), 0)
    row = row.but(measure="count", name=rule.count, holds=rank, among=rule.among)
    return row.but(tree=rule.tree_of(scope), enrolled_in=enrolled_in)


def _own(view: LegView, row: Row) -> NDArray[np.bool_]:
    """Tell who of the downline can count: everybody, or only those whom the member enrolled."""
    if not row.enrolled_in:
        return np.ones(view.span.stop - view.span.start, np.bool_)
    enrolled = LegView(view.work, row.enrolled_in, view.position)
    own = np.zeros(view.work.size, np.bool_)
    own[[enrolled.primary(int(head)) for head in enrolled.heads]] = True
    return view.over(own)


_NOBODY = -(2**62)
"""Stands for members who cannot hold ranks, such as customers: they never close a gap."""


def _legs_with_room(work: Work, rank_pass: RankPass, row: Row, view: LegView) -> tuple[Near, ...]:
    """The largest legs that are below their cap: more volume there counts."""
    legs = view.at_heads(view.over(work.columns[rank_pass.totals[row][0]]))
    below = [n for n in np.argsort(-legs, kind="stable") if legs[n] < row.cap][:NEAREST]
    found = []
    for n in below:
        head = work.genealogy.id_at(view.primary(int(view.heads[n])))
        volume, room = _exact(legs[n], row.scale), _exact(row.cap - int(legs[n]), row.scale)
        found.append(Near(head, head, volume=volume, counted=volume, room=room))
    return tuple(found)


def _nearest_holders(work: Work, rank_pass: RankPass, row: Row, view: LegView) -> tuple[Near, ...]:
    """In legs that lack the rank, the member who holds the best rank, and what he lacks."""
    can = view.over(work.columns[rank_pass.members]) & _own(view, row)
    ranks = np.where(can, held_ranks(work, rank_pass, row, view), -1)
    frontline = "frontline" in {row.measure, row.among}
    best = view.at_heads(ranks) if frontline else view.best(ranks)
    names = [None, *work.plan.scope.ranks]
    found = []
    for number in _lacking(best, row.holds, 0):
        leg = view.leg(number)
        place = leg.start if frontline else leg.start + int(np.argmax(ranks[leg]))
        position = view.member(place)
        missing = requirements(work, rank_pass, position, row.holds, with_nearest=False)
        shortest = NextRank(None, None, "", tuple(missing)).missing
        found.append(_near(work, view, leg, position, names, shortest))
    return tuple(found)


def _nearest_to_condition(work: Work, rank_pass: RankPass, row: Row, view: LegView) -> tuple[Near, ...]:
    """In legs without such a member: who has most of the quantity that the condition compares."""
    compared = _compared(work, ex.parse(row.name))
    if compared is None:
        return ()
    name, needed, words = compared
    scale, frontline = work.scales[name], row.among == "frontline"
    can = view.over(work.columns[rank_pass.members]) & _own(view, row)
    values = np.where(can, view.over(work.columns[name]), _NOBODY)
    names = [None, *work.plan.scope.ranks]
    found = []
    best = view.at_heads(values) if frontline else view.best(values)
    for number in _lacking(best, math.ceil(needed.scaleb(scale, EXACT)), _NOBODY + 1):
        leg = view.leg(number)
        leg = slice(leg.start, leg.start + 1) if frontline else leg
        position = view.member(leg.start + int(np.argmax(values[leg])))
        have = _exact(work.columns[name][position], scale)
        lack = Requirement(1, name, words, have, needed, EXACT.subtract(needed, have), "volume", met=False)
        found.append(_near(work, view, leg, position, names, [lack]))
    return tuple(found)


def _lacking(best: NDArray[Any], needed: int, least: int) -> list[int]:
    """Return the legs below what is needed, the best first; below `least` there is nobody who could."""
    order = np.argsort(-best.astype(np.int64), kind="stable")
    return [int(n) for n in order if least <= best[n] < needed][:NEAREST]


def _near(
    work: Work,
    view: LegView,
    leg: slice,
    position: int,
    names: list[str | None],
    missing: list[Requirement],
) -> Near:
    ids = work.genealogy
    rank = names[int(work.columns["rank"][position])]
    return Near(ids.id_at(view.member(leg.start)), ids.id_at(position), rank, missing=tuple(missing))


def _compared(work: Work, expr: ex.Expr) -> tuple[str, Decimal, str] | None:
    """Return the first quantity that must reach a least amount, and the words; looks through named conditions."""
    if isinstance(expr, ex.Name) and (text := work.plan.model.conditions.get(expr.name)) is not None:
        return _compared(work, ex.parse(text))
    for node in ex.walk(expr):
        if isinstance(node, ex.Compare) and node.op in {">=", ">"} and isinstance(node.right, ex.Number):
            name = node.left.name if isinstance(node.left, ex.Name) else ""
            return (name, node.right.value, ex.words(node)) if name in work.scales else None
    return None


def _exact(value: Any, scale: int) -> Decimal:
    return from_fixed(int(value), scale)
