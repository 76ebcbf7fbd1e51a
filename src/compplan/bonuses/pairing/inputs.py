"""What the pairing of a run reads, looked up once: sides, columns of the state, limits."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from compplan.bonuses.books.caps import Caps, kept_in_span
from compplan.bonuses.pairing import kernels
from compplan.bonuses.pairing.run import empty_sides, sides_below
from compplan.bonuses.pairing.spec import Sides
from compplan.errors import ExactnessError
from compplan.money_arrays import max_abs
from compplan.money_kernels import divider
from compplan.volumes.exactness import check_sum
from compplan.volumes.member_arrays import as_input

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from compplan.bonuses.pairing.measured import WayRule
    from compplan.bonuses.pairing.pairing_pass import PairingPass
    from compplan.genealogy.tree import Tree
    from compplan.money_kernels import Divider
    from compplan.program.work import Work

    Volumes = NDArray[np.int64]


@dataclass
class Inputs:
    """The inputs of one bonus in one run, in the primary order."""

    rule: PairingPass
    work: Work
    _kept: dict[str, Volumes] = field(default_factory=dict)
    _zeros: Volumes = field(default_factory=lambda: np.zeros(0, np.int64))

    def kept(self, column: str) -> Volumes:
        """Return a column of the state as the period begins."""
        if column not in self._kept:
            self._kept[column] = self.work.state.read(column)
        return self._kept[column]

    def nothing(self, part: slice) -> Volumes:
        """Return zeros for some members, not to be written to."""
        size = part.stop - part.start
        if self._zeros.size < size:
            self._zeros = np.zeros(size, np.int64)
        return self._zeros[:size]

    @cached_property
    def pairs_before(self) -> Volumes:
        """Pairs that were paid earlier in the span of the plan's number of pairs."""
        return kept_in_span(f"{self.rule.bonus}:pairs", self.rule.model.pair_cap_per, self.work)

    @cached_property
    def caps(self) -> Caps | None:
        """The cap of money."""
        return None if self.rule.cap is None else Caps.of(self.rule.cap, self.rule.terms.scale, self.work)

    def may(self, way: WayRule, part: slice) -> NDArray[np.bool_] | None:
        """Return who makes pairs in one way, or None for everybody."""
        columns = self.work.columns
        has: NDArray[np.bool_] | None = None if way.when is None else columns[way.when][part]
        if self.rule.model.unpaid == "breakage":
            return has
        rated = columns[self.rule.pay][part] & (columns[way.klass][part] >= 0)
        return rated if has is None else rated & has

    @cached_property
    def rounding(self) -> Divider:
        """What products of units and rates are divided by."""
        return divider(self.rule.terms.denominator, self.work.plan.model.rounding.mode)

    @cached_property
    def largest_rate(self) -> int:
        """The largest numerator of the rates."""
        return max_abs(self.rule.terms.numerators.ravel())

    def volume(self, name: str, part: slice) -> Volumes:
        """Return a volume of members' own, at the scale of the sides."""
        return rescaled(self.work.columns[name][part], self.rule.scale - self.work.scales[name])

    @cached_property
    def sides(self) -> Sides:
        """What this period brought below each member."""
        name, tree = self.rule.tree, self.work.tree(self.rule.tree)
        values = self.work.in_tree(name, self.volume(self.rule.model.of, slice(None)))
        found = sides_below(tree, values, self.work.threads)
        return Sides(self.work.from_tree(name, found.left), self.work.from_tree(name, found.right))

    @cached_property
    def stream(self) -> Stream | None:
        """What sums need that are made part by part; None in trees of another order, and with several threads."""
        tree = self.work.tree(self.rule.tree)
        if tree.to_primary is not None or self.work.threads > 1:
            return None
        values = as_input(self.volume(self.rule.model.of, slice(None)))
        return Stream(tree, values)

    @cached_property
    def pushed(self) -> NDArray[np.int64] | None:
        """What the parts so far have pushed, where they are made in a stream, whose sums fit 64 bits."""
        if (stream := self.stream) is None:
            return None
        check_sum(stream.tree, self.rule.model.of, stream.values)
        return np.zeros((stream.tree.max_depth + 2, 2), np.int64)

    def below(self, part: slice) -> Sides:
        """Return what this period brought below some members; parts are asked for from the last to the first.

        In the primary tree, sums need no way through memory: they are made for one part and paired while they are in
        the cache.
        """
        if self.stream is None:
            return self.sides.part(part)
        found = empty_sides(part.stop - part.start)
        kernels.side_sums(*self.stream.part(part), found.left, found.right, self.pushed)
        return found

    def sides_of(self, position: int) -> Sides:
        """Return the same of one member, from the legs below him."""
        tree, sums = self.work.tree(self.rule.tree), [0, 0]
        for child in tree.children(tree.own(position)):
            below = np.arange(child, tree.end[child])
            members = below if tree.to_primary is None else tree.to_primary[below]
            values = rescaled(
                self.work.columns[self.rule.model.of][members],
                self.rule.scale - self.work.scales[self.rule.model.of],
            )
            sums[0 if tree.side is None else int(tree.side[child]) & 1] += int(values.sum())
        return Sides(*(np.array([each], np.int64) for each in sums))


@dataclass(frozen=True)
class Stream:
    """A tree whose sides are summed part by part, from the last member to the first.

    Attributes
    ----------
    values
        int64[n], own volumes.
    """

    tree: Tree
    values: Volumes

    def part(self, part: slice) -> list[NDArray[Any]]:
        """Return depth, side and volume of some members."""
        assert self.tree.side is not None  # noqa: S101 - the plan's checks demand sides
        return [column[part] for column in (self.tree.depth, self.tree.side, self.values)]


def rescaled(values: Volumes, digits: int) -> Volumes:
    """Return values with more digits after the point.

    Raises
    ------
    ExactnessError
        If one does not fit.
    """
    if not digits:
        return values
    if max_abs(np.ascontiguousarray(values)) * 10**digits >= 2**63:
        raise ExactnessError(f"a volume does not fit 64 bits with {digits} more digits")
    return values * 10**digits
