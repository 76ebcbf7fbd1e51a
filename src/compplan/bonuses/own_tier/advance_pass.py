"""The pass of an advance: new customers are paid for at once, those who leave are charged back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from compplan.bonuses.books.book import Book, Rows
from compplan.bonuses.books.settle import settle
from compplan.bonuses.own_tier.passes import exact_products
from compplan.bonuses.prepare.gates import cap_columns, caps, gate
from compplan.bonuses.prepare.terms import terms_of
from compplan.errors import ExactnessError
from compplan.explain.reasons import CODES, Detail, Outcomes, Reason
from compplan.money_arrays import exact_sum, max_abs, multiply_divide_all
from compplan.program.passes import Pass
from compplan.volumes.counts import nearest_flagged_ancestor

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from compplan.bonuses.kinds.advance import Advance
    from compplan.bonuses.prepare.gates import Cap
    from compplan.bonuses.prepare.terms import Terms
    from compplan.program.builder import Builder
    from compplan.program.work import Work

    Ints = NDArray[np.int64]


def compile_advance(name: str, bonus: Advance, builder: Builder) -> None:
    """Add the pass of an advance."""
    model, scope = builder.plan.model, builder.plan.scope
    base = builder.quantity(bonus.of)
    column, rows = builder.klass(bonus.rates_by, bonus.rates)
    made = terms_of(bonus, rows, model, base_scale=scope.scale(bonus.of))
    pay, cap = gate(bonus, builder), cap_columns(bonus, builder)
    lapsed = builder.condition(bonus.lapsed_when) if bonus.lapsed_when else ""
    reads = tuple(dict.fromkeys(filter(None, (base, column, pay, lapsed, cap[0] if cap else "", "is_distributor"))))
    builder.add(
        AdvancePass(
            (f"pay {name}",), reads, name, bonus, made, column, pay, cap, base, lapsed, builder.tree(bonus.tree)
        )
    )


@dataclass(frozen=True)
class Lines:
    """What happens to each customer in this period, one entry a payment.

    Attributes
    ----------
    source
        The customer.
    earner
        The nearest distributor above him, -1 for nobody.
    base
        The volume that is paid on; negative where it is charged back.
    rate
        The rate, at the digits of the printed table.
    open
        Whether it is paid: not where nobody is above, or he cannot be paid.
    left
        How many periods are advanced or charged back; 0 for one that is paid as it comes.
    """

    source: NDArray[np.int32]
    earner: NDArray[np.int32]
    base: Ints
    rate: Ints
    open: NDArray[np.bool_]
    left: Ints


@dataclass(frozen=True)
class AdvancePass(Pass):
    """Pays periods at once, and keeps for each customer what of them is not earned yet."""

    bonus: str
    model: Advance
    terms: Terms
    klass: str
    pay: str
    cap: Cap | None
    base: str
    lapsed: str
    tree: str

    def run(self, work: Work) -> None:
        """Pay, charge back, and keep what is left."""
        lines = self.lines(work, keep=True)
        book = self._book(work, lines)
        model = work.plan.model
        settle(book, model.rounding, self.model.money(model).decimals, caps(self.cap, book.scale, work))
        work.close(book)

    def above(self, work: Work) -> NDArray[np.int32]:
        """Return the nearest distributor above each member, -1 for none."""
        tree = work.tree(self.tree)
        own = work.column_in(self.tree, "is_distributor")
        nearest = nearest_flagged_ancestor(tree, own, from_self=False)
        if tree.to_primary is not None:
            nearest = np.where(nearest >= 0, tree.to_primary[nearest], -1).astype(np.int32)
        return work.from_tree(self.tree, nearest)

    def lines(self, work: Work, *, keep: bool = False) -> Lines:
        """Return what is paid and charged back; with `keep`, hand on what is left."""
        volume, state = work.columns[self.base], work.state
        names = [f"{self.bonus}:{what}" for what in ("left", "volume", "rate", "over")]
        left, before, rate, over = (state.read(name) for name in names)
        gone = work.columns[self.lapsed] if self.lapsed else volume <= 0
        above, printed = self.above(work), self.terms.printed[:, 0]
        klass = np.where(above >= 0, work.columns[self.klass][above], -1)
        can = (above >= 0) & (klass >= 0)
        can &= work.columns[self.pay][above]
        now = np.where(klass >= 0, printed[klass], 0)
        back, runs_on = (left > 0) & gone, (left > 0) & ~gone
        free = (left == 0) & ~gone & (volume > 0)
        renewed = free & (over > 0)
        starts = free & (~renewed | (self.model.after == "advance"))
        each = renewed & (self.model.after == "as_earned")
        periods = self.model.periods
        if max_abs(volume) * periods >= 2**62:
            raise ExactnessError(f"{self.bonus} pays so many periods of {self.base} that they pass 64 bits")
        if keep:
            took = starts & can
            kept = (
                np.where(took, periods - 1, np.where(runs_on, left - 1, 0)),
                np.where(took, volume, np.where(runs_on, before, 0)),
                np.where(took, now, np.where(runs_on, rate, 0)),
                np.where(gone, 0, np.where(took | runs_on | (over > 0), 1, 0)),
            )
            for name, values in zip(names, kept, strict=True):
                state.write(name, values)
        base = np.where(back, -before * left, np.where(starts, volume * periods, np.where(each, volume, 0)))
        source = np.flatnonzero(base).astype(np.int32)
        used = np.where(back, rate, now)[source]
        count = np.where(back, left, np.where(starts, periods, 0))[source]
        opened = np.where(back, above >= 0, can)[source]
        return Lines(source, above[source], base[source], used, opened, count)

    def _amounts(self, work: Work, lines: Lines) -> tuple[Ints, Ints]:
        """Return the numerator of each payment, and the amount."""
        lift = 10 ** (self.terms.exact_scale - work.scales[self.base] - self.terms.printed_scale)
        rates, which = np.unique(np.where(lines.open, lines.rate, 0), return_inverse=True)
        factor = self.model.money_per_point * lift
        due = np.array([int(factor * int(rate)) for rate in rates], np.int64)[which]
        return due, multiply_divide_all(lines.base, due, self.terms.denominator, work.plan.model.rounding.mode)

    def _book(self, work: Work, lines: Lines) -> Book:
        due, amount = self._amounts(work, lines)
        top = int(self.terms.numerators.max())
        best = np.where(lines.base < 0, due, top)
        kept = amount != 0
        pay = np.zeros(work.size, np.int64)
        np.add.at(pay, lines.earner[kept], amount[kept])
        rows = Rows(
            earner=lines.earner[kept],
            source=lines.source[kept],
            line=np.full(int(kept.sum()), -1, np.int64),
            level=np.zeros(int(kept.sum()), np.int32),
            klass=np.zeros(int(kept.sum()), np.int16),
            base=lines.base[kept],
            amount=amount[kept],
            rate=lines.rate[kept],
        )
        nobody, out = lines.earner < 0, (lines.earner >= 0) & ~lines.open
        paid = exact_sum(amount) * self.terms.denominator
        return Book(
            bonus=self.bonus,
            currency=self.model.money(work.plan.model).code,
            scale=self.terms.scale,
            exact_scale=self.terms.exact_scale,
            base_scale=work.scales[self.base],
            pay=pay,
            rows=rows if work.keep_rows else None,
            rates=self.terms.printed,
            rate_scale=self.terms.printed_scale,
            factor=self.model.money_per_point,
            allotted=exact_products(lines.base, best),
            breakage={
                "no_upline": exact_products(lines.base[nobody], best[nobody]),
                "not_qualified": exact_products(lines.base[out], best[out]),
                "lower_rate": exact_products(lines.base[lines.open], best[lines.open] - due[lines.open]),
                "rounding": exact_products(lines.base, due) - paid,
            },
        )

    def outcomes(self, work: Work, position: int) -> Outcomes:
        """Explain one earner: every customer of his who is paid for or charged back."""
        lines = self.lines(work)
        _, amount = self._amounts(work, lines)
        mine = np.flatnonzero(lines.earner == position)
        reason = np.full(mine.size, CODES[Reason.PAID], np.int8)
        reason[amount[mine] == 0] = CODES[Reason.ROUNDED_TO_ZERO]
        reason[(lines.rate[mine] == 0) & lines.open[mine]] = CODES[Reason.LEVEL_NOT_OPEN]
        reason[~lines.open[mine]] = CODES[Reason.NOT_QUALIFIED]
        nothing = np.zeros(mine.size, np.int32)
        line = np.full(mine.size, -1, np.int64)
        return Outcomes(lines.source[mine], line, nothing, lines.base[mine], amount[mine], reason)

    def details(self, work: Work, position: int) -> list[Detail]:
        """Tell how many periods are paid or charged back, customer by customer, and what runs on."""
        lines, ids = self.lines(work), work.genealogy.ids
        found = []
        for at in np.flatnonzero(lines.earner == position):
            source = ids[int(lines.source[at])].as_py()
            if lines.base[at] < 0:
                found.append(
                    Detail("charged_back", f"{source} has left, periods that were not earned", str(lines.left[at]))
                )
            elif lines.left[at]:
                found.append(Detail("advanced", f"{source}, periods paid at once", str(lines.left[at])))
        waiting = (self.above(work) == position) & (work.state.read(f"{self.bonus}:left") > 0)
        if count := int(waiting.sum()):
            found.append(Detail("running", "customers whose periods were paid before", str(count)))
        return found
