"""The pass of a pool: the size of each pool, who shares in it, the division, and the book."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from compplan.bonuses.books.book import Book, Rows
from compplan.bonuses.books.settle import settle
from compplan.bonuses.prepare.gates import caps
from compplan.bonuses.share_out.divide import Division, Terms, divide
from compplan.bonuses.share_out.places import Listed, Ties, first_places
from compplan.bonuses.share_out.share import Rule
from compplan.errors import ExactnessError
from compplan.money import INT64_MAX
from compplan.money_arrays import exact_sum, max_abs
from compplan.program.passes import Pass

if TYPE_CHECKING:
    from typing import Any

    from numpy.typing import NDArray

    from compplan.bonuses.kinds.pool import Pool
    from compplan.bonuses.prepare.gates import Cap
    from compplan.explain.reasons import Detail, Outcomes
    from compplan.program.work import Work

    Ints = NDArray[np.int64]
    Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class PartOf:
    """What pools are parts of: a column ("" for fixed amounts), and the part of each at `exact_scale` digits."""

    column: str
    company: bool
    numerators: tuple[int, ...]
    exact_scale: int

    def total(self, work: Work, among: Flags | None) -> int:
        """Return the sum over the company, or over some members, at the column's scale; never below zero."""
        if not self.column:
            return 1
        if among is not None:
            return max(0, exact_sum(np.where(among, work.columns[self.column], 0)))
        return max(0, work.company_total(self.column, company=self.company))


@dataclass(frozen=True)
class SubPool:
    """One pool: whose it is by a column, and the column of the state for what it carries."""

    key: str
    column: str
    limit: Any
    higher: bool
    carried: str | None

    def members(self, work: Work) -> Flags:
        """Tell who can share in it."""
        if not self.column:
            return np.ones(work.size, np.bool_)
        values = work.columns[self.column]
        shares: Flags = values >= self.limit if self.higher else values == self.limit
        return shares


@dataclass(frozen=True)
class Weights:
    """Points (equal ones without `by`), times a number by class; `finished` if that multiplies the finished share."""

    by: str
    klass: str
    values: tuple[int, ...]
    scale: int
    fine: int
    finished: bool

    def columns(self, work: Work) -> tuple[Ints, Ints]:
        """Return the weight of everybody, and what of it counts in the sum that divides the pool."""
        points = np.maximum(work.columns[self.by], 0) if self.by else np.ones(work.size, np.int64)
        if not self.klass:
            return points, points
        times = np.array([*self.values, 0], np.int64)[work.columns[self.klass]]
        if max_abs(points) * max(*self.values, 10**self.fine) > INT64_MAX:
            raise ExactnessError("points times weights pass 64 bits: use fewer digits")
        known = work.columns[self.klass] >= 0
        return points * times, np.where(known, points * 10**self.fine, 0) if self.finished else points * times


@dataclass(frozen=True)
class Places:
    """The shares of the places, one list for each step of a company's total; `whole` is 100 %."""

    shares: tuple[tuple[int, ...], ...]
    whole: int
    ties: Ties
    last_order_of: str
    steps_by: str
    steps: tuple[int, ...]
    company: bool

    def listed(self, work: Work) -> tuple[int, ...]:
        """Return the shares that go for this period; none below the first step."""
        if not self.steps:
            return self.shares[0]
        total = work.company_total(self.steps_by, company=self.company)
        reached = sum(total >= step for step in self.steps)
        return self.shares[reached - 1] if reached else ()


@dataclass(frozen=True)
class Divided:
    """One pool as it was divided: what was there, the weights of those in it, and the division."""

    pool: SubPool
    new: int
    carried: int
    weights: Ints
    division: Division
    places: Listed | None


@dataclass(frozen=True)
class PoolPass(Pass):
    """A pool, or several of them, divided among the members who take part."""

    bonus: str
    model: Pool
    part: PartOf
    pools: tuple[SubPool, ...]
    weights: Weights
    places: Places | None
    terms: Terms
    pay: str
    cap: Cap | None

    def run(self, work: Work) -> None:
        """Divide the pools, and close the book."""
        decimals = self.model.money(work.plan.model).decimals
        divided = self.divided(work)
        book = self._book(work, divided, 10 ** (self.part.exact_scale - decimals))
        settle(book, work.plan.model.rounding, decimals, caps(self.cap, book.scale, work))
        work.close(book)

    def outcomes(self, work: Work, position: int) -> Outcomes:
        """Explain one member: his share of each pool."""
        from compplan.bonuses.share_out import outcomes  # noqa: PLC0415 - only where it is asked for

        return outcomes.outcomes(self, work, position)

    def details(self, work: Work, position: int) -> list[Detail]:
        """Explain how the pools were divided, and his place."""
        from compplan.bonuses.share_out import outcomes  # noqa: PLC0415 - only where it is asked for

        return outcomes.details(self, work, position)

    def divided(self, work: Work) -> list[Divided]:
        """Divide each pool, from the columns and the state that the run started from."""
        finest, own_total = self.part.exact_scale, self.model.total_of == "key"
        weights, counted = self.weights.columns(work)
        found = []
        for pool, numerator in zip(self.pools, self.part.numerators, strict=True):
            members = pool.members(work)
            total = self.part.total(work, members if own_total else None)
            carried = work.state.read_company(pool.carried) if pool.carried else 0
            cents = 10 ** (finest - self.model.money(work.plan.model).decimals)
            available = Fraction(total * numerator, cents) + carried
            inside = self.standing(work) & members
            places = self._places(work, inside)
            if places is None:
                own, whole = np.where(inside, weights, 0), exact_sum(np.where(inside, counted, 0))
            else:
                own, whole = np.zeros(work.size, np.int64), self.places.whole * places.factor  # type: ignore[union-attr]
                own[places.members] = places.weights
            division = divide(
                self.terms, own, work.columns[self.pay], whole, 10**self.weights.scale, available, self._rule(work)
            )
            found.append(Divided(pool, total * numerator, carried, own, division, places))
        return found

    def standing(self, work: Work) -> Flags:
        """Tell who counts in the division: those who qualify, or every distributor."""
        return work.columns[self.pay if self.model.unqualified == "left_out" else "is_distributor"]

    def _rule(self, work: Work) -> Rule:
        mode = work.plan.model.rounding.mode
        return Rule(self.model.residue, mode, work.order_of_ids)

    def _places(self, work: Work, inside: Flags) -> Listed | None:
        if self.places is None:
            return None
        last = last_orders(work, self.places.last_order_of) if self.places.ties == "earlier_last_order" else None
        return first_places(
            work.columns[self.weights.by],
            inside,
            self.places.listed(work),
            self.places.ties,
            work.order_of_ids,
            last,
        )

    def _book(self, work: Work, divided: list[Divided], cents: int) -> Book:
        pay = np.zeros(work.size, np.int64)
        allotted, breakage = (
            0,
            {"not_qualified": 0, "not_in_place": 0, "capped": 0, "over_pool": 0, "carried": 0, "residue": 0},
        )
        for each in divided:
            pay += each.division.paid
            left = dict(each.division.left)
            allotted += each.new + each.carried * cents
            if each.pool.carried:
                over = left.pop("over_pool", 0)
                work.state.write(each.pool.carried, sum(left.values()))
                left = {"carried": sum(left.values()), "over_pool": over}
            for reason, amount in left.items():
                breakage[reason] = breakage.get(reason, 0) + amount * cents
        breakage["residue"] += allotted - exact_sum(pay) * cents - sum(breakage.values())
        return Book(
            bonus=self.bonus,
            currency=self.model.money(work.plan.model).code,
            scale=self.model.money(work.plan.model).decimals,
            exact_scale=self.part.exact_scale,
            base_scale=self.weights.scale,
            pay=pay,
            rows=self._rows(work, divided) if work.keep_rows else None,
            rates=np.zeros((0, 0), np.int64),
            rate_scale=0,
            factor=Decimal(1),
            allotted=allotted,
            breakage={reason: amount for reason, amount in breakage.items() if amount or reason == "residue"},
        )

    def base_of(self, work: Work, each: Divided) -> Ints:
        """Return what a member's share goes by: his weight, or the number that he is listed by."""
        return each.weights if each.places is None else work.columns[self.weights.by]

    def level_of(self, work: Work, number: int, each: Divided) -> NDArray[np.int32]:
        """Return the place of each member, or the number of the pool where there are several; 0 for none."""
        level = np.full(work.size, number if len(self.pools) > 1 else 0, np.int32)
        if each.places is not None:
            level[each.places.members] = each.places.place
        return level

    def _rows(self, work: Work, divided: list[Divided]) -> Rows:
        parts = []
        for number, each in enumerate(divided, 1):
            who = np.flatnonzero(each.division.paid).astype(np.int32)
            level, klass = self.level_of(work, number, each)[who], np.full(who.size, number - 1, np.int16)
            parts.append((who, level, klass, self.base_of(work, each)[who], each.division.paid[who]))
        earner, level, klass, base, amount = (np.concatenate(column) for column in zip(*parts, strict=True))
        line = np.full(earner.size, -1, np.int64)
        return Rows(earner, earner, line, level, klass, base, amount)


def last_orders(work: Work, whose: str) -> Ints:
    """Return the instant of each member's last order, or of the last order of his frontline; the least for none."""
    last = np.full(work.size, np.iinfo(np.int64).min, np.int64)
    if work.orders is None:
        return last
    np.maximum.at(last, work.orders.buyers, work.orders.times)
    if whose == "own":
        return last
    tree = work.tree(work.plan.model.default_tree())
    above = np.full(work.size, np.iinfo(np.int64).min, np.int64)
    below = tree.parent >= 0
    np.maximum.at(above, tree.parent[below], last[below])
    return above
