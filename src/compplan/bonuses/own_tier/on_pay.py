"""The passes of bonuses that are made of a member's own pay: boosters and guarantees."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Self

import numpy as np

from compplan.bonuses.own_tier.passes import OwnTierPass, Payments
from compplan.bonuses.prepare.gates import cap_columns, gate
from compplan.bonuses.prepare.terms import Terms, terms_of_pay
from compplan.errors import ExactnessError
from compplan.explain.reasons import Detail
from compplan.money import from_fixed
from compplan.money_arrays import exact_abs_sum
from compplan.plan.values import EXACT, digits

if TYPE_CHECKING:
    from decimal import Decimal

    from numpy.typing import NDArray

    from compplan.bonuses.kinds.booster import Booster
    from compplan.bonuses.kinds.guarantee import Guarantee
    from compplan.bonuses.own_pay import OwnPay
    from compplan.explain.reasons import Outcomes
    from compplan.plan.tables import LevelTable
    from compplan.program.builder import Builder
    from compplan.program.work import Work

    Ints = NDArray[np.int64]

_UNKNOWN = Terms(np.zeros((0, 0), np.int64), 1, False, 0, 0, np.zeros((0, 0), np.int64), 0)  # noqa: FBT003
"""Pay has as many digits as its books have, which are known when the run comes to them."""


def compile_booster(name: str, bonus: Booster, builder: Builder) -> None:
    """Add the pass of a booster."""
    _compile(BoosterPass, name, bonus, builder, *builder.klass(bonus.rates_by, bonus.rates))


def compile_guarantee(name: str, bonus: Guarantee, builder: Builder) -> None:
    """Add the pass of a guarantee."""
    _compile(GuaranteePass, name, bonus, builder, *builder.klass(bonus.rates_by, bonus.amounts))


def _compile(
    made: type[OnPayPass], name: str, bonus: OwnPay, builder: Builder, column: str, rows: list[LevelTable]
) -> None:
    pays = tuple(builder.chosen_pay_before_limits(other) for other in bonus.of)
    pay, cap = gate(bonus, builder), cap_columns(bonus, builder)
    reads = tuple(dict.fromkeys((*pays, column, pay, *((cap[0],) if cap else ()))))
    values = tuple(row.levels[0] for row in rows)
    builder.add(made((f"pay {name}",), reads, name, bonus, _UNKNOWN, column, pay, cap, pays, values, tuple(rows)))


@dataclass(frozen=True)
class OnPayPass(OwnTierPass):
    """What a member is paid by other bonuses, and a table.

    Attributes
    ----------
    pays
        The columns of the other bonuses' pay.
    values, rows
        The table, as numbers and as the plan has it.
    """

    model: OwnPay
    pays: tuple[str, ...]
    values: tuple[Decimal, ...]
    rows: tuple[LevelTable, ...]

    def run(self, work: Work) -> None:
        """Pay, in as many digits as the other books have."""
        super(OnPayPass, self._ready(work)).run(work)

    def outcomes(self, work: Work, position: int) -> Outcomes:
        """Explain one member."""
        return super(OnPayPass, self._ready(work)).outcomes(work, position)

    def _base_scale(self, work: Work) -> int:
        return max(work.books[name].scale for name in self.model.of)

    def paid(self, work: Work) -> Ints:
        """Return what each member is paid by the other bonuses, at `_base_scale`."""
        scale = self._base_scale(work)
        parts = [
            (work.columns[column], 10 ** (scale - work.books[name].scale))
            for column, name in zip(self.pays, self.model.of, strict=True)
        ]
        if sum(exact_abs_sum(values) * lift for values, lift in parts) >= 2**63:
            raise ExactnessError(f"the pay that {self.bonus} looks at passes 64 bits: round payments")
        return sum((values * lift for values, lift in parts), np.zeros(work.size, np.int64))

    def details(self, work: Work, position: int) -> list[Detail]:
        """Tell what the other bonuses pay."""
        found = from_fixed(int(self.paid(work)[position]), self._base_scale(work))
        return [Detail("paid", f"{self.model.named} pays", found, self.model.money(work.plan.model).code)]

    def _ready(self, work: Work) -> Self:
        """Return this pass with its terms."""
        raise NotImplementedError


@dataclass(frozen=True)
class BoosterPass(OnPayPass):
    """A rate on a member's own pay."""

    def _ready(self, work: Work) -> Self:
        made = terms_of_pay(self.model, self.rows, work.plan.model, base_scale=self._base_scale(work))
        return replace(self, terms=made)

    def _payments(self, work: Work) -> Payments:
        paid = self.paid(work)
        source = np.flatnonzero(paid).astype(np.int32)
        base, klass = paid[source], work.columns[self.klass][source]
        payable = work.columns[self.pay][source] & (klass >= 0)
        table = self.terms.numerators[:, 0]
        due = np.where(payable, table[klass], 0)
        best = np.full(source.size, table.max(), np.int64)
        line = np.full(source.size, -1, np.int64)
        return Payments(source, line, klass, base, best, due, payable, self._amounts(work, base, due))


@dataclass(frozen=True)
class GuaranteePass(OnPayPass):
    """What is missing to a minimum; the base of a payment is the missing amount."""

    model: Guarantee

    def paid(self, work: Work) -> Ints:
        """Return what counts of the other pay: a sum below zero is nothing, unless it is to be made good."""
        paid = super().paid(work)
        return np.maximum(paid, 0) if self.model.below_zero == "owed" else paid

    def details(self, work: Work, position: int) -> list[Detail]:
        """Tell what the other bonuses pay, and what counts of it."""
        sum_of_pay = super().paid(work)[position]
        found = from_fixed(int(sum_of_pay), self._base_scale(work))
        unit = self.model.money(work.plan.model).code
        told = [Detail("paid", f"{self.model.named} pays", found, unit)]
        if found < 0 and self.model.below_zero == "owed":
            told.append(Detail("owed", "taken back, which counts as nothing and stays owed", -found, unit))
        return told

    def _base_scale(self, work: Work) -> int:
        return max(super()._base_scale(work), *map(digits, self.values), 0)

    def _ready(self, work: Work) -> Self:
        model, scale = work.plan.model, self._base_scale(work)
        decimals = self.model.money(model).decimals
        fine = max(scale, decimals)
        own = decimals if model.rounding.at == "payment" else fine
        one = np.full((1, 1), 10 ** (fine - scale), np.int64)
        return replace(
            self, terms=replace(_UNKNOWN, numerators=one, denominator=10 ** (fine - own), scale=own, exact_scale=fine)
        )

    def _payments(self, work: Work) -> Payments:
        scale, klass = self._base_scale(work), work.columns[self.klass]
        least = np.array([*(int(value.scaleb(scale, EXACT)) for value in self.values), 0], np.int64)
        missing = np.maximum(least[klass] - self.paid(work), 0)
        missing[klass < 0] = 0
        source = np.flatnonzero(missing).astype(np.int32)
        base, payable = missing[source], work.columns[self.pay][source]
        one = int(self.terms.numerators[0, 0])
        best = np.full(source.size, one, np.int64)
        due = np.where(payable, one, 0)
        line = np.full(source.size, -1, np.int64)
        return Payments(source, line, klass[source], base, best, due, payable, self._amounts(work, base, due))
