"""`compplan test`: the golden cases of plans."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeAlias

from cyclopts import Parameter

from compplan.cli.console import EXIT_FAILED, Failed, say, warn
from compplan.errors import CompplanError, UsageError

if TYPE_CHECKING:
    from compplan.cases import CaseResult

Paths: TypeAlias = Annotated[
    list[Path] | None, Parameter(help="Case files, or folders of them; this folder by default.")
]
Verbose: TypeAlias = Annotated[bool, Parameter(negative="", help="Name the cases that pass, too.")]


def run_golden_cases(
    paths: Paths = None,
    /,
    *,
    verbose: Verbose = False,
) -> int:
    """Run golden cases: what a plan must pay on small made-up fields. All of them run, whatever fails."""
    from compplan.cases import run_cases  # noqa: PLC0415 - loads Numba

    results: list[CaseResult] = []
    errors: list[CompplanError] = []
    for path in paths or [Path()]:
        if not path.exists():
            errors.append(UsageError(f"there is no file or folder {path}"))
            continue
        try:
            results += run_cases(path)
        except CompplanError as error:
            errors.append(error)
    failed = [result for result in results if not result.passed]
    for result in results if verbose else failed:
        _tell(result)
    say(f"{len(results):,} cases, {len(failed):,} failed")
    if errors:
        raise Failed(errors)
    if not results:
        warn("no case was found")
    return EXIT_FAILED if failed or not results else 0


def _tell(result: CaseResult) -> None:
    say(f"{'passed' if result.passed else 'FAILED'}  {result.name}  ({result.path})")
    for difference in result.differences:
        say(f"        {difference}")
