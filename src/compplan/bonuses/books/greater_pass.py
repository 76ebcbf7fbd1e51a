"""The pass of `greater_of`: each member keeps the bonus that pays him most."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from compplan.errors import ExactnessError
from compplan.explain.reasons import Detail
from compplan.money import from_fixed
from compplan.money_arrays import max_abs
from compplan.program.passes import Pass

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from compplan.program.builder import Builder
    from compplan.program.work import Work


def chosen(bonus: str, group: str) -> str:
    """Return the column of what a bonus pays after the greater one is chosen."""
    return f"pay {bonus} in {group}"


def before_limits(column: str) -> str:
    """Return the column of the period for what its weeks (or days) paid before their limits."""
    return f"{column} before the limits of each"


def compile_greater(name: str, group: tuple[str, ...], builder: Builder) -> None:
    """Add the pass that chooses, after the bonuses that it compares."""
    reads = tuple(builder.pay_before_limits(bonus) for bonus in group)
    kept = tuple(chosen(bonus, name) for bonus in group)
    unlimited = tuple(
        before_limits(column) if read == before_limits(f"pay {bonus}") else column
        for bonus, column, read in zip(group, kept, reads, strict=True)
    )
    writes = tuple(dict.fromkeys((*kept, *unlimited)))
    builder.add(GreaterPass(writes, reads, name, group, unlimited))


@dataclass(frozen=True)
class GreaterPass(Pass):
    """Compares what bonuses pay a member, after their caps; what is less becomes breakage.

    Attributes
    ----------
    unlimited
        The columns of what is kept before all limits: those of what is kept, save for bonuses of weeks.
    """

    group: str
    compared: tuple[str, ...]
    unlimited: tuple[str, ...]

    def run(self, work: Work) -> None:
        """Keep the greater pay, and take the others out of their books."""
        best = self._best(work)
        for place, (bonus, unlimited) in enumerate(zip(self.compared, self.unlimited, strict=True)):
            book = work.books[bonus]
            kept = chosen(bonus, self.group)
            if unlimited != kept:
                work.put(unlimited, np.where(best == place, work.columns[self.reads[place]], 0))
            lost = np.where(best == place, 0, book.pay)
            book.adjust("lesser", -lost)
            book.must_balance()
            work.put(kept, book.pay)

    def _best(self, work: Work) -> NDArray[np.intp]:
        """Return the place of the bonus that pays most, the first of equal ones."""
        books = [work.books[bonus] for bonus in self.compared]
        scale = max(book.scale for book in books)
        pays = [work.columns[column] for column in self.reads]
        lifts = [10 ** (scale - book.scale) for book in books]
        if any(max_abs(pay) * lift >= 2**63 for pay, lift in zip(pays, lifts, strict=True)):
            raise ExactnessError(f"what {self.group} compares passes 64 bits at {scale} digits: round payments")
        best: NDArray[np.intp] = np.argmax([pay * lift for pay, lift in zip(pays, lifts, strict=True)], axis=0)
        return best

    def limit_details(self, work: Work, bonus: str, position: int) -> list[Detail]:
        """Return what the others would have paid, where this bonus was not the greater one."""
        if bonus not in self.compared:
            return []
        before = {name: work.columns[column][position] for name, column in zip(self.compared, self.reads, strict=True)}
        taken = bool(before[bonus]) and not work.columns[self.unlimited[self.compared.index(bonus)]][position]
        return [
            Detail(f"{self.group}.{name}", f"{name} pays", from_fixed(int(pay), book.scale), book.currency)
            for name, pay in before.items()
            if (taken or name == bonus) and (taken or any(before[o] for o in self.compared if o != bonus))
            for book in [work.books[name]]
        ]
