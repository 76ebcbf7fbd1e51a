"""The gaps of one member to one rank, as data that prints as a table."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pyarrow as pa

if TYPE_CHECKING:
    from decimal import Decimal


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
        columns = [pa.array([getattr(r, n) for r in self.requirements], t) for n, t in zip(names, types, strict=True)]
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
