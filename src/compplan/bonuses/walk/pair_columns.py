"""Conditions on two members over the columns of a run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from compplan.bonuses.walk.pairs import OPERATORS, Pairs
from compplan.errors import ExactnessError
from compplan.money_arrays import max_abs
from compplan.plan import expression as ex
from compplan.plan.expression.pairs import Test, alternatives, inner, split
from compplan.program import evaluate

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from compplan.bonuses.base import Bonus
    from compplan.program.builder import Builder
    from compplan.program.work import Work

    Numbers = NDArray[np.int64]


@dataclass(frozen=True)
class PairCondition:
    """A condition on earner and source: alternatives of tests.

    Attributes
    ----------
    reads
        The columns that it is evaluated from.
    """

    terms: tuple[tuple[Test, ...], ...]
    reads: tuple[str, ...]

    @classmethod
    def of(cls, expr: ex.Expr, builder: Builder) -> PairCondition:
        """Take a condition apart, and see to it that all its columns are there."""
        return cls(tuple(alternatives(expr)), builder.names(inner(expr)))

    def arrays(self, work: Work, tree: str) -> Pairs:
        """Return the numbers that are compared, in a tree's own order."""
        tests = list(dict.fromkeys(test for term in self.terms for test in term))
        terms = tuple(tuple((tests.index(test), OPERATORS[test.op]) for test in term) for term in self.terms)
        sides = [_sides(test, work) for test in tests]
        earner, source = (np.stack([work.in_tree(tree, pair[k]) for pair in sides]) for k in (0, 1))
        return Pairs(terms, earner, source)


def pair_condition(bonus: Bonus, builder: Builder) -> PairCondition | None:
    """Return what the conditions for pay say of earner and source together, if anything."""
    pair = None if bonus.pay_when is None else split(ex.parse(bonus.pay_when))[1]
    return None if pair is None else PairCondition.of(pair, builder)


def _sides(test: Test, work: Work) -> tuple[Numbers, Numbers]:
    """Return the integers of earner and source that a test compares."""
    ones = np.ones(work.size, np.int64)
    if test.left is None:
        assert test.right is not None  # noqa: S101 - one of them is there
        return ones, _wide(evaluate.condition(test.right, work), work)
    if test.right is None:
        return _wide(evaluate.condition(test.left, work), work), ones
    if isinstance(test.left, ex.Field):
        return _texts(test.left, test.left, work, nobody=-1), _texts(test.left, test.right, work, nobody=-2)
    if "rank" in {work.kind(side.name) for side in (test.left, test.right) if isinstance(side, ex.Name)}:
        return _rank(test.left, work), _rank(test.right, work)
    (a, below_a), (b, below_b) = evaluate.number(test.left, work), evaluate.number(test.right, work)
    if not isinstance(below_a, int) or not isinstance(below_b, int):
        raise ExactnessError(f"{test.left} {test.op} source: compare without a division by a quantity")
    return _times(a, below_b, work), _times(b, below_a, work)


def _times(values: Numbers | int, factor: int, work: Work) -> Numbers:
    wide = _wide(values, work)
    if max_abs(wide) * factor >= 2**63:
        raise ExactnessError("a condition on two members passes 64 bits: use fewer digits")
    return wide * factor


def _wide(values: NDArray[np.generic] | int, work: Work) -> Numbers:
    return np.ascontiguousarray(np.broadcast_to(np.asarray(values).astype(np.int64), (work.size,)))


def _rank(expr: ex.Expr, work: Work) -> Numbers:
    assert isinstance(expr, ex.Name)  # noqa: S101 - type-checked with the plan
    return _wide(np.asarray(work.rank(expr.name)), work)


def _texts(first: ex.Expr, expr: ex.Expr, work: Work, nobody: int) -> Numbers:
    """Return a field's texts as the codes of the first field."""
    assert isinstance(first, ex.Field)  # noqa: S101 - type-checked with the plan
    assert isinstance(expr, ex.Field)  # noqa: S101 - type-checked with the plan
    same = first.column == expr.column
    codes = _wide(work.texts[expr.column][0] if same else work.as_codes_of(first.column, expr.column), work)
    return np.where(codes < 0, nobody, codes)
