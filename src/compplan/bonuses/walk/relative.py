"""Boundaries that depend on the earner: one walk for each kind of earner, put together again."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from compplan.bonuses.walk.run import run_walk
from compplan.bonuses.walk.together import together
from compplan.errors import DataError, Problem
from compplan.plan import expression as ex
from compplan.program import evaluate

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from compplan.bonuses.walk.spec import Walk, WalkInputs, WalkResult
    from compplan.program.builder import Builder
    from compplan.program.work import Work

MOST = 256
"""So many kinds of earners at most: each is a walk of its own."""


@dataclass(frozen=True)
class Relative:
    """Who ends a generation, for an earner.

    Attributes
    ----------
    expr
        The condition, on the member who may end it and on the earner.
    keys
        The columns that it reads of the earner: earners with the same values have the same generations.
    reads
        All columns that it reads.
    """

    expr: ex.Expr
    keys: tuple[str, ...]
    reads: tuple[str, ...]

    @classmethod
    def of(cls, expr: ex.Expr, builder: Builder) -> Relative:
        """See to it that all columns of the condition are there."""
        own = [node.item for node in ex.walk(expr) if isinstance(node, ex.Of)]
        keys = dict.fromkeys(name for item in own for name in builder.names(item))
        return cls(expr, tuple(keys), builder.names(expr))

    def kinds(self, work: Work, tree: str, may: NDArray[np.bool_]) -> NDArray[np.int32]:
        """Return the kind of each member who may be paid, in a tree's own order; -1 for the others."""
        kinds = np.full(work.size, -1, np.int32)
        values = [work.column_in(tree, key)[may].astype(np.int64) for key in self.keys]
        _, kinds[may] = np.unique(np.stack(values), axis=1, return_inverse=True)
        if kinds.size and kinds.max() >= MOST:
            message = f'the boundary "{self.expr}" has more than {MOST} kinds of earners'
            raise DataError([Problem("boundary", message, hint="compare ranks")])
        return kinds

    def flags(self, work: Work, tree: str, earner: int) -> NDArray[np.bool_]:
        """Return who ends generations of an earner, in a tree's own order."""
        own = work.tree(tree).to_primary
        columns = work.beside(earner=work.at(earner if own is None else int(own[earner])))
        flags = np.broadcast_to(evaluate.condition(self.expr, columns), (work.size,))
        return np.ascontiguousarray(work.in_tree(tree, flags))


def walks(walk: Walk, inputs: WalkInputs, kinds: NDArray[np.int32]) -> Iterator[tuple[Walk, WalkInputs, int]]:
    """Yield the walk of each kind of earner, still without its boundary, and one such earner."""
    for kind in range(int(kinds.max(initial=-1)) + 1):
        of_kind = kinds == kind
        classes = np.unique(inputs.klass[of_kind])
        only = np.zeros_like(walk.numerators)
        only[classes] = walk.numerators[classes]
        yield replace(walk, numerators=only), replace(inputs, pay=inputs.pay & of_kind), int(of_kind.argmax())


def run_relative(
    relative: Relative, work: Work, tree: str, walk: Walk, inputs: WalkInputs, *, keep_rows: bool, threads: int
) -> WalkResult:
    """Run a walk whose boundary depends on the earner."""
    kinds = relative.kinds(work, tree, inputs.pay & (inputs.klass >= 0))
    found = [
        run_walk(each, replace(of_kind, counted=relative.flags(work, tree, one)), keep_rows=keep_rows, threads=threads)
        for each, of_kind, one in walks(walk, inputs, kinds)
    ]
    if not found:
        nobody = replace(inputs, counted=np.zeros(work.size, np.bool_), pay=np.zeros(work.size, np.bool_))
        return run_walk(walk, nobody, keep_rows=keep_rows, threads=threads)
    return together(found)
