"""Ranks over time: when a held rank rises, and when and how far it falls."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from compplan.periods.state import State
    from compplan.plan.sections import HeldRank
    from compplan.program.work import Work

    Ranks = NDArray[np.int8]


class Held(NamedTuple):
    """The ranks that members hold after a period, and in how many or which periods they have been below them."""

    rank: Ranks
    below: NDArray[np.int64]


def hold(
    rule: HeldRank,
    earned: Ranks,
    before: Ranks,
    below: NDArray[np.int64],
    earlier: Sequence[Ranks] = (),
) -> Held:
    """Return the ranks held after a period.

    A held rank rises to what was earned in each of the last `rises_after` periods. It falls in the `falls_after`-th
    period in a row (or of the last `falls_within`) in which less was earned, by `falls_by` ranks at most and never
    below what was earned; then, and when it rises, the periods are counted anew.

    Parameters
    ----------
    rule
        `falls_after` None stands for never, `falls_by` None for down to the earned rank.
    earned
        int8[n]: the rank earned in this period, 0 for none.
    before, below
        The rank held before this period, and for how many periods in a row less had been earned; with `falls_within`
        which periods these were, as binary digits, the last one at the end.
    earlier
        The ranks earned in the periods before, the last one first; as many as `rises_after` asks for.

    Examples
    --------
    >>> from compplan.plan.sections import HeldRank
    >>> rule = HeldRank(falls_after=2, falls_by=1)
    >>> held, below = np.array([3], np.int8), np.array([0])
    >>> for earned in (1, 1, 1, 1):
    ...     held, below = hold(rule, np.array([earned], np.int8), held, below)
    ...     print(held[0])
    3
    2
    2
    1
    """
    steady = np.minimum.reduce([earned, *earlier[: rule.rises_after - 1]])
    rank = np.maximum(before, steady)
    missed = earned < rank
    under, count = _misses(rule, np.where(rank > before, 0, below), missed)
    if rule.falls_after is None:
        return Held(rank, under)
    falls = missed & (count >= rule.falls_after)
    least = np.zeros_like(rank) if rule.falls_by is None else np.maximum(rank - np.int8(rule.falls_by), 0)
    fallen = np.maximum(earned, least).astype(np.int8)
    return Held(np.where(falls, fallen, rank), np.where(falls, 0, under))


def _misses(
    rule: HeldRank, below: NDArray[np.int64], missed: NDArray[np.bool_]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return what is kept of the periods in which less was earned, this one included, and how many they are."""
    if rule.falls_within is None:
        under = np.where(missed, below + 1, 0)
        return under, under
    which = ((below << 1) | missed) & ((1 << rule.falls_within) - 1)
    return which, np.bitwise_count(which).astype(np.int64)


def seen_by_legs(work: Work) -> Ranks:
    """Return the rank that legs see of each member beside what he earns: of a rank that falls, what is left of it.

    A member who earns less than he held is seen with what he holds after the period; who earns more, with what he
    earns. For that a held rank must rise at once.
    """
    model, state = work.plan.model.ranks, work.state
    assert model is not None  # noqa: S101 - only plans with ranks have a pass for them
    if model.legs_hold == "rank":
        return np.zeros(work.size, np.int8)
    name = model.legs_hold
    rule, before = model.holdings().get(name), state.title if name == "title" else _ranks(state, f"ranks:{name}")
    if rule is None or rule.falls_after is None:
        return before
    below = state.read(f"ranks:{name}_{rule.misses}")
    falls = _misses(rule, below, np.ones(work.size, np.bool_))[1] >= rule.falls_after
    least = np.zeros_like(before) if rule.falls_by is None else np.maximum(before - np.int8(rule.falls_by), 0)
    return np.where(falls, least, before).astype(np.int8)


def put_ranks(work: Work, earned: Ranks) -> None:
    """Write all rank columns of a period, and what the next one needs to know of them."""
    for column, kept in show_ranks(work, earned).items():
        work.state.write(column, kept)


def show_ranks(work: Work, earned: Ranks) -> dict[str, NDArray[np.int64]]:
    """Write all rank columns as they are with earned ranks; return what the next period would need to know of them."""
    model, state = work.plan.model.ranks, work.state
    next_kept: dict[str, NDArray[np.int64]] = {}
    assert model is not None  # noqa: S101 - only plans with ranks have a pass for them
    columns = [kept.column for kept in model.kept()]
    earlier = [state.last_rank, *(_ranks(state, name) for name in columns if name.startswith("ranks:earned_"))]
    found = {"rank": earned, "title": np.maximum(earned, state.title), "last_rank": state.last_rank}
    for name, rule in model.holdings().items():
        before = state.title if name == "title" else _ranks(state, f"ranks:{name}")
        below = f"ranks:{name}_{rule.misses}"
        held = hold(rule, earned, before, state.read(below), earlier)
        found[name] = held.rank
        kept = {f"ranks:{name}": held.rank.astype(np.int64), below: held.below}
        next_kept |= {column: kept[column] for column in kept.keys() & set(columns)}
    for back, ranks in enumerate(earlier[: len(earlier) - 1], 2):
        next_kept[f"ranks:earned_{back}"] = ranks.astype(np.int64)
    for name, ranks in found.items():
        work.put(name, ranks)
    work.put("paid_as", found[model.paid_as])
    return next_kept


def _ranks(state: State, column: str) -> Ranks:
    return state.read(column).astype(np.int8)
