"""Find files of golden cases and run them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from compplan.cases.compare import differences
from compplan.cases.model import CaseFile
from compplan.cases.tables import member_rows, order_rows
from compplan.errors import CompplanError, PlanError, Problem, UsageError
from compplan.periods.period import read_period
from compplan.plan.load import checked_plan
from compplan.plan.located import validate
from compplan.plan.marks import Node, child
from compplan.plan.patch import merged_source
from compplan.plan.source import Source, read_source
from compplan.program.run import run

if TYPE_CHECKING:
    from collections.abc import Iterator

    from compplan.cases.model import Case
    from compplan.plan.load import Plan
    from compplan.results.result import Run

    Outcome = tuple[Plan, Run] | CompplanError

SUFFIX = ".cases.yaml"


@dataclass(frozen=True)
class CaseResult:
    """What became of one case.

    Attributes
    ----------
    name, path
        The case, and the file that it stands in.
    differences
        What was expected and what was found, a sentence each; empty for a case that passes.
    """

    name: str
    path: Path
    differences: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether all came out as expected."""
        return not self.differences


def run_cases(path: str | Path) -> list[CaseResult]:
    """Run golden cases, all of them, whatever fails.

    Parameters
    ----------
    path
        A file of cases, a plan with cases beside it, or a folder, of which all `*.cases.yaml` below are run.

    Returns
    -------
    list of CaseResult
        In the order of files and of cases; empty for a folder without cases.

    Raises
    ------
    UsageError
        If there is no such file, or a plan has no cases.
    PlanError
        If files of cases cannot be read, with all their problems. A plan that cannot be read fails its cases.

    Examples
    --------
    >>> [result.name for result in run_cases(PLAN) if not result.passed]
    []
    """
    return [result for each in _opened(case_files(Path(path))) for result in each.results()]


def case_files(path: Path) -> list[Path]:
    """Return the files of cases that a path stands for."""
    if path.is_dir():
        return sorted(path.rglob(f"*{SUFFIX}"))
    if not path.is_file():
        raise UsageError(f"there is no file or folder {path}")
    if path.name.endswith(SUFFIX):
        return [path]
    beside = path.with_name(path.stem + SUFFIX)
    if not beside.is_file():
        raise UsageError(Problem("no_cases", f"{path} has no cases", None, f"they would stand in {beside.name}"))
    return [beside]


def _opened(files: list[Path]) -> list[_Opened]:
    """Open all files before any case is run, so that the problems of all are told together."""
    opened: list[_Opened] = []
    problems: list[Problem] = []
    for file in files:
        try:
            opened.append(_Opened(file))
        except PlanError as error:
            problems += error.problems
    if problems:
        raise PlanError(problems)
    return opened


class _Opened:
    """One file of cases, read and waiting to run."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.source = read_source(path)
        self.file = validate(CaseFile, self.source)

    def results(self) -> Iterator[CaseResult]:
        """Run the cases in order; each may start from the state of the one before."""
        before: Outcome | None = None
        for place, case in enumerate(self.file.cases):
            before = self.outcome(place, case, before)
            yield CaseResult(case.name, self.path, tuple(_told(case, before)))

    def outcome(self, place: int, case: Case, before: Outcome | None) -> Outcome:
        """Return the plan and its run, or the error that refused one of them."""
        try:
            state = _state(case, before)
            plan = self.plan(place, case)
            period = read_period(case.period or str(self.file.period))
            members, orders = member_rows(case, plan), order_rows(case, plan, period)
            return plan, run(plan, members, orders, period=period, state=state, company=case.company)
        except CompplanError as error:
            return error

    def plan(self, place: int, case: Case) -> Plan:
        """Load the plan of a case, patched."""
        name = self.file.plan or self.path.name.removesuffix(SUFFIX) + ".yaml"
        base = read_source(self.path.parent / name)
        return checked_plan(merged_source(base, self.patches(place, case)))

    def patches(self, place: int, case: Case) -> Iterator[Source]:
        """Return the patches of a case as sources that know their lines in the file of cases."""
        written = self.source.data["cases"][place].get("patch")
        for number, patch in enumerate(case.patch):
            if isinstance(patch, str):
                yield read_source(self.path.parent / patch)
                continue
            root = self.source.root
            for part in ("cases", place, "patch", *([number] if isinstance(written, list) else [])):
                found = child(root.items, part) if root else None
                root = found if isinstance(found, Node) else None
            yield Source(self.path.name, {"compplan_patch": 1, "name": case.name, **patch}, root)


def _state(case: Case, before: Outcome | None) -> Any:
    if case.state != "previous":
        return None if case.state is None else [dict(row) for row in case.state]
    if before is None or isinstance(before, CompplanError):
        raise UsageError(Problem("case_state", "there is no state of the case before", None, "it did not run"))
    return before[1].state


def _told(case: Case, outcome: Outcome) -> Iterator[str]:
    if not isinstance(outcome, CompplanError):
        plan, result = outcome
        if case.expect.errors:
            yield f'expected to be refused with "{case.expect.errors[0]}", but nothing was refused'
        yield from differences(case.expect, result, plan)
        return
    problems = [str(problem) for problem in outcome.problems]
    if not case.expect.errors:
        yield from (f"refused: {problem}" for problem in problems)
    for text in case.expect.errors:
        if not any(text in problem for problem in problems):
            yield f'expected to be refused with "{text}"; refused with: {"; ".join(problems)}'
