"""The rank pass: choose who can matter, sweep them, and write rank, title and paid-as rank."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from compplan.memory import blank, unwritten
from compplan.program.passes import Pass
from compplan.ranks import kernels as k
from compplan.ranks.given import ranks_of_field
from compplan.ranks.holding import put_ranks, seen_by_legs
from compplan.ranks.rounds import settled
from compplan.ranks.table import STATIC
from compplan.volumes.member_arrays import as_input

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

    from compplan.program.work import Work
    from compplan.ranks.table import RequirementTable, Row

_WAYS = {"full": k.OWN_FULL, "capped": k.OWN_CAPPED, "none": k.OWN_NONE}
_LANES = {"outside": k.OUTSIDE, "breakaway": k.BREAKAWAY}
_GROUPS = {"legs": k.LEGS, "frontline": k.FRONTLINE, "downline": k.DOWNLINE}


@dataclass(frozen=True)
class RankPass(Pass):
    """Earned rank, title and paid-as rank of every member.

    Attributes
    ----------
    members
        The column of who can hold a rank.
    columns
        For rows that are known before the pass, the column that holds the measure.
    totals
        For rows over legs, the columns of the subtree sum and of the member's own part of it.
    also
        The columns of further conditions on who holds a rank.
    again
        The passes of columns that go by ranks: they run in each round, by the ranks of the round before.
    rounds
        How many rounds there may be.
    """

    tree: str
    table: RequirementTable
    members: str
    columns: Mapping[Row, str]
    totals: Mapping[Row, tuple[str, str]]
    also: Mapping[str, str]
    again: tuple[Pass, ...] = ()
    rounds: int = 0

    def run(self, work: Work) -> None:
        put_ranks(work, settled(self, work) if self.again else self.sweep(work))

    def sweep(self, work: Work) -> NDArray[np.int8]:
        """Return the rank that each member earns by the columns as they are, in the primary order."""
        return work.from_tree(self.tree, _Sweep(self, work).ranks())


class _Tables:
    """The requirement table as arrays of numbers: what the sweep reads for each row.

    Attributes
    ----------
    features, flags
        The columns that are read, by number.
    totals
        Pairs of features: a subtree sum, and the member's own part of it.
    caps
        The caps of each total, ascending.
    lanes
        Kind, total and rank of the sums that depend on ranks.
    groups
        Kind and flag (-1 for none) of the histograms over ranks.
    """

    def __init__(self, rank_pass: RankPass) -> None:
        self.rank_pass = rank_pass
        self.features: list[str] = []
        held = [row.also for row in rank_pass.table.rows if row.also and row.measure in _GROUPS]
        self.flags = list(dict.fromkeys(rank_pass.also[text] for text in held))
        self.totals: list[tuple[int, int]] = []
        self.lanes: list[tuple[int, int, int]] = []
        self.groups: list[tuple[int, int]] = []
        rows = rank_pass.table.rows
        if any(row.measure == "outside" for row in rows):
            self.groups.append((k.LEGS, -1))  # the best rank in a leg is kept by the first group
        for row in rows:
            if row.measure in {"capped", *_LANES}:
                self._total(row)
        self.caps: list[list[int]] = [[] for _ in self.totals]
        for row in rows:
            if row.measure == "capped":
                self.caps[self._total(row)].append(row.cap)
        self.caps = [sorted(set(found)) for found in self.caps]
        self.cap_first = [0, *itertools.accumulate(map(len, self.caps))]
        self.slots = {row: self._slot(row) for row in rows}

    def _feature(self, name: str) -> int:
        return _number(self.features, name)

    def _total(self, row: Row) -> int:
        total, own = self.rank_pass.totals[row]
        return _number(self.totals, (self._feature(total), self._feature(own)))

    def _slot(self, row: Row) -> tuple[int, int, int]:
        """Return kind, argument and bound of a row, making its lane or group where it is new."""
        if row.measure in STATIC:
            return k.STATIC, self._feature(self.rank_pass.columns[row]), 0
        if row.measure == "capped":
            total = self._total(row)
            return k.CAPPED, total, self.cap_first[total] + self.caps[total].index(row.cap)
        if row.measure in _LANES:
            return k.LANE, _number(self.lanes, (_LANES[row.measure], self._total(row), row.holds)), 0
        flag = self.flags.index(self.rank_pass.also[row.also]) if row.also else -1
        return k.HISTOGRAM, _number(self.groups, (_GROUPS[row.measure], flag)), row.holds

    def routes(self) -> list[tuple[int, list[Row]]]:
        """Return the routes, highest rank first.

        In each, the cheap rows come first, and of these the measures that tell most ranks apart: then one row after
        another fails alike until a rank is in reach, which processors foresee.
        """
        bounds: dict[str, set[int]] = {}
        for row in self.rank_pass.table.rows:
            bounds.setdefault(row.name, set()).add(row.low)

        def cost(row: Row) -> tuple[bool, int]:
            return row.measure not in STATIC, -len(bounds[row.name])

        found = []
        for rank in range(len(self.rank_pass.table.ranks), 0, -1):
            found += [(rank, sorted(rows, key=cost)) for rows in self.rank_pass.table.of(rank)]
        return found

    @property
    def width(self) -> int:
        """Numbers in one row of the accumulator."""
        classes = len(self.totals) + sum(map(len, self.caps))
        ranks = len(self.rank_pass.table.ranks)
        return 1 + len(self.totals) + 2 * classes + len(self.lanes) + len(self.groups) * (ranks + 2)


class _Sweep:
    """The arrays of one rank sweep, in the own order of the tree of legs."""

    def __init__(self, rank_pass: RankPass, work: Work) -> None:
        self.rank_pass, self.work = rank_pass, work
        self.tree = work.tree(rank_pass.tree)
        self.tables = _Tables(rank_pass)
        model = work.plan.model.ranks
        assert model is not None  # noqa: S101 - see RankPass.run
        self.closed = model.gaps == "closed"
        self.held = work.in_tree(rank_pass.tree, seen_by_legs(work))
        self.eligible = self._column(rank_pass.members)
        granted = ranks_of_field(work, model.granted) if model.granted else np.zeros(work.size, np.int8)
        self.granted = work.in_tree(rank_pass.tree, granted)

    def _column(self, name: str) -> NDArray[Any]:
        return self.work.column_in(self.rank_pass.tree, name)

    def ranks(self) -> NDArray[np.int8]:
        """Return the earned rank of every member, in the tree's order."""
        routes = self.tables.routes()
        free = self.eligible.astype(np.int8) * np.int8(self.work.plan.scope.floor)
        rank = np.maximum(free, self.granted)
        candidate = self._candidates(routes)
        listed, deepest = self._listed(candidate, free)
        if listed.size:
            self._sweep(routes, listed, candidate, deepest, rank)
        return rank

    def _candidates(self, routes: list[tuple[int, list[Row]]]) -> NDArray[np.bool_]:
        """Return who could meet any route, judged by the measures that every route asks for."""
        candidate = self.eligible.copy()
        demands = [_demands(rows, self.tables) for _, rows in routes if rows]
        for feature in sorted(set.intersection(*map(set, demands))) if demands else ():
            least = min(demand[feature] for demand in demands)
            k.demand(as_input(self._column(self.tables.features[feature])), least, candidate)
        return candidate

    def _listed(self, candidate: NDArray[np.bool_], free: NDArray[np.int8]) -> tuple[NDArray[np.int32], int]:
        """Return the positions of all who matter, closed upwards, and the largest depth of them."""
        matters = candidate.copy()
        floor = self.work.plan.scope.floor
        looked_for = any(0 < row.holds <= floor for row in self.tables.slots if row.measure not in STATIC)
        for brought in (self.held, self.granted, *([free] if looked_for else [])):
            if brought.any():
                matters |= brought > 0
        for (total, _), caps in zip(self.tables.totals, self.tables.caps, strict=True):
            if caps:
                volume = as_input(self._column(self.tables.features[total]))
                k.add_large_legs(as_input(self.tree.parent), as_input(candidate), volume, caps[0], matters)
        (positions,) = unwritten([(matters.size, np.int32)])
        begin, deepest = k.list_upwards(as_input(self.tree.depth), as_input(matters), positions)
        return positions[begin:], int(deepest)

    def _sweep(
        self,
        routes: list[tuple[int, list[Row]]],
        listed: NDArray[np.int32],
        candidate: NDArray[np.bool_],
        deepest: int,
        rank: NDArray[np.int8],
    ) -> None:
        tables = self.tables
        rows = [row for _, found in routes for row in found]
        slots = [tables.slots[row] for row in rows]
        given = (
            listed, as_input(self.tree.depth), as_input(candidate), as_input(self.held),
            self._gathered(tables.features, listed, np.int64), self._gathered(tables.flags, listed, np.int8),
            _ints(number for number, _ in routes), _ints([0, *itertools.accumulate(len(found) for _, found in routes)]),
            _ints(kind for kind, _, _ in slots), _ints(arg for _, arg, _ in slots),
            _ints(_WAYS[row.own] for row in rows), _ints(bound for _, _, bound in slots),
            _ints(row.low for row in rows), _ints(row.high for row in rows),
            _ints(total for total, _ in tables.totals), _ints(own for _, own in tables.totals),
            _ints(tables.cap_first), _ints(cap for caps in tables.caps for cap in caps),
            _ints(kind for kind, _, _ in tables.lanes), _ints(total for _, total, _ in tables.lanes),
            _ints(least for _, _, least in tables.lanes),
            _ints(kind for kind, _ in tables.groups), _ints(flag for _, flag in tables.groups),
            len(self.rank_pass.table.ranks), self.closed,
        )  # fmt: skip
        with blank(deepest + 2, tables.width) as below:
            k.rank_sweep(*given, below, rank)
            below[0] = 0

    def _gathered(self, names: list[str], listed: NDArray[np.int32], dtype: type[np.integer[Any]]) -> NDArray[Any]:
        rows = max(1, len(names))
        out = unwritten([(rows * listed.size, dtype)])[0].reshape(rows, listed.size)
        for index, name in enumerate(names):
            k.gather_feature(self._column(name), listed, out[index])
        return out


def _demands(rows: list[Row], tables: _Tables) -> dict[int, int]:
    """Return the least that a route asks of each measure that is known before the sweep."""
    return {tables.slots[row][1]: row.low for row in rows if row.measure in STATIC}


def _number(known: list[Any], item: Any) -> int:
    """Return the number of an item, which it gets when it is new."""
    if item not in known:
        known.append(item)
    return known.index(item)


def _ints(values: Iterable[int]) -> NDArray[np.int64]:
    return np.array(list(values), np.int64)
