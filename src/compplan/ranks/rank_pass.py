"""The rank pass: choose who can matter, sweep them, and write rank, title and paid-as rank."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from compplan.program.passes import Pass
from compplan.ranks import kernels as k
from compplan.ranks.table import INFINITE, STATIC
from compplan.volumes import rollup

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from compplan.program.work import Work
    from compplan.ranks.table import RequirementTable, Row

_WAYS = {"full": k.OWN_FULL, "capped": k.OWN_CAPPED, "none": k.OWN_NONE}
_LANES = {"capped": k.CAPPED, "outside": k.OUTSIDE, "breakaway": k.BREAKAWAY}
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
    """

    tree: str
    table: RequirementTable
    members: str
    columns: Mapping[Row, str]
    totals: Mapping[Row, tuple[str, str]]
    also: Mapping[str, str]

    def run(self, work: Work) -> None:
        model = work.plan.model.ranks
        assert model is not None  # noqa: S101 - the builder adds this pass for plans with ranks only
        earned = work.from_tree(self.tree, _Sweep(self, work).ranks())
        title = np.maximum(earned, work.state.title)
        work.put("rank", earned)
        work.put("title", title)
        work.put("paid_as", {"earned": earned, "title": title, "last_period": work.state.last_rank}[model.paid_as])


class _Sweep:
    """The tables and arrays of one rank sweep, in the own order of the tree of legs."""

    def __init__(self, rank_pass: RankPass, work: Work) -> None:
        self.rank_pass, self.work = rank_pass, work
        self.tree = work.tree(rank_pass.tree)
        self.rows = rank_pass.table.rows
        self.count = len(rank_pass.table.ranks)
        self.features: list[str] = []
        self.lanes: list[tuple[int, int, int, int]] = []
        self.groups: list[tuple[int, int]] = []
        self.flags = list(dict.fromkeys(rank_pass.also.values()))
        model = work.plan.model.ranks
        assert model is not None  # noqa: S101 - see RankPass.run
        self.closed = model.gaps == "closed"
        titles = work.state.title if model.legs_hold == "title" else np.zeros(work.size, np.int8)
        self.held = work.in_tree(rank_pass.tree, titles)
        self.eligible = self._column(rank_pass.members)

    def _column(self, name: str) -> NDArray[Any]:
        return self.work.in_tree(self.rank_pass.tree, self.work.columns[name])

    def _feature(self, name: str) -> int:
        if name not in self.features:
            self.features.append(name)
        return self.features.index(name)

    def _slot(self, row: Row) -> tuple[int, int, int]:
        """Return kind, argument and bound of a row, making its lane or group where it is new."""
        if row.measure in STATIC:
            return k.STATIC, self._feature(self.rank_pass.columns[row]), 0
        if row.measure in _LANES:
            total, own = (self._feature(name) for name in self.rank_pass.totals[row])
            bound = row.cap if row.measure == "capped" else row.holds
            lane = (_LANES[row.measure], total, own, bound)
            if lane not in self.lanes:
                self.lanes.append(lane)
            return lane[0], self.lanes.index(lane), bound
        flag = self.flags.index(self.rank_pass.also[row.also]) if row.also else -1
        group = (_GROUPS[row.measure], flag)
        if group not in self.groups:
            self.groups.append(group)
        return k.HISTOGRAM, self.groups.index(group), row.holds

    def _routes(self) -> list[tuple[int, list[Row]]]:
        """Return the routes, highest rank first; in each the cheap rows come first."""
        found = []
        for rank in range(self.count, 0, -1):
            for rows in self.rank_pass.table.of(rank):
                found.append((rank, sorted(rows, key=lambda row: row.measure not in STATIC)))
        return found

    def ranks(self) -> NDArray[np.int8]:
        """Return the earned rank of every member, in the tree's order."""
        if any(row.measure == "outside" for row in self.rows):
            self.groups.append((k.LEGS, -1))  # the best rank in a leg is kept by the first group
        routes = [(rank, [(row, *self._slot(row)) for row in rows]) for rank, rows in self._routes()]
        floor = self.eligible.astype(np.int8) * np.int8(self.work.plan.scope.floor)
        result = floor.copy()
        candidate = self._candidates(routes)
        listed = self._listed(candidate)
        if listed.size:
            result[listed] = self._sweep(routes, listed, candidate, floor)
        return result

    def _candidates(self, routes: list[tuple[int, list[Any]]]) -> NDArray[np.bool_]:
        """Return who could meet any route, judged by the measures that every route asks for."""
        candidate = self.eligible.copy()
        demands = [{arg: row.low for row, kind, arg, _ in rows if kind == k.STATIC} for rank, rows in routes if rows]
        for feature in set.intersection(*map(set, demands)) if demands else ():
            least = min(demand[feature] for demand in demands)
            candidate &= self._column(self.features[feature]) >= least
        return candidate

    def _listed(self, candidate: NDArray[np.bool_]) -> NDArray[np.int64]:
        """Return the positions of all who matter, closed upwards."""
        matters = candidate | (self.held > 0)
        least: dict[int, int] = {}
        for kind, total, _, bound in self.lanes:
            if kind == k.CAPPED:
                least[total] = min(bound, least.get(total, INFINITE))
        for total, bound in least.items():
            matters |= self._column(self.features[total]) > bound
        closed = rollup.any_in_subtree(self.tree, matters)
        positions = np.empty(closed.size + 1, np.int64)
        return positions[: k.list_positions(closed, positions)]

    def _sweep(
        self,
        routes: list[tuple[int, list[Any]]],
        listed: NDArray[np.int64],
        candidate: NDArray[np.bool_],
        floor: NDArray[np.int8],
    ) -> NDArray[np.int8]:
        table = [entry for _, rows in routes for entry in rows]
        firsts = np.cumsum([0, *(len(rows) for _, rows in routes)])
        features = np.zeros((max(1, len(self.features)), listed.size), np.int64)
        for index, name in enumerate(self.features):
            features[index] = self._column(name)[listed]
        flags = np.zeros((max(1, len(self.flags)), listed.size), np.bool_)
        for index, name in enumerate(self.flags):
            flags[index] = self._column(name)[listed]
        lanes = np.array(self.lanes, np.int64).reshape(-1, 4)
        groups = np.array(self.groups, np.int64).reshape(-1, 2)
        depth = self.tree.depth[listed]
        width = 2 * len(lanes) + len(groups) * (self.count + 2)
        rank = np.zeros(listed.size, np.int8)
        k.rank_sweep(
            depth, candidate[listed], floor[listed], self.held[listed], features, flags,
            _ints(rank for rank, _ in routes), firsts.astype(np.int64),
            _ints(kind for _, kind, _, _ in table), _ints(arg for _, _, arg, _ in table),
            _ints(_WAYS[row.own] for row, *_ in table), _ints(bound for *_, bound in table),
            _ints(row.low for row, *_ in table), _ints(row.high for row, *_ in table),
            _ints(lanes[:, 0]), _ints(lanes[:, 1]), _ints(lanes[:, 2]), _ints(lanes[:, 3]),
            _ints(groups[:, 0]), _ints(groups[:, 1]), self.count, self.closed,
            np.zeros((int(depth.max()) + 2, max(1, width)), np.int64), rank,
        )  # fmt: skip
        return rank


def _ints(values: Any) -> NDArray[np.int64]:
    return np.array(list(values), np.int64)
