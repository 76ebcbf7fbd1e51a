"""Who reads whom: the order in which the things of a plan can be known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from compplan.plan import expression as ex
from compplan.plan.circles import limits_before, paid_first, reached
from compplan.plan.tables import ByKey, axes, names_of
from compplan.plan.words import RANK_COLUMNS

if TYPE_CHECKING:
    from compplan.bonuses.base import Bonus
    from compplan.plan.scope import Scope
    from compplan.quantities.base import Quantity

_EARNED = frozenset({"rank", "title", "held_rank", "paid_as"})
"""Columns that exist only after the rank pass; `paid_as` too, unless it is last period's rank."""


class Reads:
    """What the quantities, conditions and bonuses of a scope read; `rank` stands for the rank pass."""

    def __init__(self, scope: Scope) -> None:
        self._scope, self._model, self._rules = scope, scope.model, scope.rules

    def of(self, name: str) -> set[str]:
        """Return the names that must be known before a quantity or condition is."""
        if name in self._model.conditions:
            return self._of_expression(ex.parse(self._model.conditions[name]))
        rule = self._rules.get(name)
        if rule is None:
            return set()
        later = rule.later()
        found = {target for field, target in rule.targets() if field not in later}
        for field, text in (*rule.texts(), *rule.computations()):
            if field not in later:
                found |= self._of_expression(ex.parse(text))
        for _, bonus in rule.bonuses():
            found |= self.of_pay(bonus)
        return found | ({self.producer(key) for key in rule.keys(self._scope)} - {""})

    def of_pay(self, bonus: str) -> set[str]:
        """Return the names that must be known before the pay of a bonus is, also for the bonuses that it reads."""
        found = {each for first in paid_first(bonus, self._model) for each in self._before_pay(first)}
        if "paid_as" in found and self._model.ranks and not self._model.ranks.given:
            found.add("rank")  # even where it is the last rank, it is known with the others
        return {self.producer(each) for each in found} - {""}

    def _before_pay(self, name: str) -> set[str]:
        """Return the quantities, conditions and rank columns that a bonus reads itself."""
        found = {read for _, read in self._model.bonuses[name].all_quantities()}
        for bonus in self._model.bonuses[name].variants().values():
            found |= {read for _, read in (*bonus.quantities(), *bonus.bonuses())}
            for _, text in bonus.texts():
                found |= ex.names(ex.parse(text))
            for _, by, table in bonus.tables():
                found |= {*names_of(by)} if isinstance(table, ByKey) else set()
            for field in bonus.model_fields_set:  # such as the `by` of a tier, which may be a rank column
                value = getattr(bonus, field)
                found |= {value} if isinstance(value, str) and value in RANK_COLUMNS else set()
        for limit in limits_before(name, self._model):
            found |= {limit.of or "", *(axes(limit.rates_by) if isinstance(limit.table, ByKey) else ())}
        return found

    def producer(self, name: str) -> str:
        """Map a name to what must have run before it can be read; "" when it is always there."""
        ranks = self._model.ranks
        known = ranks is not None and (ranks.given or (name == "paid_as" and ranks.paid_as == "last_rank"))
        if name in _EARNED and not known:
            return "rank"
        return name if name in self._rules or name in self._model.conditions else ""

    def _of_expression(self, expr: ex.Expr) -> set[str]:
        return {self.producer(n) for n in ex.names(expr)} - {""}

    def before(self, name: str) -> set[str]:
        """Return a name with all that must be known before it, directly or not."""
        return {*reached([name], self.of)}

    def needs_rank(self, name: str) -> bool:
        """Tell whether a name can be known only after the rank pass."""
        return "rank" in reached([name], self.of)

    def expression_needs_rank(self, expr: ex.Expr) -> bool:
        """Tell whether an expression can be evaluated only after the rank pass."""
        return any(self.needs_rank(n) for n in self._of_expression(expr))

    def needs_pay(self, name: str) -> bool:
        """Tell whether a name goes by what bonuses pay in this period."""
        return any(each in self._rules and any(self._rules[each].bonuses()) for each in reached([name], self.of))

    # ---- also what is looked at only afterwards

    def all_of_rule(self, rule: Quantity) -> set[str]:
        """Return the names that a quantity reads directly, also those that it looks at only afterwards."""
        found = {*(target for _, target in rule.targets()), *rule.keys(self._scope)}
        for _, text in (*rule.texts(), *rule.computations()):
            found |= ex.names(ex.parse(text))
        return found

    def all_of_bonus(self, bonus: Bonus) -> set[str]:
        """Return the names that a bonus reads: quantities, and what its conditions and tables name."""
        found = {read for _, read in bonus.all_quantities()}
        for _, text in bonus.texts():
            found |= ex.names(ex.parse(text))
        for _, by, _ in bonus.tables():
            found |= {key for key in names_of(by) if not key.startswith("member.")}
        return found

    def closure(self, name: str) -> set[str]:
        """Return a name with all that it reads, directly or not, now or afterwards."""
        return {*reached([name], self._all_of)}

    def _all_of(self, name: str) -> set[str]:
        if name in self._model.conditions:
            return ex.names(ex.parse(self._model.conditions[name]))
        return self.all_of_rule(self._rules[name]) if name in self._rules else set()
