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


def compile_greater(name: str, group: tuple[str, ...], builder: Builder) -> None:
    """Add the pass that chooses, after the bonuses that it compares."""
    reads = tuple(builder.pay(bonus) for bonus in group)
    builder.add(GreaterPass(tuple(chosen(bonus, name) for bonus in group), reads, name, group))


@dataclass(frozen=True)
class GreaterPass(Pass):
    """Compares what bonuses pay a member, after their caps; what is less becomes breakage."""

    group: str
    compared: tuple[str, ...]

    def run(self, work: Work) -> None:
        """Keep the greater pay, and take the others out of their books."""
        best = self._best(work)
        for place, (bonus, column) in enumerate(zip(self.compared, self.writes, strict=True)):
            book = work.books[bonus]
            lost = np.where(best == place, 0, book.pay)
            book.adjust("lesser", -lost)
            book.must_balance()
            work.put(column, book.pay)

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
        taken = bool(before[bonus]) and not work.columns[chosen(bonus, self.group)][position]
        return [
            Detail(f"{self.group}.{name}", f"{name} pays", from_fixed(int(pay), book.scale), book.currency)
            for name, pay in before.items()
            if (taken or name == bonus) and (taken or any(before[o] for o in self.compared if o != bonus))
            for book in [work.books[name]]
        ]
