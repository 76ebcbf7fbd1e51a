"""The most that members may get of a bonus: for a period or a longer span, alone or with others of one owner."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from compplan.errors import ExactnessError
from compplan.money_arrays import exact_abs_sum
from compplan.plan.values import EXACT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from decimal import Decimal

    from numpy.typing import NDArray

    from compplan.plan.currencies import Currency
    from compplan.program.work import Work

    Amounts = NDArray[np.int64]

UNCAPPED = 2**63 - 1


class Cap(NamedTuple):
    """What a plan says of a bonus' cap: the column of classes and their amounts, or of a quantity; how it counts."""

    column: str
    amounts: tuple[Decimal, ...] | None
    bonus: str
    per: str = "period"
    over: str | None = None
    cut: str = "pro_rata"
    rest: str = "lost"


@dataclass(frozen=True)
class Caps:
    """The cap of one bonus in one run, at the book's scale.

    Attributes
    ----------
    most
        int64[n], the most that each member may still get; with groups, that everybody of the group may get together.
    group
        int32[n], the number of the group, -1 for members who are alone; or None.
    before
        int64[n], what each was paid earlier in the span; or None where the span is the period.
    """

    cap: Cap
    work: Work
    scale: int
    most: Amounts
    group: NDArray[np.int32] | None
    before: Amounts | None

    @classmethod
    def of(cls, cap: Cap, scale: int, work: Work) -> Caps:
        """Look up everybody's cap, and take off what was paid before."""
        most = most_of(cap, scale, work)
        group = None if cap.over is None else groups_of(cap.over, work)
        before = None if cap.per == "period" else paid_in_span(cap, scale, work)
        if group is not None:
            most = _together(most, group, np.maximum)
        if before is not None:
            spent = before if group is None else _sum_of_group(before, group)
            if group is not None and work.state.gone is not None:
                spent = np.where(group < 0, spent, spent + paid_to_gone(cap, scale, work)[group])
            most = np.where(most == UNCAPPED, UNCAPPED, np.maximum(most - spent, 0))
        return cls(cap, work, scale, most, group, before)

    def cut(self, pay: Amounts) -> Amounts:
        """Return what is left of everybody's pay."""
        if self.group is None:
            return np.minimum(pay, self.most)
        total = _sum_of_group(pay, self.group)
        left = np.where(self.group < 0, np.minimum(pay, self.most), pay)
        over = np.flatnonzero((self.group >= 0) & (total > self.most))
        for places in _groups(self.group, over):
            share = in_order if self.cap.cut == "in_order" else pro_rata
            left[places] = share([int(p) for p in pay[places]], int(self.most[places[0]]))
        return left

    @property
    def waits(self) -> bool:
        """Whether what is cut waits for later periods."""
        return self.cap.rest == "later"

    @property
    def waited(self) -> Amounts:
        """What earlier periods have cut and not paid yet, for each member."""
        return self.work.state.read(f"{self.cap.bonus}:waiting") * _lift(self.cap, self.scale, self.work)

    def keep(self, pay: Amounts, rest: Amounts) -> None:
        """Hand what was paid in the span, and what waits, to the next period."""
        if self.waits:
            self.work.state.write(f"{self.cap.bonus}:waiting", rest // _lift(self.cap, self.scale, self.work))
        if self.before is not None:
            paid = (self.before + pay) // _lift(self.cap, self.scale, self.work)
            self.work.state.write(f"{self.cap.bonus}:paid", paid)
            self.work.state.write(f"{self.cap.bonus}:paid_since", self.work.span(self.cap.per))


def most_of(cap: Cap, scale: int, work: Work) -> Amounts:
    """Return the cap of each member; of a quantity, what is finer than money is cut, and below zero it is nothing."""
    values = work.columns[cap.column]
    if cap.amounts is not None:
        exact = [min(int(amount.scaleb(scale, EXACT)), UNCAPPED) for amount in cap.amounts]
        return np.array([*exact, UNCAPPED], np.int64)[values]
    decimals, own = money_of(cap.bonus, work).decimals, work.scales[cap.column]
    money = np.maximum(values, 0) // 10 ** max(0, own - decimals)
    power = 10 ** (scale - min(own, decimals))
    return np.where(money > UNCAPPED // power, UNCAPPED, np.minimum(money, UNCAPPED // power) * power)


def paid_in_span(cap: Cap, scale: int, work: Work) -> Amounts:
    """Return what each member was paid earlier in the span that this period belongs to."""
    return kept_in_span(f"{cap.bonus}:paid", cap.per, work) * _lift(cap, scale, work)


def paid_to_gone(cap: Cap, scale: int, work: Work) -> Amounts:
    """Return what members who are gone were paid earlier in the span, for each group (the last entry is for none)."""
    assert cap.over is not None  # noqa: S101 - only groups have members who are gone
    assert work.state.gone is not None  # noqa: S101 - see above
    column, values = f"{cap.bonus}:paid", work.texts[cap.over.removeprefix("member.")][1]
    since = f"{column}_since", work.span(cap.per)
    paid = work.state.gone.of_groups(column, f"{column}_group", since, values)
    return np.append(paid, 0) * _lift(cap, scale, work)


def _lift(cap: Cap, scale: int, work: Work) -> int:
    """Return how many units at a scale are one of the bonus' money, in which the state counts."""
    return 10 ** (scale - money_of(cap.bonus, work).decimals)


def groups_of(over: str, work: Work) -> NDArray[np.int32]:
    """Return the group of each member, -1 for who has no text: he is alone."""
    codes, values = work.texts[over.removeprefix("member.")]
    named = np.array([*map(bool, values), False])
    return codes if named[:-1].all() else np.where(named[codes], codes, -1).astype(np.int32)


def money_of(bonus: str, work: Work) -> Currency:
    """Return the currency that a bonus pays in."""
    model = work.plan.model
    return model.bonuses[bonus].money(model)


def kept_in_span(column: str, per: str, work: Work) -> Amounts:
    """Return a counter of the state; zeros where it counted an earlier span."""
    counted = work.state.read(column)
    same = work.state.read_company(f"{column}_since") == work.span(per)
    return counted if same else np.zeros_like(counted)


class Starts(NamedTuple):
    """With which day weeks (0 is Monday) and with which month years begin."""

    weekday: int = 0
    month: int = 1


CALENDAR = Starts()


def span_of(day: date, per: str, starts: Starts = CALENDAR) -> int:
    """Return the number of the day on which the week, month, quarter, year or all time of a day begins.

    A period belongs to the span of its first day.

    Examples
    --------
    >>> date.fromordinal(span_of(date(2026, 10, 8), "week")), date.fromordinal(span_of(date(2026, 11, 8), "quarter"))
    (datetime.date(2026, 10, 5), datetime.date(2026, 10, 1))
    >>> date.fromordinal(span_of(date(2026, 10, 8), "year", Starts(month=12)))
    datetime.date(2025, 12, 1)
    """
    match per:
        case "week":
            return (day - timedelta(days=(day.weekday() - starts.weekday) % 7)).toordinal()
        case "month":
            return day.replace(day=1).toordinal()
        case "quarter":
            return _months_before(day, (day.month - starts.month) % 3)
        case "half_year":
            return _months_before(day, (day.month - starts.month) % 6)
        case "year":
            return _months_before(day, (day.month - starts.month) % 12)
        case "all":
            return date.min.toordinal()
    return day.toordinal()


def _months_before(day: date, months: int) -> int:
    """Return the number of the first day of the month so many months before a day."""
    count = 12 * day.year + day.month - 1 - months
    return date(count // 12, count % 12 + 1, 1).toordinal()


def pro_rata(pay: list[int], most: int) -> list[int]:
    """Share a cap in proportion to pay; what rounding leaves over goes to the largest remainders, the first on ties.

    Examples
    --------
    >>> pro_rata([300_000, 300_000], 500_000), pro_rata([10, 10, 10], 20)
    ([250000, 250000], [7, 7, 6])
    """
    positive = [max(p, 0) for p in pay]
    room, total = most - sum(min(p, 0) for p in pay), sum(positive)
    shares = [p * room // total for p in positive]
    rest = room - sum(shares)
    places = sorted(range(len(pay)), key=lambda i: (-(positive[i] * room % total), i))
    for place in places[:rest]:
        shares[place] += 1
    return [share if p >= 0 else p for share, p in zip(shares, pay, strict=True)]


def in_order(pay: list[int], most: int) -> list[int]:
    """Pay the first in full until the cap is used up.

    Examples
    --------
    >>> in_order([30, 30, 10], 50)
    [30, 20, 0]
    """
    found, room = [], most - sum(min(p, 0) for p in pay)
    for each in pay:
        found.append(min(each, room))
        room -= max(found[-1], 0)
    return found


def _groups(group: NDArray[np.int32], over: NDArray[np.int64]) -> Iterator[NDArray[np.int64]]:
    """Yield the members of each group that is over, in the order of the primary tree."""
    members = over[np.argsort(group[over], kind="stable")]
    cuts = np.flatnonzero(np.diff(group[members])) + 1
    yield from (places for places in np.split(members, cuts) if places.size)


def _sum_of_group(values: Amounts, group: NDArray[np.int32]) -> Amounts:
    if exact_abs_sum(values) > UNCAPPED:
        raise ExactnessError("what members of one owner are paid together may not fit 64 bits")
    return _together(values, group, np.add)


def _together(values: Amounts, group: NDArray[np.int32], join: np.ufunc) -> Amounts:
    """Return what the values of each member's group make together, zero included; his own value if he is alone."""
    made = np.zeros(int(group.max(initial=-1)) + 1, np.int64)
    known = group >= 0
    join.at(made, group[known], values[known])
    found = values.copy()
    found[known] = made[group[known]]
    return found
