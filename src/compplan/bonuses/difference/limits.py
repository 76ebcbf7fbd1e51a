"""Before a difference runs: whether all that it adds and multiplies fits 64 bits, found with exact integers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from compplan.errors import ExactnessError, Problem
from compplan.money import INT64_MAX

if TYPE_CHECKING:
    from compplan.bonuses.difference.spec import Difference, DifferenceInputs
    from compplan.money_arrays import Measures

HINT = "give volumes, rates or money a smaller scale"


def check_volumes(rule: Difference, inputs: DifferenceInputs, total: Measures) -> None:
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
    most = total.abs_sum * best * 2 // rule.denominator + len(inputs.values)
    carried = total.abs_sum * best * 2 if not rule.round_each else 0
    if max(one + rule.denominator, most, carried) > INT64_MAX:
        what = f"{rule.bonus}: payments may reach {max(one, most)}, which does not fit 64 bits"
        raise ExactnessError(Problem("overflow", what, hint=HINT))
