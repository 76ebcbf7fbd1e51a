"""A run over files, as several commands make it; where its inputs are wrong, all their problems are told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from compplan.cli.console import Failed
from compplan.cli.files import load
from compplan.errors import DataError, PlanError, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from compplan.cli.progress import Step
    from compplan.plan.load import Plan
    from compplan.results.result import Run


@dataclass(frozen=True, slots=True)
class Inputs:
    """What a run reads: the plan with its patches, the tables, and the period.

    Attributes
    ----------
    period
        None only where there are no orders, and the data is checked and not run.
    company
        Numbers of the company, each as `name=value`.
    """

    plan: Path
    patches: Sequence[Path]
    members: Path
    orders: Path | None
    period: str | None
    state: Path | None
    allow_floats: bool
    company: Sequence[str] = ()

    @property
    def numbers(self) -> dict[str, str]:
        """The numbers of the company, from texts such as `profit=100000.00`."""
        found = {}
        for text in self.company:
            name, equals, value = text.partition("=")
            if not equals or name in found:
                raise UsageError(
                    f'"{text}" is not a number of the company: write --company profit=100000.00, each name once'
                )
            found[name.strip()] = value.strip()
        return found


def run_inputs(inputs: Inputs, step: Step, *, ledger: bool, threads: int) -> tuple[Plan, Run]:
    """Load a plan and run it over one period.

    Raises
    ------
    Failed
        With all problems of the inputs, also of those that the run did not come to.
    """
    from compplan.program.run import run  # noqa: PLC0415 - loads Numba

    try:
        plan = load(inputs.plan, inputs.patches)
        result = run(
            plan,
            inputs.members,
            inputs.orders,
            period=inputs.period or "",
            state=inputs.state,
            company=inputs.numbers,
            ledger=ledger,
            threads=threads,
            allow_floats=inputs.allow_floats,
            progress=step,
        )
    except (PlanError, DataError, UsageError) as error:
        from compplan.cli.data_check import check_data  # noqa: PLC0415

        _, errors = check_data(inputs)
        raise Failed([error, *errors]) from None
    return plan, result
