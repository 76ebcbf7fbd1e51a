"""From the columns of a run to pairs: what stands on both sides, who pairs how, and how many pairs are paid."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from compplan.bonuses.books.caps import UNCAPPED
from compplan.bonuses.pairing import kernels
from compplan.bonuses.pairing.kernels import NO_LIMIT
from compplan.bonuses.pairing.measured import Measured
from compplan.bonuses.pairing.room import PAY
from compplan.bonuses.pairing.run import pair_sides
from compplan.bonuses.pairing.spec import KEEP, UNREACHED, Sides
from compplan.errors import ExactnessError
from compplan.volumes.exactness import bound
from compplan.volumes.member_arrays import as_input

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from compplan.bonuses.pairing.inputs import Inputs
    from compplan.bonuses.pairing.measured import WayRule
    from compplan.bonuses.pairing.room import Room
    from compplan.bonuses.pairing.spec import Paired

    Volumes = NDArray[np.int64]


class Measuring:
    """Measures one bonus for some members, or for one member alone with all that explanations need."""

    def __init__(self, inputs: Inputs, part: slice, room: Room, *, alone: bool = False) -> None:
        self.inputs, self.part, self.room, self.alone = inputs, part, room, alone
        self.rule, self.work = inputs.rule, inputs.work
        self.size = len(range(self.work.size)[part])
        self.state: dict[str, Volumes] = {}

    def measured(self) -> Measured:
        """Return everything."""
        rule, inputs = self.rule, self.inputs
        carried = rule.carry.carried_in(inputs, self.part)
        new, own = self._with_own(carried)
        limit = self._pair_limit()
        found = [self._way(way, new, carried, limit) for way in rule.ways]
        best = _best(found)
        left = rule.carry.carry(inputs, best["rest"], new, carried, self.part, self.room)
        self._count_pairs(best["paid"], best["pairs"])
        state = self.state | left.state
        return Measured(carried=carried, new=new, own=own, payable=self.payable, left=left, state=state, **best)

    @cached_property
    def payable(self) -> NDArray[np.bool_]:
        """Who can be paid."""
        return self.work.columns[self.rule.pay][self.part]

    def _rest(self) -> Sides | None:
        """Return where to write what pairing leaves: the next state, where no other rule changes it."""
        columns = self.rule.carry.rest_columns
        if self.alone or len(self.rule.ways) > 1 or not columns:
            return None
        return Sides(*(self.room.of(column, self.part) for column in columns))

    def _with_own(self, carried: Sides) -> tuple[Sides, Volumes]:
        """Return what this period brought, with the member's own volume on the side that it counts on."""
        model, inputs = self.rule.model, self.inputs
        new = inputs.sides_of(self.part.start) if self.alone else inputs.below(self.part)
        if model.own_side == "none":
            return new, self.inputs.nothing(self.part)
        own = self.inputs.volume(model.own_of or model.of, self.part)
        right_is_weaker = carried.left + new.left >= carried.right + new.right
        on_right = {
            "left": np.zeros(self.size, np.bool_),
            "right": np.ones(self.size, np.bool_),
            "weaker": right_is_weaker,
            "stronger": ~right_is_weaker,
        }[model.own_side]
        return Sides(new.left + np.where(on_right, 0, own), new.right + np.where(on_right, own, 0)), own

    def _pair_limit(self) -> Volumes | None:
        """Return the most pairs by the plan's number of pairs, less those paid earlier in the span."""
        if self.rule.pair_cap is None:
            return None
        column, table = self.rule.pair_cap
        most: Volumes = table[self.work.columns[column][self.part]]
        if self.rule.model.pair_cap_per == "period":
            return most
        return np.maximum(most - self.inputs.pairs_before[self.part], 0)

    def _count_pairs(self, paid: Volumes, pairs: Volumes) -> None:
        rule = self.rule
        if rule.model.pair_cap_per != "period":
            self.state[f"{rule.bonus}:pairs"] = self.inputs.pairs_before[self.part] + paid
        if rule.first is not None:
            column = f"{rule.bonus}:started"
            self.state[column] = np.maximum(self.inputs.kept(column)[self.part], pairs > 0).astype(np.int64)

    def _way(self, way: WayRule, new: Sides, carried: Sides, limit: Volumes | None) -> dict[str, Any]:
        """Pair in one way, and return the fields of `Measured` that depend on it."""
        rule, work, row, may = self.rule, self.work, way.row(self.work, self.part), self.inputs.may(way, self.part)
        klass = work.columns[way.klass][self.part]
        if way.rows.start:
            klass = np.where(klass >= 0, klass + way.rows.start, -1).astype(np.int16)
        if rule.model.over_cap == "carried" and rule.cap is not None:
            by_money = self._money_limit(way, row, klass)
            limit = by_money if limit is None else np.minimum(limit, by_money)
        paired = self._paired(way, new, carried, row, may, limit)
        paid, made, base = self._counted(way, paired, limit, klass, row)
        amount = self._priced(paired, paid, base if base.size else made, klass)
        taken = None
        if len(rule.ways) > 1:
            taken = np.zeros(self.size, np.int64) if may is None else np.where(may, 0, -1)
        return {
            "pairs": paired.pairs,
            "step": paired.step,
            "paid": paid,
            "limit": limit,
            "made": made,
            "base": base,
            "klass": klass,
            "amount": amount,
            "way": taken,
            "rest": paired.out,
            "took": self._took(way, new, carried, row, may, limit),
            "missing": self._missing(way, new, carried, row, paired) if self.alone else None,
        }

    def _counted(
        self, way: WayRule, paired: Paired, limit: Volumes | None, klass: NDArray[np.int16], row: NDArray[np.int16]
    ) -> list[Volumes]:
        """Return pairs that are paid, the volume of all and of those: `paid`, `made` and `base` of `Measured`."""
        none = np.empty(0, np.int64)
        unlimited = limit is None and paired.step is None and len(self.rule.ways) == 1
        if unlimited and way.same and not (self.alone or self.rule.counts_pairs):
            each = int(way.per[0, 0])
            return [none, paired.pairs if each == 1 else paired.pairs * each, none]
        found = [np.empty(self.size, np.int64) for _ in range(3)]
        step, limit = (none if given is None else given for given in (paired.step, limit))
        arrays = map(as_input, (paired.pairs, step, limit, self.payable, klass, row, way.per))
        kernels.count_paid(*arrays, *found)
        return found

    def _priced(self, paired: Paired, paid: Volumes, volume: Volumes, klass: NDArray[np.int16]) -> Volumes:
        """Return the money of who can be paid, at the book's scale.

        Raises
        ------
        ExactnessError
            If an amount does not fit 64 bits.
        """
        rule, inputs = self.rule, self.inputs
        units = volume if not rule.fixed else paid if paid.size else paired.pairs
        step = np.empty(0, np.int64) if paired.step is None else paired.step
        amount = self.room.of(PAY, self.part) if len(rule.ways) == 1 else np.empty(self.size, np.int64)
        narrow = bound(as_input(units)) * inputs.largest_rate < 2**62
        arrays = map(as_input, (units, step, self.payable, klass, rule.terms.numerators))
        if overflows := kernels.price(*arrays, narrow, inputs.rounding, amount):
            raise ExactnessError(f"the pay of {overflows} members for their pairs does not fit 64 bits")
        return amount

    def _took(
        self, way: WayRule, new: Sides, carried: Sides, row: NDArray[np.int16], may: Any, limit: Volumes | None
    ) -> Sides | None:
        """Return what pairs take of both sides, for explanations: what is missing where both sides are carried on."""
        if not self.alone:
            return None
        both = replace(way, pairing=replace(way.pairing, keep=KEEP["both"]))
        out = self._paired(both, new, carried, row, may, limit).out
        return Sides(carried.left + new.left - out.left, carried.right + new.right - out.right)

    def _paired(
        self, way: WayRule, new: Sides, carried: Sides, row: NDArray[np.int16], may: Any, limit: Volumes | None
    ) -> Paired:
        """Pair; a member's first pair ever may have a ratio of its own."""
        rule = self.rule
        most = limit if rule.model.over_cap == "carried" else None
        if rule.first is None:
            threads, out = self.work.threads, self._rest()
            return pair_sides(way.pairing, new, carried, row, may=may, limit=most, out=out, threads=threads)
        started = self.inputs.kept(f"{rule.bonus}:started")[self.part] > 0
        unit = self.work.columns[way.unit][self.part]
        once = np.where(started, 0, 1) if most is None else np.where(started, 0, np.minimum(most, 1))
        first = pair_sides(rule.first, new, carried, unit, may=may, limit=once)
        rest = np.full(self.size, NO_LIMIT) if most is None else most - first.pairs
        rest = np.where(started | (first.pairs > 0), rest, 0)
        none = Sides(np.zeros(self.size, np.int64), np.zeros(self.size, np.int64))
        then = pair_sides(way.pairing, none, first.out, row, may=may, limit=rest, out=self._rest())
        return replace(then, pairs=then.pairs + first.pairs)

    def _missing(self, way: WayRule, new: Sides, carried: Sides, row: NDArray[np.int16], paired: Paired) -> Sides:
        """Return what both sides lack: for one pair more with what is left, or for the next listed increment."""
        table, sides = way.pairing.table, paired.out
        strong, weak = int(table[row[0], 0]), int(table[row[0], 1])
        if way.pairing.steps is not None and paired.step is not None:
            steps = [*way.pairing.steps[row[0]].tolist(), UNREACHED]
            weak = steps[int(paired.step[0])]
            strong = weak // int(table[row[0], 3]) * int(table[row[0], 2])
            sides = Sides(carried.left + new.left, carried.right + new.right)
        if weak >= UNREACHED or self.rule.model.unit is None:
            return Sides(np.zeros(1, np.int64), np.zeros(1, np.int64))
        turned = sides.right[0] > sides.left[0]
        left, right = (weak, strong) if turned else (strong, weak)
        return Sides(np.maximum(left - sides.left, 0), np.maximum(right - sides.right, 0))

    def _money_limit(self, way: WayRule, row: NDArray[np.int16], klass: NDArray[np.int16]) -> Volumes:
        """Return how many pairs fit into what each member may still be paid."""
        rule = self.rule
        most, caps = np.full(self.size, NO_LIMIT), self.inputs.caps
        if caps is None:
            return most
        room = caps.most[self.part]
        numerator = np.where(klass >= 0, rule.terms.numerators[klass, 0], 0)
        each = [1] * self.size if rule.fixed else way.per[row, 0].tolist()
        bound = np.flatnonzero((room != UNCAPPED) & (numerator > 0) & (way.per[row, 0] > 0))
        for i in bound:  # exact beyond 64 bits
            most[i] = min(int(room[i]) * rule.terms.denominator // (int(numerator[i]) * each[i]), NO_LIMIT)
        return most


def _best(found: list[dict[str, Any]]) -> dict[str, Any]:
    """Return of each member the way that pays most; the first of those that pay the same."""
    best = found[0]
    for number, other in enumerate(found[1:], 1):
        better = (other["way"] >= 0) & ((best["way"] < 0) | (other["amount"] > best["amount"]))
        merged: dict[str, Any] = {}
        for name, mine in best.items():
            theirs = other[name]
            if isinstance(mine, Sides):
                sides = ((mine.left, theirs.left), (mine.right, theirs.right))
                merged[name] = Sides(*(np.where(better, b, a) for a, b in sides))
            elif mine is None:
                merged[name] = None
            elif name == "way":
                merged[name] = np.where(better, number, mine)
            else:
                merged[name] = np.where(better, theirs, mine)
        best = merged
    return best
