"""Number sales, and find who gets each: arrays in, arrays out, no names of the plan."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from compplan.bonuses.pass_up.pass_up_kernels import Counters, Sales, Sellers, nearest_above, number_sales
from compplan.volumes.member_arrays import as_input

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from compplan.genealogy.tree import Tree

__all__ = ["Counters", "Numbered", "PassUp", "PassUpInputs", "run_pass_up"]


@dataclass(frozen=True, eq=False)
class PassUp:
    """A rule by which the sales of a seller go to somebody above him, by their number.

    Attributes
    ----------
    passes
        bool[classes, most + 1]: whether the sale of that number goes up; entry 0 is not used.
    by_buyer
        Whether all sales to one buyer share the number of the first; else each sale has its own.
    same_receiver
        With `by_buyer`, whether who got the first sale to a buyer gets all later ones.
    lost_goes_up
        Whether a sale that its seller keeps but cannot be paid for goes up as well.
    """

    passes: NDArray[np.bool_]
    by_buyer: bool = False
    same_receiver: bool = True
    lost_goes_up: bool = False


@dataclass(frozen=True, eq=False)
class PassUpInputs:
    """What is read of n members, in the tree's own pre-order. A seller is the member above the buyer.

    Attributes
    ----------
    tree
        The tree of sellers and buyers.
    klass
        int16[n]: a seller's row of `passes`, -1 for who passes nothing.
    keeps, takes
        bool[n]: who can be paid for a sale that he keeps, and to whom sales can be passed.
    since
        int64[n]: only sales after it; or None.
    """

    tree: Tree
    klass: NDArray[np.int16]
    keeps: NDArray[np.bool_]
    takes: NDArray[np.bool_]
    since: NDArray[np.int64] | None = None


class Numbered(NamedTuple):
    """What became of each sale: its number at the seller (0: none), who gets it (-1: nobody), whether it went up."""

    number: NDArray[np.int64]
    taker: NDArray[np.int32]
    passed: NDArray[np.bool_]


def run_pass_up(
    rule: PassUp,
    inputs: PassUpInputs,
    buyer: NDArray[np.int32],
    value: NDArray[np.int64],
    time: NDArray[np.int64],
    counters: Counters,
) -> Numbered:
    """Number the sales of one volume, and find who gets each.

    Parameters
    ----------
    rule, inputs
        What is passed up, and the members.
    buyer, value, time
        int32[m], int64[m], int64[m]: the sales in the order of time. A sale of zero counts for nothing; a negative
        one has no number and follows the last sale to its buyer.
    counters
        What is known from before; changed in place.

    Examples
    --------
    Member 1 passes his first two sales, to 2, 3 and 4, up to 0, and keeps the third.

    >>> import numpy as np
    >>> from compplan.genealogy.tree import Tree
    >>> depth, parent = np.array([0, 1, 2, 2, 2], np.int32), np.array([-1, 0, 1, 1, 1], np.int32)
    >>> tree = Tree("introducer", depth, parent, np.array([5, 5, 3, 4, 5], np.int32), None, 2)
    >>> yes, none = np.ones(5, np.bool_), np.zeros(5, np.int64)
    >>> rule = PassUp(np.array([[False, True, True]]))
    >>> sales = np.array([2, 3, 4], np.int32), np.array([100, 100, 100]), np.array([1, 2, 3])
    >>> counters = Counters(none.copy(), none.copy(), none.copy())
    >>> run_pass_up(rule, PassUpInputs(tree, np.zeros(5, np.int16), yes, yes), *sales, counters).taker
    array([0, 0, 1], dtype=int32)
    """
    rows, width = rule.passes.shape
    passes = np.vstack([rule.passes, np.zeros((1, width), np.bool_)])
    sellers = _sellers(inputs, np.where(inputs.klass < 0, rows, inputs.klass).astype(np.int16))
    found = Numbered(np.empty(buyer.size, np.int64), np.empty(buyer.size, np.int32), np.empty(buyer.size, np.bool_))
    sales = Sales(as_input(buyer), as_input(value), as_input(time), *found)
    flags = rule.by_buyer, rule.same_receiver, rule.lost_goes_up
    number_sales(sellers, counters, sales, as_input(passes.ravel()), width - 1, *flags)
    return found


def _sellers(inputs: PassUpInputs, row: NDArray[np.int16]) -> Sellers:
    """Return the members as the kernel reads them, with the nearest above to whom sales can be passed."""
    n, since = row.size, np.zeros(0, np.int64) if inputs.since is None else inputs.since
    given = as_input(inputs.tree.parent), as_input(row), as_input(inputs.keeps), as_input(inputs.takes)
    near, lower = np.empty(n, np.int32), np.full(n, -1, np.int32)
    sellers = Sellers(*given, near, lower, as_input(since))
    nearest_above(as_input(inputs.tree.parent), as_input(inputs.tree.end), sellers)
    return sellers
