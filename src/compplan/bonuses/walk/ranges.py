"""What the ways of a walk share: arrays as kernels read them, ranges of sources, putting them together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from compplan.bonuses.walk.kernels import Lines, Members, ancestors, row_of_rates
from compplan.bonuses.walk.spec import WalkRows
from compplan.genealogy.parallel import in_threads, ranges
from compplan.memory import unwritten
from compplan.volumes.member_arrays import as_input

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import TypeVar

    from numpy.typing import NDArray

    from compplan.bonuses.walk.books import Volumes
    from compplan.bonuses.walk.limits import Volume
    from compplan.bonuses.walk.spec import Walk, WalkInputs

    Result = TypeVar("Result")

CACHE_LINE = 16
ROW_TYPES = WalkRows(np.int32, np.int32, np.int32, np.int32, np.int16, np.int64, np.int64)  # type: ignore[arg-type]


@dataclass(frozen=True)
class Arrays:
    """The arrays of a walk in the one flavour that kernels see."""

    members: Members
    lines: Lines
    parent: NDArray[np.int32]
    max_depth: int

    @classmethod
    def of(cls, walk: Walk, inputs: WalkInputs) -> Arrays:
        """Bring the inputs of a walk into form."""
        tree = inputs.tree
        n = len(tree.depth)
        row = np.empty(n, np.int16)
        row_of_rates(as_input(inputs.klass), as_input(inputs.pay), walk.classes, row)
        counted = np.ones(n, np.bool_) if inputs.counted is None else inputs.counted
        lined = inputs.line_start is not None
        start = inputs.line_start if inputs.line_start is not None else np.zeros(1, np.int64)
        return cls(
            Members(as_input(tree.depth), as_input(row), as_input(counted)),
            Lines(lined, walk.fixed, as_input(start), as_input(inputs.values)),
            as_input(tree.parent),
            tree.max_depth,
        )

    @property
    def size(self) -> int:
        """How many members there are."""
        return len(self.parent)


@dataclass(frozen=True)
class Range:
    """Sources first..last, and the ancestors of the first, the root before the others."""

    first: int
    last: int
    path: NDArray[np.int32]


@dataclass(frozen=True)
class Part:
    """What a range of sources pays: its members, the ancestors of its first one, and the books."""

    sources: Range
    pay: NDArray[np.int64]
    above: NDArray[np.int64]
    volumes: Volumes

    @classmethod
    def cut(cls, sources: Range, pay: NDArray[np.int64], volumes: Volumes) -> Part:
        """Take the part of a range out of the pay of all members."""
        return cls(sources, pay[sources.first : sources.last], pay[sources.path], volumes)


@dataclass(frozen=True)
class Job:
    """One run of a walk, ready to be paid one way or another."""

    walk: Walk
    inputs: WalkInputs
    volume: Volume
    arrays: Arrays
    ranges: list[Range]
    keep_rows: bool

    @classmethod
    def of(cls, walk: Walk, inputs: WalkInputs, volume: Volume, threads: int, *, keep_rows: bool) -> Job:
        """Bring a walk into form, with a range of sources for each thread."""
        arrays = Arrays.of(walk, inputs)
        return cls(walk, inputs, volume, arrays, ranges_of(arrays, threads), keep_rows)

    def over_ranges(self, work: Callable[[Range], Result]) -> list[Result]:
        """Do something for every range, each on its own thread."""
        return in_threads(work, self.ranges, len(self.ranges))


def ranges_of(arrays: Arrays, threads: int) -> list[Range]:
    """Cut the sources into a range for each thread."""
    found = []
    for cut in ranges(arrays.size, threads):
        path = np.empty(int(arrays.members.depth[cut.start]) if arrays.size else 0, np.int32)
        ancestors(arrays.parent, cut.start, path)
        found.append(Range(cut.start, cut.stop, path))
    return found


def zeros(count: int) -> NDArray[np.int64]:
    """Return counters that share no cache line with those of another thread: that costs more than a sweep."""
    return np.zeros(count + 2 * CACHE_LINE, np.int64)[CACHE_LINE:-CACHE_LINE]


def empty_rows(count: int, *, lined: bool = True) -> WalkRows:
    """Return rows that are not written yet; where there are no lines, their column needs no memory."""
    sizes = dict.fromkeys(WalkRows._fields, count) | {"line": count * lined}
    return WalkRows(*unwritten((sizes[name], getattr(ROW_TYPES, name)) for name in WalkRows._fields))


def pay_of(parts: Sequence[Part]) -> NDArray[np.int64]:
    """Put the pay of ranges together: each pays its own members, and the ancestors of its first one."""
    pay = parts[0].pay if len(parts) == 1 else np.concatenate([part.pay for part in parts])
    for part in parts:
        pay[part.sources.path] += part.above
    return pay
