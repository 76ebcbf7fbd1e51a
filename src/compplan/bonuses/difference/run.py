"""Run a difference: choose the way, and prove the books.

There are two ways to the same numbers. Where payments are exact and nobody asks for the single ones, volumes are
carried up from earner to earner; else every source goes through its earners.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from compplan.bonuses.difference.checks import check_together
from compplan.bonuses.difference.limits import check_volumes
from compplan.bonuses.difference.shares import paid_one_by_one
from compplan.bonuses.difference.totals import carried
from compplan.money_arrays import measures
from compplan.volumes.member_arrays import as_input

if TYPE_CHECKING:
    from compplan.bonuses.difference.spec import Difference, DifferenceInputs, DifferenceResult


def run_difference(rule: Difference, inputs: DifferenceInputs, *, keep_rows: bool = True) -> DifferenceResult:
    """Pay the members above every source what is above the rates that are taken on the way.

    Parameters
    ----------
    rule
        The rule.
    inputs
        Tree, members and volume, in the tree's own order.
    keep_rows
        Whether to return the single payments too. Pay and tally are the same without them.

    Raises
    ------
    UsageError
        If rule and inputs do not fit each other.
    ExactnessError
        If a number may not fit 64 bits, or the books do not balance.

    Examples
    --------
    A chain 0 - 1 - 2 with 15, 10 and 5 %, in which 2 buys for 200.00 and is his own first earner.

    >>> import numpy as np
    >>> from compplan.bonuses.difference.spec import Difference, DifferenceInputs
    >>> from compplan.genealogy.tree import Tree
    >>> order = np.arange(3, dtype=np.int32)
    >>> chain = Tree("enrollment", order, order - 1, np.full(3, 3, np.int32), None, 2)
    >>> rule = Difference("group", np.array([15, 10, 5]), 100, from_self=True, round_each=True)
    >>> everyone = {"pay": np.ones(3, np.bool_), "stands": np.ones(3, np.bool_)}
    >>> inputs = DifferenceInputs(chain, klass=order.astype(np.int16), base=np.array([0, 0, 20000]), **everyone)
    >>> run_difference(rule, inputs).pay
    array([1000, 1000, 1000])
    """
    check_together(rule, inputs)
    total = measures(as_input(inputs.values))
    check_volumes(rule, inputs, total)
    if carries(rule, inputs, keep_rows=keep_rows):
        return carried(rule, inputs, total.sum)
    return paid_one_by_one(rule, inputs, total.sum, keep_rows=keep_rows)


def carries(rule: Difference, inputs: DifferenceInputs, *, keep_rows: bool) -> bool:
    """Say whether totals can be carried up: nothing depends on the single payment, the source or the level."""
    plain = not (rule.round_each or rule.grows or rule.lower_of_both or keep_rows)
    every_level = rule.from_level == 1 and rule.levels >= inputs.tree.max_depth + 1
    return plain and every_level and inputs.base is not None and inputs.taken is None
