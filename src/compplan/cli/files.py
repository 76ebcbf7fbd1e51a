"""Files that commands are given: plans to load, and folders to write to. Nothing here needs the extra."""

from __future__ import annotations

from typing import TYPE_CHECKING

from compplan.errors import Problem, UsageError, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from compplan.plan.load import Plan


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
