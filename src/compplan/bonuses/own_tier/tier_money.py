"""The amounts of a tier bonus as integers: tables by place and tier, parts of a first time, grace, multipliers."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np

from compplan.bonuses.own_tier.tier_steps import Form
from compplan.bonuses.prepare.terms import Terms
from compplan.errors import ExactnessError
from compplan.plan.values import EXACT, digits

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from compplan.bonuses.kinds.tier import Tier
    from compplan.bonuses.own_tier.tier_words import TierTable
    from compplan.program.builder import Builder

    Ints = NDArray[np.int64]


@dataclass(frozen=True)
class TierMoney:
    """What a tier pays, as numerators of `terms`.

    Attributes
    ----------
    again, parts
        int64[places, tiers] and int64[places, tiers, payments], at the digits of the amounts.
    grace
        int: the share that is paid in grace; `whole` is all of it.
    factors
        int64[thresholds + 1]: multipliers, the first for those who reach none.
    """

    terms: Terms
    again: Ints
    parts: Ints
    grace: int
    whole: int
    factors: Ints

    @classmethod
    def of(cls, bonus: Tier, builder: Builder) -> TierMoney:
        """Read the tables of a bonus."""
        model = builder.plan.model
        decimals = bonus.money(model).decimals
        share = bonus.grace.share if bonus.grace else Decimal(1)
        values = [Decimal(1), *(bonus.multiplier.values.values() if bonus.multiplier else ())]
        amounts = [value for _, table in bonus.tables_given for row in table.rows.values() for value in row.values()]
        fine = (max(decimals, _finest(amounts)), digits(share), _finest(values))
        scale = decimals if model.rounding.at == "payment" else sum(fine)
        count = bonus.instalments.payments if bonus.instalments else 1
        first = _integers(bonus.first_time, bonus, fine[0])
        return cls(
            terms=_terms(10 ** (sum(fine) - scale), scale, sum(fine)),
            again=_integers(bonus.amounts, bonus, fine[0]),
            parts=_parts(first, count, 10 ** (fine[0] - decimals)),
            grace=int(share.scaleb(fine[1], EXACT)),
            whole=10 ** fine[1],
            factors=np.array([int(value.scaleb(fine[2], EXACT)) for value in values], np.int64),
        )

    def amounts(self, place: Ints, tier: Ints, form: Ints, part: Ints, factor: Ints) -> Ints:
        """Return the numerator of each event's amount.

        Raises
        ------
        ExactnessError
            If one could pass 64 bits.
        """
        largest = max(int(self.again.max()), int(self.parts.max()))
        if largest * max(self.grace, self.whole) * int(self.factors.max()) >= 2**63:
            raise ExactnessError("the amounts of the tiers pass 64 bits at their digits: use fewer digits")
        first = np.isin(form, [Form.FIRST, Form.PART, Form.LATE, Form.LAPSED, Form.WAITING])
        chosen = np.where(first, self.parts[place, tier - 1, part - 1], self.again[place, tier - 1])
        late = form == Form.LATE
        chosen[late] = self.parts[place[late], tier[late] - 1].sum(axis=1)
        return chosen * np.where(form == Form.GRACE, self.grace, self.whole) * self.factors[factor]

    @staticmethod
    def better_than_grace(member: Ints, form: Ints, amount: Ints, *, every: bool) -> NDArray[np.bool_]:
        """Tell which events stay: of a tier in grace and the lower one that is reached, the better one pays."""
        keep = np.ones(member.size, np.bool_)
        if every or not (form == Form.GRACE).any():
            return keep
        size = int(member.max()) + 1
        grace, again = np.full(size, -1, np.int64), np.full(size, -1, np.int64)
        grace[member[form == Form.GRACE]] = amount[form == Form.GRACE]
        again[member[form == Form.AGAIN]] = amount[form == Form.AGAIN]
        keep &= ~((form == Form.GRACE) & (grace[member] < again[member]))
        keep &= ~((form == Form.AGAIN) & (again[member] <= grace[member]))
        return keep


def _finest(values: Iterable[Decimal]) -> int:
    return max(map(digits, values), default=0)


def _integers(table: TierTable | None, bonus: Tier, scale: int) -> Ints:
    """Return a table as integers, zeros where there is none."""
    found = np.zeros((len(bonus.places), len(bonus.tiers)), np.int64)
    for place, key in enumerate(bonus.places if table is not None else ()):
        for tier, amount in enumerate((table.rows.get(key) or {}).values() if table is not None else ()):
            try:
                found[place, tier] = int(amount.scaleb(scale, EXACT))
            except OverflowError:
                raise ExactnessError(f"{amount} does not fit 64 bits at {scale} digits") from None
    return found


def _parts(amounts: Ints, count: int, cent: int) -> Ints:
    """Split each amount into payments of whole cents; the first ones are a cent larger where it does not divide."""
    if count == 1:
        return amounts[:, :, None]
    cents = amounts // cent
    number = np.arange(count)
    return (cents[:, :, None] // count + (number < (cents % count)[:, :, None])) * cent


def _terms(denominator: int, scale: int, exact_scale: int) -> Terms:
    empty = np.zeros((0, 0), np.int64)
    return Terms(empty, denominator, tail=False, scale=scale, exact_scale=exact_scale, printed=empty, printed_scale=0)
