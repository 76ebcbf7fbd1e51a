"""`compplan run`: one period, its summary, and its files."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - read at run time, for the arguments
from typing import Annotated

from cyclopts import Parameter

from compplan.cli.arguments import (
    Floats,
    Format,
    Members,
    Orders,
    Patches,
    Period,
    PlanFile,
    State,
    Threads,
    can_be_folder,
    load,
)
from compplan.cli.console import complain, say
from compplan.cli.progress import progress
from compplan.errors import DataError, PlanError


def run(
    plan: PlanFile,
    /,
    *,
    members: Members,
    orders: Orders = None,
    period: Period,
    state: State = None,
    patch: Patches = None,
    out: Annotated[
        Path | None, Parameter(help="A folder for the result; without it, only the summary is shown.")
    ] = None,
    format: Format = "parquet",  # noqa: A002 - the name of the option
    ledger: Annotated[
        bool, Parameter(negative="--no-ledger", help="Keep one row a payment; totals are the same without.")
    ] = True,
    threads: Threads = 1,
    allow_floats: Floats = False,
) -> int:
    """Run a plan over one period.

    The files appear whole, all of them, or not at all.
    """
    from compplan.cli.summary import summary  # noqa: PLC0415 - loads Arrow
    from compplan.program.run import run as run_plan  # noqa: PLC0415 - loads Numba

    if out is not None:
        can_be_folder(out)
    try:
        with progress() as step:
            result = run_plan(
                load(plan, patch),
                members,
                orders,
                period=period,
                state=state,
                ledger=ledger,
                threads=threads,
                allow_floats=allow_floats,
                progress=step,
            )
            if out is not None:
                step("write files", 0, 1)
                result.write(out, f".{format}")
    except (PlanError, DataError) as error:
        return _all_problems(
            error, plan, patch or [], members, orders, period, state, allow_floats=allow_floats
        )
    summary(result)
    if out is not None:
        say()
        say(f"written to {out}: {', '.join(sorted(files_of(out, format)))}")
    return 0


def files_of(folder: Path, suffix: str) -> list[str]:
    """Return the names of a run's files in a folder."""
    return [
        path.name for path in folder.iterdir() if path.suffix == f".{suffix}" or path.name == "manifest.json"
    ]


def _all_problems(
    error: PlanError | DataError,
    plan: Path,
    patch: list[Path],
    members: Path,
    orders: Path | None,
    period: str,
    state: Path | None,
    *,
    allow_floats: bool,
) -> int:
    """Tell all problems, also of the tables that the run did not come to."""
    from compplan.cli.data_check import Data, check_data  # noqa: PLC0415

    _, errors = check_data(plan, patch, Data(members, orders, period, state, allow_floats))
    return complain([error, *errors])
