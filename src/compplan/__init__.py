"""compplan: compensation plans of direct selling, run exactly.

A plan is data (YAML), a genealogy is flat Arrow arrays, and a run is a pure function of plan, members, orders, state
and period. Money and volume are integers from the plan's text to the cent.

Examples
--------
>>> import compplan as cp
>>> plan = cp.load_plan(PLAN)
>>> run = cp.run(plan, members=MEMBERS, orders=ORDERS, period="2026-10")
>>> run.rank_of("ann")
'bronze'
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from compplan.arrow.frame import Frame
    from compplan.bonuses.base import Bonus
    from compplan.bonuses.registry import register
    from compplan.cases import run_cases
    from compplan.errors import CompplanError, DataError, ExactnessError, PlanError, Problem, RanksError, UsageError
    from compplan.examples import example_plans
    from compplan.genealogy.genealogy import Genealogy
    from compplan.genealogy.placement import place
    from compplan.genealogy.removal import remove
    from compplan.genealogy.store import load_genealogy, save_genealogy
    from compplan.memory import release_memory
    from compplan.periods.period import Period, read_period
    from compplan.plan.load import Plan, load_plan
    from compplan.plan.schema import json_schema
    from compplan.program.run import run
    from compplan.program.tables import flatten
    from compplan.results.result import Run
    from compplan.synthetic import synth

# Names come from their rooms when they are first used: importing compplan loads neither Numba nor Arrow.
_ROOMS = {
    "Bonus": "bonuses.base",
    "CompplanError": "errors",
    "DataError": "errors",
    "ExactnessError": "errors",
    "Frame": "arrow.frame",
    "Genealogy": "genealogy.genealogy",
    "Period": "periods.period",
    "Plan": "plan.load",
    "PlanError": "errors",
    "Problem": "errors",
    "RanksError": "errors",
    "Run": "results.result",
    "UsageError": "errors",
    "example_plans": "examples",
    "flatten": "program.tables",
    "json_schema": "plan.schema",
    "load_genealogy": "genealogy.store",
    "load_plan": "plan.load",
    "place": "genealogy.placement",
    "read_period": "periods.period",
    "release_memory": "memory",
    "register": "bonuses.registry",
    "remove": "genealogy.removal",
    "run": "program.run",
    "run_cases": "cases",
    "save_genealogy": "genealogy.store",
    "synth": "synthetic",
}

__all__ = [
    "Bonus",
    "CompplanError",
    "DataError",
    "ExactnessError",
    "Frame",
    "Genealogy",
    "Period",
    "Plan",
    "PlanError",
    "Problem",
    "RanksError",
    "Run",
    "UsageError",
    "example_plans",
    "flatten",
    "json_schema",
    "load_genealogy",
    "load_plan",
    "place",
    "read_period",
    "register",
    "release_memory",
    "remove",
    "run",
    "run_cases",
    "save_genealogy",
    "synth",
]


def __getattr__(name: str) -> Any:
    if name not in _ROOMS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_ROOMS[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*globals(), *_ROOMS])
