"""The pass of a match: what other bonuses paid goes up a tree like a volume."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from compplan.bonuses.match.base import matched_pay
from compplan.bonuses.terms import terms
from compplan.bonuses.walk.walk_pass import WalkPass

if TYPE_CHECKING:
    from compplan.bonuses.kinds.match import Match
    from compplan.explain.reasons import Outcomes
    from compplan.plan.values import LevelTable
    from compplan.program.work import Work


@dataclass(frozen=True)
class MatchPass(WalkPass):
    """Pay goes up a tree, and the members above are paid a share of it.

    Attributes
    ----------
    table
        The rates or amounts; they become integers when the digits of the matched pay are known.
    where
        The column of whose pay is matched, or None.
    matched
        The columns of the pay that is matched.
    """

    table: tuple[LevelTable, ...]
    where: str | None
    matched: tuple[str, ...]

    def run(self, work: Work) -> None:
        WalkPass.run(self._with_pay(work), work)

    def outcomes(self, work: Work, position: int) -> Outcomes:
        return WalkPass.outcomes(self._with_pay(work), work, position)

    def _with_pay(self, work: Work) -> MatchPass:
        """Return this pass with its terms, once the matched pay is a column."""
        bonus: Match = self.model  # type: ignore[assignment]
        if self.sources.base not in work.columns:
            values, scale = matched_pay(bonus, work, self.matched)
            work.put(self.sources.base, np.where(work.columns[self.where], values, 0) if self.where else values, scale)
        made = terms(
            self.table,
            base_scale=None if bonus.amounts is not None else work.scales[self.sources.base],
            factor=bonus.money_per_point,
            rounding=work.plan.model.rounding,
            decimals=bonus.money(work.plan.model).decimals,
        )
        return replace(self, terms=made)
