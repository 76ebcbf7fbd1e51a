"""A row of the requirement table: one measured number between two bounds."""

from __future__ import annotations

from fractions import Fraction
from typing import Literal

from compplan.records import Record

INFINITE = 2**63 - 1

Measure = Literal[
    "quantity",  # a column that is known before the rank pass
    "flag",  # a condition that is known before the rank pass: 0 or 1
    "count",  # members or legs that meet a condition known before the rank pass
    "capped_total",  # legs capped at a share of the member's own total
    "capped_legs",  # legs of another tree, capped at an amount
    "outside_legs",  # volume outside legs of another tree that contain a rank
    "capped",  # legs capped at an amount
    "outside",  # volume outside legs that contain a rank
    "breakaway",  # volume of the downline down to members who hold a rank
    "legs",  # legs that contain a rank
    "frontline",  # frontline members who hold a rank
    "downline",  # downline members who hold a rank
]
STATIC: frozenset[str] = frozenset({"quantity", "flag", "count", "capped_total", "capped_legs", "outside_legs"})
"""What is a column: known before the rank pass, or found anew in each of its rounds."""


class Row(Record):
    """One requirement: what is measured, and the bounds it must keep.

    Attributes
    ----------
    rank, route
        The rank (1 is the lowest) and the number of the route that the row belongs to.
    code
        A stable name for programs, such as `gv`, `gv.leg_cap` or `legs.silver`.
    text
        The requirement as the plan's reader knows it.
    measure, name
        What is measured, and of which quantity; for flags and counts the condition's text.
    low, high, scale
        Bounds, as integers at `scale` digits.
    among
        With `count`: frontline, downline or legs.
    tree, enrolled_in
        With `count`: the tree in which they are counted, "" for that of the ranks; and a tree whose frontline alone
        counts. With `capped_legs`, `outside_legs`: the tree of the legs.
    holds
        With `legs`, `frontline`, `downline`, `outside`, `breakaway`, `outside_legs`: the rank that is looked for; with
        `count` too, if it is a rank.
    also
        With `legs`, `frontline`, `downline`, `count`: a condition that the rank's holder must meet too.
    cap, share
        With `capped`, `capped_legs`: the largest amount of one leg; with `capped_total`: its largest share.
    own
        How own volume counts in a measure over legs: in full, capped like a leg, or not at all.
    """

    rank: int
    route: int
    code: str
    text: str
    measure: Measure
    name: str
    low: int
    high: int = INFINITE
    scale: int = 0
    among: str = ""
    tree: str = ""
    enrolled_in: str = ""
    holds: int = 0
    also: str = ""
    cap: int = 0
    own: Literal["full", "capped", "none"] = "full"
    share: Fraction = Fraction(0)
    unit: str = "volume"

    def __hash__(self) -> int:
        return hash((self.rank, self.route, self.code))  # all fields, and a fraction, would take ten times as long
