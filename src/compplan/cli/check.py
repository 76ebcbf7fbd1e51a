"""`compplan check`: a plan alone, in a blink; or a plan with its data, without paying anybody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from compplan.cli.arguments import Floats, MembersIfAny, Orders, Patches, PeriodIfAny, PlanFile, State, load
from compplan.cli.console import complain, say
from compplan.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from compplan.plan.load import Plan


def check(
    plan: PlanFile,
    /,
    *,
    patch: Patches = None,
    members: MembersIfAny = None,
    orders: Orders = None,
    period: PeriodIfAny = None,
    state: State = None,
    allow_floats: Floats = False,
) -> int:
    """Check a plan, and with --members also the data for it.

    Every problem of the plan, the members, the orders and the state is told at once. Where nothing is wrong,
    volumes and ranks are computed, to find numbers that would not fit; bonuses are not.
    """
    if members is None:
        _fail_if_data_without_members(orders, period, state)
        say(_summary(load(plan, patch)))
        return 0
    if orders is not None and period is None:
        raise UsageError("--orders needs the --period that the orders are of")
    from compplan.cli.data_check import Data, check_data  # noqa: PLC0415 - loads Arrow and Numba

    loaded, errors = check_data(plan, patch or [], Data(members, orders, period, state, allow_floats))
    if errors or loaded is None:
        return complain(errors)
    say(_summary(loaded))
    read = {"members": members, "orders": orders, "state": state}
    say(f"data: no problems in {', '.join(f'{name} ({path})' for name, path in read.items() if path)}")
    return 0


def _fail_if_data_without_members(orders: Path | None, period: str | None, state: Path | None) -> None:
    given = {"--orders": orders, "--period": period, "--state": state}
    if names := [name for name, value in given.items() if value is not None]:
        raise UsageError(f"{', '.join(names)} without --members: all data is checked against the members")


def _summary(plan: Plan) -> str:
    model = plan.model
    ranks = len(model.ranks.ladder) if model.ranks else 0
    parts = {"volume": len(model.volumes), "count": len(model.counts), "condition": len(model.conditions)}
    parts |= {"rank": ranks, "bonus": len(model.bonuses)}
    counted = ", ".join(f"{n} {word if n == 1 else _plural(word)}" for word, n in parts.items() if n)
    return f"plan: no problems in {plan.name} ({counted or 'no rules'})"


def _plural(word: str) -> str:
    return f"{word}es" if word.endswith("s") else f"{word}s"
