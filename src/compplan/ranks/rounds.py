"""Ranks in rounds, where requirements read ranks in a way that one sweep does not know.

Nobody has a rank at first but what he holds without a requirement. Each round computes the columns that go by ranks
from the ranks of the round before, and sweeps the ladder; where no rank changes any more, every requirement holds as it
is measured. As long as more ranks never take another away, these are the least ranks that fit the rules: whatever the
order of the rounds, nobody has a rank because of himself, in a circle.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING

import numpy as np

from compplan.errors import Problem, RanksError, Rows
from compplan.ranks.given import ranks_of_field
from compplan.ranks.holding import show_ranks
from compplan.ranks.in_rounds import rows_in_rounds

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from compplan.program.work import Work
    from compplan.ranks.rank_pass import RankPass

    Ranks = NDArray[np.int8]

_SHOWN = 5
_TAKING = {"outside", "breakaway"}
"""What the sweep measures itself, and less of which is left with more ranks."""


def settled(rank_pass: RankPass, work: Work) -> Ranks:
    """Return the earned ranks that no further round changes.

    Raises
    ------
    RanksError
        If ranks come and go, so that ranks of an earlier round come back; or if they still change after `ranks.rounds`
        rounds.
    """
    ranks = _held_by_all(rank_pass, work)
    seen = {_digest(ranks): 0}
    for number in range(1, rank_pass.rounds + 1):
        before, ranks = ranks, _round(rank_pass, work, ranks)
        if np.array_equal(before, ranks):
            work.rank_rounds = number
            return ranks
        earlier = seen.setdefault(_digest(ranks), number)
        if earlier < number:
            raise _come_and_go(rank_pass, work, ranks, number - earlier)
    raise _still_change(rank_pass, work, before, ranks)


def _round(rank_pass: RankPass, work: Work, ranks: Ranks) -> Ranks:
    """Return the ranks that follow from the ranks of the round before."""
    show_ranks(work, ranks)
    for each in rank_pass.again:
        each.run(work)
    return rank_pass.sweep(work)


def _held_by_all(rank_pass: RankPass, work: Work) -> Ranks:
    """Return the ranks that are held without a requirement."""
    scope, granted = work.plan.scope, work.plan.model.ranks.granted  # type: ignore[union-attr]
    free = work.columns[rank_pass.members].astype(np.int8) * np.int8(scope.floor)
    return np.maximum(free, ranks_of_field(work, granted)) if granted else free


def _digest(ranks: Ranks) -> bytes:
    return blake2b(ranks.tobytes()).digest()


def _come_and_go(rank_pass: RankPass, work: Work, ranks: Ranks, length: int) -> RanksError:
    """Return the error of ranks that come back after a number of rounds, which are gone through once more."""
    low, high = ranks, ranks
    for _ in range(length):
        ranks = _round(rank_pass, work, ranks)
        low, high = np.minimum(low, ranks), np.maximum(high, ranks)
    message = f"ranks come and go, round after round: {_changes(work, low, high, 'between {} and {}')}"
    hint = f"a rank takes away what another rank is given for; look at {_at_stake(rank_pass, work, low, high)}"
    return RanksError(Problem("ranks-unsettled", message, _rows(work, low, high), hint))


def _still_change(rank_pass: RankPass, work: Work, before: Ranks, after: Ranks) -> RanksError:
    found = _changes(work, before, after, "{}, then {}")
    message = f"ranks still change after {rank_pass.rounds} rounds: {found}"
    hint = f"allow more of them: ranks: {{rounds: {10 * rank_pass.rounds}}}"
    if (after < before).any():
        hint += f"; or a rank takes away what another is given for: look at {_at_stake(rank_pass, work, before, after)}"
    return RanksError(Problem("ranks-unsettled", message, _rows(work, before, after), hint))


def _changes(work: Work, before: Ranks, after: Ranks, words: str) -> str:
    names, changed = ["no rank", *work.plan.scope.ranks], np.flatnonzero(before != after)
    shown = [
        f"{work.genealogy.id_at(int(place))} {words.format(names[before[place]], names[after[place]])}"
        for place in changed[:_SHOWN]
    ]
    more = [f"and {changed.size - _SHOWN} more"] if changed.size > _SHOWN else []
    return "; ".join([*shown, *more])


def _rows(work: Work, before: Ranks, after: Ranks) -> Rows:
    changed = np.flatnonzero(before != after)
    ids = tuple(str(work.genealogy.id_at(int(place))) for place in changed[:_SHOWN])
    return Rows("members", work.plan.model.members.id, changed.size, (), ids)


def _at_stake(rank_pass: RankPass, work: Work, one: Ranks, other: Ranks) -> str:
    """Name what the ranks between two states of them ask of ranks, as the plan says it."""
    low, high, table = np.minimum(one, other), np.maximum(one, other), rank_pass.table
    contested = [number for number in range(1, len(table.ranks) + 1) if ((low < number) & (number <= high)).any()]
    asked = {*rows_in_rounds(table.rows, work.plan.scope), *(row for row in table.rows if row.measure in _TAKING)}
    rows = [row for row in table.rows if row in asked and row.rank in contested]
    return "; ".join(dict.fromkeys(f'"{row.text}" of {table.ranks[row.rank - 1]}' for row in rows))
