"""The arguments that several commands share, and how a plan is loaded from them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, TypeAlias

from cyclopts import Parameter

from compplan.errors import Problem, UsageError, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Sequence

    from compplan.plan.load import Plan

_FORMS = ".parquet, .csv or .arrow, or a folder of Parquet files"

PlanFile: TypeAlias = Annotated[Path, Parameter(help="The plan, a YAML file.")]
Patches: TypeAlias = Annotated[
    list[Path] | None, Parameter(name="--patch", negative="", help="A patch to apply; can be given again.")
]
Members: TypeAlias = Annotated[Path, Parameter(help=f"The members table: {_FORMS}.")]
MembersIfAny: TypeAlias = Annotated[Path | None, Parameter(help=f"The members table: {_FORMS}.")]
Orders: TypeAlias = Annotated[Path | None, Parameter(help=f"The orders of the period: {_FORMS}.")]
State: TypeAlias = Annotated[Path | None, Parameter(help="The state that the period before has left.")]
Period: TypeAlias = Annotated[str, Parameter(help="Such as 2026-10, 2026-W41, or 2026-10-01/2026-10-16.")]
PeriodIfAny: TypeAlias = Annotated[str | None, Parameter(help="The period of the orders, such as 2026-10.")]
Threads: TypeAlias = Annotated[int, Parameter(help="How many threads work; the result is the same.")]
Floats: TypeAlias = Annotated[
    bool, Parameter(name="--allow-floats", negative="", help="Read float columns as their shortest decimals.")
]
Format: TypeAlias = Annotated[Literal["parquet", "csv", "arrow"], Parameter(help="The form of the files.")]
Json: TypeAlias = Annotated[bool, Parameter(name="--json", negative="", help="Write JSON instead of tables.")]


def load(plan: Path, patches: Sequence[Path] | None = None) -> Plan:
    """Load a plan with its patches; paths are always paths here, never the text of a plan.

    Raises
    ------
    UsageError
        If files are not there.
    PlanError
        With everything that is wrong in them.
    """
    if problems := [_no_file(path) for path in (plan, *(patches or ())) if not path.exists()]:
        raise UsageError(problems)
    from compplan.plan.load import load_plan  # noqa: PLC0415

    loaded = load_plan(plan)
    return loaded.patched(*patches) if patches else loaded


def _no_file(path: Path) -> Problem:
    near = sorted(other.name for other in path.parent.iterdir()) if path.parent.is_dir() else []
    hint = did_you_mean(path.name, near)
    return Problem("no-such-file", f"there is no file {path}", None, hint if hint.startswith("did") else "")


def example(name: str) -> Path:
    """Return the path of an example plan."""
    from compplan.examples import example_plans  # noqa: PLC0415

    plans = example_plans()
    if name not in plans:
        raise UsageError(f"the example plan {name} is not installed")
    return plans[name]


def can_be_folder(out: Path) -> None:
    """Refuse a path that no folder can have, before long work is done for it.

    Raises
    ------
    UsageError
        If it, or something above it, is a file.
    """
    for path in (out, *out.absolute().parents):
        if path.exists() and not path.is_dir():
            raise UsageError(f"{out} cannot be a folder: {path} is a file")
