"""Run an upline walk: choose the way, split the sources among threads, and prove the books.

There are three ways to the same numbers. *Lanes* carry volumes up, where payments are exact and nobody asks
for rows; *levels* go through each source's counted ancestors, for at most eight levels; *jumps* do everything
else.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from compplan.bonuses.walk import jumps, lanes, levels
from compplan.bonuses.walk.books import tally, total_of
from compplan.bonuses.walk.checks import check_together
from compplan.bonuses.walk.limits import Volume, check_volumes
from compplan.bonuses.walk.ranges import Job, pay_of
from compplan.bonuses.walk.spec import WalkResult

if TYPE_CHECKING:
    from types import ModuleType

    from compplan.bonuses.walk.spec import Walk, WalkInputs


def run_walk(walk: Walk, inputs: WalkInputs, *, keep_rows: bool = True, threads: int = 1) -> WalkResult:
    """Pay the ancestors of every source.

    Parameters
    ----------
    walk
        The rule.
    inputs
        Tree, members and volume, in the tree's own order.
    keep_rows
        Whether to return the single payments too. Pay and tally are the same without them.
    threads
        How many threads to use; the result does not depend on it.

    Raises
    ------
    UsageError
        If walk and inputs do not fit each other.
    ExactnessError
        If a number may not fit 64 bits, or the books do not balance.

    Examples
    --------
    A chain 0 - 1 - 2 in which 2 buys for 200.00; level 1 pays 10 %, level 2 5 %.

    >>> import numpy as np
    >>> from compplan.bonuses.walk.spec import Walk, WalkInputs
    >>> from compplan.genealogy.tree import Tree
    >>> order = np.arange(3, dtype=np.int32)
    >>> chain = Tree("enrollment", order, order - 1, np.full(3, 3, np.int32), None, 2)
    >>> walk = Walk("unilevel", np.array([[10, 5]]), 100, round_each=True)
    >>> everyone = {"klass": np.zeros(3, np.int16), "pay": np.ones(3, np.bool_)}
    >>> run_walk(walk, WalkInputs(chain, base=np.array([0, 0, 20000]), **everyone)).pay
    array([1000, 2000,    0])
    """
    check_together(walk, inputs)
    walk = simpler(walk, inputs)
    volume = Volume.of(walk, inputs.values)
    check_volumes(walk, inputs, volume)
    way = way_of(walk, inputs, volume, keep_rows=keep_rows)
    parts, rows = way.pay(Job.of(walk, inputs, volume, threads, keep_rows=keep_rows))
    pay = pay_of(parts)
    return WalkResult(pay, rows, tally(walk, volume.signed, total_of(walk, parts), pay))


def simpler(walk: Walk, inputs: WalkInputs) -> Walk:
    """Return the same rule without `uncounted_paid`, where nobody is paid who uses up no level: that is quicker."""
    if not walk.uncounted_paid or walk.counts_source != walk.from_self:
        return walk
    assert inputs.counted is not None  # noqa: S101 - checked before
    paid = inputs.pay > inputs.counted
    if paid.any() and (paid & (inputs.klass >= 0)).any():
        return walk
    return replace(walk, uncounted_paid=False, source_counts=None)


def way_of(walk: Walk, inputs: WalkInputs, volume: Volume, *, keep_rows: bool) -> ModuleType:
    """Return the fastest of the ways that can run this walk."""
    linear = walk.counts != "payable" and not walk.pass_up and inputs.since is None and inputs.pairs is None
    if linear and not walk.round_each and not keep_rows:
        return lanes
    if linear and not walk.uncounted_paid and levels.can_pay(walk, volume):
        return levels
    return jumps
