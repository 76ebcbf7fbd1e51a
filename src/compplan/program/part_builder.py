"""The builder of what runs for each week or day of a period."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from compplan.bonuses.books.greater_pass import GreaterPass, before_limits
from compplan.plan import expression as ex
from compplan.plan.tables import axes
from compplan.plan.words import FLAGS
from compplan.program.builder import Builder
from compplan.program.parts import PartsPass
from compplan.quantities.pairs_of import is_counted, pairs_column

if TYPE_CHECKING:
    from compplan.plan.tables import ByKey, LevelTable


@dataclass
class PartBuilder(Builder):
    """Collects the passes of one week; what is measured over the whole period, it asks the builder of the period for.

    Attributes
    ----------
    whole
        The builder of the period.
    """

    whole: Builder = None  # type: ignore[assignment]
    whole_done: bool = False

    def condition(self, text: str | ex.Expr) -> str:
        """Return the column of a condition, the period's where it reads nothing of a week."""
        expr = ex.parse(text) if isinstance(text, str) else text
        if self.plan.scope.lengths.of_all(ex.names(expr)) != self.length:
            return self._of_whole(self.whole.condition(expr))
        return super().condition(expr)

    def quantity(self, name: str) -> str:
        """Return the column of a quantity, the period's where it is not one of a week."""
        if self.plan.scope.lengths.of(name) != self.length:
            return self._of_whole(self.whole.quantity(name))
        return super().quantity(name)

    def _named_condition(self, name: str) -> str:
        if name not in FLAGS and self.plan.scope.lengths.of(name) != self.length:
            return self._of_whole(self.whole.condition(name))
        return super()._named_condition(name)

    def rank_column(self, name: str) -> str:
        """Return a rank column; ranks are those of the period."""
        return self._of_whole(self.whole.rank_column(name))

    def ranks(self) -> None:
        """Have the ranks of the period found."""
        self.whole.ranks()

    def klass(self, by: str | tuple[str, ...], table: LevelTable | ByKey) -> tuple[str, list[LevelTable]]:
        """Return the column of classes, the period's where its keys are those of the period."""
        if self.plan.scope.lengths.of_all(axes(by)) == self.length:
            return super().klass(by, table)
        column, rows = self.whole.klass(by, table)
        return self._of_whole(column), rows

    def _of_whole(self, column: str) -> str:
        self.known.add(column)
        return column

    def early(self) -> None:
        """Compile what waits neither for ranks nor for other weeks."""
        for name in self._own(late=False):
            self.quantity(name) if name in self.plan.scope.rules else self.condition(name)

    def late(self) -> None:
        """Compile the rest, the bonuses and their limits."""
        scope = self.plan.scope
        for name in self._own(late=True):
            self.quantity(name) if name in scope.rules else self.condition(name)
        for name in self.plan.model.bonuses:
            if scope.lengths.of_bonus(name) == self.length:
                self.pay(name)
        for group in self.plan.model.greater_of.values():
            if scope.lengths.of_bonuses(group) == self.length:
                self.chosen_pay(group[0])
        for name in self.plan.model.limits:
            if scope.lengths.of_limit(name) == self.length:
                self.limit(name)

    def _own(self, *, late: bool) -> list[str]:
        scope = self.plan.scope
        names = [*scope.rules, *self.plan.model.conditions]
        return [name for name in names if scope.lengths.of(name) == self.length and scope.lengths.is_late(name) == late]

    def taken(self) -> PartsPass | None:
        """Return the pass that runs all that is new for each week."""
        for made in self.endings:
            self.add(made())
        passes = tuple(self.passes)
        self.passes, self.endings = [], []
        if not passes:
            return None
        writes = {name for each in passes for name in each.writes}
        bonuses = tuple(dict.fromkeys(each.bonus for each in passes if hasattr(each, "bonus")))
        reads = {name for each in passes for name in each.reads} - writes
        pays = tuple(f"pay {name}" for name in bonuses)
        unlimited = (*pays, *(column for each in passes if isinstance(each, GreaterPass) for column in each.writes))
        counted = tuple(pairs_column(name) for name in bonuses if is_counted(name, self.plan.scope))
        first = (*(pays or (f"each {self.length}",)), *map(before_limits, unlimited), *counted)
        return PartsPass(first, tuple(sorted(reads)), self.length, passes, bonuses, unlimited, counted)
