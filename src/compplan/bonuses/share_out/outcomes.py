"""Why somebody got his share of a pool, or none: one row a pool, and the numbers of the division."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from compplan.explain.reasons import CODES, Detail, Outcomes, Reason
from compplan.money import from_fixed, round_fraction
from compplan.money_arrays import exact_sum

if TYPE_CHECKING:
    from collections.abc import Iterator

    from compplan.bonuses.share_out.pool_pass import Divided, PoolPass
    from compplan.program.work import Work

_MORE = 4
"""Digits that an exact share is shown with, beyond those of money."""


def outcomes(made: PoolPass, work: Work, position: int) -> Outcomes:
    """Return one row for each pool that the member has points for."""
    rows = []
    for number, each in enumerate(made.divided(work), 1):
        if (reason := _reason(made, work, each, position)) is not None:
            base = int(_base(made, work, each)[position])
            level = int(made.level_of(work, number, each)[position])
            rows.append((level, base, int(each.division.paid[position]), CODES[reason]))
    columns = np.array(rows, np.int64).reshape(-1, 4).T
    return Outcomes(
        source=np.full(len(rows), position, np.int32),
        line=np.full(len(rows), -1, np.int64),
        level=columns[0].astype(np.int32),
        base=columns[1].copy(),
        amount=columns[2].copy(),
        reason=columns[3].astype(np.int8),
    )


def _base(made: PoolPass, work: Work, each: Divided) -> np.ndarray:
    """Return what shares go by, also of those who take no part."""
    if each.places is not None:
        return made.base_of(work, each)
    weights = made.weights
    if not weights.klass:
        return weights.columns(work)[0]
    points = np.maximum(work.columns[weights.by], 0) if weights.by else np.ones(work.size, np.int64)
    # without a row of weights the points count nothing, and are told as they are
    return np.where(work.columns[weights.klass] < 0, points * 10**weights.fine, weights.columns(work)[0])


def _has_weight(made: PoolPass, work: Work, position: int) -> bool:
    return not made.weights.klass or bool(work.columns[made.weights.klass][position] >= 0)


def _reason(made: PoolPass, work: Work, each: Divided, position: int) -> Reason | None:
    """Return what became of a member's share; None where he has no points."""
    if int(_base(made, work, each)[position]) <= 0:
        return None
    if not each.pool.members(work)[position] or not _has_weight(made, work, position):
        return Reason.NO_RATE
    if not work.columns[made.pay][position]:
        return Reason.NOT_QUALIFIED
    if each.places is not None and position not in each.places.members:
        return Reason.NOT_IN_PLACE
    return Reason.PAID if each.division.paid[position] else Reason.ROUNDED_TO_ZERO


def details(made: PoolPass, work: Work, position: int) -> list[Detail]:
    """Return the numbers of each pool that the member could share in."""
    found: list[Detail] = []
    for each in made.divided(work):
        if each.pool.members(work)[position]:
            found += _division(made, work, each, position)
    return found


def _division(made: PoolPass, work: Work, each: Divided, position: int) -> Iterator[Detail]:
    name = f" of {each.pool.key}" if each.pool.key else ""
    code = f"{each.pool.key}." if each.pool.key else ""
    money = made.model.money(work.plan.model)
    decimals, unit = money.decimals, money.code
    yield Detail(f"{code}pool", f"pool{name}", from_fixed(each.new, made.part.exact_scale), unit)
    if each.carried:
        yield Detail(
            f"{code}carried", f"carried from the period before{name}", from_fixed(each.carried, decimals), unit
        )
    if each.places is not None:
        yield from _place(made, work, each, position)
        return
    scale = made.weights.scale
    if not _has_weight(made, work, position):
        yield Detail(f"{code}weight", "row of weights", "none, so his points count nothing")
    yield Detail(f"{code}points", "own points", from_fixed(int(made.weights.columns(work)[0][position]), scale))
    yield Detail(f"{code}sum", "points of all", from_fixed(each.division.whole, scale))
    yield from _share(made, work, each, position, code)


def _place(made: PoolPass, work: Work, each: Divided, position: int) -> Iterator[Detail]:
    """Yield the member's number and place; for who has none, the number that the last place has."""
    listed, scale = each.places, work.scales[made.weights.by]
    if listed is None:
        return
    number = work.columns[made.weights.by]
    yield Detail("number", f"own {made.weights.by}", from_fixed(int(number[position]), scale))
    mine = np.flatnonzero(listed.members == position)
    if mine.size:
        yield Detail("place", "place", f"{listed.place[mine[0]]} of {listed.place[-1]}")
        yield from _share(made, work, each, position, "")
    elif listed.members.size:
        yield Detail("needed", "the last place has", from_fixed(int(number[listed.members[-1]]), scale))


def _share(made: PoolPass, work: Work, each: Divided, position: int, code: str) -> Iterator[Detail]:
    """Yield the exact share, and what rounding made of it."""
    money = made.model.money(work.plan.model)
    division, unit = each.division, money.code
    if not division.whole or not each.weights[position]:
        return
    decimals = money.decimals
    exact = division.amount * int(each.weights[position]) / division.whole
    shown = from_fixed(round_fraction(exact * 10**_MORE, "half_even"), decimals + _MORE)
    ends = Fraction(shown) * 10**decimals == exact
    yield Detail(f"{code}share", "exact share" if ends else f"exact share, to {decimals + _MORE} digits", shown, unit)
    left = division.amount - exact_sum(division.paid)
    if left:
        yield Detail(
            f"{code}left",
            "not paid out of the pool",
            from_fixed(round_fraction(left * 100, "half_even"), decimals + 2),
            unit,
        )
