"""`compplan explain`: what a member lacks for the next rank, and why a bonus paid him or did not."""

# ruff: noqa: TC001 - the annotations of a command are read at run time

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from compplan.cli.arguments import (
    Company,
    Floats,
    Json,
    Members,
    Orders,
    Patches,
    Period,
    PlanFile,
    State,
    Threads,
)
from compplan.cli.console import say
from compplan.cli.progress import progress
from compplan.cli.running import Inputs, run_inputs

if TYPE_CHECKING:
    from compplan.plan.load import Plan
    from compplan.results.result import Run


def explain(
    plan: PlanFile,
    member: Annotated[str, Parameter(help="The member's id.")],
    /,
    *,
    members: Members,
    orders: Orders = None,
    period: Period,
    state: State = None,
    company: Company = None,
    patch: Patches = None,
    bonus: Annotated[str | None, Parameter(help="Why this bonus paid, or did not.")] = None,
    rank: Annotated[str | None, Parameter(help="What is missing for this rank.")] = None,
    json: Json = False,
    threads: Threads = 1,
    allow_floats: Floats = False,
) -> None:
    """Explain one member: the next rank, a bonus, or both.

    Without --bonus and --rank, the next rank and one line for every bonus. The period is run for it.
    """
    inputs = Inputs(plan, patch or (), members, orders, period, state, allow_floats, company or ())
    with progress() as step:
        loaded, result = run_inputs(inputs, step, ledger=False, threads=threads)
    who = as_id(result, member)
    if json:
        _write_json(loaded, result, who, bonus, rank)
    else:
        _write_tables(loaded, result, who, bonus, rank)


def as_id(run: Run, text: str) -> int | str:
    """Return the id that was typed, as a number where ids are numbers."""
    integers = str(run.genealogy.ids.type) == "int64"
    return int(text) if integers and text.removeprefix("-").isdecimal() else text


def _asks_for_rank(plan: Plan, bonus: str | None, rank: str | None) -> bool:
    """Tell whether the rank is asked for: by name, or because nothing else is."""
    return rank is not None or (bonus is None and plan.model.ranks is not None)


def _write_tables(plan: Plan, run: Run, member: int | str, bonus: str | None, rank: str | None) -> None:
    from compplan.cli.answers import show_next_rank, show_pay, show_why  # noqa: PLC0415

    reached = run.next_rank(member, rank) if _asks_for_rank(plan, bonus, rank) else None
    if reached is not None:
        show_next_rank(reached)
    if bonus is not None:
        show_why(run.why(member, bonus))
    elif rank is None:
        show_pay([run.why(member, name) for name in plan.model.bonuses])


def _write_json(plan: Plan, run: Run, member: int | str, bonus: str | None, rank: str | None) -> None:
    from compplan.cli.answers import as_json, next_rank_data, why_data  # noqa: PLC0415

    answer: dict[str, Any] = {"plan": plan.name, "period": run.manifest["period"]["name"], "member": member}
    if _asks_for_rank(plan, bonus, rank):
        answer["next_rank"] = next_rank_data(run.next_rank(member, rank))
    if bonus is not None or rank is None:
        names = [bonus] if bonus is not None else list(plan.model.bonuses)
        answer["why"] = [why_data(run.why(member, name)) for name in names]
    say(as_json(answer))
