"""The pass of a limit: what bonuses pay together is scaled to what they may, each cent accounted for."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from compplan.bonuses.share_out.allowed import UNLIMITED
from compplan.bonuses.share_out.kernels import add_to_groups
from compplan.bonuses.share_out.share import Rule, share_out, share_out_groups
from compplan.errors import ExactnessError
from compplan.explain.reasons import Detail
from compplan.money import from_fixed
from compplan.money_arrays import exact_abs_sum, exact_sum
from compplan.program.passes import Pass

if TYPE_CHECKING:
    from decimal import Decimal

    from numpy.typing import NDArray

    from compplan.bonuses.share_out.allowed import Allowed
    from compplan.plan.limits import Limit
    from compplan.program.work import Work

    Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Stage:
    """The pay of one bonus before and after a limit: two columns at the scale of its book."""

    bonus: str
    before: str
    after: str


@dataclass(frozen=True)
class LimitPass(Pass):
    """Holds what some bonuses pay together.

    Members who are held together are a group: all of them, each alone, or those of one owner. Where a group is paid
    more than is allowed, what its members get is shared out anew by what they got; pay below zero stays as it is.
    """

    limit: str
    model: Limit
    stages: tuple[Stage, ...]
    allowed: Allowed

    def run(self, work: Work) -> None:
        """Scale the pay of the groups that get more than they may."""
        before = [work.columns[stage.before] for stage in self.stages]
        after = self._held(work, before)
        for stage, old, new in zip(self.stages, before, after, strict=True):
            work.put(stage.after, new)
            if new is not old:
                book = work.books[stage.bonus]
                book.adjust("limited", new - old)
                book.must_balance()
        self.allowed.remember(
            work, [self._cents(work, stage, new) for stage, new in zip(self.stages, after, strict=True)]
        )

    def _held(self, work: Work, pay: list[Ints]) -> list[Ints]:
        """Return the pay that is allowed; the very same arrays where nothing is cut."""
        scale = max(work.books[stage.bonus].scale for stage in self.stages)
        lifts = [10 ** (scale - work.books[stage.bonus].scale) for stage in self.stages]
        if sum(exact_abs_sum(p) * lift for p, lift in zip(pay, lifts, strict=True)) >= UNLIMITED:
            raise ExactnessError(f"what the limit {self.limit} holds passes 64 bits at {scale} digits: round payments")
        group, allowed = self.allowed.of_groups(work, scale)
        sums = np.zeros((2, allowed.size), np.int64)  # what is paid, and what is taken back, of each group
        everybody = np.zeros(work.size, np.int64) if group is None else group
        for each, lift in zip(pay, lifts, strict=True):
            add_to_groups(each, lift, everybody, sums[0], sums[1])
        cut = sums[0] - sums[1] > allowed
        if not cut.any():
            return pay
        cents = 10 ** (scale - self.allowed.decimals)
        most = np.maximum(allowed + sums[1], 0) // cents
        return self._scaled(work, pay, lifts, group, cut, most, sums[0])

    def _scaled(
        self, work: Work, pay: list[Ints], lifts: list[int], group: Ints | None, cut: Ints, most: Ints, given: Ints
    ) -> list[Ints]:
        """Share out what is allowed by what was paid, in the groups that are cut."""
        held = [np.flatnonzero((each > 0) & (cut[0] if group is None else cut[group])) for each in pay]
        members = np.concatenate(held)
        weights = np.concatenate([each[who] * lift for each, who, lift in zip(pay, held, lifts, strict=True)])
        rule = Rule(self.model.residue, work.plan.model.rounding.mode, lambda tied: work.order_of_ids(members[tied]))
        if group is None:
            parts = share_out(weights, Fraction(int(most[0])), int(given[0]), rule)
        else:
            parts = share_out_groups(weights, group[members], most, given, rule)
        after, start = [], 0
        for stage, each, who in zip(self.stages, pay, held, strict=True):
            new = each.copy()
            unit = 10 ** (work.books[stage.bonus].scale - self.allowed.decimals)
            new[who] = parts[start : start + who.size] * unit
            start += who.size
            after.append(new if who.size else each)
        return after

    def _cents(self, work: Work, stage: Stage, pay: Ints) -> Ints:
        unit = 10 ** (work.books[stage.bonus].scale - self.allowed.decimals)
        return pay if unit == 1 else pay // unit

    def limit_details(self, work: Work, bonus: str, position: int) -> list[Detail]:
        """Return what this limit took from a bonus of a member; nothing where it did not bind him."""
        stage = next((stage for stage in self.stages if stage.bonus == bonus), None)
        if stage is None:
            return []
        old, new = (work.columns[name][position] for name in (stage.before, stage.after))
        if old == new:
            return []
        scale, unit = work.books[bonus].scale, work.books[bonus].currency
        asked, allowed = self._of_group(work, position)
        name = f"limit {self.limit}"
        return [
            Detail(f"{self.limit}.asked", f"{name}, asked for together", asked, unit),
            Detail(f"{self.limit}.allowed", f"{name}, allowed", allowed, unit),
            Detail(f"{self.limit}.before", f"{name}, pay before it", from_fixed(int(old), scale), unit),
            Detail(f"{self.limit}.limited", f"{name}, taken from it", from_fixed(int(old) - int(new), scale), unit),
        ]

    def _of_group(self, work: Work, position: int) -> tuple[Decimal, Decimal]:
        """Return what the group of a member was paid before this limit, and what it may be paid."""
        scale = max(work.books[stage.bonus].scale for stage in self.stages)
        group, allowed = self.allowed.of_groups(work, scale)
        mine = slice(None) if group is None else group == group[position]
        asked = sum(
            exact_sum(np.ascontiguousarray(work.columns[stage.before][mine]))
            * 10 ** (scale - work.books[stage.bonus].scale)
            for stage in self.stages
        )
        return from_fixed(asked, scale), from_fixed(int(allowed[0 if group is None else group[position]]), scale)
