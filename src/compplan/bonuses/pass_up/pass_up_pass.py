"""The pass of a pass-up: sales are numbered in the order of time, and each pays one member."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np

from compplan.bonuses.books.book import Book, Rows
from compplan.bonuses.books.settle import settle
from compplan.bonuses.kinds.pass_up import column_of
from compplan.bonuses.pass_up.run import Counters, PassUp, PassUpInputs, run_pass_up
from compplan.bonuses.pass_up.sales import Sales, sales_of
from compplan.bonuses.prepare.gates import cap_columns, caps, gate
from compplan.bonuses.prepare.sources import sources_of
from compplan.bonuses.prepare.terms import terms_of
from compplan.explain.reasons import CODES, Detail, Outcomes, Reason
from compplan.money import ROUNDING_CODES
from compplan.money_arrays import exact_sum, multiply_divide_all
from compplan.plan.tables import ByKey, LevelTable
from compplan.program.passes import Pass

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from compplan.bonuses.kinds import pass_up as kind
    from compplan.bonuses.prepare.gates import Cap
    from compplan.bonuses.prepare.sources import Sources
    from compplan.bonuses.prepare.terms import Terms
    from compplan.program.builder import Builder
    from compplan.program.work import Work

WHATS = ("sold", "number", "receiver")
MODES = tuple(ROUNDING_CODES)


def compile_pass_up(name: str, bonus: kind.PassUp, builder: Builder) -> None:
    """Add the pass of a pass-up."""
    model, scope = builder.plan.model, builder.plan.scope
    sources = tuple(sources_of(volume, builder, per_order=True, where=bonus.where) for volume in bonus.of)
    klass, rows = builder.klass(bonus.rates_by, bonus.table)
    made = terms_of(bonus, rows, model, base_scale=None if bonus.amounts is not None else scope.scale(bonus.of[0]))
    one = LevelTable(levels=(Decimal(0),))
    keyed = one if "" in bonus.passes else ByKey(rows=dict.fromkeys(bonus.passes, one))
    seller = builder.klass(bonus.passes_by, keyed)[0]
    pays, cap = gate(bonus, builder), cap_columns(bonus, builder)
    takes = pays if bonus.pass_to is None else builder.condition(bonus.pass_to)
    columns = (*(c for each in sources for c in each.reads), klass, seller, pays, takes)
    reads = tuple(filter(None, (*dict.fromkeys(columns), bonus.qualified_since, cap.column if cap else None)))
    given = builder.tree(bonus.tree), sources, made, klass, seller, pays, takes, cap
    builder.add(PassUpPass((f"pay {name}",), reads, name, bonus, *given))


@dataclass(frozen=True)
class PassUpPass(Pass):
    """Sales by their numbers at their sellers.

    Attributes
    ----------
    klass, seller
        Columns: the class of who gets a sale in the table of rates, and of the seller in the table of numbers.
    pays, takes
        Columns: who can be paid, and to whom sales can be passed.
    """

    bonus: str
    model: kind.PassUp
    tree: str
    sources: tuple[Sources, ...]
    terms: Terms
    klass: str
    seller: str
    pays: str
    takes: str
    cap: Cap | None

    def run(self, work: Work) -> None:
        sales = self._sales(work, write=True)
        amount, reason = self._paid(work, sales)
        book = self._book(work, sales, amount, reason)
        money = self.model.money(work.plan.model)
        settle(book, work.plan.model.rounding, money.decimals, caps(self.cap, book.scale, work))
        work.close(book)

    def _sales(self, work: Work, *, write: bool = False) -> Sales:
        """Return all sales with their numbers and takers; hand on what goes on in the next period."""
        tree, rule, inputs = work.tree(self.tree), self._rule(), self._inputs(work)
        parts = []
        for volume, source in zip(self.model.of, self.sources, strict=True):
            sales, order = sales_of(source, work, tree, f"{self.bonus} of {volume}")
            counters = self._counters(work, volume)
            given = sales.buyer[order], sales.value[order], sales.time[order]
            numbered = run_pass_up(rule, inputs, *given, counters)
            sales.number[order] = numbered.number
            sales.taker[order] = numbered.taker
            sales.passed[order] = numbered.passed
            parts.append(sales)
            if write:
                self._hand_on(work, volume, counters)
        return Sales._make(np.concatenate(columns) for columns in zip(*parts, strict=True))

    def _rule(self) -> PassUp:
        most = max((number for numbers in self.model.passes.values() for number in numbers), default=0)
        passes = np.zeros((len(self.model.passes), most + 1), np.bool_)
        for row, numbers in enumerate(self.model.passes.values()):
            passes[row, list(numbers)] = True
        by_buyer, same = self.model.counts == "buyers", self.model.repeats == "same_receiver"
        return PassUp(passes, by_buyer, same, self.model.unpaid == "pass_up")

    def _inputs(self, work: Work) -> PassUpInputs:
        since = self.model.qualified_since
        return PassUpInputs(
            tree=work.tree(self.tree),
            klass=work.column_in(self.tree, self.seller),
            keeps=work.column_in(self.tree, self.pays),
            takes=work.column_in(self.tree, self.takes),
            since=None if since is None else work.column_in(self.tree, since),
        )

    def _counters(self, work: Work, volume: str) -> Counters:
        """Return what is known from before, in the tree's own order."""
        sold, number, receiver = (
            work.in_tree(self.tree, work.state.read(column_of(self.model, self.bonus, what, volume))).copy()
            for what in WHATS
        )
        own = work.tree(self.tree).from_primary
        if own is not None:
            receiver = np.where(receiver >= 0, own[receiver], -1).astype(np.int64)
        return Counters(sold, number, receiver)

    def _hand_on(self, work: Work, volume: str, counters: Counters) -> None:
        """Write what goes on to the state; a buyer without a number has no receiver."""
        primary = work.tree(self.tree).to_primary
        receiver = np.where(counters.number > 0, counters.receiver, -1)
        if primary is not None:
            receiver = np.where(receiver >= 0, primary[receiver], -1)
        for what, values in zip(WHATS, (*counters[:2], receiver.astype(np.int64)), strict=True):
            work.state.write(column_of(self.model, self.bonus, what, volume), work.from_tree(self.tree, values))

    def _paid(self, work: Work, sales: Sales) -> tuple[NDArray[np.int64], NDArray[np.int8]]:
        """Return what each sale pays its taker, and why nothing."""
        klass = work.column_in(self.tree, self.klass)
        pays = work.column_in(self.tree, self.pays)
        someone = sales.taker >= 0
        taker = np.where(someone, sales.taker, 0)
        row = np.where(someone, klass[taker], -1) if klass.size else np.zeros(0, np.int16)
        can = pays[taker] if klass.size else np.zeros(0, np.bool_)
        rate = np.append(self.terms.numerators[:, 0], 0)[row]
        late = np.zeros(taker.size, np.bool_)
        if self.model.qualified_since and klass.size:
            since = work.column_in(self.tree, self.model.qualified_since)
            late = since[taker] >= sales.time
        base = np.sign(sales.value) if self.model.amounts is not None else sales.value
        mode = work.plan.model.rounding.mode
        amount = multiply_divide_all(base, rate, self.terms.denominator, mode)
        tests = {
            Reason.GROUP_ENDED: ~someone,
            Reason.NOT_QUALIFIED: ~can,
            Reason.BEFORE_QUALIFICATION: late,
            Reason.NO_RATE: row < 0,
            Reason.LEVEL_NOT_OPEN: rate == 0,
            Reason.ROUNDED_TO_ZERO: amount == 0,
        }
        reason = np.select(list(tests.values()), [CODES[each] for each in tests], CODES[Reason.PAID]).astype(np.int8)
        return np.where(reason == CODES[Reason.PAID], amount, 0), reason

    def _book(self, work: Work, sales: Sales, amount: NDArray[np.int64], reason: NDArray[np.int8]) -> Book:
        tree, klass = work.tree(self.tree), work.column_in(self.tree, self.klass)
        paid = amount != 0
        earner = sales.taker[paid]
        pay = np.zeros(tree.n, np.int64)
        np.add.at(pay, earner, amount[paid])
        rows = None
        if work.keep_rows:
            primary = tree.to_primary
            rows = Rows(
                earner=earner if primary is None else primary[earner],
                source=sales.buyer[paid] if primary is None else primary[sales.buyer[paid]],
                line=sales.order[paid],
                level=tree.depth[sales.buyer[paid]] - tree.depth[earner],
                klass=klass[earner],
                base=sales.value[paid],
                amount=amount[paid],
                rate=None if not self.terms.printed.size else self.terms.printed[klass[earner], 0],
            )
        allotted, breakage = self._books(sales, amount, reason, klass)
        return Book(
            bonus=self.bonus,
            currency=self.model.money(work.plan.model).code,
            scale=self.terms.scale,
            exact_scale=self.terms.exact_scale,
            base_scale=work.scales[self.sources[0].base],
            pay=work.from_tree(self.tree, pay),
            rows=rows,
            rates=self.terms.printed,
            rate_scale=self.terms.printed_scale,
            factor=self.model.money_per_point,
            allotted=allotted,
            breakage=breakage,
        )

    def _books(
        self, sales: Sales, amount: NDArray[np.int64], reason: NDArray[np.int8], klass: NDArray[np.int16]
    ) -> tuple[int, dict[str, int]]:
        """Return what all sales set aside at the best rate, and where what is not paid arose."""
        base = np.sign(sales.value) if self.model.amounts is not None else sales.value
        rates = [int(rate) for rate in self.terms.numerators[:, 0]]
        best = max(rates)

        def of(*reasons: Reason) -> int:
            return exact_sum(base[np.isin(reason, [CODES[each] for each in reasons])]) * best

        given = np.isin(reason, [CODES[Reason.PAID], CODES[Reason.ROUNDED_TO_ZERO]])
        by_class = klass[sales.taker[given]]
        volume = [exact_sum(base[given][by_class == row]) for row in range(len(rates))]
        exact = sum(v * rate for v, rate in zip(volume, rates, strict=True))
        return exact_sum(base) * best, {
            "no_upline": of(Reason.GROUP_ENDED),
            "not_qualified": of(Reason.NOT_QUALIFIED, Reason.BEFORE_QUALIFICATION, Reason.NO_RATE),
            "lower_rate": of(Reason.LEVEL_NOT_OPEN) + sum(volume) * best - exact,
            "rounding": exact - exact_sum(amount) * self.terms.denominator,
        }

    def outcomes(self, work: Work, position: int) -> Outcomes:
        """Explain one member: sales of his own, those passed up to him, and those passed over him."""
        tree, sales = work.tree(self.tree), self._sales(work)
        own = tree.own(position)
        amount, reason = self._paid(work, sales)
        seller = tree.parent[sales.buyer] if tree.n else sales.buyer
        mine, his = seller == own, sales.taker == own
        above = np.where(sales.taker >= 0, tree.depth[sales.taker], -1) if tree.n else sales.taker
        below = (seller > own) & (seller < int(tree.end[own])) & (above < tree.depth[own])
        over = ~mine & ~his & below & sales.passed
        code = np.where(his, reason, CODES[Reason.PASSED_UP])
        code = np.where(his & ~mine & (reason == CODES[Reason.PAID]), CODES[Reason.PAID_PASSED_UP], code)
        code = np.where(over, self._why_not_to(work, own, sales.time), code)
        keep = (mine | his | over) & (sales.value != 0)
        primary = tree.to_primary
        return Outcomes(
            source=sales.buyer[keep] if primary is None else primary[sales.buyer[keep]],
            line=sales.order[keep],
            level=(tree.depth[sales.buyer] - tree.depth[own])[keep],
            base=sales.value[keep],
            amount=np.where(his, amount, 0)[keep],
            reason=code[keep].astype(np.int8),
        )

    def _why_not_to(self, work: Work, own: int, time: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return why sales are passed over a member: he does not qualify, or only later."""
        since, never = self.model.qualified_since, CODES[Reason.NOT_QUALIFIED]
        meets = bool(work.column_in(self.tree, self.takes)[own])
        if since is None or not meets:
            return np.full(time.size, never)
        late = work.column_in(self.tree, since)[own] >= time
        return np.where(late, CODES[Reason.BEFORE_QUALIFICATION], never)

    def details(self, work: Work, position: int) -> list[Detail]:
        """Say how many sales a member has made so far, by volume."""
        found = []
        for volume in self.model.of:
            column = column_of(self.model, self.bonus, "sold", volume)
            sold = int(work.state.next_kept[column][position])
            found.append(Detail(column.replace(":", "."), f"own sales of {volume} so far", Decimal(sold)))
        return found
