"""Rows of what legs and members bring: volume under leg caps, legs with a rank, members with a rank."""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Literal

from compplan.plan import expression as ex
from compplan.plan.expression_kinds import demand_flag
from compplan.plan.located import Hinted
from compplan.plan.values import EXACT
from compplan.ranks.condition_rows import in_rank_tree, new_row, sums_by_rank
from compplan.ranks.row import INFINITE

if TYPE_CHECKING:
    from decimal import Decimal

    from compplan.plan.requirement import LegsRequirement, MembersRequirement, VolumeRequirement
    from compplan.plan.scope import Scope
    from compplan.quantities.roll_up import RollUp
    from compplan.ranks.row import Measure, Row


def volume_row(requirement: VolumeRequirement, scope: Scope) -> Row:
    """Return the row of a rolled-up volume, with or without a limit to what one leg brings."""
    name = requirement.volume
    if name not in scope.rules:
        raise Hinted(f'"{name}" is not a volume', f"known: {', '.join(scope.model.volumes)}", ("volume",))
    rule, scale = scope.roll_up(name), scope.scale(name)
    if sums_by_rank(rule, scope):
        hint = "sum a volume that ranks do not change"
        raise Hinted(f'"{name}" depends on the ranks that it decides', hint, ("volume",))
    needed = Fraction(requirement.at_least) * 10**scale
    text = f"{name} >= {ex.grouped(requirement.at_least)}"
    row = new_row(name, text, "quantity", name, math.ceil(needed), scale=scale)
    if requirement.outside_legs_with is not None:
        return _outside(row, requirement.outside_legs_with, rule, scope)
    if requirement.leg_cap is not None and requirement.cap_of == "total":
        return _capped_total(row, requirement.leg_cap, rule)
    if requirement.leg_cap is not None:
        cap = needed * Fraction(requirement.leg_cap)
        return _capped(row, "leg_cap", cap, _percent(requirement.leg_cap), requirement, scope)
    if requirement.leg_cap_amount is not None:
        cap = Fraction(requirement.leg_cap_amount) * 10**scale
        return _capped(row, "leg_cap_amount", cap, ex.grouped(requirement.leg_cap_amount), requirement, scope)
    return row


def _capped_total(row: Row, share: Decimal, rule: RollUp) -> Row:
    text = f"{row.text}, at most {_percent(share)} of the total from one leg"
    own = _own(rule)
    code = f"{row.name}.leg_cap"
    return replace(row, code=code, text=text, measure="capped_total", share=Fraction(share), own=own)


def _capped(row: Row, field: str, cap: Fraction, limit: str, requirement: VolumeRequirement, scope: Scope) -> Row:
    if cap.denominator != 1:
        hint = "write fewer digits" if field == "leg_cap_amount" else "write leg_cap_amount"
        raise Hinted(f"the cap of one leg is not a whole number at {row.scale} digits", hint, (field,))
    rule = scope.roll_up(row.name)
    if not in_rank_tree(rule, scope):
        raise Hinted(
            f'the legs of "{row.name}" are not in the tree of the ranks', "cap legs in ranks.tree", ("volume",)
        )
    as_leg = requirement.own == "leg"
    text = f"{row.text}, at most {limit} from one leg{' or own volume' if as_leg else ''}"
    own = "capped" if as_leg and rule.own else _own(rule)
    code = f"{row.name}.leg_cap"
    return replace(row, code=code, text=text, measure="capped", cap=min(int(cap), INFINITE), own=own)


def _outside(row: Row, rank: str, rule: RollUp, scope: Scope) -> Row:
    if rank not in scope.ranks:
        raise Hinted(f'"{rank}" is not a rank', f"known: {', '.join(scope.ranks)}", ("outside_legs_with",))
    if not in_rank_tree(rule, scope):
        raise Hinted(f'the legs of "{row.name}" are not in the tree of the ranks', "use ranks.tree", ("volume",))
    text = f"{row.text}, outside legs with {rank}"
    code = f"{row.name}.outside"
    return replace(row, code=code, text=text, measure="outside", holds=scope.ranks[rank], own=_own(rule))


def _own(rule: RollUp) -> Literal["full", "none"]:
    return "full" if rule.own else "none"


def _percent(share: Decimal) -> str:
    return f"{ex.grouped(share.scaleb(2, EXACT))}%"


def _holder(text: str, scope: Scope) -> tuple[int, str]:
    """Read who must be in a leg: a rank, a rank and a condition, or a condition alone (rank 0)."""
    expr = ex.parse(text)
    items = expr.items if isinstance(expr, ex.Logic) and expr.op == "and" else (expr,)
    ranks = [i.name for i in items if isinstance(i, ex.Name) and i.name in scope.ranks]
    others = [i for i in items if not (isinstance(i, ex.Name) and i.name in scope.ranks)]
    for other in others:
        demand_flag(other, scope)
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
    """Return the row of a number of members."""
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
