"""The passes that look at a tree: volumes of orders, roll-ups, legs, counts, and trees that are cut."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np

from compplan.program.passes import Pass
from compplan.volumes import counts, legs, lines, rollup, sides
from compplan.volumes.orders.sums import base_volumes
from compplan.volumes.paired_levels import ALL, paired_levels

if TYPE_CHECKING:
    from decimal import Decimal

    from numpy.typing import NDArray

    from compplan.program.work import Work
    from compplan.quantities.legs import Legs
    from compplan.quantities.roll_up import RollUp
    from compplan.volumes.orders.rules import OrderRule


@dataclass(frozen=True)
class OrdersPass(Pass):
    """Orders to base volumes, all those of one tree in one go: rules that can share a look at the orders do."""

    rules: tuple[OrderRule, ...]
    tree: str

    def run(self, work: Work) -> None:
        if work.orders is None:
            found = [np.zeros(work.size, np.int64) for _ in self.rules]
        else:
            found = base_volumes(self.rules, work.orders, work.people(self.tree), threads=work.threads)
        for name, rule, values in zip(self.writes, self.rules, found, strict=True):
            work.put(name, values, rule.out_scale)


@dataclass(frozen=True)
class RollUpPass(Pass):
    """Volume of the downline: all of it, some levels of it, or down to where it stops."""

    rule: RollUp
    tree: str
    base: str
    stop: str | None = None
    uplines: str | None = None

    def run(self, work: Work) -> None:
        tree, rule = work.tree(self.tree), self.rule
        values = work.column_in(self.tree, self.base)
        stop = work.column_in(self.tree, self.stop) if self.stop else None
        if self.uplines:
            total = rollup.roll_up_outside_uplines(tree, values, work.column_in(self.tree, self.uplines), stop)
        elif rule.levels:
            total = rollup.roll_up_levels(tree, values, rule.levels, threads=work.threads)
        elif stop is None:
            total = rollup.roll_up(tree, values, threads=work.threads)
        elif rule.outside_legs_with:
            total = rollup.outside_legs(tree, rollup.roll_up(tree, values, threads=work.threads), values, stop)
        else:
            total = rollup.roll_up_stopping(tree, values, stop)
        if not rule.own:
            total = total - values
        work.put(self.writes[0], work.from_tree(self.tree, total), work.scales[self.base])


@dataclass(frozen=True)
class LegsPass(Pass):
    """A measure over the legs of a rolled-up volume."""

    rule: Legs
    tree: str
    total: str
    measured: str
    cap: int | None = None

    def run(self, work: Work) -> None:
        tree = work.tree(self.tree)
        volume = work.column_in(self.tree, self.total)
        work.put(self.writes[0], work.from_tree(self.tree, self._measure(tree, volume, work)), work.scales[self.total])

    def _measure(self, tree: Any, volume: NDArray[np.int64], work: Work) -> NDArray[np.int64]:
        if self.rule.without is not None:
            return legs.legs_by_size(tree, volume, self.rule.without)[1]
        if isinstance(self.rule.pick, int):
            return legs.legs_by_size(tree, volume, self.rule.pick)[0]
        match self.rule.pick:
            case "left" | "right":
                return sides.leg_on_side(tree, volume, self.rule.pick)
            case "largest":
                return legs.largest_leg(tree, volume)
            case "second":
                return legs.second_leg(tree, volume)
            case "third":
                return legs.nth_leg(tree, volume, 3)
            case "others" if self.cap is not None:
                largest = legs.largest_leg(tree, volume)
                return legs.capped_legs(tree, volume, self.cap) - np.minimum(largest, self.cap)
            case "others":
                return legs.other_legs(tree, volume, after=1)
            case "after_second":
                return legs.other_legs(tree, volume, after=2)
        if self.rule.leg_cap is not None:
            top, bottom = self.rule.leg_cap.as_integer_ratio()
            own_total = work.column_in(self.tree, self.measured)
            return legs.capped_legs_share(tree, volume, own_total, top, bottom)
        if self.cap is not None:
            return legs.capped_legs(tree, volume, self.cap)
        return counts.frontline_sum(tree, volume)


@dataclass(frozen=True)
class CappedTotalPass(Pass):
    """A rolled-up volume whose legs count at most a share of the member's own total."""

    tree: str
    quantity: str
    total: str
    share: tuple[int, int]

    def run(self, work: Work) -> None:
        tree = work.tree(self.tree)
        inclusive = work.column_in(self.tree, self.total)
        measured = work.column_in(self.tree, self.quantity)
        all_legs = counts.frontline_sum(tree, inclusive)
        capped = legs.capped_legs_share(tree, inclusive, measured, *self.share)
        work.put(self.writes[0], work.from_tree(self.tree, measured - all_legs + capped), work.scales[self.total])


@dataclass(frozen=True)
class CountPass(Pass):
    """Members or legs that meet a condition."""

    tree: str
    condition: str
    among: str
    levels: int | None = None
    per_leg: int | None = None

    def run(self, work: Work) -> None:
        tree = work.tree(self.tree)
        found = work.column_in(self.tree, self.condition)
        work.put(self.writes[0], work.from_tree(self.tree, self._count(tree, found)), 0)

    def _count(self, tree: Any, found: NDArray[np.bool_]) -> NDArray[np.int64]:
        if self.among == "frontline":
            return counts.frontline_count(tree, found)
        if self.among == "legs":
            return counts.legs_with(tree, found)
        if self.levels is not None:
            return counts.downline_count_levels(tree, found, self.levels)
        if self.per_leg is not None:
            return counts.capped_leg_counts(tree, found, self.per_leg)
        return counts.downline_count(tree, found)


@dataclass(frozen=True)
class OwnLegsPass(Pass):
    """Legs that hold somebody who meets a condition and stands on the member's frontline in another tree."""

    tree: str
    condition: str
    enrolled_in: str

    def run(self, work: Work) -> None:
        from compplan.volumes.own_legs import legs_with_own  # noqa: PLC0415 - few plans need it

        found = work.column_in(self.tree, self.condition)
        counted = legs_with_own(work.tree(self.tree), found, work.tree(self.enrolled_in))
        work.put(self.writes[0], work.from_tree(self.tree, counted), 0)


@dataclass(frozen=True)
class CappedLegsPass(Pass):
    """A rolled-up volume of which one leg brings at most an amount; own volume in full, capped as a leg, or not."""

    tree: str
    total: str
    base: str
    cap: int
    own: str

    def run(self, work: Work) -> None:
        tree, own = work.tree(self.tree), work.column_in(self.tree, self.base)
        found = legs.capped_legs(tree, work.column_in(self.tree, self.total), self.cap)
        if self.own != "none":
            found = found + (np.minimum(own, self.cap) if self.own == "capped" else own)
        work.put(self.writes[0], work.from_tree(self.tree, found), work.scales[self.total])


@dataclass(frozen=True)
class SideCountPass(Pass):
    """Members who meet a condition and stand on one side of a tree with sides."""

    tree: str
    condition: str
    among: str
    sides: str
    side: str

    def run(self, work: Work) -> None:
        found = work.column_in(self.tree, self.condition)
        counted = sides.count_on_side(
            work.tree(self.tree),
            found,
            self.among,  # type: ignore[arg-type]
            work.tree(self.sides),
            self.side,
        )
        work.put(self.writes[0], work.from_tree(self.tree, counted), 0)


@dataclass(frozen=True)
class MoveUpPass(Pass):
    """Volume compression: volume moves to the nearest member above who keeps it."""

    tree: str
    base: str
    moves: str

    def run(self, work: Work) -> None:
        keep = np.logical_not(work.column_in(self.tree, self.moves))
        moved, lost = rollup.move_up(work.tree(self.tree), work.column_in(self.tree, self.base), keep)
        work.lost[self.writes[0]] = lost
        work.put(self.writes[0], work.from_tree(self.tree, moved), work.scales[self.base])


@dataclass(frozen=True)
class FullLevelsPass(Pass):
    """How many levels below each member are full."""

    tree: str
    width: int
    where: str | None = None

    def run(self, work: Work) -> None:
        taken = None if self.where is None else work.column_in(self.tree, self.where)
        full = counts.full_levels(work.tree(self.tree), self.width, taken)
        work.put(self.writes[0], work.from_tree(self.tree, full), 0)


@dataclass(frozen=True)
class PairedLevelsPass(Pass):
    """On how many levels below each member both sides have somebody."""

    tree: str
    where: str | None
    skip: str | None
    levels: int | None

    def run(self, work: Work) -> None:
        tree = work.tree(self.tree)
        taken = np.ones(work.size, np.bool_) if self.where is None else work.column_in(self.tree, self.where)
        skipped = np.zeros(work.size, np.bool_) if self.skip is None else work.column_in(self.tree, self.skip)
        found = paired_levels(tree, taken, skipped, self.levels or ALL)
        work.put(self.writes[0], work.from_tree(self.tree, found), 0)


@dataclass(frozen=True)
class LinesPass(Pass):
    """How many lines of a member's legs have their share of his volume."""

    tree: str
    total: str
    measured: str
    shares: tuple[Decimal, ...]
    joins: bool

    def run(self, work: Work) -> None:
        volume, measured = (work.column_in(self.tree, name) for name in (self.total, self.measured))
        shares = [Fraction(share) for share in self.shares]
        found = lines.lines_with_shares(work.tree(self.tree), volume, measured, shares, joins=self.joins)
        work.put(self.writes[0], work.from_tree(self.tree, found), 0)


@dataclass(frozen=True)
class CutPass(Pass):
    """A tree that ends at members who meet a condition: each is a root there, with his own downline."""

    tree: str
    stop: str

    def run(self, work: Work) -> None:
        from compplan.genealogy.cut import cut_tree  # noqa: PLC0415 - few plans need it

        stops = work.column_in(self.tree, self.stop)
        work.cut[self.writes[0]] = cut_tree(work.tree(self.tree), stops, self.writes[0])
