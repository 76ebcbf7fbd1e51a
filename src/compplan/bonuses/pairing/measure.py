"""From the columns of a run to pairs: what stands on both sides, who pairs how, and how many pairs are paid."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from compplan.bonuses.caps import UNCAPPED, Caps, kept_in_span
from compplan.bonuses.pairing.carry import EVERYBODY, rescaled
from compplan.bonuses.pairing.kernels import NO_LIMIT
from compplan.bonuses.pairing.run import pair_sides, sides_below
from compplan.bonuses.pairing.spec import KEEP, Sides
from compplan.money_arrays import multiply_divide_all

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from compplan.bonuses.pairing.carry import Left
    from compplan.bonuses.pairing.pairing_pass import PairingPass
    from compplan.bonuses.pairing.spec import Paired, Pairing
    from compplan.program.work import Work

    Volumes = NDArray[np.int64]


@dataclass(frozen=True)
class WayRule:
    """One way of pairing: columns that choose a row of its tables, and who has it.

    Attributes
    ----------
    pairing
        With a row for each ratio and unit.
    ratio, unit, klass
        Class columns: of the ratio, of the unit, and of the rate.
    units
        How many units there are.
    rows
        The rows of the bonus' rates that are this way's.
    when
        The column of who has it; None for everybody.
    """

    pairing: Pairing
    ratio: str
    unit: str
    units: int
    klass: str
    rows: slice
    when: str | None

    def row(self, work: Work, part: slice) -> NDArray[np.int16]:
        """Return the row of the pairing's table for each member, -1 for none."""
        ratio, unit = work.columns[self.ratio][part], work.columns[self.unit][part]
        return np.where((ratio < 0) | (unit < 0), -1, ratio * self.units + unit).astype(np.int16)


@dataclass(frozen=True)
class Measured:
    """What the pairing of some members came to; one entry a member.

    Attributes
    ----------
    carried, new, own
        What was carried in, what this period brought, and the member's own volume that is part of it.
    pairs, paid
        Pairs made, and those that are paid (0 of a member who cannot be).
    limit
        The most pairs, `NO_LIMIT` for no limit.
    made, base
        Volume that rates apply to: of the pairs made, and of those paid.
    klass, column
        Row and column of the rates; a row of -1 for none.
    amount
        Money, rounded where payments are, at the book's scale.
    way
        The number of the way that was taken.
    rest
        What pairing left, after the rule of what is carried on.
    took
        What the pairs took of both sides; None where all members are measured at once.
    left
        What became of the rest.
    """

    carried: Sides
    new: Sides
    own: Volumes
    payable: NDArray[np.bool_]
    pairs: Volumes
    paid: Volumes
    limit: Volumes
    made: Volumes
    base: Volumes
    klass: NDArray[np.int16]
    column: Volumes
    amount: Volumes
    way: Volumes
    rest: Sides
    took: Sides | None
    left: Left
    state: dict[str, Volumes]

    @property
    def before(self) -> Sides:
        """What stood on both sides before pairing."""
        return Sides(self.carried.left + self.new.left, self.carried.right + self.new.right)


class Measuring:
    """Measures one bonus for all members, or for some."""

    def __init__(self, made: PairingPass, work: Work, part: slice = EVERYBODY) -> None:
        self.rule, self.work, self.part = made, work, part
        self.size = len(range(work.size)[part])
        self.state: dict[str, Volumes] = {}

    def measured(self) -> Measured:
        """Return everything."""
        rule, work = self.rule, self.work
        payable = work.columns[rule.pay][self.part]
        carried = rule.carry.carried_in(work, self.part)
        new, own = self._with_own(self._new(), carried)
        limit = self._pair_limit()
        found = [self._way(way, new, carried, payable, limit) for way in rule.ways]
        best = _best(found)
        weaker = np.minimum(carried.left + new.left, carried.right + new.right)
        left = rule.carry.carry(work, best["rest"], new, weaker, self.part)
        self._count_pairs(best["paid"], best["pairs"])
        state = self.state | left.state
        return Measured(carried=carried, new=new, own=own, payable=payable, left=left, state=state, **best)

    def _new(self) -> Sides:
        """Return what this period brought below each member."""
        tree, values = self.work.tree(self.rule.tree), self._own_volume(self.rule.model.of, EVERYBODY)
        if self.part == EVERYBODY:
            sides = sides_below(tree, self.work.in_tree(self.rule.tree, values), self.work.threads)
            return Sides(*(self.work.from_tree(self.rule.tree, side) for side in (sides.left, sides.right)))
        own, sums = tree.own(self.part.start), [0, 0]
        for child in tree.children(own):
            below = np.arange(child, tree.end[child])
            members = below if tree.to_primary is None else tree.to_primary[below]
            sums[int(tree.side[child]) & 1] += int(values[members].sum())
        return Sides(*(np.array([each], np.int64) for each in sums))

    def _own_volume(self, name: str, part: slice) -> Volumes:
        return rescaled(self.work.columns[name][part], self.rule.scale - self.work.scales[name])

    def _with_own(self, new: Sides, carried: Sides) -> tuple[Sides, Volumes]:
        """Add the member's own volume to the side that it counts on."""
        model = self.rule.model
        if model.own_side == "none":
            return new, np.zeros(self.size, np.int64)
        own = self._own_volume(model.own_of or model.of, self.part)
        right_is_weaker = carried.left + new.left >= carried.right + new.right
        on_right = {
            "left": np.zeros(self.size, np.bool_),
            "right": np.ones(self.size, np.bool_),
            "weaker": right_is_weaker,
            "stronger": ~right_is_weaker,
        }[model.own_side]
        return Sides(new.left + np.where(on_right, 0, own), new.right + np.where(on_right, own, 0)), own

    def _pair_limit(self) -> Volumes:
        """Return the most pairs by the plan's number of pairs, less those paid earlier in the span."""
        if self.rule.pair_cap is None:
            return np.full(self.size, NO_LIMIT)
        column, table = self.rule.pair_cap
        most, model = table[self.work.columns[column][self.part]], self.rule.model
        if model.pair_cap_per == "period":
            return most
        return np.maximum(most - kept_in_span(f"{self.rule.bonus}:pairs", model.pair_cap_per, self.work)[self.part], 0)

    def _count_pairs(self, paid: Volumes, pairs: Volumes) -> None:
        rule = self.rule
        if rule.model.pair_cap_per != "period":
            column = f"{rule.bonus}:pairs"
            self.state[column] = kept_in_span(column, rule.model.pair_cap_per, self.work)[self.part] + paid
        if rule.first is not None:
            column = f"{rule.bonus}:started"
            self.state[column] = np.maximum(self.work.state.read(column)[self.part], pairs > 0).astype(np.int64)

    def _way(
        self, way: WayRule, new: Sides, carried: Sides, payable: NDArray[np.bool_], limit: Volumes
    ) -> dict[str, Any]:
        """Pair in one way, and return the fields of `Measured` that depend on it."""
        rule, work, row = self.rule, self.work, way.row(self.work, self.part)
        klass = work.columns[way.klass][self.part]
        rated = payable & (klass >= 0)
        may = rated if rule.model.unpaid == "carry" else None
        if way.when is not None:
            has = work.columns[way.when][self.part]
            may = has if may is None else may & has
        klass = np.where(klass >= 0, klass + way.rows.start, -1).astype(np.int16)
        if rule.model.over_cap == "carried":
            limit = np.minimum(limit, self._money_limit(way, row, klass))
        paired, pairs = self._paired(way, new, carried, row, may, limit)
        paid = np.where(rated, np.minimum(pairs, limit), 0)
        column = np.zeros_like(pairs) if paired.step is None else np.maximum(paired.step - 1, 0)
        column = np.minimum(column, rule.terms.numerators.shape[1] - 1)
        each = self._base_of_pair(way, row, paired)
        units = paid if rule.fixed else paid * each
        due = np.where(rated, rule.terms.numerators[klass, column], 0)
        mode = work.plan.model.rounding.mode
        amount = multiply_divide_all(units, due, rule.terms.denominator, mode)
        return {
            "pairs": pairs,
            "paid": paid,
            "limit": limit,
            "made": pairs * each,
            "base": paid * each,
            "klass": klass,
            "column": column,
            "amount": amount,
            "way": np.full(self.size, 0 if may is None else np.where(may, 0, -1)),
            "rest": paired.out,
            "took": self._took(way, new, carried, row, may, limit),
        }

    def _took(
        self, way: WayRule, new: Sides, carried: Sides, row: NDArray[np.int16], may: Any, limit: Volumes
    ) -> Sides | None:
        """Return what pairs take of both sides, for explanations: what is missing where both sides are carried on."""
        if self.part == EVERYBODY:
            return None
        both = replace(way, pairing=replace(way.pairing, keep=KEEP["both"]))
        out = self._paired(both, new, carried, row, may, limit)[0].out
        return Sides(carried.left + new.left - out.left, carried.right + new.right - out.right)

    def _paired(
        self, way: WayRule, new: Sides, carried: Sides, row: NDArray[np.int16], may: Any, limit: Volumes
    ) -> tuple[Paired, Volumes]:
        """Pair; a member's first pair ever may have a ratio of its own."""
        rule = self.rule
        bound = limit if rule.model.over_cap == "carried" else None
        if rule.first is None:
            found = pair_sides(way.pairing, new, carried, row, may=may, limit=bound, threads=self.work.threads)
            return found, found.pairs
        started = self.work.state.read(f"{rule.bonus}:started")[self.part] > 0
        unit = self.work.columns[way.unit][self.part].astype(np.int16)
        once = np.where(started, 0, 1) if bound is None else np.where(started, 0, np.minimum(bound, 1))
        first = pair_sides(rule.first, new, carried, unit, may=may, limit=once)
        rest = np.full(self.size, NO_LIMIT) if bound is None else bound - first.pairs
        rest = np.where(started | (first.pairs > 0), rest, 0)
        none = Sides(np.zeros(self.size, np.int64), np.zeros(self.size, np.int64))
        then = pair_sides(way.pairing, none, first.out, row, may=may, limit=rest)
        return replace(then, pairs=then.pairs + first.pairs), then.pairs + first.pairs

    def _base_of_pair(self, way: WayRule, row: NDArray[np.int16], paired: Paired) -> Volumes:
        """Return the volume of one pair that rates apply to."""
        table = way.pairing.table
        weak = table[row, 1]
        if paired.step is not None and way.pairing.steps is not None:
            weak = np.where(paired.step > 0, way.pairing.steps[row, np.maximum(paired.step - 1, 0)], 0)
        weak = np.where(row < 0, 0, weak)
        strong = weak // table[row, 3] * table[row, 2]
        return {"weaker": weak, "stronger": strong, "both": weak + strong}[self.rule.model.paid_on]

    def _money_limit(self, way: WayRule, row: NDArray[np.int16], klass: NDArray[np.int16]) -> Volumes:
        """Return how many pairs fit into what each member may still be paid."""
        rule = self.rule
        most = np.full(self.size, NO_LIMIT)
        if rule.cap is None:
            return most
        caps = Caps.of(rule.cap, rule.terms.scale, self.work).most[self.part]
        numerator = np.where(klass >= 0, rule.terms.numerators[klass, 0], 0)
        table = way.pairing.table
        per = {"weaker": table[row, 1], "stronger": table[row, 0], "both": table[row, 0] + table[row, 1]}
        each = [1] * self.size if rule.fixed else per[rule.model.paid_on].tolist()
        bound = np.flatnonzero((caps != UNCAPPED) & (numerator > 0) & (row >= 0))
        for i in bound:  # exact beyond 64 bits
            most[i] = min(int(caps[i]) * rule.terms.denominator // (int(numerator[i]) * each[i]), NO_LIMIT)
        return most


def _best(found: list[dict[str, Any]]) -> dict[str, Any]:
    """Return of each member the way that pays most; the first of those that pay the same."""
    best = found[0]
    for number, other in enumerate(found[1:], 1):
        better = (other["way"] >= 0) & ((best["way"] < 0) | (other["amount"] > best["amount"]))
        merged = {}
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
