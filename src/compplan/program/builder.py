"""From a plan to a program: an explicit list of passes, each after what it reads.

The builder is asked for columns ("the quantity gv", "the condition pv >= 100") and adds the passes that make
them, once each. The order in which things are asked for decides the order of passes, so nothing runs that
nobody reads.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from compplan.bonuses.books.greater_pass import before_limits, chosen, compile_greater
from compplan.bonuses.by_country import compile_by_country
from compplan.bonuses.share_out.limit_compile import compile_limit
from compplan.errors import UsageError
from compplan.periods.payout_pass import compile_payout
from compplan.plan.tables import ByKey, axes
from compplan.plan.values import EXACT, number
from compplan.plan.words import RANK_COLUMNS
from compplan.program.class_passes import CellPass, ClassPass
from compplan.program.column_builder import ColumnBuilder
from compplan.ranks.in_rounds import rows_in_rounds

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from compplan.periods.parts import Length
    from compplan.plan.load import Plan
    from compplan.plan.tables import LevelTable
    from compplan.program.part_builder import PartBuilder
    from compplan.program.passes import Pass


@dataclass
class Builder(ColumnBuilder):
    """Collects the passes of a program: the columns, and beside them weeks, pay, limits and the classes of tables.

    Attributes
    ----------
    parts
        The builders of the weeks or days inside of the period.
    """

    parts: dict[Length, PartBuilder] = field(default_factory=dict)

    def of_parts(self, length: Length, wanted: Callable[[PartBuilder], str], *, late: bool) -> str:
        """Return what the builder of the weeks returns for a wish, once all that it needs will have run.

        Parameters
        ----------
        late
            Whether that waits for the ranks of the period; what ranks wait for must not.
        """
        from compplan.program.part_builder import PartBuilder  # noqa: PLC0415 - it builds upon this module

        if length not in self.parts:
            self.parts[length] = PartBuilder(self.plan, length=length, whole=self)
            self.parts[length].early()
            self._take(self.parts[length])
        part = self.parts[length]
        if late and not (part.whole_done or self.ranking):
            part.whole_done = True
            part.late()
            self._take(part)
        column = wanted(part)
        self._take(part)
        return column

    def _take(self, part: PartBuilder) -> None:
        """Add the pass of what is new in the weeks."""
        if (made := part.taken()) is not None:
            self.add(made)

    def pay(self, name: str) -> str:
        """Return the column of a bonus' pay, adding the passes of the bonus where it is new."""
        column, length = f"pay {name}", self.plan.scope.lengths.of_bonus(name)
        if column not in self.known and length != self.length:
            return self.of_parts(length, lambda part: part.pay(name), late=True)
        if column not in self.known:
            if name in self.making:  # the checks of a plan find circles, unless a kind hides what it reads
                raise UsageError(f'what "{name}" pays goes by itself: use accumulate with this_period: false')
            self.making.add(name)
            bonus = self.plan.model.bonuses[name]
            if bonus.value_tables:
                compile_by_country(name, bonus, self)
            else:
                bonus.compile(name, self)
        return column

    def pay_before_limits(self, bonus: str) -> str:
        """Return the column of a bonus' pay before all limits, also of its weeks, and before a greater is chosen."""
        column = self.pay(bonus)
        return column if self.plan.scope.lengths.of_bonus(bonus) == self.length else before_limits(column)

    def chosen_pay_before_limits(self, bonus: str) -> str:
        """Return the column of a bonus' pay after the greater of several is chosen, before all limits."""
        scope, column = self.plan.scope, self.chosen_pay(bonus)
        if scope.lengths.of_bonus(bonus) == self.length:
            return column
        groups = {name: group for name, group in self.plan.model.greater_of.items() if bonus in group}
        of_weeks = [name for name, group in groups.items() if scope.lengths.of_bonuses(group) != self.length]
        if of_weeks and column == f"pay {bonus}":
            column = chosen(bonus, of_weeks[-1])
        return before_limits(column)

    def chosen_pay(self, bonus: str) -> str:
        """Return the column of a bonus' pay after the greater of several is chosen."""
        column = self.pay(bonus)
        for name, group in self.plan.model.greater_of.items():
            if bonus in group and self.plan.scope.lengths.of_bonuses(group) == self.length:
                column = chosen(bonus, name)
                if column not in self.known:
                    compile_greater(name, group, self)
        return column

    def pay_before(self, bonus: str, limit: str | None = None) -> str:
        """Return the column of a bonus' pay as the limits before a limit have left it; after all limits without one."""
        column = self.chosen_pay(bonus)
        for name, model in self.plan.model.limits.items():
            if name == limit:
                break
            if self.plan.scope.lengths.of_limit(name) != self.length:
                continue  # what the limits of the weeks left is what the weeks paid
            self.limit(name)
            if bonus in model.bonuses:
                column = f"pay {bonus} after {name}"
        return column

    def pay_after_limits(self, bonus: str, reader: str) -> str:
        """Return the column of a bonus' pay after the limits that stand before the first that holds the reader too."""
        limits = self.plan.model.limits
        return self.pay_before(bonus, next((name for name, each in limits.items() if reader in each.bonuses), None))

    def limit(self, name: str) -> None:
        """Add the pass of a limit, once."""
        limit = self.plan.model.limits[name]
        if f"pay {limit.bonuses[0]} after {name}" not in self.known:
            compile_limit(name, limit, self)

    def klass(self, by: str | tuple[str, ...], table: LevelTable | ByKey) -> tuple[str, list[LevelTable]]:
        """Return the column that chooses a row of a table for each member, and the rows (the cells, where nested)."""
        if not isinstance(table, ByKey):
            name = "one class"
            if name not in self.known:
                self.add(ClassPass((name,), (), ""))
            return name, [table]
        first, *deeper = axes(by)
        keys, column = self.keys(first, table.rows)
        name = f"class of {first} {keys}"
        if name not in self.known:
            self.add(ClassPass((name,), (column,), first, keys))
        if not deeper:
            return name, [row for _, row in table.leaves()]
        return self._cells(name, [self.klass(tuple(deeper), row) for row in table.rows.values()])

    def _cells(self, outer: str, inner: list[tuple[str, list[LevelTable]]]) -> tuple[str, list[LevelTable]]:
        """Return the column and the cells of a nested table: outer row times inner row."""
        columns, sizes = tuple(column for column, _ in inner), tuple(len(rows) for _, rows in inner)
        name = f"{outer} of {columns}"
        if name not in self.known:
            self.add(CellPass((name,), (outer, *dict.fromkeys(columns)), outer, columns, sizes))
        return name, [row for _, rows in inner for row in rows]

    def keys(self, by: str, rows: Iterable[str]) -> tuple[tuple[Any, ...], str]:
        """Return the keys of a table as its column holds them (ranks and thresholds as integers), and that column."""
        if by.startswith("member."):
            return tuple(rows), by
        if by in RANK_COLUMNS:
            return tuple(self.plan.scope.ranks[key] for key in rows), self.rank_column(by)
        scale = self.plan.scope.scale(by)
        exact = [number(key).scaleb(scale, EXACT) for key in rows]
        return tuple(math.ceil(key) for key in exact), self.quantity(by)


def build(plan: Plan) -> tuple[Pass, ...]:
    """Compile a plan to its passes: what is named in the plan, the ranks, and the bonuses in their order."""
    builder, scope = Builder(plan), plan.scope
    if any(rows_in_rounds(plan.requirements.rows, scope)):  # then some of what is named in the plan is a part of ranks
        builder.ranks()
    for name in scope.rules:
        if scope.lengths.of(name) == "period":
            builder.quantity(name)
    for name in plan.model.conditions:
        if scope.lengths.of(name) == "period":
            builder.condition(name)
    builder.ranks()
    for length in sorted(scope.lengths.all - {"period"}):
        builder.of_parts(length, lambda _: "", late=True)
    for name in plan.model.bonuses:
        builder.pay(name)
    for group in plan.model.greater_of.values():
        if scope.lengths.of_bonuses(group) == "period":
            builder.chosen_pay(group[0])
    for name in plan.model.limits:
        if scope.lengths.of_limit(name) == "period":
            builder.limit(name)
    compile_payout(builder)
    return builder.close()
