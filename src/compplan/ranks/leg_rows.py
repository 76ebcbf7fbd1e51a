"""Rows of what legs and members bring: volume under leg caps, legs with a rank, members with a rank."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from compplan.errors import did_you_mean
from compplan.plan import expression as ex
from compplan.plan.expression.kinds import demand_flag, demand_one_member
from compplan.plan.located import Hinted
from compplan.plan.wording import in_tree, percent
from compplan.ranks.condition_rows import new_row
from compplan.ranks.in_rounds import demand_rounds, in_rank_tree, rank_asked, rank_tree
from compplan.ranks.row import INFINITE

if TYPE_CHECKING:
    from decimal import Decimal

    from compplan.plan.requirement import LegsRequirement, MembersRequirement, VolumeRequirement
    from compplan.plan.scope import Scope
    from compplan.quantities.roll_up import RollUp
    from compplan.ranks.row import Row


def volume_row(requirement: VolumeRequirement, scope: Scope) -> Row:
    """Return the row of a rolled-up volume, with or without a limit to what one leg brings."""
    name = requirement.volume
    if name not in scope.rules:
        raise Hinted(f'"{name}" is not a volume', f"known: {', '.join(scope.model.volumes)}", ("volume",))
    rule, scale = scope.roll_up(name), scope.scale(name)
    demand_rounds(ex.Name(name), scope)
    needed = Fraction(requirement.at_least) * 10**scale
    text = f"{name} >= {ex.grouped(requirement.at_least)}"
    row = new_row(name, text, "quantity", name, math.ceil(needed), scale=scale)
    if requirement.outside_legs_with is not None:
        return _outside(row, requirement.outside_legs_with, rule, scope)
    if requirement.leg_cap is not None and requirement.cap_of == "total":
        return _capped_total(row, requirement.leg_cap, rule)
    if requirement.leg_cap is not None:
        cap = needed * Fraction(requirement.leg_cap)
        return _capped(row, "leg_cap", cap, percent(requirement.leg_cap), requirement, scope)
    if requirement.leg_cap_amount is not None:
        cap = Fraction(requirement.leg_cap_amount) * 10**scale
        return _capped(row, "leg_cap_amount", cap, ex.grouped(requirement.leg_cap_amount), requirement, scope)
    return row


def _capped_total(row: Row, share: Decimal, rule: RollUp) -> Row:
    text = f"{row.text}, at most {percent(share)} of the total from one leg"
    own = _own(rule)
    code = f"{row.name}.leg_cap"
    return row.but(code=code, text=text, measure="capped_total", share=Fraction(share), own=own)


def _capped(row: Row, field: str, cap: Fraction, limit: str, requirement: VolumeRequirement, scope: Scope) -> Row:
    if cap.denominator != 1:
        hint = "write fewer digits" if field == "leg_cap_amount" else "write leg_cap_amount"
        raise Hinted(f"the cap of one leg is not a whole number at {row.scale} digits", hint, (field,))
    rule = scope.roll_up(row.name)
    as_leg = requirement.own == "leg"
    text = f"{row.text}, at most {limit} from one leg{' or own volume' if as_leg else ''}"
    own = "capped" if as_leg and rule.own else _own(rule)
    code = f"{row.name}.leg_cap"
    if in_rank_tree(rule, scope):
        return row.but(code=code, text=text, measure="capped", cap=min(int(cap), INFINITE), own=own)
    most: dict[str, Any] = {"cap": min(int(cap), INFINITE), "own": own, "tree": rule.tree_of(scope)}
    return row.but(code=code, text=text, measure="capped_legs", **most)


def _outside(row: Row, rank: str, rule: RollUp, scope: Scope) -> Row:
    if rank not in scope.ranks:
        raise Hinted(f'"{rank}" is not a rank', f"known: {', '.join(scope.ranks)}", ("outside_legs_with",))
    here = in_rank_tree(rule, scope)
    where: dict[str, Any] = {"measure": "outside"} if here else {"measure": "outside_legs", "tree": rule.tree_of(scope)}
    text = f"{row.text}, outside legs with {rank}"
    code = f"{row.name}.outside"
    return row.but(code=code, text=text, holds=scope.ranks[rank], own=_own(rule), **where)


def _own(rule: RollUp) -> Literal["full", "none"]:
    return "full" if rule.own else "none"


def _holder(text: str, scope: Scope) -> tuple[int, str]:
    """Read who must be in a leg: a rank, a rank and a condition, or a condition alone (rank 0)."""
    expr = ex.parse(text)
    demand_one_member(expr)
    items = expr.items if isinstance(expr, ex.Logic) and expr.op == "and" else (expr,)
    asked = [i.name if isinstance(i, ex.Name) and i.name in scope.ranks else rank_asked(i, scope) for i in items]
    ranks, others = [*filter(None, asked)], [i for i, rank in zip(items, asked, strict=True) if not rank]
    for other in others:
        demand_flag(other, scope)
        demand_rounds(other, scope)
    also = str(others[0] if len(others) == 1 else ex.Logic("and", tuple(others))) if others else ""
    return max((scope.ranks[r] for r in ranks), default=0), also


class _Place(NamedTuple):
    """Where members are counted: a tree, "" for that of the ranks, and one whose frontline alone counts."""

    tree: str = ""
    enrolled_in: str = ""

    @classmethod
    def of(cls, requirement: LegsRequirement | MembersRequirement, scope: Scope) -> _Place:
        tree, enrolled_in = requirement.tree or "", getattr(requirement, "enrolled_in", None) or ""
        for field, name in (("tree", tree), ("enrolled_in", enrolled_in)):
            if name and name not in scope.model.trees:
                raise Hinted(f'"{name}" is not a tree', did_you_mean(name, list(scope.model.trees)), (field,))
        if enrolled_in == (tree or rank_tree(scope)):
            hint = "count the frontline, which heads the legs"
            raise Hinted(f'the legs are those of "{enrolled_in}" already', hint, ("enrolled_in",))
        return cls(tree, enrolled_in)

    def __str__(self) -> str:
        tree = f",{in_tree(self.tree)}" if self.tree else ""
        return tree + (f", enrolled{in_tree(self.enrolled_in)}" if self.enrolled_in else "")


def _held(row: Row, rank: int, also: str, place: _Place, scope: Scope) -> Row:
    """Return the row that counts legs or members with a rank, or with a condition alone (rank 0).

    A rank that nobody needs to earn is a condition too: to be a member who can hold ranks. So is one that is held in
    another tree than that of the ranks, where the sweep does not see it.
    """
    model = scope.model.ranks
    assert model is not None  # noqa: S101 - rows come from a ladder
    text = f"{row.text}{place}"
    row = row.but(code=f"{row.code}{place}", text=text, unit="legs" if row.measure == "legs" else "members")
    elsewhere = "" if place.tree == rank_tree(scope) else place.tree
    unseen = elsewhere or place.enrolled_in or (also and scope.reads.expression_needs_rank(ex.parse(also)))
    if rank > scope.floor and not unseen:
        return row.but(name=row.code, holds=rank, also=also)
    names = [*scope.ranks]
    has = f"{model.legs_hold} >= {names[rank - 1]}" if rank > scope.floor else model.members if rank else ""
    condition = f"({has}) and ({also})" if has and also else has or also
    held: dict[str, Any] = {"holds": rank, "also": also} if rank > scope.floor else {}
    row = row.but(tree=elsewhere, enrolled_in=place.enrolled_in, **held)
    return row.but(measure="count", name=condition, among=row.measure)


def leg_rows(requirement: LegsRequirement, scope: Scope) -> list[Row]:
    """Return the rows of distinct legs.

    Legs with at least a rank are nested, so n distinct legs exist if and only if, for each rank, enough legs
    contain it or a higher one (Hall's condition).
    """
    place, wanted = _Place.of(requirement, scope), []
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
        row = new_row(f"legs.{who}", label, "legs", "", count)
        rows.append(_held(row, rank, wanted[0][2], place, scope))
    return rows


def member_row(requirement: MembersRequirement, scope: Scope) -> Row:
    """Return the row of a number of members."""
    rank, also = _holder(requirement.holds, scope)
    held, text = f"{requirement.among}.{requirement.holds}", f"{requirement.among} with {requirement.holds}"
    row = new_row(held, f"{requirement.count} {text}", requirement.among, "", requirement.count)
    return _held(row, rank, also, _Place.of(requirement, scope), scope)
