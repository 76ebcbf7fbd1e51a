"""The pass of an upline walk: columns in, the book of one bonus out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from compplan.bonuses.books.book import Book, rows_in_primary
from compplan.bonuses.books.settle import settle
from compplan.bonuses.books.source_caps import cap_sources
from compplan.bonuses.prepare.gates import caps
from compplan.bonuses.prepare.sources import beyond_the_end, joined, lines_of
from compplan.bonuses.walk.outcomes import Outcome, WalkOutcomes, walk_outcomes
from compplan.bonuses.walk.relative import run_relative
from compplan.bonuses.walk.run import run_walk
from compplan.bonuses.walk.spec import Walk, WalkInputs
from compplan.explain.reasons import CODES, Outcomes, Reason
from compplan.money import ROUNDING_CODES
from compplan.program.passes import Pass

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from compplan.bonuses.prepare.gates import Cap
    from compplan.bonuses.prepare.sources import Sources
    from compplan.bonuses.prepare.terms import Terms
    from compplan.bonuses.upward import Upward
    from compplan.bonuses.walk.counting import Counting
    from compplan.bonuses.walk.pair_columns import PairCondition
    from compplan.bonuses.walk.spec import WalkResult
    from compplan.program.work import Work

    Volume = tuple[dict[str, Any], NDArray[np.int64] | None]


@dataclass(frozen=True)
class WalkPass(Pass):
    """Volume goes up a tree, and the members above are paid.

    Attributes
    ----------
    tree, climbed
        The whole tree, and what is climbed of it: the same, or a tree that ends at some members.
    sources
        What goes up.
    klass, pay
        Columns: the class of each member in the rate table, who can be paid.
    counting
        Who uses up levels.
    cap, cap_per_source
        The most that a member gets in all, and of one source.
    pairs
        What the conditions for pay say of earner and source together.
    """

    bonus: str
    model: Upward
    terms: Terms
    tree: str
    climbed: str
    sources: Sources
    klass: str
    pay: str
    counting: Counting
    cap: Cap | None
    cap_per_source: Cap | None
    pairs: PairCondition | None

    def run(self, work: Work) -> None:
        result, orders = self.walked(work)
        book = self.book(work, result, orders)
        each = caps(self.cap_per_source, book.scale, work)
        if each is not None and book.rows is not None:
            cap_sources(book, book.rows, each.most)
            book.rows = book.rows if work.keep_rows else None
        settle(
            book,
            work.plan.model.rounding,
            self.model.money(work.plan.model).decimals,
            caps(self.cap, book.scale, work),
        )
        work.close(book, of_all_orders=self.model.reads_rows)

    def walked(self, work: Work) -> tuple[WalkResult, NDArray[np.int64] | None]:
        """Return what the walk found, and the order row of each line."""
        walk, inputs, orders = self.prepared(work)
        given: Any = {"keep_rows": work.keep_rows or self.cap_per_source is not None, "threads": work.threads}
        if (relative := self.counting.relative) is not None:
            return run_relative(relative, work, self.climbed, walk, inputs, **given), orders
        return run_walk(walk, inputs, **given), orders

    def outcomes(self, work: Work, position: int) -> Outcomes:
        """Explain one member: what became of every source below him."""
        walk, inputs, orders = self.prepared(work)
        tree = work.tree(self.climbed)
        earner = tree.own(position)
        if (relative := self.counting.relative) is not None:
            inputs = replace(inputs, counted=relative.flags(work, self.climbed, earner))
        found = walk_outcomes(walk, inputs, earner)
        reason = _REASONS[found.code]
        unpaid_levels = self.counting.own_group + self.model.from_level - 1
        if unpaid_levels:
            unpaid = (found.level <= unpaid_levels) & (found.code == Outcome.RATE_IS_ZERO)
            reason = np.where(unpaid, CODES[Reason.FIRST_LEVELS], reason).astype(np.int8)
            if self.counting.own_group and self.model.start == "upline":  # his own volume is not below him
                below = found.source != earner
                reason = reason[below]
                found = WalkOutcomes._make(column[below] for column in found)
        line = found.line.astype(np.int64)
        reached = Outcomes(
            source=found.source if tree.to_primary is None else tree.to_primary[found.source],
            line=line if orders is None else orders[line],
            level=found.level - self.counting.own_group,
            base=found.base,
            amount=found.amount,
            reason=reason,
        )
        if self.climbed == self.tree:
            return reached
        return joined(reached, beyond_the_end(work, self.tree, self.climbed, self.sources, self.bonus, position))

    def prepared(self, work: Work, volume: Volume | None = None) -> tuple[Walk, WalkInputs, NDArray[np.int64] | None]:
        """Return the walk, its arrays in the tree's own order, and the order row of each line."""
        bonus, tree, count = self.model, self.climbed, self.counting
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
            round_each=self.rounds_each(work),
            rounding=ROUNDING_CODES[work.plan.model.rounding.mode],
        )
        arrays, orders = volume or self.volume(work)
        inputs = WalkInputs(
            tree=work.tree(tree),
            klass=work.column_in(tree, self.klass),
            pay=work.in_tree(tree, self._can_be_paid(work)),
            counted=work.column_in(tree, count.column) if count.column else None,
            pairs=None if self.pairs is None else self.pairs.arrays(work, tree),
            **arrays,
        )
        return walk, inputs, orders

    def rounds_each(self, work: Work) -> bool:
        """Tell whether each payment is rounded."""
        return work.plan.model.rounding.at == "payment"

    def _can_be_paid(self, work: Work) -> NDArray[np.bool_]:
        pay: NDArray[np.bool_] = work.columns[self.pay]
        return pay if self.counting.only is None else pay & work.columns[self.counting.only]

    def volume(self, work: Work) -> Volume:
        """Return the arrays of the volume, and the order row of each line."""
        if self.sources.rule is None:
            return {"base": work.column_in(self.climbed, self.sources.base)}, None
        found = lines_of(self.sources, work, work.tree(self.climbed), self.bonus)
        arrays: dict[str, Any] = {"line_start": found.start, "line_value": found.value}
        if self.model.qualified_since:
            arrays["line_time"] = found.time
            arrays["since"] = work.column_in(self.climbed, self.model.qualified_since)
        return arrays, found.order

    def book(self, work: Work, result: WalkResult, orders: NDArray[np.int64] | None) -> Book:
        found, rows = result.rows, None
        if found is not None:
            if self.counting.own_group:
                found = found._replace(level=found.level - self.counting.own_group)
            rows = rows_in_primary(found, work.tree(self.climbed), orders, klass=found.klass)
        tally = result.tally
        return Book(
            bonus=self.bonus,
            currency=self.model.money(work.plan.model).code,
            scale=self.terms.scale,
            exact_scale=self.terms.exact_scale,
            base_scale=work.scales[self.sources.base],
            pay=work.from_tree(self.climbed, result.pay),
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
    Outcome.DOES_NOT_FIT: Reason.NOT_QUALIFIED,
}
_REASONS = np.array([CODES[_SAME[outcome]] for outcome in Outcome], np.int8)
