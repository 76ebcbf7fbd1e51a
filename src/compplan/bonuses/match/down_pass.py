"""The pass of a match-down: a share of each member's pay, in equal parts to his recruits who can be paid."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from compplan.bonuses.books.book import Book, Rows
from compplan.bonuses.books.settle import settle
from compplan.bonuses.match.base import matched_pay
from compplan.bonuses.prepare.gates import caps
from compplan.bonuses.prepare.terms import terms_of_pay
from compplan.explain.reasons import CODES, Detail, Outcomes, Reason
from compplan.money import from_fixed
from compplan.money_arrays import exact_sum, multiply_divide_all
from compplan.program.passes import Pass

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from compplan.bonuses.books.caps import Cap
    from compplan.bonuses.kinds.match_down import MatchDown
    from compplan.bonuses.prepare.terms import Terms
    from compplan.plan.tables import LevelTable
    from compplan.program.work import Work

    Ints = NDArray[np.int64]


class Shared(NamedTuple):
    """What is shared.

    The terms, and the digits of matched pay. By member: his matched pay, row of rates, amount that is shared, and how
    many recruits share it. By recruit who can be paid: who he is, who shares with him, and how much he gets; parents
    in pre-order, the recruits of one by id.
    """

    terms: Terms
    scale: int
    base: Ints
    klass: NDArray[np.int16]
    amount: Ints
    recruits: Ints
    child: NDArray[np.int32]
    parent: NDArray[np.int32]
    part: Ints


@dataclass(frozen=True)
class MatchDownPass(Pass):
    """A share of pay goes down one level, in equal parts.

    Attributes
    ----------
    of
        The columns of the shared pay.
    klass, pay, where
        Columns: the class of each member in the rate table, who can get a part, whose pay is shared (None: all).
    """

    bonus: str
    model: MatchDown
    tree: str
    of: tuple[str, ...]
    table: tuple[LevelTable, ...]
    klass: str
    pay: str
    where: str | None
    cap: Cap | None

    def run(self, work: Work) -> None:
        shared = self._shared(work)
        book, model = self._book(work, shared), work.plan.model
        settle(book, model.rounding, self.model.money(model).decimals, caps(self.cap, book.scale, work))
        work.close(book)

    def _shared(self, work: Work) -> Shared:
        base, scale = matched_pay(self.model, self.of, work)
        base = base if self.where is None else np.where(work.columns[self.where], base, 0)
        model = work.plan.model
        made = terms_of_pay(self.model, self.table, model, base_scale=scale)
        rates = np.concatenate([made.numerators[:, 0], np.zeros(1, np.int64)])
        klass = work.columns[self.klass]
        amount = multiply_divide_all(base, rates[klass], made.denominator, model.rounding.mode)
        tree = work.tree(self.tree)
        above = tree.in_primary(tree.parent)
        child = np.flatnonzero(work.columns[self.pay] & (above >= 0)).astype(np.int32)
        own = child if tree.from_primary is None else tree.from_primary[child]  # siblings ascend by id
        child = child[np.lexsort((own, above[child]))]
        parent = above[child]
        recruits = np.bincount(parent, minlength=work.size)
        first = np.cumsum(recruits) - recruits
        place = np.arange(child.size) - first[parent]
        whole = amount[parent] // recruits[parent]
        if self.model.residue == "largest_remainder":
            whole = whole + (place < amount[parent] - whole * recruits[parent])
        return Shared(made, scale, base, klass, amount, recruits, child, parent, whole)

    def _book(self, work: Work, shared: Shared) -> Book:
        made = shared.terms
        step = 10 ** (made.exact_scale - made.scale)
        pay = np.zeros(work.size, np.int64)
        pay[shared.child] = shared.part
        rates = np.concatenate([made.numerators[:, 0], np.zeros(1, np.int64)])
        used = [int(rate) for rate in rates]
        exact = sum(exact_sum(shared.base[shared.klass == row]) * used[row] for row in range(len(used) - 1))
        alone = exact_sum(shared.amount[shared.recruits == 0])
        total = exact_sum(shared.amount)
        paid_rows = np.flatnonzero(shared.part)
        rows = Rows(
            earner=shared.child[paid_rows],
            source=shared.parent[paid_rows],
            line=np.full(paid_rows.size, -1, np.int64),
            level=np.ones(paid_rows.size, np.int32),
            klass=shared.klass[shared.parent[paid_rows]],
            base=shared.base[shared.parent[paid_rows]],
            amount=shared.part[paid_rows],
        )
        return Book(
            bonus=self.bonus,
            currency=self.model.money(work.plan.model).code,
            scale=made.scale,
            exact_scale=made.exact_scale,
            base_scale=shared.scale,
            pay=pay,
            rows=rows if work.keep_rows else None,
            rates=made.printed,
            rate_scale=made.printed_scale,
            factor=Decimal(1),
            allotted=exact,
            breakage={
                "no_recruits": alone * step,
                "residue": (total - alone - exact_sum(pay)) * step,
                "rounding": exact - total * step,
            },
        )

    def outcomes(self, work: Work, position: int) -> Outcomes:
        """Explain one member: what became of the pay of the member directly above him."""
        shared, tree = self._shared(work), work.tree(self.tree)
        above = int(tree.parent[tree.own(position)])
        above = above if above < 0 or tree.to_primary is None else int(tree.to_primary[above])
        base = int(shared.base[above]) if above >= 0 else 0
        if not base:
            empty = np.zeros(0, np.int64)
            return Outcomes(empty.astype(np.int32), empty, empty.astype(np.int32), empty, empty, empty.astype(np.int8))
        mine = shared.part[shared.child == position]
        amount = int(mine[0]) if mine.size else 0
        reason = Reason.PAID if amount else Reason.ROUNDED_TO_ZERO
        if not mine.size:
            reason = Reason.NOT_QUALIFIED
        elif not shared.amount[above]:
            reason = Reason.NO_RATE
        return Outcomes(
            source=np.array([above], np.int32),
            line=np.array([-1], np.int64),
            level=np.array([1], np.int32),
            base=np.array([base], np.int64),
            amount=np.array([amount], np.int64),
            reason=np.array([CODES[reason]], np.int8),
        )

    def details(self, work: Work, position: int) -> list[Detail]:
        """Tell what the member directly above shares, and among how many."""
        shared, tree = self._shared(work), work.tree(self.tree)
        above = int(tree.parent[tree.own(position)])
        if above < 0:
            return []
        above = above if tree.to_primary is None else int(tree.to_primary[above])
        amount = from_fixed(int(shared.amount[above]), shared.terms.scale)
        currency = self.model.money(work.plan.model).code
        return [
            Detail("shared.amount", "shared by the member directly above", amount, currency),
            Detail("shared.recruits", "recruits who share it", Decimal(int(shared.recruits[above]))),
        ]
