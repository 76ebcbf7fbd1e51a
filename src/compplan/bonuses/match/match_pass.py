"""The passes of a match: what other bonuses paid goes up a tree like a volume."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from compplan.bonuses.books.book import Rows
from compplan.bonuses.books.settle import settle
from compplan.bonuses.match.base import as_lines, by_order, matched_pay
from compplan.bonuses.match.cascade import Paid, run_cascade
from compplan.bonuses.prepare.gates import caps
from compplan.bonuses.prepare.terms import terms, terms_of
from compplan.bonuses.walk.spec import WalkResult
from compplan.bonuses.walk.walk_pass import WalkPass

if TYPE_CHECKING:
    from typing import Self

    from numpy.typing import NDArray

    from compplan.bonuses.kinds.match import Match
    from compplan.bonuses.match.cascade import CascadeResult
    from compplan.bonuses.walk.walk_pass import Volume
    from compplan.explain.reasons import Outcomes
    from compplan.plan.tables import LevelTable
    from compplan.program.work import Work


@dataclass(frozen=True)
class MatchPass(WalkPass):
    """Pay goes up a tree, and the members above are paid a share of it.

    Attributes
    ----------
    of
        The columns of the matched pay.
    table
        The rates or amounts; they become integers when the digits of the matched pay are known.
    where
        The column of whose pay is matched, or None.
    """

    of: tuple[str, ...]
    table: tuple[LevelTable, ...]
    where: str | None

    def run(self, work: Work) -> None:
        WalkPass.run(self.with_terms(work), work)

    def outcomes(self, work: Work, position: int) -> Outcomes:
        return WalkPass.outcomes(self.with_terms(work), work, position)

    def with_terms(self, work: Work) -> Self:
        """Return this pass with its terms, once the matched pay is a column."""
        self.put_base(work)
        model = work.plan.model
        scale = None if self.model.amounts is not None else work.scales[self.sources.base]
        made = terms_of(self.model, self.table, model, base_scale=scale)
        return replace(self, terms=made)

    def put_base(self, work: Work) -> None:
        if self.sources.base not in work.columns:
            values, scale = matched_pay(self.matching, self.of, work)
            work.put(self.sources.base, np.where(work.columns[self.where], values, 0) if self.where else values, scale)

    @property
    def matching(self) -> Match:
        """The bonus as what it is."""
        return self.model  # type: ignore[return-value]

    def matched(self, work: Work) -> NDArray[np.bool_]:
        """Return whose pay is matched, in the tree's own order."""
        if self.where is None:
            return np.ones(work.size, np.bool_)
        return np.ascontiguousarray(work.column_in(self.climbed, self.where))

    def volume(self, work: Work) -> Volume:
        if self.model.payment == "period":
            return {"base": work.column_in(self.climbed, self.sources.base)}, None
        paid, _ = by_order(self.matching, work, self.climbed)
        return as_lines(paid, work.size, self.matched(work))


@dataclass(frozen=True)
class CascadePass(MatchPass):
    """A match that is matched again: what it pays joins the pay that it matches."""

    def run(self, work: Work) -> None:
        done = self.with_terms(work)
        found = done.cascade(work)
        book = done.book(work, WalkResult(found.pay, None, found.tally), None)
        if work.keep_rows:
            book.rows = done.payments(work, found)
        model = work.plan.model
        settle(book, model.rounding, self.model.money(model).decimals, caps(self.cap, book.scale, work))
        work.close(book, of_all_orders=self.model.reads_rows)

    def with_terms(self, work: Work) -> Self:
        """Return this pass with terms whose amounts have the digits of the matched pay: they are matched again."""
        self.put_base(work)
        scale, rounding = work.scales[self.sources.base], work.plan.model.rounding
        made = terms(
            self.table,
            base_scale=scale,
            factor=self.model.money_per_point,
            rounding=rounding.model_copy(update={"at": "payment"}),
            decimals=scale,
        )
        return replace(self, terms=made)

    def volume(self, work: Work) -> Volume:
        """Return the matched pay together with what the cascade adds, for explanations."""
        paid = self._paid(work)
        added = self.cascade(work).rows
        both = Paid(
            np.concatenate([paid.order, added.order]),
            np.concatenate([paid.member, added.earner]),
            np.concatenate([paid.amount, added.amount]),
        )
        lines, orders = as_lines(both, work.size, self.matched(work))
        if self.model.payment == "order":
            return lines, orders
        base = np.zeros(work.size, np.int64)
        base[np.flatnonzero(np.diff(lines["line_start"]))] = lines["line_value"]
        return {"base": base}, None

    def _paid(self, work: Work) -> Paid:
        if self.model.payment == "order":
            return by_order(self.matching, work, self.climbed)[0]
        values = work.column_in(self.climbed, self.sources.base)
        who = np.flatnonzero(values).astype(np.int32)
        return Paid(np.full(who.size, -1, np.int64), who, values[who])

    def cascade(self, work: Work) -> CascadeResult:
        nothing = {"base": np.zeros(work.size, np.int64)}, None
        walk, inputs, _ = self.prepared(work, nothing)
        return run_cascade(walk, inputs, self._paid(work), self.matched(work))

    def rounds_each(self, work: Work) -> bool:
        """Each payment is rounded to the digits of the matched pay, wherever else the plan rounds."""
        del work
        return True

    def payments(self, work: Work, found: CascadeResult) -> Rows:
        primary, rows = work.tree(self.climbed).to_primary, found.rows
        return Rows(
            earner=rows.earner if primary is None else primary[rows.earner],
            source=rows.source if primary is None else primary[rows.source],
            line=rows.order,
            level=rows.level,
            klass=rows.klass,
            base=rows.base,
            amount=rows.amount,
        )
