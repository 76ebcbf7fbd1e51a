"""What is missing for the next rank: every requirement with what is measured, needed and missing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from compplan.errors import UsageError, did_you_mean
from compplan.explain.gaps import NextRank
from compplan.explain.nearest import requirements
from compplan.ranks.rank_pass import RankPass

if TYPE_CHECKING:
    from collections.abc import Sequence

    from compplan.program.passes import Pass
    from compplan.program.work import Work


def next_rank(work: Work, passes: Sequence[Pass], member: Any, rank: str | None = None) -> NextRank:
    """Measure every requirement of the next rank (or a given one) for a member."""
    position = work.genealogy.position(member)
    rank_pass = next((p for p in passes if isinstance(p, RankPass)), None)
    ranks = work.plan.model.ranks
    if ranks is not None and ranks.given:
        raise UsageError(f"the ranks of {work.plan.name!r} are given by {ranks.given}: nothing is required for them")
    if rank_pass is None:
        raise UsageError(f"the plan {work.plan.name!r} has no ranks")
    ladder = work.plan.scope.ranks
    if rank is not None and rank not in ladder:
        raise UsageError(f'"{rank}" is not a rank; {did_you_mean(rank, list(ladder))}')
    earned = int(work.columns["rank"][position])
    names = [None, *ladder]
    target = ladder[rank] if rank else earned + 1
    if target > len(ladder):
        return NextRank(member, names[earned], None)
    found = requirements(work, rank_pass, position, target, with_nearest=True)
    return NextRank(member, names[earned], names[target], tuple(found))
