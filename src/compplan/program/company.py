"""Numbers of the company that a run is given by name."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from compplan.errors import DataError, Problem, did_you_mean
from compplan.money import format_fixed, to_fixed
from compplan.plan.inputs import company_numbers

if TYPE_CHECKING:
    from collections.abc import Mapping

    from compplan.plan.load import Plan


def read_company(plan: Plan, given: Mapping[str, Any] | None, *, allow_floats: bool = False) -> dict[str, int]:
    """Return the numbers of the company as integers at the digits that the plan reads them with.

    Parameters
    ----------
    plan
        Names the numbers.
    given
        Each as an int, a Decimal, or text such as `100000.00`.

    Raises
    ------
    DataError
        With every number that is missing, not known to the plan, or cannot be read.
    """
    needed, numbers = company_numbers(plan.scope), dict(given or {})
    problems = [
        Problem("company-missing", f'the run is not given the company\'s "{name}"', None, f'company={{"{name}": ...}}')
        for name in needed
        if name not in numbers
    ]
    for name in numbers:
        if name not in needed:
            hint = did_you_mean(name, list(needed)) or "the plan reads no number of the company"
            problems.append(Problem("company-unknown", f'the plan reads no company number "{name}"', None, hint))
    found = {}
    for name, digits in needed.items():
        if name in numbers:
            value = numbers[name]
            try:
                found[name] = to_fixed(
                    Decimal(repr(value)) if allow_floats and isinstance(value, float) else value, digits
                )
            except (ValueError, TypeError) as error:
                problems.append(
                    Problem("company-number", f'company "{name}": {error}', None, "write a plain decimal number")
                )
    if problems:
        raise DataError(problems)
    return found


def printed(plan: Plan, company: Mapping[str, int]) -> dict[str, str]:
    """Return the numbers as text, for the manifest."""
    needed = company_numbers(plan.scope)
    return {name: format_fixed(company[name], needed[name]) for name in sorted(company)}
