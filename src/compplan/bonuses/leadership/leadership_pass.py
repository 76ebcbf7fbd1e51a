"""The pass of a leadership bonus: what groups make goes up, bottom-up, and the book."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np

from compplan.bonuses.books.book import Book, Rows
from compplan.bonuses.books.settle import settle
from compplan.bonuses.leadership.flow import flow_up
from compplan.bonuses.prepare.gates import amounts_by, cap_columns, caps, gate
from compplan.bonuses.prepare.terms import terms_of
from compplan.errors import ExactnessError
from compplan.explain.reasons import CODES, Detail, Outcomes, Reason
from compplan.money import from_fixed
from compplan.money_arrays import exact_sum, multiply_divide_all, product_fits
from compplan.plan.values import EXACT
from compplan.program.passes import Pass

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from compplan.bonuses.books.caps import Cap
    from compplan.bonuses.kinds import leadership as kind
    from compplan.bonuses.leadership.flow import Flow
    from compplan.bonuses.prepare.terms import Terms
    from compplan.program.builder import Builder
    from compplan.program.work import Work


def compile_leadership(name: str, bonus: kind.Leadership, builder: Builder) -> None:
    """Add the pass of a leadership bonus."""
    model, scope = builder.plan.model, builder.plan.scope
    base, leads = builder.quantity(bonus.of), builder.condition(bonus.groups)
    klass, rows = builder.klass(bonus.rates_by, bonus.rates)
    made = terms_of(bonus, rows, model, base_scale=scope.scale(bonus.of))
    owed = amounts_by(bonus, "guarantee", builder)
    pays, cap = gate(bonus, builder), cap_columns(bonus, builder)
    columns = base, leads, klass, pays, owed.column if owed else None, cap.column if cap else None
    given = builder.tree(bonus.tree), base, leads, klass, made, owed, pays, cap
    builder.add(LeadershipPass((f"pay {name}",), tuple(filter(None, columns)), name, bonus, *given))


@dataclass(frozen=True)
class LeadershipPass(Pass):
    """What groups make goes up to the next who keeps it.

    Attributes
    ----------
    base, leads, klass, pays
        Columns: the volume of groups, who is a leader, his class of rates, who can be paid.
    owed
        The column and the volumes of the guarantee.
    """

    bonus: str
    model: kind.Leadership
    tree: str
    base: str
    leads: str
    klass: str
    terms: Terms
    owed: Cap | None
    pays: str
    cap: Cap | None

    def run(self, work: Work) -> None:
        book = self._book(work, self._flow(work))
        money = self.model.money(work.plan.model)
        settle(book, work.plan.model.rounding, money.decimals, caps(self.cap, book.scale, work))
        work.close(book)

    def _made(self, work: Work, volume: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return what so much volume of each leader's group makes, in the tree's own order."""
        klass = work.column_in(self.tree, self.klass)
        leads = work.column_in(self.tree, self.leads)
        rate = np.where(leads, np.append(self.terms.numerators[:, 0], 0)[klass], 0)
        mode = work.plan.model.rounding.mode
        return multiply_divide_all(volume, rate, self.terms.denominator, mode)

    def _volume(self, work: Work) -> NDArray[np.int64]:
        """Return the volume of groups; below zero a group makes nothing."""
        volume: NDArray[np.int64] = np.maximum(work.column_in(self.tree, self.base), 0)
        return volume

    def _owed(self, work: Work) -> NDArray[np.int64]:
        if self.owed is None:
            return np.zeros(work.size, np.int64)
        scale = work.scales[self.base]
        if self.owed.amounts is None:
            return self._made(work, self._owed_volume(work, 10 ** (scale - work.scales[self.owed.column])))
        volumes = np.array([*(int(v.scaleb(scale, EXACT)) for v in self.owed.amounts or ()), 0], np.int64)
        return self._made(work, work.in_tree(self.tree, volumes[work.columns[self.owed.column]]))

    def _owed_volume(self, work: Work, lift: int) -> NDArray[np.int64]:
        """Return the quantity that is the guarantee, with the digits of the volume; below zero it is nothing."""
        assert self.owed is not None  # noqa: S101 - asked for only then
        volume = np.maximum(work.column_in(self.tree, self.owed.column), 0)
        if not product_fits(volume, lift):
            raise ExactnessError(f"the guarantee of {self.bonus} does not fit 64 bits: use fewer digits")
        return np.asarray(volume * lift, np.int64)

    def _flow(self, work: Work) -> Flow:
        keeps = work.column_in(self.tree, self.pays)
        own = self._made(work, self._volume(work))
        return flow_up(work.tree(self.tree), own, self._owed(work), keeps, what=self.bonus)

    def _book(self, work: Work, flow: Flow) -> Book:
        volume, lift = self._volume(work), self.terms.denominator
        klass = work.column_in(self.tree, self.klass)
        leads = work.column_in(self.tree, self.leads)
        rates = [int(rate) for rate in self.terms.numerators[:, 0]]
        by_class = [exact_sum(volume[leads & (klass == row)]) for row in range(len(rates))]
        exact = sum(v * rate for v, rate in zip(by_class, rates, strict=True))
        made = exact_sum(flow.kept) + flow.top
        allotted = exact_sum(volume[leads]) * max(rates)
        return Book(
            bonus=self.bonus,
            currency=self.model.money(work.plan.model).code,
            scale=self.terms.scale,
            exact_scale=self.terms.exact_scale,
            base_scale=self.terms.scale,
            pay=work.from_tree(self.tree, flow.kept),
            rows=self._rows(work, flow) if work.keep_rows else None,
            rates=np.zeros((0, 0), np.int64),
            rate_scale=0,
            factor=Decimal(1),
            allotted=allotted,
            breakage={
                "no_upline": flow.top * lift,
                "lower_rate": sum(by_class) * max(rates) - exact,
                "not_qualified": allotted - sum(by_class) * max(rates),
                "rounding": exact - made * lift,
            },
        )

    def _rows(self, work: Work, flow: Flow) -> Rows:
        """Return a row for each leg that money comes from, and one for what goes on of it."""
        tree = work.tree(self.tree)
        keeps = work.column_in(self.tree, self.pays)
        below = np.flatnonzero((tree.parent >= 0) & (flow.sent > 0)).astype(np.int32)
        below = below[keeps[tree.parent[below]]]
        passing = np.flatnonzero(keeps & (flow.received > flow.kept)).astype(np.int32)
        earner = np.concatenate([tree.parent[below], passing]).astype(np.int32)
        source = np.concatenate([below, passing]).astype(np.int32)
        amount = np.concatenate([flow.sent[below], flow.kept[passing] - flow.received[passing]])
        order, size = np.lexsort((source != earner, earner)), earner.size
        earner, source, amount = earner[order], source[order], amount[order]
        level = (source != earner).astype(np.int32)
        primary = tree.to_primary
        return Rows(
            earner=earner if primary is None else primary[earner],
            source=source if primary is None else primary[source],
            line=np.full(size, -1, np.int64),
            level=level,
            klass=np.zeros(size, np.int16),
            base=np.abs(amount),
            amount=amount,
        )

    def outcomes(self, work: Work, position: int) -> Outcomes:
        """Explain one member: what came from each leg, and what went on."""
        tree, flow = work.tree(self.tree), self._flow(work)
        own = tree.own(position)
        keeps = bool(work.columns[self.pays][position])
        legs = np.array([child for child in tree.children(own) if flow.sent[child]], np.int32)
        sent = flow.sent[legs] if legs.size else np.zeros(0, np.int64)
        gone = int(flow.kept[own] - flow.received[own]) if keeps else 0
        if gone:
            legs, sent = np.append(legs, own).astype(np.int32), np.append(sent, gone)
        passed = np.full(legs.size, not keeps) | (sent < 0)
        reason = np.where(passed, CODES[Reason.PASSED_UP], CODES[Reason.PAID]).astype(np.int8)
        return Outcomes(
            source=legs if tree.to_primary is None else tree.to_primary[legs],
            line=np.full(legs.size, -1, np.int64),
            level=(legs != own).astype(np.int32),
            base=np.abs(sent),
            amount=sent if keeps else np.zeros(legs.size, np.int64),
            reason=reason,
        )

    def details(self, work: Work, position: int) -> list[Detail]:
        """Say what his own group makes, what he owes, receives, sends up and keeps."""
        flow, own = self._flow(work), work.tree(self.tree).own(position)
        steps = [
            ("group", "his own group makes", self._made(work, self._volume(work))),
            ("guarantee", "guaranteed to the next above", self._owed(work)),
            ("received", "received from below", flow.received),
            ("sent", "sent up", flow.sent),
            ("kept", "kept", flow.kept),
        ]
        unit, scale = self.model.money(work.plan.model).code, self.terms.scale
        return [Detail(code, text, from_fixed(int(values[own]), scale), unit) for code, text, values in steps]
