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
from compplan.plan import expression as ex
from compplan.plan.scope import FLAGS, RANK_COLUMNS, ROLES
from compplan.plan.values import EXACT, ByKey, axes, number
from compplan.program.class_passes import CellPass, ClassPass
from compplan.program.passes import ConditionPass, MaskPass, Pass
from compplan.program.tree_passes import CappedTotalPass, CountPass, CutPass, FullLevelsPass, OrdersPass, RollUpPass
from compplan.quantities.roll_up import RollUp
from compplan.ranks.given import GivenRanksPass
from compplan.ranks.rank_pass import RankPass
from compplan.volumes.order_rules import rule_from_model

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from compplan.periods.parts import Length
    from compplan.plan.load import Plan
    from compplan.plan.values import LevelTable
    from compplan.program.part_builder import PartBuilder
    from compplan.ranks.table import Row


@dataclass
class Builder:
    """Collects the passes of a program.

    Attributes
    ----------
    passes
        The program so far, in the order in which it will run.
    known
        The columns that exist once these passes have run.
    endings
        What makes the passes that come last.
    length
        What the passes run for: the whole period, or each week or day of it.
    parts
        The builders of the weeks or days inside of the period.
    making
        The bonuses that are being compiled, or have been.
    """

    plan: Plan
    passes: list[Pass] = field(default_factory=list)
    known: set[str] = field(default_factory=lambda: {*FLAGS})
    endings: list[Callable[[], Pass]] = field(default_factory=list)
    length: Length = "period"
    parts: dict[Length, PartBuilder] = field(default_factory=dict)
    making: set[str] = field(default_factory=set)

    def add(self, made: Pass) -> str:
        """Add a pass and return the first column that it writes."""
        self.passes.append(made)
        self.known |= set(made.writes)
        return made.writes[0]

    def at_end(self, made: Callable[[], Pass]) -> None:
        """Add a pass after all others, such as one that remembers what they found; it is made when its turn comes."""
        self.endings.append(made)

    def close(self) -> tuple[Pass, ...]:
        """Add the passes that come last, and return all."""
        for made in self.endings:
            self.add(made())
        return tuple(self.passes)

    def tree(self, name: str | None) -> str:
        """Return a tree's name, the first one by default."""
        return name or self.plan.model.default_tree()

    def condition(self, text: str | ex.Expr) -> str:
        """Return the column of a condition, adding passes where it is new."""
        expr = ex.parse(text) if isinstance(text, str) else text
        if isinstance(expr, ex.Name):
            return self._named_condition(expr.name)
        name = f"({expr})"
        if name not in self.known:
            reads = self.names(expr)
            self.add(ConditionPass((name,), reads, expr))
        return name

    def _named_condition(self, name: str) -> str:
        if name not in self.known:
            expr = ex.parse(self.plan.model.conditions[name])
            self.add(ConditionPass((name,), self.names(expr), expr))
        return name

    def names(self, expr: ex.Expr) -> tuple[str, ...]:
        """Make sure that all columns of an expression exist; return them."""
        found = []
        for name in sorted(ex.names(expr)):
            if name in self.plan.scope.rules:
                found.append(self.quantity(name))
            elif name in self.plan.model.conditions or name in FLAGS:
                found.append(self._named_condition(name))
            elif name in RANK_COLUMNS:
                found.append(self.rank_column(name))
        return (*found, *(f"member.{c}" for c in sorted(ex.fields(expr))))

    def rank_column(self, name: str) -> str:
        """Return a rank column, adding the rank pass before its first use."""
        if name != "last_rank" and name not in self.known:
            self.ranks()
        return name

    def ranks(self) -> None:
        """Add the rank pass (nothing to do for a plan without ranks)."""
        model = self.plan.model.ranks
        if model is None or "rank" in self.known:
            return
        wrote = tuple(name for name in self.plan.scope.rank_columns if name != "last_rank")
        if model.given is not None:
            self.add(GivenRanksPass(wrote, (model.given,), model.given))
            return
        table = self.plan.requirements
        tree = self.tree(model.tree)
        columns = {row: self._measured(row, tree) for row in table.rows}
        totals = {
            row: (self._total(row, tree), self._base(row))
            for row in table.rows
            if row.measure in {"capped", "outside", "breakaway"}
        }
        also = {row.also: self.condition(row.also) for row in table.rows if row.also}
        members = self.condition(model.members)
        reads = {members, *filter(None, [*columns.values(), model.granted]), *also.values()}
        reads |= {c for pair in totals.values() for c in pair}
        self.add(
            RankPass(
                wrote,
                tuple(sorted(reads)),
                tree,
                table,
                members,
                columns,
                totals,
                also,
            )
        )

    def _measured(self, row: Row, tree: str) -> str:
        """Return the column of a row that is known before the rank pass; "" for the others."""
        match row.measure:
            case "quantity":
                return self.quantity(row.name)
            case "flag":
                return self.condition(row.name)
            case "count":
                return self.count(row.name, row.among, tree)
            case "capped_total":
                return self._capped_total(row)
        return ""

    def _capped_total(self, row: Row) -> str:
        rule = self.plan.scope.roll_up(row.name)
        tree = self.tree(rule.tree)
        quantity, total = self.quantity(row.name), self.leg_total(row.name)
        name = f"{row.name} with legs at most {row.share}"
        if name not in self.known:
            share = (row.share.numerator, row.share.denominator)
            self.add(CappedTotalPass((name,), (quantity, total), tree, quantity, total, share))
        return name

    def _total(self, row: Row, tree: str) -> str:
        """Return the inclusive subtree sum that a row's legs are measured by."""
        rule = self.plan.scope.rules[row.name]
        assert isinstance(rule, RollUp)  # noqa: S101 - only roll-ups have legs
        return self.subtree_sum(self._base(row), tree)

    def _base(self, row: Row) -> str:
        rule = self.plan.scope.rules[row.name]
        assert isinstance(rule, RollUp)  # noqa: S101 - only roll-ups have legs
        return self.masked(rule)

    def masked(self, rule: RollUp) -> str:
        """Return the column that a roll-up sums: its volume, of the members that it counts."""
        return self.only(self.quantity(rule.roll_up), self.condition(rule.where) if rule.where else None)

    def cut(self, tree: str, stop_at: str | None) -> str:
        """Return a tree that ends at members who meet a condition, to be climbed like any other."""
        if stop_at is None:
            return tree
        stop = self.condition(stop_at)
        name = f"{tree} cut at {stop}"
        if name not in self.known:
            self.add(CutPass((name,), (stop,), tree, stop))
        return name

    def full_levels(self, tree: str, where: str | None, name: str = "") -> str:
        """Return the column of how many levels below each member are full, of members who meet a condition."""
        taken = self.condition(where) if where else None
        name = name or f"full levels of {tree} with {taken}"
        if name not in self.known:
            width = self.plan.model.trees[tree].width or 0
            self.add(FullLevelsPass((name,), (taken,) if taken else (), tree, width, taken))
        return name

    def thresholds(self, column: str, keys: Iterable[int]) -> str:
        """Return the column of which of some ascending thresholds each member reaches, -1 for none."""
        keys = tuple(keys)
        name = f"class of {column} {keys}"
        if name not in self.known:
            self.add(ClassPass((name,), (column,), column, keys))
        return name

    def only(self, base: str, where: str | None) -> str:
        """Return the column of a volume, with nothing for members who do not meet a condition's column."""
        if where is None:
            return base
        name = f"{base} where {where}"
        if name not in self.known:
            self.add(MaskPass((name,), (base, where), base, where))
        return name

    def subtree_sum(self, base: str, tree: str) -> str:
        """Return the column of the sum of a volume over each member's subtree, own included."""
        plain = RollUp(roll_up=base) if base in self.plan.scope.rules else None
        for quantity, rule in self.plan.scope.rules.items():
            if (
                isinstance(rule, RollUp)
                and self.tree(rule.tree) == tree
                and rule.model_copy(update={"tree": None}) == plain
            ):
                return self.quantity(quantity)
        name = f"{base} of {tree} subtree"
        if name not in self.known:
            self.add(RollUpPass((name,), (base,), RollUp(roll_up="v"), tree, base))
        return name

    def leg_total(self, name: str) -> str:
        """Return the column whose frontline values are the legs of a roll-up."""
        rule = self.plan.scope.roll_up(name)
        if rule.own:
            return self.quantity(name)
        return self.subtree_sum(self.masked(rule), self.tree(rule.tree))

    def count(self, text: str, among: str, tree: str) -> str:
        """Return the column of a count that has no name in the plan."""
        condition = self.condition(text)
        name = f"{among} with {condition} in {tree}"
        if name not in self.known:
            self.add(CountPass((name,), (condition,), tree, condition, among))
        return name

    def quantity(self, name: str) -> str:
        """Return the column of a named quantity, adding passes where it is new."""
        if name in self.known:
            return name
        self.plan.scope.rules[name].compile(name, self)
        return name

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
        if late and not part.whole_done:
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
        column, length = f"pay {name}", self.plan.scope.bonus_length(name)
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
        return column if self.plan.scope.bonus_length(bonus) == self.length else before_limits(column)

    def chosen_pay_before_limits(self, bonus: str) -> str:
        """Return the column of a bonus' pay after the greater of several is chosen, before all limits."""
        scope, column = self.plan.scope, self.chosen_pay(bonus)
        if scope.bonus_length(bonus) == self.length:
            return column
        groups = {name: group for name, group in self.plan.model.greater_of.items() if bonus in group}
        of_weeks = [name for name, group in groups.items() if scope.common_length(group) != self.length]
        if of_weeks and column == f"pay {bonus}":
            column = chosen(bonus, of_weeks[-1])
        return before_limits(column)

    def chosen_pay(self, bonus: str) -> str:
        """Return the column of a bonus' pay after the greater of several is chosen."""
        column = self.pay(bonus)
        for name, group in self.plan.model.greater_of.items():
            if bonus in group and self.plan.scope.common_length(group) == self.length:
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
            if self.plan.scope.limit_length(name) != self.length:
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

    def order_sums(self, tree: str) -> None:
        """Add one pass for all sums of orders that are credited in a tree."""
        scope = self.plan.scope
        rules = {
            n: r for n, r in scope.order_sums.items() if self.tree(r.tree) == tree and scope.length(n) == self.length
        }
        made = tuple(rule_from_model(name, rule) for name, rule in rules.items())
        self.add(OrdersPass(tuple(rules), ("orders", *ROLES), made, tree))

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
    for name in scope.rules:
        if scope.length(name) == "period":
            builder.quantity(name)
    for name in plan.model.conditions:
        if scope.length(name) == "period":
            builder.condition(name)
    builder.ranks()
    for length in sorted(scope.lengths - {"period"}):
        builder.of_parts(length, lambda _: "", late=True)
    for name in plan.model.bonuses:
        builder.pay(name)
    for group in plan.model.greater_of.values():
        if scope.common_length(group) == "period":
            builder.chosen_pay(group[0])
    for name in plan.model.limits:
        if scope.limit_length(name) == "period":
            builder.limit(name)
    compile_payout(builder)
    return builder.close()
