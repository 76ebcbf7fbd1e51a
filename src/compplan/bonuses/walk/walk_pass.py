"""The pass of an upline walk: columns in, the book of one bonus out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from compplan.bonuses.book import Book, Rows
from compplan.bonuses.gates import caps
from compplan.bonuses.lines import grouped_lines
from compplan.bonuses.settle import settle
from compplan.bonuses.walk.outcomes import Outcome, WalkOutcomes, walk_outcomes
from compplan.bonuses.walk.run import run_walk
from compplan.bonuses.walk.spec import Walk, WalkInputs
from compplan.explain.reasons import CODES, Outcomes, Reason
from compplan.money import ROUNDING_CODES
from compplan.program.passes import Pass

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from compplan.bonuses.gates import Cap
    from compplan.bonuses.terms import Terms
    from compplan.bonuses.upward import Upward
    from compplan.bonuses.walk.counting import Counting
    from compplan.bonuses.walk.spec import WalkResult
    from compplan.program.work import Work
    from compplan.volumes.order_rules import OrderRule


@dataclass(frozen=True)
class WalkPass(Pass):
    """Volume goes up a tree, and the members above are paid.

    Attributes
    ----------
    base, klass, pay
        Columns: the volume, the class of each member in the rate table, who can be paid.
    counting
        Who uses up levels.
    lines
        Where each order is a payment, the rule that selects the orders.
    """

    bonus: str
    model: Upward
    terms: Terms
    tree: str
    base: str
    klass: str
    pay: str
    counting: Counting
    cap: Cap | None
    lines: OrderRule | None

    def run(self, work: Work) -> None:
        walk, inputs, orders = self.prepared(work)
        result = run_walk(walk, inputs, keep_rows=work.keep_rows, threads=work.threads)
        book = self._book(work, result, orders)
        settle(
            book,
            work.plan.model.rounding,
            work.plan.model.currency.decimals,
            caps(self.cap, book.scale, work),
        )
        work.close(book)

    def outcomes(self, work: Work, position: int) -> Outcomes:
        """Explain one member: what became of every source below him."""
        walk, inputs, orders = self.prepared(work)
        tree = work.tree(self.tree)
        earner = tree.own(position)
        found = walk_outcomes(walk, inputs, earner)
        reason = _REASONS[found.code]
        if self.counting.own_group:
            unpaid = (found.level == 1) & (found.code == Outcome.RATE_IS_ZERO)
            reason = np.where(unpaid, CODES[Reason.FIRST_LEVELS], reason).astype(np.int8)
            if self.model.start == "upline":  # his own volume is not below him
                below = found.source != earner
                reason = reason[below]
                found = WalkOutcomes._make(column[below] for column in found)
        line = found.line.astype(np.int64)
        return Outcomes(
            source=found.source if tree.to_primary is None else tree.to_primary[found.source],
            line=line if orders is None else orders[line],
            level=found.level - self.counting.own_group,
            base=found.base,
            amount=found.amount,
            reason=reason,
        )

    def prepared(self, work: Work) -> tuple[Walk, WalkInputs, NDArray[np.int64] | None]:
        """Return the walk, its arrays in the tree's own order, and the order row of each line."""
        bonus, count = self.model, self.counting
        rates = self.terms.numerators
        walk = Walk(
            bonus=self.bonus,
            numerators=np.hstack([np.zeros_like(rates[:, :1]), rates]) if count.own_group else rates,
            denominator=self.terms.denominator,
            tail=self.terms.tail,
            fixed=bonus.amounts is not None,
            counts=count.counts,
            uncounted_paid=count.uncounted_paid,
            pass_up=bonus.unpaid == "pass_up",
            from_self=count.from_self,
            source_counts=count.source_counts,
            round_each=work.plan.model.rounding.at == "payment",
            rounding=ROUNDING_CODES[work.plan.model.rounding.mode],
        )
        if self.lines is None:
            arrays: dict[str, Any] = {"base": work.in_tree(self.tree, work.columns[self.base])}
            orders = None
        else:
            arrays, orders = self._lines(work)
        inputs = WalkInputs(
            tree=work.tree(self.tree),
            klass=work.in_tree(self.tree, work.columns[self.klass]),
            pay=work.in_tree(self.tree, self._can_be_paid(work)),
            counted=work.in_tree(self.tree, work.columns[count.column]) if count.column else None,
            **arrays,
        )
        return walk, inputs, orders

    def _can_be_paid(self, work: Work) -> NDArray[np.bool_]:
        pay: NDArray[np.bool_] = work.columns[self.pay]
        return pay if self.counting.only is None else pay & work.columns[self.counting.only]

    def _lines(self, work: Work) -> tuple[dict[str, Any], NDArray[np.int64]]:
        """Return the orders as lines, grouped by source in the tree's own order; kept for explanations."""
        if self.bonus not in work.lines:
            work.lines[self.bonus] = self._grouped_lines(work)
        return work.lines[self.bonus]

    def _grouped_lines(self, work: Work) -> tuple[dict[str, Any], NDArray[np.int64]]:
        assert self.lines is not None  # noqa: S101 - asked for only then
        found = grouped_lines(self.lines, self.model.of, self.tree, work)
        arrays: dict[str, Any] = {"line_start": found.start, "line_value": found.value}
        if self.model.qualified_since:
            arrays["line_time"] = found.time
            arrays["since"] = work.in_tree(self.tree, work.columns[self.model.qualified_since])
        return arrays, found.order

    def _book(self, work: Work, result: WalkResult, orders: NDArray[np.int64] | None) -> Book:
        primary = work.tree(self.tree).to_primary
        rows = None
        if result.rows is not None:
            found = result.rows
            rows = Rows(
                earner=found.earner if primary is None else primary[found.earner],
                source=found.source if primary is None else primary[found.source],
                line=np.full(found.earner.size, -1, np.int64) if orders is None else orders[found.line],
                level=found.level - self.counting.own_group,
                klass=found.klass,
                base=found.base,
                amount=found.amount,
            )
        tally = result.tally
        return Book(
            bonus=self.bonus,
            currency=self.model.currency or work.plan.model.currency.code,
            scale=self.terms.scale,
            exact_scale=self.terms.exact_scale,
            base_scale=work.scales[self.base],
            pay=work.from_tree(self.tree, result.pay),
            rows=rows,
            rates=self.terms.printed,
            rate_scale=self.terms.printed_scale,
            factor=self.model.money_per_point,
            allotted=tally.allotted,
            breakage={
                "no_upline": tally.no_upline,
                "not_qualified": tally.not_qualified,
                "lower_rate": tally.lower_rate,
                "rounding": tally.rounding,
            },
        )


_SAME = {
    Outcome.PAID: Reason.PAID,
    Outcome.PAID_PASSED_UP: Reason.PAID_PASSED_UP,
    Outcome.SKIPPED: Reason.COMPRESSED,
    Outcome.BEYOND_LEVELS: Reason.BEYOND_LEVELS,
    Outcome.NOT_QUALIFIED: Reason.NOT_QUALIFIED,
    Outcome.NO_RATE_TABLE: Reason.NO_RATE,
    Outcome.RATE_IS_ZERO: Reason.LEVEL_NOT_OPEN,
    Outcome.BEFORE_SINCE: Reason.BEFORE_QUALIFICATION,
    Outcome.ROUNDED_TO_ZERO: Reason.ROUNDED_TO_ZERO,
}
_REASONS = np.array([CODES[_SAME[outcome]] for outcome in Outcome], np.int8)
