"""Marginal bands: each part of a group's volume has the rate of its band; of the sum, the sums of the legs go off."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from compplan.bonuses.books.book import Book, Rows
from compplan.bonuses.books.settle import settle
from compplan.bonuses.difference.compile import stands_in
from compplan.bonuses.difference.hold import hold
from compplan.bonuses.prepare.bands import Bands
from compplan.bonuses.prepare.gates import cap_columns, caps, gate
from compplan.bonuses.prepare.terms import terms_of
from compplan.explain.reasons import CODES, Detail, Outcomes, Reason
from compplan.money import from_fixed
from compplan.money_arrays import divide_all, exact_sum
from compplan.plan.values import number
from compplan.program.passes import Pass
from compplan.volumes import counts

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from compplan.bonuses.kinds.differential import Differential
    from compplan.bonuses.prepare.gates import Cap
    from compplan.bonuses.prepare.terms import Terms
    from compplan.program.builder import Builder
    from compplan.program.work import Work

    Ints = NDArray[np.int64]


def compile_marginal(name: str, bonus: Differential, builder: Builder) -> None:
    """Add the pass of a differential whose rates go by band."""
    model, group = builder.plan.model, str(bonus.rates_by)
    cells = bonus.table.leaves()
    bands = Bands.of([number(keys[0]) for keys, _ in cells], scale=builder.plan.scope.scale(group))
    made = terms_of(bonus, [row for _, row in cells], model, base_scale=bands.scale)
    pay, cap = gate(bonus, builder), cap_columns(bonus, builder)
    stands, climbed = builder.condition(stands_in(bonus)), builder.cut(builder.tree(bonus.tree), bonus.stop_at)
    reads = (builder.quantity(bonus.of), builder.quantity(group), pay, stands, *((cap.column,) if cap else ()))
    given = name, bonus, made, bands, climbed, group, pay, stands, cap
    builder.add(MarginalPass((f"pay {name}",), reads, *given))


@dataclass(frozen=True)
class Worth:
    """What groups are worth and who deducts whose, as indices of the climbed tree.

    Attributes
    ----------
    group, worth
        int64[n]: volumes, and what their bands make of them, rounded where payments are; 0 for who does not stand.
    exact
        int64[n]: the same before rounding, at the exact scale; 0 for who stands below another, so only of whole trees.
    leg, above
        int64[m]: the members whose groups go off, and of whose sum they go off.
    """

    group: Ints
    worth: Ints
    exact: Ints
    leg: NDArray[np.int64]
    above: NDArray[np.int64]


@dataclass(frozen=True)
class MarginalPass(Pass):
    """Group volume by bands, less the same of the legs."""

    bonus: str
    model: Differential
    terms: Terms
    bands: Bands
    climbed: str
    group: str
    pay: str
    stands: str
    cap: Cap | None

    def run(self, work: Work) -> None:
        found, pays = self._worth(work), work.column_in(self.climbed, self.pay)
        due = found.worth.copy()
        np.subtract.at(due, found.above, found.worth[found.leg])
        below = exact_sum(np.minimum(due, 0))
        due = np.maximum(due, 0)
        book = self._book(work, found, due, pays, below)
        if self.model.unpaid == "hold":
            hold(self.model, self.pay, work, book, work.from_tree(self.climbed, np.where(pays, 0, due)))
        model = work.plan.model
        settle(book, model.rounding, self.model.money(model).decimals, caps(self.cap, book.scale, work))
        work.close(book)

    def outcomes(self, work: Work, position: int) -> Outcomes:
        """Explain one member: his group, and each leg that goes off."""
        found, tree = self._worth(work), work.tree(self.climbed)
        own = tree.own(position)
        legs = found.leg[found.above == own]
        at = np.concatenate([[own], legs]).astype(np.int64)
        at = at[found.group[at] != 0]
        pays = bool(work.columns[self.pay][position])
        unpaid = Reason.HELD if self.model.unpaid == "hold" else Reason.NOT_QUALIFIED
        amount = np.where(at == own, found.worth[at], -found.worth[at]) if pays else np.zeros(at.size, np.int64)
        return Outcomes(
            source=(at if tree.to_primary is None else tree.to_primary[at]).astype(np.int32),
            line=np.full(at.size, -1, np.int64),
            level=np.where(at == own, 1, 2).astype(np.int32),
            base=found.group[at],
            amount=amount,
            reason=np.full(at.size, CODES[Reason.PAID if pays else unpaid], np.int8),
        )

    def details(self, work: Work, position: int) -> list[Detail]:
        """Tell how the group's volume lies in the bands."""
        volume = work.columns[self.group][position : position + 1]
        parts = self.bands.parts(np.zeros(1, np.int64), self.bands.lifted(volume, work.scales[self.group]))
        found = [Detail("group", self.group, from_fixed(int(volume[0]), work.scales[self.group]))]
        for band, size in zip(parts.band.tolist(), parts.size.tolist(), strict=True):
            start = from_fixed(int(self.bands.starts[band]), self.bands.scale) if band >= 0 else None
            text = "below the first band" if start is None else f"in the band from {start.normalize():f}"
            found.append(Detail(f"band.{band}", text, from_fixed(size, self.bands.scale)))
        return found

    def _worth(self, work: Work) -> Worth:
        tree, rounding = work.tree(self.climbed), work.plan.model.rounding
        stands = work.column_in(self.climbed, self.stands)
        if self.model.unpaid == "pass_up":
            stands = stands & work.column_in(self.climbed, self.pay)
        group = work.column_in(self.climbed, self.group)
        exact = self.bands.worth(self.terms.numerators[:, 0], self.bands.lifted(group, work.scales[self.group]))
        worth = divide_all(exact, 10 ** (self.terms.exact_scale - self.terms.scale), rounding.mode)
        above = counts.nearest_flagged_ancestor(tree, stands, from_self=False)
        leg = np.flatnonzero(stands & (above >= 0))
        tops = np.where(stands & (above < 0), exact, 0)
        return Worth(group, np.where(stands, worth, 0), tops, leg, above[leg].astype(np.int64))

    def _book(self, work: Work, found: Worth, due: Ints, pays: NDArray[np.bool_], below: int) -> Book:
        """Return the book; what the whole trees are worth is what all differences in them come to."""
        made, fine = self.terms, 10 ** (self.terms.exact_scale - self.terms.scale)
        scale = work.scales[self.model.of]
        best = int(made.numerators[:, 0].max(initial=0)) * 10 ** (self.bands.scale - scale)
        allotted, pay = exact_sum(work.columns[self.model.of]) * best, np.where(pays, due, 0)
        missed = "held" if self.model.unpaid == "hold" else "not_qualified"
        lost = (exact_sum(due) - exact_sum(pay)) * fine
        tops, rounded = exact_sum(found.exact), exact_sum(np.where(found.exact != 0, found.worth, 0)) * fine
        breakage = {"held": 0, "not_qualified": 0, "rounding": tops - rounded} | {missed: lost}
        breakage["lower_rate"] = allotted - tops + below * fine  # a difference below zero is zero
        return Book(
            bonus=self.bonus,
            currency=self.model.money(work.plan.model).code,
            scale=made.scale,
            exact_scale=made.exact_scale,
            base_scale=work.scales[self.group],
            pay=work.from_tree(self.climbed, pay),
            rows=self._rows(work, found, due, pays) if work.keep_rows else None,
            rates=np.zeros((0, 0), np.int64),
            rate_scale=0,
            factor=self.model.money_per_point,
            allotted=allotted,
            breakage=breakage,
        )

    def _rows(self, work: Work, found: Worth, due: Ints, pays: NDArray[np.bool_]) -> Rows:
        """Return a row for each group, and one with a minus for each leg; none for who is paid nothing."""
        primary = work.tree(self.climbed).to_primary
        own = np.flatnonzero(pays & (due != 0) & (found.worth != 0))
        legs = (pays & (due != 0))[found.above] & (found.worth[found.leg] != 0)
        earner = np.concatenate([own, found.above[legs]])
        source = np.concatenate([own, found.leg[legs]])
        amount = np.concatenate([found.worth[own], -found.worth[found.leg[legs]]])
        order = np.lexsort((source, earner))
        earner, source, amount = earner[order], source[order], amount[order]
        return Rows(
            earner=(earner if primary is None else primary[earner]).astype(np.int32),
            source=(source if primary is None else primary[source]).astype(np.int32),
            line=np.full(earner.size, -1, np.int64),
            level=np.where(earner == source, 1, 2).astype(np.int32),
            klass=np.zeros(earner.size, np.int16),
            base=found.group[source],
            amount=amount,
        )
