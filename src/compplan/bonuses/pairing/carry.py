"""What becomes of volume after it was paired: flushed, expired, cut, or carried on in the state."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from compplan.bonuses.pairing.inputs import rescaled
from compplan.bonuses.pairing.run import lay_by_age
from compplan.bonuses.pairing.spec import UNREACHED, Sides
from compplan.errors import ExactnessError
from compplan.money_arrays import max_abs
from compplan.plan.values import EXACT

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from compplan.bonuses.pairing.inputs import Inputs
    from compplan.bonuses.pairing.room import Room
    from compplan.bonuses.pairing.words import AverageCap

    Volumes = NDArray[np.int64]


@dataclass(frozen=True)
class Left:
    """What was left after pairing, and what became of it.

    Attributes
    ----------
    out
        What is carried on.
    flushed, expired, cut
        What was lost of both sides together, and why.
    state
        Columns of the next state, by name.
    """

    out: Sides
    flushed: Volumes
    expired: Volumes
    cut: Volumes
    state: dict[str, Volumes]


@dataclass(frozen=True)
class CarryRule:
    """How a bonus carries volume on.

    Attributes
    ----------
    kept
        Whether anything can be carried on at all.
    ages
        For how many further periods; 0 for ever.
    cap
        The class column, and the cap of each class and of members without one.
    cap_quantity, average
        Or the column of a quantity, or a multiple of an average.
    flush, flush_after
        The column of who loses volume, and for how many periods in a row it has to hold.
    """

    bonus: str
    scale: int
    kept: bool
    ages: int
    cap: tuple[str, Volumes] | None
    cap_quantity: str | None
    average: AverageCap | None
    flush: str | None
    flush_after: int

    @property
    def reads(self) -> list[str]:
        """The columns that it needs."""
        return [*filter(None, [self.cap[0] if self.cap else None, self.cap_quantity, self.flush])]

    def carried_in(self, inputs: Inputs, part: slice) -> Sides:
        """Return what was carried into this period."""
        left, right = (self._lots(inputs, side, part) for side in ("left", "right"))
        return Sides(sum(left[1:], start=left[0]), sum(right[1:], start=right[0]))

    def _lots(self, inputs: Inputs, side: str, part: slice) -> list[Volumes]:
        """Return what was carried in on one side by age, the newest first."""
        if not self.kept:
            return [inputs.nothing(part)]
        return [inputs.kept(column)[part] for column in self._columns(side)]

    def _columns(self, side: str) -> list[str]:
        ages = [f"_{age}" for age in range(1, self.ages + 1)] if self.ages else [""]
        return [f"{self.bonus}:{side}{age}" for age in ages]

    @property
    def as_it_is(self) -> bool:
        """Whether what pairing leaves is carried on as it is, or nothing is."""
        rules = (self.cap, self.cap_quantity, self.average, self.flush)
        return not self.ages and all(rule is None for rule in rules)

    @property
    def rest_columns(self) -> list[str]:
        """The columns of the next state that hold what pairing leaves, left side first; none where that is changed."""
        return [f"{self.bonus}:{side}" for side in ("left", "right")] if self.kept and self.as_it_is else []

    def carry(self, inputs: Inputs, rest: Sides, new: Sides, carried: Sides, part: slice, room: Room) -> Left:
        """Apply the rules to what pairing left.

        Parameters
        ----------
        rest
            What pairing left.
        new
            What this period brought.
        carried
            What was carried into it.
        part
            The members that the arrays are of.
        room
            Where to write the next state.
        """
        if self.as_it_is:
            none = inputs.nothing(part)
            return Left(rest, none, none, none, dict(zip(self.rest_columns, (rest.left, rest.right), strict=False)))
        state: dict[str, Volumes] = {}
        flushed = self._flushed(inputs, part, state)
        none = inputs.nothing(part)
        lost = none if flushed is None else np.where(flushed, rest.left + rest.right, 0)
        most = self._most(inputs, new, carried, part, state)
        kept = [side if flushed is None else np.where(flushed, 0, side) for side in (rest.left, rest.right)]
        expired = cut = none
        out = []
        for name, total, came in zip(("left", "right"), kept, (new.left, new.right), strict=True):
            lots, gone = self._aged(inputs, name, total, came, part, room)
            stays = total - gone if self.ages else total
            fits = stays if most is None else np.minimum(stays, most)
            if most is not None and self.ages:
                lots, _ = self._aged(inputs, name, fits, came, part, room)
            expired = expired + gone if self.ages else expired
            cut = cut if most is None else cut + (stays - fits)
            out.append(fits)
            if self.kept:
                state |= dict(zip(self._columns(name), lots if self.ages else [fits], strict=True))
        return Left(Sides(*out), lost, expired, cut, state)

    def _aged(
        self, inputs: Inputs, side: str, total: Volumes, new: Volumes, part: slice, room: Room
    ) -> tuple[list[Volumes], Volumes]:
        if not self.ages:
            return [total], total
        out = [room.of(column, part) for column in self._columns(side)]
        return lay_by_age(total, new, self._lots(inputs, side, part), out)

    def _flushed(self, inputs: Inputs, part: slice, state: dict[str, Volumes]) -> NDArray[np.bool_] | None:
        """Say whose volume is lost, and count for how long the condition has held."""
        if self.flush is None:
            return None
        holds: NDArray[np.bool_] = inputs.work.columns[self.flush][part]
        if self.flush_after == 1:
            return holds
        column = f"{self.bonus}:idle"
        state[column] = np.where(holds, inputs.kept(column)[part] + 1, 0)
        return state[column] >= self.flush_after

    def _most(
        self, inputs: Inputs, new: Sides, carried: Sides, part: slice, state: dict[str, Volumes]
    ) -> Volumes | None:
        """Return the most that each member carries on, on each side."""
        if self.average is not None:
            weaker = np.minimum(carried.left + new.left, carried.right + new.right)
            return self._by_average(self.average, inputs, weaker, part, state)
        if self.cap is not None:
            column, table = self.cap
            most: Volumes = table[inputs.work.columns[column][part]]
            return most
        if self.cap_quantity is not None:
            digits = inputs.work.scales[self.cap_quantity] - self.scale
            values = inputs.work.columns[self.cap_quantity][part]
            return np.maximum(values // 10**digits if digits >= 0 else rescaled(values, -digits), 0)
        return None

    def _by_average(
        self, rule: AverageCap, inputs: Inputs, weaker: Volumes, part: slice, state: dict[str, Volumes]
    ) -> Volumes:
        """Return a multiple of the average of the weaker side, and keep the history of it."""
        names = [f"{self.bonus}:weaker_{age}" for age in range(1, rule.average_of + 1)]
        count = f"{self.bonus}:periods"
        history, periods = [inputs.kept(name)[part] for name in names], inputs.kept(count)[part]
        after = [weaker, *history[:-1]]
        state |= dict(zip(names, after, strict=True))
        state[count] = np.minimum(periods + 1, rule.average_of)
        values, counted = (after, state[count]) if rule.this_period else (history, periods)
        top, bottom = rule.times.as_integer_ratio()
        total: Any = sum(values[1:], start=values[0])
        if sum(map(max_abs, values)) * top >= 2**63:
            raise ExactnessError(f"{rule.times} times the volume of {rule.average_of} periods may not fit 64 bits")
        most = total * top // (np.maximum(counted, 1) * bottom)
        none = UNREACHED if rule.without_history is None else int(rule.without_history.scaleb(self.scale, EXACT))
        return np.where(counted == 0, none, np.maximum(most, 0))
