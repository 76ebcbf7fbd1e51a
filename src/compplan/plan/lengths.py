"""How long the things of a plan are measured and paid for: the whole period, or each week or day of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from compplan.plan import expression as ex

if TYPE_CHECKING:
    from collections.abc import Iterable

    from compplan.periods.parts import Length
    from compplan.plan.scope import Scope
    from compplan.quantities.base import Quantity

_SHORTER = ("period", "week", "day")


class Lengths:
    """The lengths of the quantities, conditions, bonuses and limits of a scope."""

    def __init__(self, scope: Scope) -> None:
        self._scope, self._model, self._rules, self._reads = scope, scope.model, scope.rules, scope.reads
        self._found: dict[str, Length] = {}

    def of(self, name: str) -> Length:
        """Return how long a name is measured."""
        found = self._found
        if name not in found:
            found[name] = "period"  # what reads itself afterwards is as long as the rest of what it reads
            if name in self._model.conditions:
                found[name] = self.of_all(ex.names(ex.parse(self._model.conditions[name])))
            elif name in self._rules:
                found[name] = self._rules[name].length(self._scope)
        return found[name]

    def of_all(self, names: Iterable[str]) -> Length:
        """Return how long what reads these names is measured."""
        return max(map(self.of, names), key=_SHORTER.index, default="period")

    def read_by(self, rule: Quantity) -> Length:
        """Return how long what a quantity reads is measured."""
        return self.of_all(self._reads.all_of_rule(rule))

    def of_bonus(self, name: str) -> Length:
        """Return what a bonus is paid for."""
        bonus = self._model.bonuses[name]
        return bonus.every or self.of_all(read for read in self._reads.all_of_bonus(bonus) if read in self._rules)

    def of_bonuses(self, names: Iterable[str]) -> Length:
        """Return what bonuses are all paid for; the period, where that is not the same."""
        lengths = {self.of_bonus(name) for name in names}
        return lengths.pop() if len(lengths) == 1 else "period"

    def of_limit(self, name: str) -> Length:
        """Return over what a limit adds up."""
        limit = self._model.limits[name]
        return self.of_bonuses(limit.bonuses) if limit.of is None else self.of(limit.of)

    @property
    def all(self) -> set[Length]:
        """The lengths of all that the plan measures and pays."""
        names = (*self._rules, *self._model.conditions)
        return {*map(self.of, names), *map(self.of_bonus, self._model.bonuses)}

    def is_late(self, rule: Quantity | str) -> bool:
        """Tell whether something of a week waits for the ranks of the period, or for all its weeks."""
        first = [rule] if isinstance(rule, str) else self._reads.all_of_rule(rule)
        return any(self._waits(name) for start in first for name in self._reads.closure(start))

    def _waits(self, name: str) -> bool:
        if self._reads.producer(name) == "rank":
            return True
        return name in self._rules and self.adds_up_parts(name)

    def adds_up_parts(self, name: str) -> bool:
        """Tell whether a quantity of the whole period is made of what weeks or days have."""
        return self.of(name) == "period" != self.read_by(self._rules[name])
