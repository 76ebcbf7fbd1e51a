"""Rows of what legs and members bring: volume under leg caps, legs with a rank, members with a rank."""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from compplan.plan import expression as ex
from compplan.plan.located import Hinted
from compplan.plan.values import EXACT
from compplan.ranks.condition_rows import in_rank_tree, new_row, sums_by_rank
from compplan.ranks.row import INFINITE

if TYPE_CHECKING:
    from decimal import Decimal

    from compplan.plan.requirement import LegsRequirement, MembersRequirement, VolumeRequirement
    from compplan.plan.scope import Scope
    from compplan.plan.sections import RollUp
    from compplan.ranks.row import Measure, Row


def volume_row(requirement: VolumeRequirement, scope: Scope) -> Row:
    name = requirement.volume
    if name not in scope.rules:
        raise Hinted(f'"{name}" is not a volume', f"known: {', '.join(scope.model.volumes)}", ("volume",))
    rule, scale = scope.roll_up(name), scope.scale(name)
    if sums_by_rank(rule, scope):
        raise Hinted(
            f'"{name}" depends on the ranks that it decides',
            "sum a volume that ranks do not change",
            ("volume",),
        )
    needed = Fraction(requirement.at_least) * 10**scale
    row = new_row(
        name,
        f"{name} >= {ex.grouped(requirement.at_least)}",
        "quantity",
        name,
        math.ceil(needed),
        scale=scale,
    )
    if requirement.outside_legs_with is not None:
        return _outside(row, requirement, rule, scope)
    if requirement.leg_cap is None and requirement.leg_cap_amount is None:
        return row
    own = " or own volume" if requirement.own == "leg" else ""
    if requirement.leg_cap is not None and requirement.cap_of == "total":
        share = Fraction(requirement.leg_cap)
        text = f"{row.text}, at most {_percent(requirement.leg_cap)} of the total from one leg"
        return replace(
            row,
            code=f"{name}.leg_cap",
            text=text,
            measure="capped_total",
            share=share,
            own="full" if rule.own else "none",
        )
    if requirement.leg_cap is not None:
        field, cap, limit = "leg_cap", needed * Fraction(requirement.leg_cap), _percent(requirement.leg_cap)
    else:
        amount = requirement.leg_cap_amount
        assert amount is not None  # noqa: S101 - one of the two is given
        field, cap, limit = "leg_cap_amount", Fraction(amount) * 10**scale, ex.grouped(amount)
    if cap.denominator != 1:
        hint = "write fewer digits" if field == "leg_cap_amount" else "write leg_cap_amount"
        raise Hinted(f"the cap of one leg is not a whole number at {scale} digits", hint, (field,))
    text = f"{row.text}, at most {limit} from one leg{own}"
    capped = replace(row, code=f"{name}.leg_cap", text=text, measure="capped", cap=min(int(cap), INFINITE))
    if not in_rank_tree(rule, scope):
        raise Hinted(f'the legs of "{name}" are not in the tree of the ranks', "cap legs in ranks.tree", ("volume",))
    return replace(capped, own="none" if not rule.own else "capped" if requirement.own == "leg" else "full")


def _outside(row: Row, requirement: VolumeRequirement, rule: RollUp, scope: Scope) -> Row:
    rank = str(requirement.outside_legs_with)
    if rank not in scope.ranks:
        raise Hinted(f'"{rank}" is not a rank', f"known: {', '.join(scope.ranks)}", ("outside_legs_with",))
    if not in_rank_tree(rule, scope):
        raise Hinted(f'the legs of "{row.name}" are not in the tree of the ranks', "use ranks.tree", ("volume",))
    text = f"{row.text}, outside legs with {rank}"
    return replace(
        row,
        code=f"{row.name}.outside",
        text=text,
        measure="outside",
        holds=scope.ranks[rank],
        own="full" if rule.own else "none",
    )


def _percent(share: Decimal) -> str:
    return f"{ex.grouped(share.scaleb(2, EXACT))}%"


def _holder(text: str, scope: Scope) -> tuple[int, str]:
    """Read who must be in a leg: a rank, a rank and a condition, or a condition alone (rank 0)."""
    expr = ex.parse(text)
    items = expr.items if isinstance(expr, ex.Logic) and expr.op == "and" else (expr,)
    ranks = [i.name for i in items if isinstance(i, ex.Name) and i.name in scope.ranks]
    others = [i for i in items if not (isinstance(i, ex.Name) and i.name in scope.ranks)]
    for other in others:
        scope.flag(other)
        if scope.expression_needs_rank(other):
            raise Hinted(f'"{other}" depends on the ranks that it decides', "name a rank, or a condition without ranks")
    also = str(others[0] if len(others) == 1 else ex.Logic("and", tuple(others))) if others else ""
    return max((scope.ranks[r] for r in ranks), default=0), also


def _held(code: str, text: str, among: Measure, count: int, rank: int, also: str, scope: Scope) -> Row:
    """Return the row that counts legs or members with a rank, or with a condition alone (rank 0).

    A rank that nobody needs to earn is a condition too: to be a member who can hold ranks.
    """
    unit = "legs" if among == "legs" else "members"
    model = scope.model.ranks
    if rank > scope.floor:
        return new_row(code, text, among, code, count, holds=rank, also=also, unit=unit)
    if rank and model is not None:
        also = f"({model.members}) and ({also})" if also else model.members
    return new_row(code, text, "count", also, count, among=among, unit=unit)


def leg_rows(requirement: LegsRequirement, scope: Scope) -> list[Row]:
    """Return the rows of distinct legs.

    Legs with at least a rank are nested, so n distinct legs exist if and only if, for each rank, enough legs
    contain it or a higher one (Hall's condition).
    """
    wanted = []
    for index, item in enumerate(requirement.legs):
        try:
            wanted.append((item, *_holder(item.holds, scope)))
        except Hinted as error:
            raise Hinted(error.message, error.hint, ("legs", index, *error.at)) from None
    text = ", ".join(f"{i.count} {'legs' if i.count > 1 else 'leg'} with {i.holds}" for i, _, _ in wanted)
    if len({also for _, _, also in wanted}) > 1 or len({rank > 0 for _, rank, _ in wanted}) > 1:
        raise Hinted(
            f'"{text}" asks for different things in distinct legs',
            "ask for ranks, with the same further condition",
        )
    names = {number: name for name, number in scope.ranks.items()}
    rows = []
    for rank in sorted({r for _, r, _ in wanted}, reverse=True):
        count = sum(item.count for item, r, _ in wanted if r >= rank)
        who = " and ".join(filter(None, (names.get(rank), wanted[0][2])))
        higher = " or higher" if len(wanted) > 1 and 0 < rank < len(names) else ""
        label = f"{count} {'legs' if count > 1 else 'leg'} with {who}{higher}"
        rows.append(_held(f"legs.{who}", label, "legs", count, rank, wanted[0][2], scope))
    return rows


def member_row(requirement: MembersRequirement, scope: Scope) -> Row:
    rank, also = _holder(requirement.holds, scope)
    text = f"{requirement.count} {requirement.among} with {requirement.holds}"
    return _held(
        f"{requirement.among}.{requirement.holds}",
        text,
        requirement.among,
        requirement.count,
        rank,
        also,
        scope,
    )
