"""How much the members that a limit holds together may be paid."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from compplan.errors import ExactnessError
from compplan.money_arrays import exact_sum, max_abs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from compplan.program.work import Work

    Ints = NDArray[np.int64]
    Numbers = TypeVar("Numbers", int, Ints)

UNLIMITED = 2**62


@dataclass(frozen=True)
class Allowed:
    """What a limit allows to each group of members.

    Attributes
    ----------
    limit
        Its name, for the state.
    per
        `company`, `member`, or the member field that tells groups.
    of, company
        The quantity that rates are parts of ("" for amounts), and whether it is one number of the company.
    numerators, digits
        The rates (with money a point) or amounts of the rows, as integers at this many digits beyond those of `of`.
    klass
        The column that chooses the row of a member; "" for one row.
    steps
        For the company, thresholds of the sum of `klass`.
    over
        The span over which pay adds up.
    decimals
        Digits of the money.
    """

    limit: str
    per: str
    of: str
    company: bool
    numerators: tuple[int, ...]
    digits: int
    klass: str
    steps: tuple[int, ...] | None
    steps_company: bool
    over: str
    decimals: int

    def of_groups(self, work: Work, scale: int) -> tuple[Ints | None, Ints]:
        """Return the group of each member (None for all in one), and what each group may be paid at `scale` digits."""
        if self.per == "company":
            return None, np.array(
                [max(0, self._of_company(work, scale) - self._paid_of_company(work, scale))], np.int64
            )
        group, count = groups(work, self.per)
        own = self._of_members(work, scale, group, count)
        if self.over == "period":
            return group, own
        paid = _over_groups(np.add, self._paid(work), group, np.zeros(count, np.int64))
        paid += self._paid_to_gone(work, count)
        cents = 10 ** (scale - self.decimals)
        return group, np.where(own == UNLIMITED, own, np.maximum(own - paid * cents, 0))

    def _of_company(self, work: Work, scale: int) -> int:
        row = 0
        if self.steps is not None:
            total = work.company_total(self.klass, company=self.steps_company)
            row = sum(total >= step for step in self.steps) - 1
            if row < 0:
                return UNLIMITED
        base = work.company_total(self.of, company=self.company) if self.of else 1
        return min(UNLIMITED, _at_scale(max(0, base) * self.numerators[row], self._finest(work), scale))

    def _of_members(self, work: Work, scale: int, group: Ints, count: int) -> Ints:
        """Return what groups may be paid: of the sum of their volumes, by the best row of their members."""
        alone = self.per == "member"
        row = work.columns[self.klass].astype(np.int64) if self.klass else np.zeros(work.size, np.int64)
        best = row if alone else _over_groups(np.maximum, row, group, np.full(count, -1, np.int64))
        base = np.ones(count, np.int64)
        if self.of:
            volume = np.maximum(work.columns[self.of], 0)
            base = volume if alone else _over_groups(np.add, volume, group, np.zeros(count, np.int64))
        if max_abs(base) * max(self.numerators) * 10 ** max(0, scale - self._finest(work)) >= UNLIMITED:
            raise ExactnessError(f"the limit {self.limit} passes 64 bits: use fewer digits")
        table = np.array([*self.numerators, 0], np.int64)
        allowed = _at_scale(base * table[best], self._finest(work), scale)
        return np.where(best < 0, UNLIMITED, allowed)

    def _finest(self, work: Work) -> int:
        return self.digits + (work.scales[self.of] if self.of else 0)

    def _paid(self, work: Work) -> Ints:
        """Return what members were paid earlier in the span, in cents."""
        paid = work.state.read(f"limits.{self.limit}:paid")
        return paid if self._same_span(work) else np.zeros_like(paid)

    def _paid_to_gone(self, work: Work, count: int) -> Ints:
        """Return what members who are gone were paid earlier in the span, in cents, for each group."""
        paid = np.zeros(count, np.int64)
        if work.state.gone is not None and self.per != "member":
            values = work.texts[self.per.removeprefix("member.")][1]
            name, since = f"limits.{self.limit}", work.span(self.over)
            found = work.state.gone.of_groups(f"{name}:paid", f"{name}:group", (f"{name}:since", since), values)
            paid[: found.size] = found
        return paid

    def _paid_of_company(self, work: Work, scale: int) -> int:
        if self.over == "period" or not self._same_span(work):
            return 0
        return _at_scale(work.state.read_company(f"limits.{self.limit}:paid"), self.decimals, scale)

    def _same_span(self, work: Work) -> bool:
        return work.state.read_company(f"limits.{self.limit}:since") == work.span(self.over)

    def remember(self, work: Work, paid: Sequence[Ints]) -> None:
        """Keep what was paid, for the next period of the span."""
        if self.over == "period":
            return
        if self.per == "company":
            before = self._paid_of_company(work, self.decimals)
            work.state.write(f"limits.{self.limit}:paid", before + sum(map(exact_sum, paid)))
        else:
            work.state.write(f"limits.{self.limit}:paid", self._paid(work) + sum(paid))
        work.state.write(f"limits.{self.limit}:since", work.span(self.over))


def _at_scale(value: Numbers, own: int, scale: int) -> Numbers:
    """Bring numbers to other digits; what is finer is cut, for a limit is not exceeded."""
    power: int = 10 ** abs(scale - own)
    return value * power if scale >= own else value // power


def _over_groups(join: np.ufunc, values: Ints, group: Ints, start: Ints) -> Ints:
    """Join the values of each group."""
    join.at(start, group, values)
    return start


def groups(work: Work, per: str) -> tuple[Ints, int]:
    """Return the number of each member's group, and how many groups there are.

    Whoever has an empty field is held alone.
    """
    alone = np.arange(work.size, dtype=np.int64)
    if per == "member":
        return alone, work.size
    codes, values = work.texts[per.removeprefix("member.")]
    named = (codes >= 0) & (np.array([*map(bool, values), False])[codes])
    return np.where(named, codes, len(values) + alone), len(values) + work.size
