"""What becomes of volume after it was paired: flushed, expired, cut, or carried on in the state."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from compplan.bonuses.pairing.run import lay_by_age
from compplan.bonuses.pairing.spec import UNREACHED, Sides
from compplan.errors import ExactnessError
from compplan.money_arrays import max_abs
from compplan.plan.values import EXACT

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from compplan.bonuses.pairing.words import AverageCap
    from compplan.program.work import Work

    Volumes = NDArray[np.int64]

EVERYBODY = slice(None)


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

    def carried_in(self, work: Work, part: slice = EVERYBODY) -> Sides:
        """Return what was carried into this period."""
        left, right = (self._lots(work, side, part) for side in ("left", "right"))
        return Sides(sum(left[1:], start=left[0]), sum(right[1:], start=right[0]))

    def _lots(self, work: Work, side: str, part: slice) -> list[Volumes]:
        """Return what was carried in on one side by age, the newest first."""
        if not self.kept:
            return [np.zeros(work.size, np.int64)[part]]
        return [work.state.read(column)[part] for column in self._columns(side)]

    def _columns(self, side: str) -> list[str]:
        ages = [f"_{age}" for age in range(1, self.ages + 1)] if self.ages else [""]
        return [f"{self.bonus}:{side}{age}" for age in ages]

    def carry(self, work: Work, rest: Sides, new: Sides, weaker: Volumes, part: slice = EVERYBODY) -> Left:
        """Apply the rules to what pairing left.

        Parameters
        ----------
        rest
            What pairing left.
        new
            What this period brought.
        weaker
            What the weaker side had before pairing.
        part
            The members that the arrays are of.
        """
        state: dict[str, Volumes] = {}
        flushed = self._flushed(work, part, state)
        lost = np.where(flushed, rest.left + rest.right, 0)
        most = self._most(work, weaker, part, state)
        kept = [np.where(flushed, 0, side) for side in (rest.left, rest.right)]
        expired = cut = np.zeros_like(lost)
        out = []
        for name, total, came in zip(("left", "right"), kept, (new.left, new.right), strict=True):
            lots, gone = self._aged(work, name, total, came, part)
            stays = total - gone
            fits = stays if most is None else np.minimum(stays, most)
            if most is not None and self.ages:
                lots, _ = self._aged(work, name, fits, came, part)
            expired, cut = expired + gone, cut + (stays - fits)
            out.append(fits)
            if self.kept:
                state |= dict(zip(self._columns(name), lots if self.ages else [fits], strict=True))
        return Left(Sides(*out), lost, expired, cut, state)

    def _aged(
        self, work: Work, side: str, total: Volumes, new: Volumes, part: slice
    ) -> tuple[list[Volumes], Volumes]:
        if not self.ages:
            return [total], np.zeros_like(total)
        return lay_by_age(total, new, self._lots(work, side, part))

    def _flushed(self, work: Work, part: slice, state: dict[str, Volumes]) -> NDArray[np.bool_]:
        """Say whose volume is lost, and count for how long the condition has held."""
        if self.flush is None:
            return np.zeros(work.size, np.bool_)[part]
        holds = work.columns[self.flush][part]
        if self.flush_after == 1:
            return holds
        column = f"{self.bonus}:idle"
        state[column] = np.where(holds, work.state.read(column)[part] + 1, 0)
        return state[column] >= self.flush_after

    def _most(
        self, work: Work, weaker: Volumes, part: slice, state: dict[str, Volumes]
    ) -> Volumes | None:
        """Return the most that each member carries on, on each side."""
        if self.average is not None:
            return self._by_average(self.average, work, weaker, part, state)
        if self.cap is not None:
            column, table = self.cap
            return table[work.columns[column][part]]
        if self.cap_quantity is not None:
            digits = work.scales[self.cap_quantity] - self.scale
            values = work.columns[self.cap_quantity][part]
            return np.maximum(values // 10**digits if digits >= 0 else rescaled(values, -digits), 0)
        return None

    def _by_average(
        self, rule: AverageCap, work: Work, weaker: Volumes, part: slice, state: dict[str, Volumes]
    ) -> Volumes:
        """Return a multiple of the average of the weaker side, and keep the history of it."""
        names = [f"{self.bonus}:weaker_{age}" for age in range(1, rule.average_of + 1)]
        count = f"{self.bonus}:periods"
        history, periods = [work.state.read(name)[part] for name in names], work.state.read(count)[part]
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


def rescaled(values: Volumes, digits: int) -> Volumes:
    """Return values with more digits after the point.

    Raises
    ------
    ExactnessError
        If one does not fit.
    """
    if digits and max_abs(values) * 10**digits >= 2**63:
        raise ExactnessError(f"a volume does not fit 64 bits with {digits} more digits")
    return values * 10**digits
