"""What can be wrong with a walk and its arrays: one small function each, all of them reported at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from compplan.errors import Problem, UsageError
from compplan.money import ROUNDING_CODES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from compplan.bonuses.walk.spec import Walk, WalkInputs

LARGEST_DENOMINATOR = 10**18
NAMES = ("klass", "pay", "counted", "base", "line_start", "line_value", "line_time", "since")
DTYPES = {"klass": np.int16, "pay": np.bool_, "counted": np.bool_}


def check_walk(walk: Walk) -> None:
    """Raise a `UsageError` with everything that is wrong with a walk."""
    raise_all([*numerators_are_no_rates(walk), *fields_do_not_fit(walk)])


def check_inputs(inputs: WalkInputs) -> None:
    """Raise a `UsageError` with everything that is wrong with the arrays."""
    raise_all([*volume_is_unclear(inputs), *times_are_half_given(inputs), *arrays_do_not_fit(inputs)])
    raise_all([*lines_are_unordered(inputs)])


def check_together(walk: Walk, inputs: WalkInputs) -> None:
    """Raise a `UsageError` with everything that is wrong with these arrays for this walk."""
    raise_all([*flags_do_not_fit(walk, inputs), *classes_are_unknown(walk, inputs)])


def raise_all(problems: list[Problem]) -> None:
    """Raise, if there is something to say."""
    if problems:
        raise UsageError(problems)


def numerators_are_no_rates(walk: Walk) -> Iterator[Problem]:
    """Rates are a table of int64 with a column a level, and not negative."""
    rates: Any = walk.numerators
    if not isinstance(rates, np.ndarray) or rates.dtype != np.int64 or rates.ndim != 2:
        yield Problem("walk_numerators", f"{walk.bonus}: numerators must be int64[classes, columns]")
    elif rates.shape[1] < 1:
        yield Problem("walk_numerators", f"{walk.bonus}: numerators have no column")
    elif rates.size and rates.min() < 0:
        yield Problem("walk_numerators", f"{walk.bonus}: the numerator {rates.min()} is negative")


def fields_do_not_fit(walk: Walk) -> Iterator[Problem]:
    """Denominator, counting and rounding are what they can be, and fit each other."""
    if not 1 <= walk.denominator <= LARGEST_DENOMINATOR:
        yield Problem("walk_denominator", f"{walk.bonus}: the denominator is {walk.denominator}", hint="1 to 10**18")
    if walk.denominator != 1 and not walk.round_each:
        yield Problem(
            "walk_denominator",
            f"{walk.bonus}: exact payments cannot have the denominator {walk.denominator}",
            hint="use a finer ledger unit, or round each payment",
        )
    if walk.counts not in {"everyone", "flag", "payable"}:
        yield Problem("walk_counts", f"{walk.bonus}: counts is {walk.counts!r}", hint="everyone, flag or payable")
    if walk.uncounted_paid and walk.counts != "flag":
        yield Problem("walk_counts", f"{walk.bonus}: uncounted_paid needs flagged members, not {walk.counts}")
    if walk.counts_source != walk.from_self and not walk.uncounted_paid:
        yield Problem("walk_counts", f"{walk.bonus}: source_counts needs uncounted_paid, or is as from_self")
    if walk.rounding not in ROUNDING_CODES.values():
        yield Problem("walk_rounding", f"{walk.bonus}: {walk.rounding} is no rounding mode", hint="0 to 6")


def volume_is_unclear(inputs: WalkInputs) -> Iterator[Problem]:
    """There is one value a source, or lines, and not both."""
    lines = inputs.line_start, inputs.line_value
    if (inputs.base is None) == all(line is None for line in lines):
        yield Problem("walk_volume", "a walk reads either base, or line_start and line_value")
    elif inputs.base is None and any(line is None for line in lines):
        yield Problem("walk_volume", "line_start and line_value belong together")


def times_are_half_given(inputs: WalkInputs) -> Iterator[Problem]:
    """Dates of lines and of earners are compared, so both are given, with lines."""
    if (inputs.line_time is None) != (inputs.since is None):
        yield Problem("walk_times", "line_time and since belong together")
    if inputs.line_time is not None and inputs.line_value is None:
        yield Problem("walk_times", "line_time needs lines", hint="a source that is paid as one has no date")


def arrays_do_not_fit(inputs: WalkInputs) -> Iterator[Problem]:
    """Every array has its type and its length."""
    n = len(inputs.tree.depth)
    lines = len(inputs.line_value) if inputs.line_value is not None else 0
    lengths = {"line_start": n + 1, "line_value": lines, "line_time": lines}
    for name in NAMES:
        array = getattr(inputs, name)
        dtype, length = np.dtype(DTYPES.get(name, np.int64)), lengths.get(name, n)
        if array is None:
            continue
        if not isinstance(array, np.ndarray) or array.dtype != dtype or array.shape != (length,):
            found = f"{array.dtype}{list(array.shape)}" if isinstance(array, np.ndarray) else type(array).__name__
            yield Problem("walk_array", f"{name} must be {dtype}[{length}], found {found}")


def lines_are_unordered(inputs: WalkInputs) -> Iterator[Problem]:
    """Lines of sources follow each other from the first to the last line."""
    start, values = inputs.line_start, inputs.line_value
    if start is None or values is None:
        return
    if start[0] != 0 or start[-1] != len(values) or (start[1:] < start[:-1]).any():
        yield Problem("walk_lines", f"line_start must rise from 0 to {len(values)}, the number of lines")
    if len(values) >= 2**31:
        yield Problem("walk_lines", f"{len(values)} lines are too many for one walk", hint="fewer than 2**31")


def flags_do_not_fit(walk: Walk, inputs: WalkInputs) -> Iterator[Problem]:
    """Say whether flags of who counts are missing, or given in vain."""
    if (walk.counts == "flag") != (inputs.counted is not None):
        given = "missing" if inputs.counted is None else "not read"
        yield Problem("walk_flags", f"{walk.bonus}: counts is {walk.counts}, so counted is {given}")


def classes_are_unknown(walk: Walk, inputs: WalkInputs) -> Iterator[Problem]:
    """Every class has a row of rates, or is -1."""
    if not inputs.klass.size:
        return
    low, high = int(inputs.klass.min()), int(inputs.klass.max())
    if low < -1 or high >= walk.classes:
        wrong = low if low < -1 else high
        yield Problem("walk_class", f"{walk.bonus}: class {wrong} has no row in {walk.classes} rows of rates")
