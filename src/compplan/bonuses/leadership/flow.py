"""The flow of leadership money: what each member receives, what he sends up, and what he keeps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from compplan.bonuses.leadership.leadership_kernels import send_up
from compplan.errors import ExactnessError, Problem
from compplan.money import INT64_MAX
from compplan.money_arrays import exact_sum
from compplan.volumes.member_arrays import as_input

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from compplan.genealogy.tree import Tree


@dataclass(frozen=True, eq=False)
class Flow:
    """What goes up, by member in the tree's own order; all in the unit of what was given.

    Attributes
    ----------
    received
        int64[n]: what comes up to him from his frontline.
    sent
        int64[n]: what he sends up: his own, and what he passes on of the received.
    kept
        int64[n]: received less passed on.
    top
        What the roots send up to nobody.
    """

    received: NDArray[np.int64]
    sent: NDArray[np.int64]
    kept: NDArray[np.int64]
    top: int


def flow_up(
    tree: Tree, own: NDArray[np.int64], owed: NDArray[np.int64], keeps: NDArray[np.bool_], *, what: str
) -> Flow:
    """Send up what each member's own group makes, from the bottom to the top.

    Parameters
    ----------
    tree
        The tree that it goes up.
    own
        int64[n], none negative: what a member's own group makes for the next above.
    owed
        int64[n]: what he guarantees to the next above; zero for nothing.
    keeps
        bool[n]: who keeps what he receives, less what his own lacks of what he owes; with the others all goes on.
    what
        The name of the bonus or volume, for errors.

    Raises
    ------
    ExactnessError
        If the sum of all own does not fit 64 bits.

    Examples
    --------
    A chain 0 - 1 - 2; the group of 2 makes 400, that of 1 makes 100, and each owes 300 to the next above.

    >>> import numpy as np
    >>> from compplan.genealogy.tree import Tree
    >>> order = np.arange(3, dtype=np.int32)
    >>> chain = Tree("sponsor", order, order - 1, np.full(3, 3, np.int32), None, 2)
    >>> own, owed, keeps = np.array([0, 100, 400]), np.array([0, 300, 300]), np.ones(3, np.bool_)
    >>> flow = flow_up(chain, own, owed, keeps, what="leadership")
    >>> flow.received.tolist(), flow.sent.tolist(), flow.kept.tolist()
    ([300, 400, 0], [0, 300, 400], [300, 200, 0])
    """
    total = exact_sum(own)
    if total > INT64_MAX:
        message = f"{what}: what all groups make sums to {total}, which does not fit 64 bits"
        raise ExactnessError(Problem("overflow", message, hint="give volumes or money a smaller scale"))
    received, sent = np.empty(own.size, np.int64), np.empty(own.size, np.int64)
    coming = np.zeros(tree.max_depth + 2, np.int64)
    given = (as_input(array) for array in (tree.depth, own, owed, keeps))
    top = int(send_up(*given, coming, received, sent))
    kept = received - (sent - own)
    if total != exact_sum(kept) + top:
        raise ExactnessError(f"the books of {what} do not balance: made {total}, kept {exact_sum(kept)}, top {top}")
    return Flow(received, sent, kept, top)
