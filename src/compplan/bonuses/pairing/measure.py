"""From the columns of a run to pairs: what stands on both sides, who pairs how, and how many pairs are paid."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from compplan.bonuses.books.caps import UNCAPPED
from compplan.bonuses.pairing import kernels
from compplan.bonuses.pairing.kernels import NO_LIMIT
from compplan.bonuses.pairing.measured import Measured
from compplan.bonuses.pairing.run import pair_sides
from compplan.bonuses.pairing.spec import KEEP, UNREACHED, Sides
from compplan.errors import ExactnessError
from compplan.money_arrays import max_abs
from compplan.money_kernels import divider
from compplan.volumes.exactness import bound
from compplan.volumes.member_arrays import as_input

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from compplan.bonuses.pairing.inputs import Inputs
    from compplan.bonuses.pairing.measured import WayRule
    from compplan.bonuses.pairing.spec import Paired
    from compplan.bonuses.prepare.terms import Terms
    from compplan.program.work import Work

    Volumes = NDArray[np.int64]


class Measuring:
    """Measures one bonus for some members, or for one member with all that explanations need."""

    def __init__(self, inputs: Inputs, part: slice, *, alone: bool = False) -> None:
        self.inputs, self.part, self.alone = inputs, part, alone
        self.rule, self.work = inputs.rule, inputs.work
        self.size = len(range(self.work.size)[part])
        self.state: dict[str, Volumes] = {}

    def measured(self) -> Measured:
        """Return everything."""
        rule, inputs = self.rule, self.inputs
        payable = self.work.columns[rule.pay][self.part]
        carried = rule.carry.carried_in(inputs, self.part)
        below = inputs.sides_of(self.part.start) if self.alone else inputs.below(self.part)
        new, own = self._with_own(below, carried)
        limit = self._pair_limit()
        found = [self._way(way, new, carried, payable, limit) for way in rule.ways]
        best = _best(found)
        left = rule.carry.carry(inputs, best["rest"], new, carried, self.part)
        self._count_pairs(best["paid"], best["pairs"])
        state = self.state | left.state
        return Measured(carried=carried, new=new, own=own, payable=payable, left=left, state=state, **best)

    def _with_own(self, new: Sides, carried: Sides) -> tuple[Sides, Volumes]:
        """Add the member's own volume to the side that it counts on."""
        model = self.rule.model
        if model.own_side == "none":
            return new, self.inputs.nothing[self.part]
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

    def _way(
        self, way: WayRule, new: Sides, carried: Sides, payable: NDArray[np.bool_], limit: Volumes | None
    ) -> dict[str, Any]:
        """Pair in one way, and return the fields of `Measured` that depend on it."""
        rule, work, row = self.rule, self.work, way.row(self.work, self.part)
        klass = work.columns[way.klass][self.part]
        rated = payable & (klass >= 0)
        may = rated if rule.model.unpaid == "carry" else None
        if way.when is not None:
            has = work.columns[way.when][self.part]
            may = has if may is None else may & has
        if way.rows.start:
            klass = np.where(klass >= 0, klass + way.rows.start, -1).astype(np.int16)
        if rule.model.over_cap == "carried" and rule.cap is not None:
            by_money = self._money_limit(way, row, klass)
            limit = by_money if limit is None else np.minimum(limit, by_money)
        paired = self._paired(way, new, carried, row, may, limit)
        paid, made, base, amount = price_pairs(
            rule.terms, paired, limit, payable, klass, row, way.per, work, fixed=rule.fixed
        )
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
        bound = limit if rule.model.over_cap == "carried" else None
        if rule.first is None:
            return pair_sides(way.pairing, new, carried, row, may=may, limit=bound, threads=self.work.threads)
        started = self.inputs.kept(f"{rule.bonus}:started")[self.part] > 0
        unit = self.work.columns[way.unit][self.part]
        once = np.where(started, 0, 1) if bound is None else np.where(started, 0, np.minimum(bound, 1))
        first = pair_sides(rule.first, new, carried, unit, may=may, limit=once)
        rest = np.full(self.size, NO_LIMIT) if bound is None else bound - first.pairs
        rest = np.where(started | (first.pairs > 0), rest, 0)
        none = Sides(np.zeros(self.size, np.int64), np.zeros(self.size, np.int64))
        then = pair_sides(way.pairing, none, first.out, row, may=may, limit=rest)
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


def price_pairs(
    terms: Terms,
    paired: Paired,
    limit: Volumes | None,
    payable: NDArray[np.bool_],
    klass: NDArray[np.int16],
    row: NDArray[np.int16],
    per: Volumes,
    work: Work,
    *,
    fixed: bool,
) -> list[Volumes]:
    """Return pairs that are paid, the volume of all pairs and of those, and money, at the book's scale.

    Raises
    ------
    ExactnessError
        If an amount does not fit 64 bits.
    """
    none = np.empty(0, np.int64)
    found = [np.empty(paired.pairs.size, np.int64) for _ in range(4)]
    largest = bound(as_input(paired.pairs)) * (1 if fixed else max_abs(per.ravel())) * max_abs(terms.numerators.ravel())
    overflows = kernels.price(
        paired.pairs,
        none if paired.step is None else paired.step,
        none if limit is None else limit,
        payable,
        klass,
        row,
        per,
        terms.numerators,
        fixed,
        largest < 2**62,
        divider(terms.denominator, work.plan.model.rounding.mode),
        *found,
    )
    if overflows:
        raise ExactnessError(f"the pay of {overflows} members for their pairs does not fit 64 bits")
    return found


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
