"""One period of a tier bonus: from what members reached, and what they had before, to what is due and what is kept.

Tiers are counted from 1; 0 is none. Nothing here knows of money: an event names a tier, and what is paid for it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from compplan.bonuses.own_tier.tier_spec import TierSpec

    Tiers = NDArray[np.int64]
    Flags = NDArray[np.bool_]


class Form(IntEnum):
    """What an event pays for."""

    AGAIN = 0
    FIRST = 1
    GRACE = 2
    PART = 3
    LATE = 4
    LAPSED = 5
    WAITING = 6


PAYING = (Form.AGAIN, Form.FIRST, Form.GRACE, Form.PART)


@dataclass(frozen=True)
class Found:
    """What was measured in this period, one entry a member.

    Attributes
    ----------
    reached
        The best tier reached.
    payable
        Who can be paid.
    floor
        Who has not fallen too low for grace.
    in_time
        By tier, who is still within the window of its first time; None for no window.
    """

    reached: Tiers
    payable: Flags
    floor: Flags
    in_time: list[Flags | None]


@dataclass(frozen=True)
class Events:
    """What is due, or would have been: one entry an event, members ascending within a form and tier."""

    member: NDArray[np.int64]
    tier: NDArray[np.int64]
    form: NDArray[np.int64]
    part: NDArray[np.int64]
    payable: Flags


def step(spec: TierSpec, found: Found, before: dict[str, Tiers]) -> tuple[Events, dict[str, Tiers]]:
    """Go one period on.

    Parameters
    ----------
    before
        The columns of `TierSpec.kept`, as the last period left them.

    Returns
    -------
    events, after
        What is due, and the same columns for the next period.
    """
    state = _Held.of(spec, found, before)
    after = state.after()
    events = _Collected()
    for tier in range(1, spec.count + 1):
        _tier(spec, found, state, tier, before, after, events)
    return events.all(), {name: after[name] for name in spec.kept}


@dataclass(frozen=True)
class _Held:
    """Which tiers are held: gained, kept, or in grace."""

    spec: TierSpec
    found: Found
    before: dict[str, Tiers]
    tier: Tiers
    last: Tiers
    graced: Flags
    best: Tiers

    @classmethod
    def of(cls, spec: TierSpec, found: Found, before: dict[str, Tiers]) -> _Held:
        nothing = np.zeros(found.reached.size, np.int64)
        last = before.get("holding", nothing)
        gained = found.reached
        for number in range(1, spec.held):
            gained = np.minimum(gained, before[f"ago_{number}"])
        tier = np.maximum(gained, np.minimum(last, found.reached))
        graced = (tier < last) & found.floor & (before.get("grace", nothing) < spec.grace)
        return cls(spec, found, before, tier, last, graced, before.get("tier", nothing))

    def after(self) -> dict[str, Tiers]:
        """Return what is kept of the tiers; payments that are left are kept tier by tier."""
        payable = self.found.payable
        after = {name: values.copy() for name, values in self.before.items()}
        after["tier"] = np.where(payable, np.maximum(self.best, self.tier), self.best)
        after["holding"] = np.where(payable, np.where(self.graced, self.last, self.tier), 0)
        after["grace"] = np.where(payable & self.graced, self.before.get("grace", self.best) + 1, 0)
        for number in range(self.spec.held - 1, 0, -1):
            newer = self.before[f"ago_{number - 1}"] if number > 1 else np.where(payable, self.found.reached, 0)
            after[f"ago_{number}"] = newer
        return after


class _Collected:
    """Events as they are found."""

    def __init__(self) -> None:
        self.parts: list[tuple[NDArray[np.int64], ...]] = []
        self.flags: list[Flags] = []

    def add(self, form: Form, tier: int, who: Flags, payable: Flags, part: Tiers | None = None) -> None:
        """Add an event for each of some members."""
        member = np.flatnonzero(who)
        if member.size:
            number = np.ones(member.size, np.int64) if part is None else part[member]
            self.parts.append((member, np.full(member.size, tier), np.full(member.size, int(form)), number))
            self.flags.append(payable[member])

    def all(self) -> Events:
        """Return all events."""
        none = np.empty(0, np.int64)
        found = [np.concatenate([none, *column]) for column in zip(*self.parts, strict=True)] or [none] * 4
        member, tier, form, part = found
        return Events(member, tier, form, part, np.concatenate([np.empty(0, np.bool_), *self.flags]))


def _tier(
    spec: TierSpec,
    found: Found,
    state: _Held,
    tier: int,
    before: dict[str, Tiers],
    after: dict[str, Tiers],
    events: _Collected,
) -> None:
    """Find the events of one tier."""
    payable = found.payable
    here = state.tier >= tier if spec.every else state.tier == tier
    new = here & (state.best < tier) if spec.first else np.zeros(here.size, np.bool_)
    window = found.in_time[tier - 1]
    late = np.zeros(here.size, np.bool_) if window is None else new & ~window
    first = new & ~late
    events.add(Form.FIRST, tier, first, payable)
    lost = state.graced & (state.last >= tier if spec.every else state.last == tier) & (state.tier < tier)
    if spec.again:
        events.add(Form.AGAIN, tier, here & ~first, payable)
        events.add(Form.GRACE, tier, lost, payable)
    else:
        events.add(Form.LATE, tier, late, payable)
    if spec.payments > 1:
        _later_payments(spec, state, tier, (first, before, after), payable, events)


def _later_payments(
    spec: TierSpec,
    state: _Held,
    tier: int,
    columns: tuple[Flags, dict[str, Tiers], dict[str, Tiers]],
    payable: Flags,
    events: _Collected,
) -> None:
    """Find the payments of a first time that lies before this period, and what is then left."""
    first, before, after = columns
    name = f"left_{tier}"
    left = before[name]
    open_ = left > 0
    meets = {"nothing": np.ones(open_.size, np.bool_), "pay_when": payable, "tier": payable & (state.tier >= tier)}
    paid, missed = open_ & meets[spec.needs], open_ & ~meets[spec.needs]
    number = spec.payments - left + 1
    events.add(Form.PART, tier, paid, meets["nothing"], number)
    events.add(Form.LAPSED if spec.missed == "lost" else Form.WAITING, tier, missed, meets["nothing"], number)
    done = open_ if spec.missed == "lost" else paid
    after[name] = np.where(first & payable, spec.payments - 1, left - done)
