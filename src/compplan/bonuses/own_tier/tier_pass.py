"""The pass of a tier bonus: what members reach, what that pays now, and how they got there."""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np

from compplan.bonuses.own_tier.passes import OwnTierPass, Payments
from compplan.bonuses.own_tier.tier_details import tier_details
from compplan.bonuses.own_tier.tier_money import TierMoney
from compplan.bonuses.own_tier.tier_steps import Form, Found, step
from compplan.bonuses.prepare.gates import cap_columns, gate
from compplan.explain.reasons import CODES, Reason
from compplan.plan.tables import ByKey, LevelTable
from compplan.plan.values import EXACT, number
from compplan.volumes.orders.windows import UNKNOWN, span_end

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from compplan.bonuses.kinds.tier import Tier
    from compplan.bonuses.own_tier.tier_steps import Events
    from compplan.explain.reasons import Detail
    from compplan.program.builder import Builder
    from compplan.program.work import Work

    Ints = NDArray[np.int64]

_REASONS = {Form.LATE: Reason.TOO_LATE, Form.LAPSED: Reason.LAPSED, Form.WAITING: Reason.HELD}


@dataclass(frozen=True)
class Ladder:
    """A column and the thresholds that it is held against, as integers.

    Attributes
    ----------
    column
        A quantity or a rank column.
    starts
        int64[tiers], ascending, at the column's scale.
    """

    column: str
    starts: Ints

    @classmethod
    def of(cls, by: str, keys: Sequence[str], builder: Builder) -> Ladder:
        """Make one of a table's keys: thresholds of a quantity, or names of ranks."""
        ranks = builder.plan.scope.ranks
        if all(key in ranks for key in keys) and by not in builder.plan.scope.rules:
            return cls(builder.rank_column(by), np.array([ranks[key] for key in keys], np.int64))
        scale = builder.plan.scope.scale(by)
        starts = [math.ceil(number(key).scaleb(scale, EXACT)) for key in keys]
        return cls(builder.quantity(by), np.array(starts, np.int64))

    def reached(self, work: Work) -> Ints:
        """Return the number of the best threshold reached by each member, 0 for none."""
        values = work.columns[self.column].astype(np.int64)
        return np.searchsorted(self.starts, values, side="right").astype(np.int64)


def compile_tier(name: str, bonus: Tier, builder: Builder) -> None:
    """Add the pass of a tier bonus."""
    money = TierMoney.of(bonus, builder)
    ladder = Ladder.of(bonus.by, bonus.tiers, builder)
    factor = Ladder.of(bonus.multiplier.by, list(bonus.multiplier.values), builder) if bonus.multiplier else None
    floor = None
    if bonus.grace is not None and bonus.grace.at_least is not None:
        floor = Ladder.of(bonus.by, [str(bonus.grace.at_least)], builder)
    place = ""
    if bonus.amounts_by is not None:
        one = ByKey(rows={key: LevelTable(levels=(Decimal(0),)) for key in bonus.places})
        place = builder.klass(bonus.amounts_by, one)[0]
    pay, cap = gate(bonus, builder), cap_columns(bonus, builder)
    columns = (ladder.column, pay, place, factor.column if factor else "", cap[0] if cap else "")
    reads = tuple(dict.fromkeys(filter(None, columns)))
    builder.add(
        TierPass((f"pay {name}",), reads, name, bonus, money.terms, "", pay, cap, ladder, floor, factor, place, money)
    )


@dataclass(frozen=True)
class TierPass(OwnTierPass):
    """Fixed amounts for tiers, over several periods; see `tier_steps`.

    Attributes
    ----------
    ladder, floor, factor
        What is held against the tiers, against the lowest measure of grace, and what chooses the multiplier.
    place
        The column of the key of `amounts_by`; "" without.
    """

    model: Tier
    ladder: Ladder
    floor: Ladder | None
    factor: Ladder | None
    place: str
    money: TierMoney

    def events(self, work: Work) -> tuple[Events, dict[str, Ints]]:
        """Return what is due, and what is kept for the next period."""
        everyone = np.ones(work.size, np.bool_)
        found = Found(
            reached=self.ladder.reached(work),
            payable=work.columns[self.pay],
            floor=everyone if self.floor is None else self.floor.reached(work) > 0,
            in_time=[self._in_time(tier, work) for tier in self.model.tiers],
        )
        spec = self.model.spec()
        return step(spec, found, {name: work.state.read(f"{self.bonus}:{name}") for name in spec.kept})

    def factors(self, work: Work) -> tuple[Ints, Ints]:
        """Return the number of each member's multiplier, and for how many more periods it is kept."""
        nothing = np.zeros(work.size, np.int64)
        multiplier = self.model.multiplier
        if self.factor is None or multiplier is None:
            return nothing, nothing
        now = self.factor.reached(work)
        if multiplier.periods == 1:
            return now, nothing
        before, left = work.state.read(f"{self.bonus}:factor"), work.state.read(f"{self.bonus}:factor_left")
        kept = (left > 0) & (before > now)
        more = np.where(kept, left - 1, np.where(now > 0, multiplier.periods - 1, 0))
        return np.where(kept, before, now), more

    def _in_time(self, tier: str, work: Work) -> NDArray[np.bool_] | None:
        span = self.model.span(tier)
        if span is None:
            return None
        enrolled = work.columns["enrolled"]
        begins = np.datetime64(work.period.first, "us").view(np.int64)
        known = np.where(enrolled == UNKNOWN, begins, enrolled)
        open_: NDArray[np.bool_] = (enrolled != UNKNOWN) & (span_end(known, span) > begins)
        return open_

    def _payments(self, work: Work) -> Payments:
        events, after = self.events(work)
        factor, more = self.factors(work)
        for name, values in after.items():
            work.state.write(f"{self.bonus}:{name}", values)
        if self.model.multiplier is not None and self.model.multiplier.periods > 1:
            work.state.write(f"{self.bonus}:factor", factor)
            work.state.write(f"{self.bonus}:factor_left", more)
        order = np.lexsort((events.form, events.tier, events.member))
        return self._paid(work, order, events, factor)

    def _paid(self, work: Work, order: NDArray[np.intp], events: Events, factor: Ints) -> Payments:
        """Turn events into payments, a member's in the order of his tiers."""
        member, tier, form = events.member[order], events.tier[order], events.form[order]
        place = work.columns[self.place][member] if self.place else np.zeros(member.size, np.int64)
        keyed = place >= 0
        best = self.money.amounts(place, tier, form, events.part[order], factor[member])
        best = np.where(keyed, best, 0)
        kept = self.money.better_than_grace(member, form, best, every=self.model.pays == "every")
        member, tier, form, best = (column[kept] for column in (member, tier, form, best))
        keyed, order = keyed[kept], order[kept]
        reason = np.zeros(member.size, np.int8)
        for each, why in _REASONS.items():
            reason[form == each] = CODES[why]
        payable = events.payable[order] & keyed
        due = np.where(payable & (reason == 0), best, 0)
        reason[~keyed] = CODES[Reason.NO_RATE]
        ones = np.ones(member.size, np.int64)
        return Payments(
            source=member.astype(np.int32),
            line=np.full(member.size, -1, np.int64),
            klass=(tier - 1).astype(np.int16),
            base=ones,
            best=np.where(form == Form.WAITING, 0, best),
            due=due,
            payable=payable,
            amount=self._amounts(work, ones, due),
            reason=reason,
        )

    def details(self, work: Work, position: int) -> list[Detail]:
        """Tell what was measured, what is missing for the next tier, and what goes on."""
        return tier_details(self, work, position)

    def measured(self, work: Work, position: int) -> Any:
        """Return the member's measure: a number, or the name of a rank (None for unranked)."""
        value = int(work.columns[self.ladder.column][position])
        if self.ladder.column in work.scales:
            return Decimal(value).scaleb(-work.scales[self.ladder.column], EXACT)
        return [None, *work.plan.scope.ranks][value]
