"""`compplan check`: a plan alone, in a blink; or a plan with its data, without paying anybody."""

# ruff: noqa: TC001 - the annotations of a command are read at run time

from __future__ import annotations

from typing import TYPE_CHECKING

from compplan.cli.arguments import Company, Floats, MembersIfAny, Orders, Patches, PeriodIfAny, PlanFile, State
from compplan.cli.console import Failed, say
from compplan.cli.plan_check import check_plan, tell_plan
from compplan.cli.running import Inputs
from compplan.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path


def check(
    plan: PlanFile,
    /,
    *,
    patch: Patches = None,
    members: MembersIfAny = None,
    orders: Orders = None,
    period: PeriodIfAny = None,
    state: State = None,
    company: Company = None,
    allow_floats: Floats = False,
) -> None:
    """Check a plan, and with --members also the data for it.

    Every problem of the plan, the members, the orders and the state is told at once. Where nothing is wrong,
    volumes and ranks are computed, to find numbers that would not fit; bonuses are not.
    """
    if members is None:
        _fail_if_data_without_members(orders, period, state)
        check_plan(plan, patch)
        return
    if orders is not None and period is None:
        raise UsageError("--orders needs the --period that the orders are of")
    from compplan.cli.data_check import check_data  # noqa: PLC0415 - loads Arrow and Numba

    loaded, errors = check_data(Inputs(plan, patch or (), members, orders, period, state, allow_floats, company or ()))
    if errors or loaded is None:
        raise Failed(errors)
    tell_plan(loaded)
    read = {"members": members, "orders": orders, "state": state}
    say(f"data: no problems in {', '.join(f'{name} ({path})' for name, path in read.items() if path)}")


def _fail_if_data_without_members(orders: Path | None, period: str | None, state: Path | None) -> None:
    given = {"--orders": orders, "--period": period, "--state": state}
    if names := [name for name, value in given.items() if value is not None]:
        raise UsageError(f"{', '.join(names)} without --members: all data is checked against the members")
