"""How a sweep runs: on one thread over the whole pre-order, or on several over equal ranges of it.

A range cuts subtrees: the ancestors of its right neighbour's first member are still waiting for children.
There are few of them (about five on a heavy-tailed tree of ten million). Each range therefore stops at those
members, sets the row that their children filled aside, and goes on; when all ranges are done, the rows that
belong together are merged and the same kernel finishes these members one by one. Sums and maxima of integers
do not depend on order, so the result is the same with any number of threads. Where a cut has very many
ancestors, as in a chain, one thread does it all: they would take longer than the sweep.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from compplan.volumes.count_kernels import nearest_flagged, upline_state
from compplan.volumes.leg_kernels import NONE
from compplan.volumes.member_arrays import whole_number

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from compplan.genealogy.tree import Tree

    Array = NDArray[Any]
    Stack = NDArray[np.int64]

SMALLEST_RANGE = 1 << 17  # below this a thread costs more than it saves
CUT_COST = 1 << 15  # members of a sweep that take as long as setting one member of a cut aside and finishing it
CACHE_LINE = 16  # rows between the stacks of two threads: a shared line costs three times the sweep


@dataclass(frozen=True, slots=True)
class Lanes:
    """The columns of a stack: first sums, then the largest values in descending order."""

    sums: int = 1
    tops: int = 0

    def stack(self, rows: int) -> Stack:
        """Return an empty stack."""
        stack = np.zeros((rows + CACHE_LINE, self.sums + self.tops), np.int64)
        self.clear(stack)
        return stack

    def clear(self, rows: Stack) -> None:
        rows[..., : self.sums] = 0
        rows[..., self.sums :] = NONE

    def merge(self, into: Stack, rows: Stack) -> None:
        into[..., : self.sums] += rows[..., : self.sums]
        if self.tops:
            both = np.concatenate([into[..., self.sums :], rows[..., self.sums :]], axis=-1)
            both.sort(axis=-1)
            into[..., self.sums :] = both[..., : -self.tops - 1 : -1]


ONE_SUM = Lanes()


@dataclass(frozen=True, slots=True)
class Sweep:
    """A kernel with everything that it takes.

    Attributes
    ----------
    kernel
        Called as `kernel(depth, *columns, *settings, stack)`; it sweeps backward over what it gets.
    columns
        Arrays with one value per member, inputs and outputs; a range gets its slices.
    settings
        Numbers and whole arrays; every range gets them as they are.
    lanes
        What a row of the stack holds.
    reach
        A member reads row `depth + reach`, and always pushes to row `depth`.
    """

    tree: Tree
    kernel: Callable[..., None]
    columns: Sequence[Array]
    settings: Sequence[Any] = ()
    lanes: Lanes = ONE_SUM
    reach: int = 1

    def run(self, threads: int = 1) -> Stack:
        """Run it and return the stack; row 0 holds what the roots pushed."""
        cuts = ranges(self.tree, threads)
        if cuts is None:
            stack = self.stack()
            self.part(0, self.tree.depth.size, stack)
            return stack
        return self.finish(cuts, in_threads(lambda cut: self.start(*cut), cuts))

    def stack(self) -> Stack:
        return self.lanes.stack(self.tree.max_depth + self.reach + 1)

    def part(self, low: int, high: int, stack: Stack) -> None:
        """Sweep over the members `[low, high)`."""
        depth = self.tree.depth[low:high]
        columns = [column[low:high] for column in self.columns]
        flat = stack.reshape(-1) if stack.shape[1] == 1 else stack
        self.kernel(depth, *columns, *self.settings, flat)

    def start(self, low: int, high: int, cut: list[int]) -> tuple[Stack, list[Stack]]:
        """Sweep over a range without its cut; return the stack, and for each member of the cut its row."""
        stack = self.stack()
        aside = []
        for member in cut:
            self.part(member + 1, high, stack)
            row = stack[self.tree.depth[member] + self.reach]
            aside.append(row.copy())
            self.lanes.clear(row)
            high = member
        self.part(low, high, stack)
        return stack, aside

    def finish(self, cuts: list[tuple[int, int, list[int]]], parts: list[tuple[Stack, list[Stack]]]) -> Stack:
        """Finish the members of all cuts, the deepest first, from the last range to the first."""
        stack = self.stack()
        for (_, _, cut), (rest, aside) in zip(reversed(cuts), reversed(parts), strict=True):
            for member, row in zip(cut, aside, strict=True):
                self.lanes.merge(stack[self.tree.depth[member] + self.reach], row)
                self.part(member, member + 1, stack)
            self.lanes.merge(stack, rest)
        return stack


def nearest_flagged_sweep(tree: Tree, flag: Array, out: Array, threads: int, *, from_self: bool) -> None:
    """Run the one forward sweep; a range first climbs from its first member to learn what stands above it."""

    def part(low: int, high: int) -> None:
        above = np.full(tree.max_depth + 2 + CACHE_LINE, -1, np.int32)
        upline_state(depth, tree.parent, flag, low, above)
        nearest_flagged(depth[low:high], flag[low:high], out[low:high], low, from_self, above)

    depth = tree.depth
    if depth.size:
        in_threads(lambda bounds: part(*bounds), list(pairwise(bounds_of(depth.size, threads))))


def bounds_of(n: int, threads: int) -> list[int]:
    """Return the bounds of equal ranges, as many as threads are worth it."""
    parts = max(1, min(whole_number("threads", threads, 1), n // SMALLEST_RANGE))
    return [n * k // parts for k in range(parts + 1)]


def ranges(tree: Tree, threads: int) -> list[tuple[int, int, list[int]]] | None:
    """Return each range with its cut: the ancestors, nearest first, of the member after it.

    None stands for one thread, because only one is wanted or because a cut is too long.
    """
    bounds = bounds_of(tree.depth.size, threads)
    if len(bounds) == 2:
        return None
    cuts = []
    for low, high in pairwise(bounds):
        cut: list[int] = []
        ancestor = int(tree.parent[high]) if high < bounds[-1] else -1
        while ancestor >= low:
            cut.append(ancestor)
            if len(cut) > tree.depth.size // CUT_COST:
                return None
            ancestor = int(tree.parent[ancestor])
        cuts.append((low, high, cut))
    return cuts


def in_threads(task: Callable[[Any], Any], items: Sequence[Any]) -> list[Any]:
    """Return the results of all items; the caller's own thread does the last one.

    Its threads are kept from one call to the next, so a task must not call it again: it would wait for threads that
    wait for it. What nests, and runs a few times only, takes `genealogy.parallel`.
    """
    if len(items) == 1:
        return [task(items[0])]
    waiting = [pool(len(items) - 1).submit(task, item) for item in items[:-1]]
    last = task(items[-1])
    return [*(future.result() for future in waiting), last]


@cache
def pool(workers: int) -> ThreadPoolExecutor:
    """Return the threads; new ones for each sweep would cost as much as a sweep over 10^5 members."""
    return ThreadPoolExecutor(workers, thread_name_prefix="compplan")


if hasattr(os, "register_at_fork"):  # a fork has no threads but its own
    os.register_at_fork(after_in_child=pool.cache_clear)
