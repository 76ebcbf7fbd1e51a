"""The columns that a program makes: conditions, quantities, and what is measured in trees, each made once."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

from compplan.plan import expression as ex
from compplan.plan.words import FLAGS, RANK_COLUMNS, ROLES
from compplan.program.class_passes import ClassPass
from compplan.program.passes import ConditionPass, MaskPass, Pass
from compplan.program.tree_passes import (
    CountPass,
    CutPass,
    FullLevelsPass,
    OrdersPass,
    OwnLegsPass,
    RollUpPass,
)
from compplan.quantities.roll_up import RollUp
from compplan.ranks.compile import compile_ranks
from compplan.volumes.orders.rules import rule_from_model

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from compplan.periods.parts import Length
    from compplan.plan.load import Plan
    from compplan.program.builder import Builder


@dataclass
class ColumnBuilder:
    """Collects passes; asked for a column, it adds the pass that makes it unless that is there.

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
    making
        The bonuses that are being compiled, or have been.
    ranking
        Whether what the ranks read is being compiled: nothing of it waits for them.
    """

    plan: Plan
    passes: list[Pass] = field(default_factory=list)
    known: set[str] = field(default_factory=lambda: {*FLAGS})
    endings: list[Callable[[], Pass]] = field(default_factory=list)
    length: Length = "period"
    making: set[str] = field(default_factory=set)
    ranking: bool = False

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
        model = self.plan.model.ranks
        last = model is not None and not model.given and model.paid_as == "last_rank"
        if name != "last_rank" and not (last and name == "paid_as") and name not in self.known:
            self.ranks()
        return name

    def ranks(self) -> None:
        """Add the rank pass (nothing to do for a plan without ranks)."""
        if self.plan.model.ranks is not None and "rank" not in self.known:
            compile_ranks(cast("Builder", self), self.plan.model.ranks)

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

    def count(self, text: str, among: str, tree: str, enrolled_in: str = "") -> str:
        """Return the column of a count that has no name in the plan."""
        condition = self.condition(text)
        name = f"{among} with {condition} in {tree}" + (f" enrolled in {enrolled_in}" if enrolled_in else "")
        if name not in self.known and enrolled_in:
            self.add(OwnLegsPass((name,), (condition,), tree, condition, enrolled_in))
        elif name not in self.known:
            self.add(CountPass((name,), (condition,), tree, condition, among))
        return name

    def quantity(self, name: str) -> str:
        """Return the column of a named quantity, adding passes where it is new."""
        if name in self.known:
            return name
        self.plan.scope.rules[name].compile(name, cast("Builder", self))
        return name

    def order_sums(self, tree: str) -> None:
        """Add one pass for all sums of orders that are credited in a tree."""
        scope = self.plan.scope
        here = [name for name, rule in scope.order_sums.items() if self.tree(rule.tree) == tree]
        rules = {name: scope.order_sums[name] for name in here if scope.lengths.of(name) == self.length}
        made = tuple(rule_from_model(name, rule) for name, rule in rules.items())
        self.add(OrdersPass(tuple(rules), ("orders", *ROLES), made, tree))
