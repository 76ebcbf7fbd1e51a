"""The requirement table: every rank as routes of rows, each row one measured number between two bounds.

The rank pass, the explainer, the description and the checks all read these rows, so they cannot disagree.
A rank is met when all rows of one of its routes hold; a row holds when `low <= measured <= high`. Numbers are
integers at the row's scale.
"""

from __future__ import annotations

import math
from itertools import product
from typing import TYPE_CHECKING

from compplan.plan import expression as ex
from compplan.plan.located import Hinted
from compplan.plan.requirement import (
    AllRequirement,
    AnyRequirement,
    ConditionRequirement,
    LegsRequirement,
    MembersRequirement,
    VolumeRequirement,
)
from compplan.ranks.condition_rows import condition_rows
from compplan.ranks.leg_rows import leg_rows, member_row, volume_row
from compplan.ranks.row import INFINITE, STATIC, Measure, Row
from compplan.records import Record

if TYPE_CHECKING:
    from collections.abc import Iterable

    from compplan.plan.requirement import Requirement
    from compplan.plan.scope import Scope

__all__ = [
    "INFINITE",
    "MAX_ROUTES",
    "STATIC",
    "Measure",
    "RequirementTable",
    "Row",
    "requirement_table",
    "ways",
]

MAX_ROUTES = 64


class RequirementTable(Record):
    """All rows of a ladder, in the order of ranks, routes, and the plan's text."""

    ranks: tuple[str, ...]
    rows: tuple[Row, ...]

    def of(self, rank: int) -> list[list[Row]]:
        """Return the routes of a rank; a rank without requirements has one empty route."""
        routes: dict[int, list[Row]] = {}
        for row in self.rows:
            if row.rank == rank:
                routes.setdefault(row.route, []).append(row)
        return list(routes.values()) or [[]]


def requirement_table(scope: Scope) -> RequirementTable:
    """Build the table of a plan's ladder.

    Raises
    ------
    Hinted
        For the first requirement that cannot be measured; `at` leads to it.
    """
    ranks = scope.model.ranks
    if ranks is None:
        return RequirementTable((), ())
    rows: list[Row] = []
    for number, (name, rank) in enumerate(ranks.ladder.items(), 1):
        for route, routed in enumerate(_routes(rank.requires, scope, ("ranks", "ladder", name, "requires"))):
            rows += [row.but(rank=number, route=route) for row in _deduplicated(routed)]
    return RequirementTable(tuple(ranks.ladder), tuple(rows))


def _deduplicated(rows: Iterable[Row]) -> list[Row]:
    return list(dict.fromkeys(rows))


def _routes(requires: tuple[Requirement, ...], scope: Scope, at: tuple[str | int, ...]) -> list[tuple[Row, ...]]:
    """Return all ways to meet a list of requirements: the product of the ways to meet each."""
    found = []
    for index, requirement in enumerate(requires):
        try:
            found.append(ways(requirement, scope))
        except Hinted as error:
            raise Hinted(error.message, error.hint, (*at, index, *error.at)) from None
    if math.prod(map(len, found)) > MAX_ROUTES:
        raise Hinted(
            f"there are more than {MAX_ROUTES} ways to reach this rank",
            "name conditions with `or` instead",
            at,
        )
    return [sum(way, ()) for way in product(*found)]


def ways(requirement: Requirement, scope: Scope) -> list[tuple[Row, ...]]:
    """Return the alternative ways to meet one requirement, each as the rows that must all hold."""
    match requirement:
        case AnyRequirement():
            return [way for index, r in enumerate(requirement.any) for way in _routes((r,), scope, ("any", index))]
        case AllRequirement():
            return _routes(requirement.all, scope, ("all",))
        case ConditionRequirement():
            return [tuple(condition_rows(ex.parse(requirement.condition), scope))]
        case VolumeRequirement():
            return [(volume_row(requirement, scope),)]
        case LegsRequirement():
            return [tuple(leg_rows(requirement, scope))]
        case MembersRequirement():
            return [(member_row(requirement, scope),)]
