"""Circles in a plan: names that read each other, and bonuses that are paid on each other's pay."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from compplan.plan.limits import Limit
    from compplan.plan.model import PlanModel
    from compplan.plan.scope import Scope


def circle_of_names(scope: Scope) -> list[str] | None:
    """Return a circle of quantities and conditions that read each other, or None."""
    return circle_in({n: scope.reads.of(n) - {"rank"} for n in (*scope.rules, *scope.model.conditions)})


def circle_of_bonuses(model: PlanModel) -> list[str] | None:
    """Return a circle of bonuses that are paid on each other's pay, or None."""
    return circle_in({name: bonuses_read(name, model) for name in model.bonuses})


def bonuses_read(name: str, model: PlanModel) -> set[str]:
    """Return the bonuses that must be paid before a bonus is, as it says itself."""
    bonus = model.bonuses[name]
    reads = {other for _, other in bonus.bonuses()}
    reads |= {other for limit in limits_before(name, model) for other in limit.bonuses}
    if getattr(bonus, "of_pay", None) == "after_limits" or bonus.reads_chosen_pay:
        reads |= chosen_with(reads, model)
    return reads


def chosen_with(bonuses: set[str], model: PlanModel) -> set[str]:
    """Return the bonuses that some are compared with by `greater_of`."""
    return {other for group in model.greater_of.values() if bonuses & {*group} for other in group}


def limits_before(name: str, model: PlanModel) -> list[Limit]:
    """Return the limits that a bonus on pay after limits waits for."""
    if getattr(model.bonuses[name], "of_pay", None) != "after_limits":
        return []
    limits = list(model.limits.values())
    return limits[: next((place for place, limit in enumerate(limits) if name in limit.bonuses), len(limits))]


def paid_first(name: str, model: PlanModel) -> set[str]:
    """Return a bonus with all that must be paid before its pay, after `greater_of`, is known."""
    known = model.bonuses.keys()
    return {*reached(known & {name, *chosen_with({name}, model)}, lambda bonus: known & bonuses_read(bonus, model))}


def reached(starts: Iterable[str], step: Callable[[str], Iterable[str]]) -> Iterator[str]:
    """Yield names and all that steps from them lead to, each once.

    Examples
    --------
    >>> sorted(reached("a", {"a": "b", "b": "ac", "c": ""}.get))
    ['a', 'b', 'c']
    """
    seen: set[str] = set()
    stack = [*starts]
    while stack:
        name = stack.pop()
        if name not in seen:
            seen.add(name)
            yield name
            stack += step(name)


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
