"""Before a difference runs: whether all that it adds and multiplies fits 64 bits, found with exact integers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from compplan.bonuses.walk.kernels import measure
from compplan.errors import ExactnessError, Problem
from compplan.money import INT64_MAX
from compplan.volumes.member_arrays import as_input

if TYPE_CHECKING:
    from compplan.bonuses.difference.spec import Difference, DifferenceInputs

HINT = "give volumes, rates or money a smaller scale"


@dataclass(frozen=True)
class Total:
    """The volume of all sources: the sum, the sum of magnitudes, and the largest magnitude."""

    signed: int
    sizes: int
    largest: int


def total_of(inputs: DifferenceInputs) -> Total:
    """Measure the bases."""
    _, _, largest, sizes, sums = measure(as_input(inputs.values))
    return Total(_joined(sums), _joined(sizes), int(largest))


def _joined(halves: tuple[int, int]) -> int:
    return (int(halves[0]) << 32) + int(halves[1])


def check_volumes(rule: Difference, inputs: DifferenceInputs, total: Total) -> None:
    """Make sure that no product and no sum wraps, whoever gets what.

    Raises
    ------
    ExactnessError
        If one may.
    """
    best = max(rule.best, int(rule.rates.max(initial=0)), rule.floor_tail, int(rule.floors.max(initial=0)))
    best = max(best, 0 if inputs.taken is None or not inputs.taken.size else int(inputs.taken.max()))
    times = 1 if rule.less == "highest_between" and not rule.floored else inputs.tree.max_depth + 2
    one = total.largest * best * times
    most = total.sizes * best * 2 // rule.denominator + len(inputs.values)
    carried = total.sizes * best * 2 if not rule.round_each else 0
    if max(one + rule.denominator, most, carried) > INT64_MAX:
        what = f"{rule.bonus}: payments may reach {max(one, most)}, which does not fit 64 bits"
        raise ExactnessError(Problem("overflow", what, hint=HINT))
