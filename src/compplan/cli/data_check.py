"""Everything that is wrong with a plan and its data, at once: the files, the plan, and what the tables hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from compplan.arrow.read import read_table
from compplan.cli.files import load
from compplan.periods.period import read_period
from compplan.program.check_tables import Findings, check_tables

if TYPE_CHECKING:
    from compplan.cli.running import Inputs
    from compplan.errors import CompplanError
    from compplan.plan.load import Plan


def check_data(inputs: Inputs) -> tuple[Plan | None, list[CompplanError]]:
    """Check a plan and its data together.

    Returns
    -------
    tuple
        The plan, None where it is wrong; and the errors, none where a run of volumes and ranks succeeds.
    """
    found = Findings()
    loaded = span = members = orders = state = None
    with found():
        loaded = load(inputs.plan, inputs.patches)
    with found():
        span = read_period(inputs.period or "2000")  # without orders, any will do
    with found():
        members = read_table(inputs.members, name="members")
    with found():
        orders = read_table(inputs.orders, name="orders") if inputs.orders else None
    with found():
        state = read_table(inputs.state, name="state") if inputs.state else None
    if loaded is not None and members is not None:
        numbers: dict[str, str] = {}
        with found():
            numbers = inputs.numbers
        found.errors += check_tables(
            loaded, members, orders, state, span, company=numbers, allow_floats=inputs.allow_floats
        )
    return loaded, found.errors
