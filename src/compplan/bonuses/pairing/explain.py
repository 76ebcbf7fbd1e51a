"""What a binary bonus says of one member: both sides before, paired, and what became of the rest."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from compplan.bonuses.pairing.spec import UNREACHED
from compplan.explain.reasons import CODES, Detail, Outcomes, Reason
from compplan.money import from_fixed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from compplan.bonuses.pairing.measured import Measured
    from compplan.bonuses.pairing.pairing_pass import PairingPass
    from compplan.program.work import Work


def pairing_outcomes(made: PairingPass, one: Measured, position: int) -> Outcomes:
    """Return one row for the pairs, and one for each thing that volume was lost by or waits for."""
    rows = [*_paid(made, one), *_rest(one)]
    count = len(rows)
    return Outcomes(
        source=np.full(count, position, np.int32),
        line=np.full(count, -1, np.int64),
        level=np.zeros(count, np.int32),
        base=np.array([base for base, _, _ in rows], np.int64),
        amount=np.array([amount for _, amount, _ in rows], np.int64),
        reason=np.array([CODES[reason] for _, _, reason in rows], np.int8),
    )


def _paid(made: PairingPass, one: Measured) -> Iterator[tuple[int, int, Reason]]:
    pairs, paid, amount = int(one.pairs[0]), int(one.paid[0]), int(one.amount[0])
    if not one.payable[0]:
        if pairs or made.model.unpaid == "carry":
            yield int(one.made[0]), 0, Reason.NOT_QUALIFIED
    elif one.klass[0] < 0:
        yield int(one.made[0]), 0, Reason.NO_RATE
    elif paid:
        rate = int(made.terms.numerators[one.klass[0], rate_column(made, one)])
        nothing = Reason.ROUNDED_TO_ZERO if rate else Reason.LEVEL_NOT_OPEN
        yield int(one.base[0]), amount, Reason.PAID if amount else nothing
    if one.payable[0] and one.klass[0] >= 0 and pairs > paid:
        yield int(one.made[0] - one.base[0]), 0, Reason.PAIR_CAP


def rate_column(made: PairingPass, one: Measured) -> int:
    """Return the column of the rates for the increment that was reached."""
    step = 1 if one.step is None else max(int(one.step[0]), 1)
    return min(step, made.terms.numerators.shape[1]) - 1


def _rest(one: Measured) -> Iterator[tuple[int, int, Reason]]:
    left = one.left
    waiting = int(left.out.left[0] + left.out.right[0])
    lost = int(left.flushed[0] + left.expired[0]) + dropped(one)
    for volume, reason in ((waiting, Reason.UNPAIRED), (int(left.cut[0]), Reason.CARRY_CUT), (lost, Reason.FLUSHED)):
        if volume:
            yield volume, 0, reason


def taken(one: Measured) -> tuple[int, int]:
    """Return what pairs took of the left and of the right side."""
    return (int(one.took.left[0]), int(one.took.right[0])) if one.took is not None else (0, 0)


def dropped(one: Measured) -> int:
    """Return what was not paired and is not carried on, by the rule of what is carried."""
    before = int(one.before.left[0] + one.before.right[0])
    return before - sum(taken(one)) - int(one.rest.left[0] + one.rest.right[0])


def pairing_details(made: PairingPass, work: Work, one: Measured, position: int) -> list[Detail]:
    """Return the steps from both sides to the pay."""
    del work, position
    return [*_before(made, one), *_pairs(made, one), *_after(made, one)]


def _volume(made: PairingPass, code: str, text: str, value: int) -> Detail:
    return Detail(code, text, from_fixed(value, made.scale), made.model.of)


def _before(made: PairingPass, one: Measured) -> Iterator[Detail]:
    for side in ("left", "right"):
        yield _volume(made, f"{side}.carried", f"{side}, carried in", int(getattr(one.carried, side)[0]))
        yield _volume(made, f"{side}.new", f"{side}, new", int(getattr(one.new, side)[0]))
    if made.model.own_side != "none":
        yield _volume(made, "own", f"own volume in it, on the {made.model.own_side} side", int(one.own[0]))


def _pairs(made: PairingPass, one: Measured) -> Iterator[Detail]:
    stronger = "right" if one.before.right[0] > one.before.left[0] else "left"
    yield Detail("stronger", "the stronger side", stronger)
    if made.model.unit is not None:
        yield Detail("pairs", "pairs made", from_fixed(int(one.pairs[0]), 0))
        if one.limit is not None and one.limit[0] < UNREACHED:
            yield Detail("pairs.limit", "most pairs", from_fixed(int(one.limit[0]), 0))
        if one.paid[0] != one.pairs[0]:
            yield Detail("pairs.paid", "pairs paid", from_fixed(int(one.paid[0]), 0))
    if one.way is not None:
        yield Detail("way", "the way that pays most", from_fixed(int(one.way[0]) + 1, 0))
    for side, value in zip(("left", "right"), taken(one), strict=True):
        yield _volume(made, f"{side}.paired", f"{side}, paired", value)


def _after(made: PairingPass, one: Measured) -> Iterator[Detail]:
    left = one.left
    for code, text, value in (
        ("dropped", "not carried on", dropped(one)),
        ("flushed", "flushed", int(left.flushed[0])),
        ("expired", "expired", int(left.expired[0])),
        ("cut", "cut by the cap of what is carried", int(left.cut[0])),
    ):
        if value:
            yield _volume(made, code, text, value)
    for side in ("left", "right"):
        yield _volume(made, f"{side}.after", f"{side}, carried on", int(getattr(left.out, side)[0]))
    what = "the next increment" if one.step is not None else "one pair more"
    for side in ("left", "right"):
        if one.missing is not None and (lacks := int(getattr(one.missing, side)[0])):
            yield _volume(made, f"{side}.missing", f"{side}, missing for {what}", lacks)
