"""The pass of a bonus by points: who takes how many, and the book."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from compplan.bonuses.books.book import Book, rows_in_primary
from compplan.bonuses.books.settle import settle
from compplan.bonuses.points.run import points_outcomes, run_points, worth
from compplan.bonuses.points.spec import Points, PointsInputs
from compplan.bonuses.prepare.gates import cap_columns, caps, gate
from compplan.bonuses.prepare.sources import beyond_the_end, joined, lines_of, sources_of
from compplan.explain.reasons import CODES, Outcomes, Reason
from compplan.money import ROUNDING_CODES
from compplan.plan import expression as ex
from compplan.plan.tables import ByKey
from compplan.plan.values import EXACT, digits
from compplan.program.class_passes import ClassPass
from compplan.program.passes import Pass

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from compplan.bonuses.kinds import points as kind
    from compplan.bonuses.points.spec import PointsResult
    from compplan.bonuses.prepare.gates import Cap
    from compplan.bonuses.prepare.sources import Sources
    from compplan.program.builder import Builder
    from compplan.program.work import Work


def compile_points(name: str, bonus: kind.Points, builder: Builder) -> None:
    """Add the pass of a bonus by points."""
    klass, rows = builder.klass(bonus.takes_by, bonus.takes)
    line = _line_class(name, bonus, builder)
    sources = sources_of(bonus.of, builder, per_order=bonus.payment == "order", where=bonus.where)
    pays, cap = gate(bonus, builder), cap_columns(bonus, builder)
    skipped = None if bonus.compress in {"none", "unpayable"} else builder.condition(ex.parse(bonus.compress))
    tree = builder.tree(bonus.tree)
    reads = tuple(filter(None, (*sources.reads, klass, line, pays, skipped, cap.column if cap else None)))
    takes = tuple(int(row.levels[0].scaleb(bonus.scale, EXACT)) for row in rows)
    given = sources, klass, takes, line, pays, skipped, cap
    builder.add(PointsPass((f"pay {name}",), reads, name, bonus, tree, builder.cut(tree, bonus.stop_at), *given))


def _line_class(name: str, bonus: kind.Points, builder: Builder) -> str | None:
    """Return the column of the row that a member's line has for the one above him, -1 where his own row goes."""
    assert isinstance(bonus.takes, ByKey) or bonus.rank_in_leg is None  # noqa: S101 - checked when read
    if bonus.rank_in_leg is None:
        return None
    if bonus.rank_in_leg != "when_opened":
        return builder.klass(bonus.rank_in_leg, bonus.takes)[0]
    keys, rank = builder.keys(bonus.takes_by, bonus.takes.rows)  # type: ignore[union-attr]
    opened = builder.add(LineRankPass((f"line rank of {name}",), (rank,), name, builder.tree(bonus.tree), rank))
    return builder.add(ClassPass((f"class of {opened}",), (opened,), opened, keys))


@dataclass(frozen=True)
class LineRankPass(Pass):
    """The rank that a member's upline had when the member came: kept in the state."""

    bonus_name: str
    tree: str
    rank: str

    def run(self, work: Work) -> None:
        column, tree = f"{self.bonus_name}:line_rank", work.tree(self.tree)
        known = work.in_tree(self.tree, work.state.read(column))
        rank = work.column_in(self.tree, self.rank).astype(np.int64)
        above = np.where(tree.parent >= 0, rank[tree.parent], 0) if tree.n else known
        opened = work.from_tree(self.tree, np.where(known > 0, known, above))
        work.state.write(column, opened)
        work.put(self.writes[0], opened.astype(np.int8))


@dataclass(frozen=True)
class PointsPass(Pass):
    """Points go up a tree, and the members above take them.

    Attributes
    ----------
    tree, climbed
        The whole tree, and what is climbed of it.
    klass, takes
        The column of each member's row, and the points of each row.
    line
        The column of the row that the member above has for the line of a member; or None.
    pays, skipped
        Columns: who can be paid, and who takes nothing; or None.
    """

    bonus: str
    model: kind.Points
    tree: str
    climbed: str
    sources: Sources
    klass: str
    takes: tuple[int, ...]
    line: str | None
    pays: str
    skipped: str | None
    cap: Cap | None

    def run(self, work: Work) -> None:
        rule, inputs, orders = self.prepared(work)
        result = run_points(rule, inputs, keep_rows=work.keep_rows, threads=work.threads)
        book = self._book(work, result, orders)
        money = self.model.money(work.plan.model)
        settle(book, work.plan.model.rounding, money.decimals, caps(self.cap, book.scale, work))
        work.close(book)

    def prepared(self, work: Work) -> tuple[Points, PointsInputs, NDArray[np.int64] | None]:
        """Return the rule, its arrays in the tree's own order, and the order row of each line."""
        tree, bonus = work.tree(self.climbed), self.model
        pays = work.column_in(self.climbed, self.pays)
        counted = np.ones(tree.n, np.bool_)
        if bonus.compress == "unpayable":
            counted = pays
        elif self.skipped is not None:
            counted = np.logical_not(work.column_in(self.climbed, self.skipped))
        own, edge = self._asks(work, counted)
        if self.sources.rule is None:
            base = work.column_in(self.climbed, self.sources.base)
            return self._rule(work), PointsInputs(tree, own, edge, counted, pays, base=base), None
        found = lines_of(self.sources, work, tree, self.bonus)
        lines = {"line_start": found.start, "line_value": found.value}
        return self._rule(work), PointsInputs(tree, own, edge, counted, pays, **lines), found.order

    def _asks(self, work: Work, counted: NDArray[np.bool_]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return what each asks for of his own volume, and what his parent asks for of his line."""
        parent = work.tree(self.climbed).parent
        takes = np.array([*self.takes, 0], np.int64)
        klass = work.column_in(self.climbed, self.klass)
        own = np.where(counted, takes[klass], 0)
        if not parent.size:
            return own, own
        above = klass[parent]
        if self.line is not None:
            line = work.column_in(self.climbed, self.line)
            above = np.where(line >= 0, line, above)
        return own, np.where((parent >= 0) & counted[parent], takes[above], 0)

    def _scales(self, work: Work) -> tuple[int, int]:
        """Return the digits of amounts, and of exact products."""
        model, bonus = work.plan.model, self.model
        fine = work.scales[self.sources.base] + bonus.scale + digits(bonus.money_per_point)
        exact = max(fine, bonus.money(model).decimals)
        return (bonus.money(model).decimals if model.rounding.at == "payment" else exact), exact

    def _rule(self, work: Work) -> Points:
        bonus, rounding = self.model, work.plan.model.rounding
        scale, exact = self._scales(work)
        lift = exact - work.scales[self.sources.base] - bonus.scale
        return Points(
            bonus=self.bonus,
            points=int(bonus.points.scaleb(bonus.scale, EXACT)),
            factor=int(bonus.money_per_point.scaleb(lift, EXACT)),
            denominator=10 ** (exact - scale),
            from_self=bonus.start == "self",
            round_each=rounding.at == "payment",
            rounding=ROUNDING_CODES[rounding.mode],
        )

    def _book(self, work: Work, result: PointsResult, orders: NDArray[np.int64] | None) -> Book:
        found, rows = result.rows, None
        scale, exact = self._scales(work)
        if found is not None:
            one = np.zeros(found.earner.size, np.int16)
            rows = rows_in_primary(found, work.tree(self.climbed), orders, klass=one, rate=found.took)
        tally = result.tally
        return Book(
            bonus=self.bonus,
            currency=self.model.money(work.plan.model).code,
            scale=scale,
            exact_scale=exact,
            base_scale=work.scales[self.sources.base],
            pay=work.from_tree(self.climbed, result.pay),
            rows=rows,
            rates=np.zeros((0, 0), np.int64),
            rate_scale=self.model.scale,
            factor=self.model.money_per_point,
            allotted=tally.allotted,
            breakage={
                "no_upline": tally.no_upline,
                "not_qualified": tally.not_qualified,
                "rounding": tally.rounding,
            },
        )

    def outcomes(self, work: Work, position: int) -> Outcomes:
        """Explain one member: what he took of every sale below him, or why nothing."""
        rule, inputs, orders = self.prepared(work)
        tree = work.tree(self.climbed)
        own = tree.own(position)
        found = points_outcomes(inputs, rule, own)
        took = np.minimum(found.asked, found.left)
        amount = worth(rule, found.base, took)
        tests = {
            Reason.COMPRESSED: np.full(took.size, not inputs.counted[own]),
            Reason.NOT_QUALIFIED: np.full(took.size, not inputs.pays[own]),
            Reason.NO_RATE: np.full(took.size, found.asked == 0),
            Reason.NO_POINTS_LEFT: found.left == 0,
            Reason.ROUNDED_TO_ZERO: amount == 0,
        }
        reason = np.select(list(tests.values()), [CODES[each] for each in tests], CODES[Reason.PAID]).astype(np.int8)
        reached = Outcomes(
            source=found.source if tree.to_primary is None else tree.to_primary[found.source],
            line=np.full(took.size, -1, np.int64) if orders is None else orders[found.line],
            level=found.level,
            base=found.base,
            amount=np.where(reason == CODES[Reason.PAID], amount, 0),
            reason=reason,
        )
        if self.climbed == self.tree:
            return reached
        return joined(reached, beyond_the_end(work, self.tree, self.climbed, self.sources, self.bonus, position))
