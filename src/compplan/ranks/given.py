"""Ranks that the members table brings, in place of requirements or beside them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from compplan.errors import Problem, Rows
from compplan.program.passes import Pass
from compplan.ranks.holding import put_ranks

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from compplan.program.work import Work


def ranks_of_field(work: Work, field: str) -> NDArray[np.int8]:
    """Return the numbers of the ranks that a text column of the members names, 0 where it is empty."""
    codes, names = work.texts[field.removeprefix("member.")]
    ladder = work.plan.scope.ranks
    return np.array([*(ladder.get(name, 0) for name in names), 0], np.int8)[codes]


def unknown_ranks(work: Work) -> Iterator[Problem]:
    """Yield given or granted ranks that are not on the ladder; an empty text is no rank."""
    ranks = work.plan.model.ranks
    for column, _ in ranks.fields() if ranks else ():
        codes, names = work.texts[column]
        wrong = [name for name in names if name and name not in work.plan.scope.ranks]
        rows = np.flatnonzero(np.isin(codes, [names.index(name) for name in wrong]))
        if rows.size:
            ids = tuple(str(work.genealogy.id_at(int(row))) for row in rows[:5])
            message = f"ranks that the plan does not have: {', '.join(wrong[:5])}"
            hint = f"the ranks are {', '.join(work.plan.scope.ranks)}; empty for none"
            yield Problem("rank", message, Rows("members", column, rows.size, (), ids), hint)


@dataclass(frozen=True)
class GivenRanksPass(Pass):
    """Takes the ranks of the period from the members table."""

    field: str

    def run(self, work: Work) -> None:
        put_ranks(work, ranks_of_field(work, self.field))
