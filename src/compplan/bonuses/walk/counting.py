"""How the levels of a bonus are counted: from the words of a plan to the settings of a walk."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from compplan.bonuses.walk.relative import Relative
from compplan.plan import expression as ex

if TYPE_CHECKING:
    from compplan.bonuses.upward import Upward
    from compplan.bonuses.walk.spec import Counts
    from compplan.program.builder import Builder


@dataclass(frozen=True)
class Counting:
    """Who uses up levels, and how.

    Attributes
    ----------
    column
        Who uses up a level, with counts `flag`; None where that depends on the earner.
    only
        Who can be paid at all, beside the bonus' own conditions.
    own_group
        Whether a first level is counted that no rate is for, and that has no number.
    relative
        Who uses up a level, where that depends on the earner.
    """

    counts: Counts
    column: str | None
    uncounted_paid: bool
    from_self: bool
    source_counts: bool | None = None
    only: str | None = None
    own_group: bool = False
    relative: Relative | None = None

    @property
    def reads(self) -> tuple[str, ...]:
        """The columns that it reads."""
        return tuple(filter(None, (self.column, self.only, *(self.relative.reads if self.relative else ()))))


def counting(bonus: Upward, builder: Builder) -> Counting:
    """Return how a bonus counts its levels."""
    boundary: str | None = getattr(bonus, "boundary", None)
    if boundary is not None:
        return generations(bonus, ex.parse(boundary), builder)
    counts: Any = {"none": "everyone", "unpayable": "payable"}.get(bonus.compress, "flag")
    column = builder.condition(opposite(ex.parse(bonus.compress))) if counts == "flag" else None
    return Counting(counts, column, bonus.skipped == "paid", bonus.start == "self")


def generations(bonus: Any, boundary: ex.Expr, builder: Builder) -> Counting:
    """Return how generations are counted: only boundary members use one up, all others may be paid all the same.

    Where the own group is not paid, it is a first level without a rate, and who stands there is paid nothing;
    so the source may be its own level 1, which is the quickest way to let a boundary member open a generation.
    """
    opens, before = bonus.boundary_member == "opens", bonus.own_group == "before_first"
    if bonus.compress == "unpayable":
        leaders = builder.condition(boundary)
        return Counting("payable", None, uncounted_paid=False, from_self=bonus.start == "self", only=leaders)
    from_self = bonus.start == "self" or (opens and before)
    only: str | None = None
    if bonus.compress != "none":
        stays = opposite(ex.parse(bonus.compress))
        boundary, only = ex.Logic("and", (boundary, stays)), builder.condition(stays)
    relative = Relative.of(boundary, builder) if ex.others(boundary) else None
    column = None if relative else builder.condition(boundary)
    return Counting(
        "flag",
        column,
        uncounted_paid=True,
        from_self=from_self,
        source_counts=opens,
        only=only,
        own_group=before,
        relative=relative,
    )


def opposite(expr: ex.Expr) -> ex.Expr:
    """Return the condition that is met where another is not."""
    return expr.item if isinstance(expr, ex.Not) else ex.Not(expr)
