"""What is missing for the next rank: every requirement with what is measured, needed and missing."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from compplan.errors import UsageError, did_you_mean
from compplan.explain.legs import LegView
from compplan.explain.measure import held_ranks, measured
from compplan.money import from_fixed
from compplan.plan import expression as ex
from compplan.plan.values import EXACT
from compplan.ranks.rank_pass import RankPass

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from compplan.program.passes import Pass
    from compplan.program.work import Work
    from compplan.ranks.table import Row

NEAREST = 3
"""How many legs or members are named for one requirement."""


@dataclass(frozen=True)
class Requirement:
    """One requirement of a rank, measured for one member.

    Attributes
    ----------
    route
        The alternative it belongs to, from 1.
    code, text, unit
        A stable name, the plan's words, and what the numbers count.
    measured, needed, gap
        Exact; `gap` is 0 when it is met, and negative when there is too much.
    nearest
        For requirements over legs and members: who is nearest to closing it.
    """

    route: int
    code: str
    text: str
    measured: Decimal
    needed: Decimal
    gap: Decimal
    unit: str
    met: bool
    nearest: tuple[Near, ...] = ()


@dataclass(frozen=True)
class Near:
    """A leg, or a member in it, near to closing a requirement.

    Attributes
    ----------
    leg, member
        The frontline member who heads the leg, and the member who is meant.
    rank
        The rank that the member holds.
    volume, counted, room
        For leg caps: the leg's volume, what of it counts, and how much more would count.
    missing
        For ranks: what this member lacks for the rank that is asked for (its shortest route).
    """

    leg: Any
    member: Any
    rank: str | None = None
    volume: Decimal | None = None
    counted: Decimal | None = None
    room: Decimal | None = None
    missing: tuple[Requirement, ...] = ()


@dataclass(frozen=True)
class NextRank:
    """The gaps of one member to one rank, as data; prints as a table.

    Attributes
    ----------
    rank, target
        The rank earned, and the rank looked at (None at the top of the ladder).
    requirements
        Of all routes; the routes are alternatives.
    """

    member: Any
    rank: str | None
    target: str | None
    requirements: tuple[Requirement, ...] = field(default=())

    @property
    def routes(self) -> dict[int, list[Requirement]]:
        """The requirements by route."""
        found: dict[int, list[Requirement]] = {}
        for each in self.requirements:
            found.setdefault(each.route, []).append(each)
        return found

    @property
    def missing(self) -> list[Requirement]:
        """What is not met, on the route with the fewest open requirements."""
        open_ = [[r for r in route if not r.met] for route in self.routes.values()]
        return min(open_, key=len, default=[])

    @property
    def met(self) -> bool:
        """Whether some route is met."""
        ways = self.routes.values()
        return self.target is not None and (not ways or any(all(r.met for r in route) for route in ways))

    def to_arrow(self) -> pa.Table:
        """Return one row a requirement."""
        names = ("route", "code", "text", "measured", "needed", "gap", "unit", "met")
        types = (pa.int32(), pa.string(), pa.string(), *[pa.decimal128(38, 12)] * 3, pa.string(), pa.bool_())
        columns = [
            pa.array([getattr(r, n) for r in self.requirements], t) for n, t in zip(names, types, strict=True)
        ]
        return pa.table(dict(zip(names, columns, strict=True)))

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """Hand the rows to any library that reads Arrow."""
        return self.to_arrow().__arrow_c_stream__(requested_schema)

    def __str__(self) -> str:
        if self.target is None:
            return f"{self.member}: {self.rank}, the highest rank"
        head = f"{self.member}: {self.rank or 'unranked'}, next {self.target}{' (met)' if self.met else ''}"
        return "\n".join([head, *(line for number in self.routes for line in self._route(number))])

    def _route(self, number: int) -> list[str]:
        title = [f"  way {number} of {len(self.routes)}:"] if len(self.routes) > 1 else []
        shown = [
            (r.text, f"{r.measured:,f}", f"{r.needed:,f}", "met" if r.met else f"{r.gap:,f} missing")
            for r in self.routes[number]
        ]
        widths = [max(len(row[column]) for row in shown) for column in range(3)] if shown else []
        lines = title
        for (text, have, need, gap), requirement in zip(shown, self.routes[number], strict=True):
            lines.append(f"  {text:<{widths[0]}}  {have:>{widths[1]}} of {need:>{widths[2]}}  {gap}")
            lines += [f"      {line}" for near in requirement.nearest for line in _near_text(near)]
        return lines


def _near_text(near: Near) -> list[str]:
    if near.volume is not None:
        return [f"leg {near.leg}: {near.volume:,f}, counts {near.counted:,f}, room for {near.room:,f}"]
    lacks = "; ".join(f"{r.text} ({r.gap:,f} missing)" for r in near.missing)
    who = f"leg {near.leg}: {near.member}" if near.leg != near.member else f"leg {near.leg}"
    return [f"{who}, {near.rank or 'unranked'}" + (f", lacks {lacks}" if lacks else "")]


def next_rank(work: Work, passes: Sequence[Pass], member: Any, rank: str | None = None) -> NextRank:
    """Measure every requirement of the next rank (or a given one) for a member."""
    position = work.genealogy.position(member)
    rank_pass = next((p for p in passes if isinstance(p, RankPass)), None)
    ranks = work.plan.model.ranks
    if ranks is not None and ranks.given:
        raise UsageError(f"the ranks of {work.plan.name!r} are given by {ranks.given}: nothing is required for them")
    if rank_pass is None:
        raise UsageError(f"the plan {work.plan.name!r} has no ranks")
    ladder = work.plan.scope.ranks
    if rank is not None and rank not in ladder:
        raise UsageError(f'"{rank}" is not a rank; {did_you_mean(rank, list(ladder))}')
    earned = int(work.columns["rank"][position])
    names = [None, *ladder]
    target = ladder[rank] if rank else earned + 1
    if target > len(ladder):
        return NextRank(member, names[earned], None)
    requirements = _requirements(work, rank_pass, position, target, with_nearest=True)
    return NextRank(member, names[earned], names[target], tuple(requirements))


def _requirements(
    work: Work,
    rank_pass: RankPass,
    position: int,
    target: int,
    *,
    with_nearest: bool,
) -> list[Requirement]:
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
    if not view.heads.size:
        return ()
    if row.measure == "capped":
        return _legs_with_room(work, rank_pass, row, view)
    if row.measure in {"legs", "frontline", "downline"}:
        return _nearest_holders(work, rank_pass, row, view)
    if row.measure == "count":
        return _nearest_to_condition(work, rank_pass, row.name, view, frontline=row.among == "frontline")
    rule = work.plan.model.counts.get(row.name)
    if rule is None or row.measure != "quantity" or rule.among == "periods":
        return ()
    if (rule.tree or rank_pass.tree) == rank_pass.tree:
        return _nearest_to_condition(work, rank_pass, rule.count, view, frontline=rule.among == "frontline")
    return ()


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
    can = view.over(work.columns[rank_pass.members])
    ranks = np.where(can, held_ranks(work, rank_pass, row, view), -1)
    best = view.at_heads(ranks) if row.measure == "frontline" else view.best(ranks)
    names = [None, *work.plan.scope.ranks]
    found = []
    for number in _lacking(best, row.holds, 0):
        leg = view.leg(number)
        place = leg.start if row.measure == "frontline" else leg.start + int(np.argmax(ranks[leg]))
        position = view.member(place)
        missing = _requirements(work, rank_pass, position, row.holds, with_nearest=False)
        shortest = NextRank(None, None, "", tuple(missing)).missing
        found.append(_near(work, view, leg, position, names, shortest))
    return tuple(found)


def _nearest_to_condition(
    work: Work,
    rank_pass: RankPass,
    text: str,
    view: LegView,
    *,
    frontline: bool,
) -> tuple[Near, ...]:
    """In legs without such a member: who has most of the quantity that the condition compares."""
    compared = _compared(work, ex.parse(text))
    if compared is None:
        return ()
    name, needed, words = compared
    scale = work.scales[name]
    values = np.where(view.over(work.columns[rank_pass.members]), view.over(work.columns[name]), _NOBODY)
    names = [None, *work.plan.scope.ranks]
    found = []
    best = view.at_heads(values) if frontline else view.best(values)
    for number in _lacking(best, math.ceil(needed.scaleb(scale, EXACT)), _NOBODY + 1):
        leg = view.leg(number)
        leg = slice(leg.start, leg.start + 1) if frontline else leg
        position = view.member(leg.start + int(np.argmax(values[leg])))
        have = _exact(work.columns[name][position], scale)
        lack = Requirement(
            1, name, words, have, needed, EXACT.subtract(needed, have), "volume", met=False
        )
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
