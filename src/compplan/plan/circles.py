"""Circles in a plan: names that read each other, and bonuses that are paid on each other's pay."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from compplan.plan.model import PlanModel
    from compplan.plan.scope import Scope


def circle_of_names(scope: Scope) -> list[str] | None:
    """Return a circle of quantities and conditions that read each other, or None."""
    return circle_in({n: scope.reads(n) - {"rank"} for n in (*scope.rules, *scope.model.conditions)})


def circle_of_bonuses(model: PlanModel) -> list[str] | None:
    """Return a circle of bonuses that are paid on each other's pay, or None."""
    limits = list(model.limits.values())
    graph = {}
    for name, bonus in model.bonuses.items():
        reads = {other for _, other in bonus.bonuses()}
        if getattr(bonus, "of_pay", None) == "after_limits":
            first = next((place for place, limit in enumerate(limits) if name in limit.bonuses), len(limits))
            reads |= {other for limit in limits[:first] for other in limit.bonuses}
        if getattr(bonus, "of_pay", None) == "after_limits" or bonus.reads_chosen_pay:
            reads |= {other for group in model.greater_of.values() if reads & {*group} for other in group}
        graph[name] = reads
    return circle_in(graph)


def circle_in(graph: Mapping[str, set[str]]) -> list[str] | None:
    """Return a circle of a graph, first and last the same; None if there is none.

    Examples
    --------
    >>> circle_in({"a": {"b"}, "b": {"a"}})
    ['a', 'b', 'a']
    """
    state: dict[str, int] = defaultdict(int)
    for start, reads in graph.items():
        path: list[tuple[str, list[str]]] = [(start, sorted(reads))] if not state[start] else []
        state[start] = state[start] or 1
        while path:
            node, rest = path[-1]
            if not rest:
                state[node] = 2
                path.pop()
                continue
            child = rest.pop(0)
            if state[child] == 1:
                names = [n for n, _ in path]
                return [*names[names.index(child) :], child]
            if not state[child]:
                state[child] = 1
                path.append((child, sorted(graph.get(child, ()))))
    return None
