"""The pass of a difference: columns in, the book of one bonus out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from compplan.bonuses.books.book import Book, rows_in_primary
from compplan.bonuses.books.settle import settle
from compplan.bonuses.difference.explained import details_of, reasons_of
from compplan.bonuses.difference.hold import hold
from compplan.bonuses.difference.outcomes import difference_outcomes
from compplan.bonuses.difference.run import run_difference
from compplan.bonuses.difference.spec import NO_LIMIT, REASONS, Difference, DifferenceInputs
from compplan.bonuses.prepare.gates import caps
from compplan.bonuses.prepare.sources import beyond_the_end, joined, lines_of
from compplan.explain.reasons import Outcomes
from compplan.money import ROUNDING_CODES
from compplan.program.passes import Pass

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from compplan.bonuses.books.book import Rows
    from compplan.bonuses.difference.compile import RateTerms
    from compplan.bonuses.difference.model import Climbing
    from compplan.bonuses.difference.spec import DifferenceResult
    from compplan.bonuses.prepare.gates import Cap
    from compplan.bonuses.prepare.sources import Sources
    from compplan.explain.reasons import Detail
    from compplan.program.work import Work


@dataclass(frozen=True)
class DifferencePass(Pass):
    """Volume goes up a tree, and each member above is paid what his rate adds.

    Attributes
    ----------
    tree, climbed
        The whole tree, and what is climbed of it: the same, or a tree that ends at some members.
    sources
        Where the volume comes from.
    klass, pay, stands, taken
        Columns: the class of each member in the rate table, who can be paid, who stands in the walk, and what is taken
        of a source's volume before it.
    """

    bonus: str
    model: Climbing
    rates: RateTerms
    tree: str
    climbed: str
    sources: Sources
    klass: str
    pay: str
    stands: str
    taken: str | None
    cap: Cap | None

    def run(self, work: Work) -> None:
        rule, inputs, orders = self.prepared(work)
        result = run_difference(rule, inputs, keep_rows=work.keep_rows)
        book = self._book(work, result, orders)
        if result.held is not None:
            hold(self.model, self.pay, work, book, work.from_tree(self.climbed, result.held))
        model = work.plan.model
        settle(book, model.rounding, self.model.money(model).decimals, caps(self.cap, book.scale, work))
        work.close(book)

    def outcomes(self, work: Work, position: int) -> Outcomes:
        """Explain one member: what became of every source below him."""
        rule, inputs, orders = self.prepared(work)
        tree = work.tree(self.climbed)
        found = self._whole(work, difference_outcomes(rule, inputs, tree.own(position)))
        line = found.line.astype(np.int64)
        reached = Outcomes(
            source=found.source if tree.to_primary is None else tree.to_primary[found.source],
            line=line if orders is None else orders[line],
            level=found.level,
            base=found.base,
            amount=found.amount,
            reason=reasons_of(found.code),
        )
        if self.climbed == self.tree:
            return reached
        return joined(reached, beyond_the_end(work, self.tree, self.climbed, self.sources, self.bonus, position))

    def details(self, work: Work, position: int) -> list[Detail]:
        """Tell the member's own rate, and how far it is to the next one."""
        return details_of(self.model, self.klass, work, position)

    def prepared(self, work: Work) -> tuple[Difference, DifferenceInputs, NDArray[np.int64] | None]:
        """Return the rule, its arrays in the tree's own order, and the order row of each line."""
        rounding = work.plan.model.rounding
        bonus, made = self.model, self.rates
        rule = Difference(
            bonus=self.bonus,
            rates=made.rates,
            denominator=10 ** (made.terms.exact_scale - made.terms.scale),
            less=bonus.word("less"),
            lower_rate=bonus.word("lower_rate"),
            equal_rate=bonus.word("equal_rate"),
            least_taken=made.least,
            floors=made.floors,
            floor_tail=made.tail,
            floor_at_zero=bonus.word("at_least_if") == "no_difference",
            limit=made.limit,
            lower_of_both=bonus.whose_rate == "lower",
            from_level=bonus.from_level,
            first_take=bonus.first_levels == "take",
            levels=bonus.levels or NO_LIMIT,
            unpaid=bonus.unpaid,
            from_self=bonus.start == "self",
            round_each=rounding.at == "payment",
            rounding=ROUNDING_CODES[rounding.mode],
        )
        volume, orders = self._volume(work)
        if bonus.rates is None:  # each payment is on one, or on minus one where it is taken back
            volume |= {name: np.sign(volume[name]) for name in ("base", "line_value") if name in volume}
        inputs = DifferenceInputs(
            tree=work.tree(self.climbed),
            klass=work.column_in(self.climbed, self.klass),
            pay=work.column_in(self.climbed, self.pay),
            stands=work.column_in(self.climbed, self.stands),
            taken=None if self.taken is None else work.column_in(self.climbed, self.taken) * made.taken,
            **volume,
        )
        return rule, inputs, orders

    def _volume(self, work: Work) -> tuple[dict[str, Any], NDArray[np.int64] | None]:
        """Return what sources bring, as one or as lines."""
        if self.sources.rule is None or work.orders is None:
            return {"base": work.column_in(self.climbed, self.sources.base)}, None
        found = lines_of(self.sources, work, work.tree(self.climbed), self.bonus)
        return {"line_start": found.start, "line_value": found.value}, found.order

    def _whole(self, work: Work, found: Any) -> Any:
        """Return entries with the volumes that they are on, where fixed amounts were paid on one each."""
        if self.model.rates is not None:
            return found
        volume, orders = self._volume(work)
        base = volume["base"][found.source] if orders is None else volume["line_value"][found.line]
        return found._replace(base=base)

    def _book(self, work: Work, result: DifferenceResult, orders: NDArray[np.int64] | None) -> Book:
        made = self.rates.terms
        return Book(
            bonus=self.bonus,
            currency=self.model.money(work.plan.model).code,
            scale=made.scale,
            exact_scale=made.exact_scale,
            base_scale=work.scales[self.sources.base],
            pay=work.from_tree(self.climbed, result.pay),
            rows=self._rows(work, result, orders),
            rates=made.printed[: self.rates.rates.size] if self.model.rates is not None else made.printed[:0],
            rate_scale=made.printed_scale,
            factor=self.model.money_per_point,
            allotted=result.tally.allotted,
            breakage={reason: getattr(result.tally, reason) for reason in REASONS},
        )

    def _rows(self, work: Work, result: DifferenceResult, orders: NDArray[np.int64] | None) -> Rows | None:
        found, printed = result.rows, self.rates.printed
        if found is None:
            return None
        rate = found.rate * printed.numerator // max(printed.denominator, 1) if self.model.rates is not None else None
        return rows_in_primary(self._whole(work, found), work.tree(self.climbed), orders, klass=found.klass, rate=rate)
