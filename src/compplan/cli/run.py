"""`compplan run`: one period, its summary, and its files."""

# ruff: noqa: TC001 - the annotations of a command are read at run time

from __future__ import annotations

from pathlib import Path
from typing import Annotated, TypeAlias

from cyclopts import Parameter

from compplan.cli.arguments import Company, Floats, Format, Members, Orders, Patches, Period, PlanFile, State, Threads
from compplan.cli.console import say
from compplan.cli.files import can_be_folder
from compplan.cli.progress import progress
from compplan.cli.running import Inputs, run_inputs
from compplan.errors import UsageError

Out: TypeAlias = Annotated[
    Path | None, Parameter(help="A folder for the result; without it, only the summary is shown.")
]
Ledger: TypeAlias = Annotated[
    bool, Parameter(negative="--no-ledger", help="Keep one row a payment; totals are the same without.")
]


def run(
    plan: PlanFile,
    /,
    *,
    members: Members,
    orders: Orders = None,
    period: Period,
    state: State = None,
    company: Company = None,
    patch: Patches = None,
    out: Out = None,
    format: Format = "parquet",  # noqa: A002 - the name of the option
    ledger: Ledger = True,
    threads: Threads = 1,
    allow_floats: Floats = False,
) -> None:
    """Run a plan over one period.

    The files appear whole, all of them, or not at all.
    """
    from compplan.cli.summary import summary  # noqa: PLC0415 - loads Arrow

    if out is not None:
        can_be_folder(out)
        for given in (members, orders, state):
            if given is not None and Path(given).resolve().parent == Path(out).resolve():
                raise UsageError(f"{given} is in the folder of the result: write elsewhere, or it may be replaced")
    inputs = Inputs(plan, patch or (), members, orders, period, state, allow_floats, company or ())
    with progress() as step:
        _, result = run_inputs(inputs, step, ledger=ledger, threads=threads)
        if out is not None:
            step("write files", 0, 1)
            result.write(out, f".{format}")
    summary(result)
    if out is not None:
        say()
        say(f"written to {out}")
