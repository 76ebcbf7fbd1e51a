"""What can be wrong with a difference and its arrays: one small function each, all of them reported at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from compplan.errors import Problem, UsageError
from compplan.money import ROUNDING_CODES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from compplan.bonuses.difference.spec import Difference, DifferenceInputs

LARGEST_DENOMINATOR = 10**18
_DTYPES = {"klass": np.int16, "pay": np.bool_, "stands": np.bool_}
_BLOCKS = {"skipped", "stops", "paid"}


def check_difference(rule: Difference) -> None:
    """Raise a `UsageError` with everything that is wrong with a rule."""
    raise_all([*numerators_are_no_rates(rule), *blocks_do_not_fit(rule), *numbers_are_out_of_range(rule)])


def check_inputs(inputs: DifferenceInputs) -> None:
    """Raise a `UsageError` with everything that is wrong with the arrays."""
    raise_all([*volume_is_unclear(inputs), *arrays_do_not_fit(inputs)])
    raise_all([*lines_are_unordered(inputs)])


def check_together(rule: Difference, inputs: DifferenceInputs) -> None:
    """Raise a `UsageError` where a class has no rate."""
    classes = inputs.klass
    if classes.size and not -1 <= int(classes.min()) <= int(classes.max()) < rule.rates.size:
        raise UsageError(Problem("difference_class", f"{rule.bonus}: a class is not one of {rule.rates.size} rates"))


def raise_all(problems: list[Problem]) -> None:
    """Raise, if there is something to say."""
    if problems:
        raise UsageError(problems)


def numerators_are_no_rates(rule: Difference) -> Iterator[Problem]:
    """Rates and floors are int64, in one dimension, and not negative."""
    for name in ("rates", "floors"):
        values = getattr(rule, name)
        if not isinstance(values, np.ndarray) or values.dtype != np.int64 or values.ndim != 1:
            yield Problem("difference_rates", f"{rule.bonus}: {name} must be int64 in one dimension")
        elif values.size and values.min() < 0:
            yield Problem("difference_rates", f"{rule.bonus}: {name} has the negative {values.min()}")


def blocks_do_not_fit(rule: Difference) -> Iterator[Problem]:
    """What happens at a lower and at an equal rate, and with the other fields."""
    if rule.less not in {"highest_between", "direct_leg", "nothing"}:
        yield Problem("difference_less", f"{rule.bonus}: less is {rule.less!r}")
    both = {rule.lower_rate, rule.equal_rate}
    if not both <= _BLOCKS:
        yield Problem("difference_block", f"{rule.bonus}: {both - _BLOCKS} is not one of {sorted(_BLOCKS)}")
    if "paid" in both and rule.less != "nothing":
        yield Problem("difference_block", f"{rule.bonus}: a difference of zero cannot be paid")
    if rule.lower_rate == "paid" and rule.equal_rate != "paid":
        yield Problem("difference_block", f"{rule.bonus}: a lower rate is paid, and an equal one is not")
    if rule.least_taken and (both != {"skipped"} or rule.less == "nothing"):
        yield Problem("difference_least", f"{rule.bonus}: least_taken needs a difference that skips lower rates")
    if rule.grows and rule.less != "highest_between":
        yield Problem("difference_floor", f"{rule.bonus}: a floor or a limit needs highest_between")


def numbers_are_out_of_range(rule: Difference) -> Iterator[Problem]:
    """Levels, denominator and rounding are what they can be."""
    if not 1 <= rule.from_level <= rule.levels:
        yield Problem("difference_levels", f"{rule.bonus}: levels {rule.from_level} to {rule.levels}")
    if not 1 <= rule.denominator <= LARGEST_DENOMINATOR or (rule.denominator != 1 and not rule.round_each):
        yield Problem("difference_denominator", f"{rule.bonus}: the denominator is {rule.denominator}")
    if rule.rounding not in ROUNDING_CODES.values():
        yield Problem("difference_rounding", f"{rule.bonus}: {rule.rounding} is no rounding mode", hint="0 to 6")
    numbers = rule.least_taken, rule.floor_tail, 0 if rule.limit is None else rule.limit
    if min(numbers) < 0:
        yield Problem("difference_numbers", f"{rule.bonus}: a rate is negative")


def volume_is_unclear(inputs: DifferenceInputs) -> Iterator[Problem]:
    """There is one value a source, or lines, and not both."""
    lines = inputs.line_start, inputs.line_value
    if any(line is None for line in lines) != all(line is None for line in lines):
        yield Problem("difference_volume", "line_start and line_value belong together")
    elif (inputs.base is None) == (lines[0] is None):
        yield Problem("difference_volume", "a difference reads either base, or line_start and line_value")


def arrays_do_not_fit(inputs: DifferenceInputs) -> Iterator[Problem]:
    """Every array has its type and its length."""
    n = len(inputs.tree.depth)
    lines = len(inputs.line_value) if inputs.line_value is not None else 0
    lengths = {"line_start": n + 1, "line_value": lines}
    for name in ("klass", "pay", "stands", "base", "line_start", "line_value", "taken"):
        array = getattr(inputs, name)
        dtype, length = np.dtype(_DTYPES.get(name, np.int64)), lengths.get(name, n)
        if array is not None and (
            not isinstance(array, np.ndarray) or array.dtype != dtype or array.shape != (length,)
        ):
            yield Problem("difference_array", f"{name} must be {dtype}[{length}]")


def lines_are_unordered(inputs: DifferenceInputs) -> Iterator[Problem]:
    """Lines of sources follow each other from the first to the last line."""
    start, values = inputs.line_start, inputs.line_value
    if start is not None and values is not None:
        if start[0] != 0 or start[-1] != len(values) or (start[1:] < start[:-1]).any():
            yield Problem("difference_lines", f"line_start must rise from 0 to {len(values)}, the number of lines")
        if len(values) >= 2**31:
            yield Problem("difference_lines", f"{len(values)} lines are too many", hint="fewer than 2**31")
