"""The requirement table: every rank as routes of rows, each row one measured number between two bounds.

The rank pass, the explainer, the description and the checks all read these rows, so they cannot disagree.
A rank is met when all rows of one of its routes hold; a row holds when `low <= measured <= high`. Numbers are
integers at the row's scale.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import product
from typing import TYPE_CHECKING, Literal

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
from compplan.plan.sections import RollUp
from compplan.plan.values import EXACT

if TYPE_CHECKING:
    from collections.abc import Iterable
    from decimal import Decimal

    from compplan.plan.requirement import Requirement
    from compplan.plan.scope import Scope

INFINITE = 2**63 - 1
MAX_ROUTES = 64

Measure = Literal[
    "quantity",  # a column that is known before the rank pass
    "flag",  # a condition that is known before the rank pass: 0 or 1
    "count",  # members or legs that meet a condition known before the rank pass
    "capped_total",  # legs capped at a share of the member's own total
    "capped",  # legs capped at an amount
    "outside",  # volume outside legs that contain a rank
    "breakaway",  # volume of the downline down to members who hold a rank
    "legs",  # legs that contain a rank
    "frontline",  # frontline members who hold a rank
    "downline",  # downline members who hold a rank
]
STATIC: frozenset[str] = frozenset({"quantity", "flag", "count", "capped_total"})


@dataclass(frozen=True, slots=True)
class Row:
    """One requirement: what is measured, and the bounds it must keep.

    Attributes
    ----------
    rank, route
        The rank (1 is the lowest) and the number of the route that the row belongs to.
    code
        A stable name for programs, such as `gv`, `gv.leg_cap` or `legs.silver`.
    text
        The requirement as the plan's reader knows it.
    measure, name
        What is measured, and of which quantity; for flags and counts the condition's text.
    low, high, scale
        Bounds, as integers at `scale` digits.
    among
        With `count`: frontline, downline or legs.
    holds
        With `legs`, `frontline`, `downline`, `outside`, `breakaway`: the rank that is looked for.
    also
        With `legs`, `frontline`, `downline`: a condition that the rank's holder must meet too.
    cap, share
        With `capped`: the largest amount of one leg; with `capped_total`: its largest share.
    own
        How own volume counts in a measure over legs: in full, capped like a leg, or not at all.
    """

    rank: int
    route: int
    code: str
    text: str
    measure: Measure
    name: str
    low: int
    high: int = INFINITE
    scale: int = 0
    among: str = ""
    holds: int = 0
    also: str = ""
    cap: int = 0
    own: Literal["full", "capped", "none"] = "full"
    share: Fraction = field(default=Fraction(0))
    unit: str = "volume"


@dataclass(frozen=True, slots=True)
class RequirementTable:
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
            rows += [replace(row, rank=number, route=route) for row in _deduplicated(routed)]
    return RequirementTable(tuple(ranks.ladder), tuple(rows))


def _deduplicated(rows: Iterable[Row]) -> list[Row]:
    return list(dict.fromkeys(rows))


def _routes(
    requires: tuple[Requirement, ...], scope: Scope, at: tuple[str | int, ...]
) -> list[tuple[Row, ...]]:
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
            return [
                way for index, r in enumerate(requirement.any) for way in _routes((r,), scope, ("any", index))
            ]
        case AllRequirement():
            return _routes(requirement.all, scope, ("all",))
        case ConditionRequirement():
            return [tuple(_conditions(ex.parse(requirement.condition), scope))]
        case VolumeRequirement():
            return [(_volume(requirement, scope),)]
        case LegsRequirement():
            return [tuple(_legs(requirement, scope))]
        case MembersRequirement():
            return [(_members(requirement, scope),)]


def _row(code: str, text: str, measure: Measure, name: str, low: int, **more: object) -> Row:
    return Row(0, 0, code, text, measure, name, low, **more)  # type: ignore[arg-type]


def _conditions(expr: ex.Expr, scope: Scope, code: str = "") -> list[Row]:
    """Split a condition into rows at its `and`s, looking through named conditions."""
    scope.flag(expr)
    if isinstance(expr, ex.Logic) and expr.op == "and":
        return [row for item in expr.items for row in _conditions(item, scope, code)]
    if isinstance(expr, ex.Name) and (text := scope.model.conditions.get(expr.name)) is not None:
        return _conditions(ex.parse(text), scope, expr.name)
    if isinstance(expr, ex.Compare) and (row := _comparison(expr, scope)) is not None:
        return [replace(row, code=f"{code}.{row.code}" if code else row.code)]
    if scope.expression_needs_rank(expr):
        raise Hinted(
            f'"{expr}" depends on the ranks that it decides', "use legs, frontline or downline with a rank"
        )
    return [_row(code or str(expr), ex.words(expr), "flag", str(expr), 1, unit="flag")]


def _comparison(expr: ex.Compare, scope: Scope) -> Row | None:
    """Read `quantity <op> number` into bounds; other comparisons become flags."""
    left, op, right = expr.left, expr.op, expr.right
    if isinstance(left, ex.Number):
        left, op, right = right, _TURNED[op], left
    if (
        not (isinstance(left, ex.Name) and isinstance(right, ex.Number) and left.name in scope.rules)
        or op == "!="
    ):
        return None
    name = left.name
    scale = scope.scale(name)
    low, high = _bounds(op, Fraction(right.value) * 10**scale)
    row = _row(name, ex.words(expr), "quantity", name, low, high=high, scale=scale, unit=_unit(name, scope))
    return _measured_with_ranks(row, scope) if scope.needs_rank(name) else row


_TURNED: dict[ex.Operator, ex.Operator] = {">=": "<=", ">": "<", "<=": ">=", "<": ">", "==": "==", "!=": "!="}


def _bounds(op: ex.Operator, value: Fraction) -> tuple[int, int]:
    """Return the integers that satisfy `x <op> value` as an interval, its free ends within 64 bits.

    An end beyond 64 bits is cut off where nothing is lost; where no integer satisfies, low is above high.
    """
    below, above = math.floor(value), math.ceil(value)
    low, high = {
        ">=": (above, INFINITE),
        ">": (below + 1, INFINITE),
        "<=": (-INFINITE, below),
        "<": (-INFINITE, above - 1),
    }.get(op, (above, below))
    return max(low, -INFINITE), min(high, INFINITE)


def _unit(name: str, scope: Scope) -> str:
    return "members" if name in scope.model.counts else "volume"


def _measured_with_ranks(row: Row, scope: Scope) -> Row:
    """Turn a roll-up that looks at ranks into a row that the rank pass itself measures."""
    rule = scope.rules[row.name]
    text = (rule.stop_at or rule.outside_legs_with) if isinstance(rule, RollUp) else None
    match _resolved(text, scope) if text else None:
        case ex.Compare(op=">=", left=ex.Name("rank"), right=ex.Name(rank)) if rank in scope.ranks:
            assert isinstance(rule, RollUp)  # noqa: S101 - text came from a roll_up
            measure: Measure = "breakaway" if rule.stop_at else "outside"
            plain = not (rule.with_uplines or _sums_by_rank(rule, scope))
            if plain and _in_rank_tree(rule, scope):
                return replace(
                    row, measure=measure, holds=scope.ranks[rank], own="full" if rule.own else "none"
                )
    raise Hinted(
        f'"{row.name}" depends on the ranks that it decides',
        "in a requirement, a roll_up may use stop_at or outside_legs_with only as: rank >= <rank>, "
        "in the tree of the ranks",
    )


def _resolved(text: str, scope: Scope) -> ex.Expr:
    """Read a condition; a name alone stands for what it names."""
    expr = ex.parse(text)
    while isinstance(expr, ex.Name) and expr.name in scope.model.conditions:
        expr = ex.parse(scope.model.conditions[expr.name])
    return expr


def _sums_by_rank(rule: RollUp, scope: Scope) -> bool:
    """Tell whether ranks decide what a roll-up sums, beside where it ends."""
    return scope.needs_rank(rule.roll_up) or (
        rule.where is not None and scope.expression_needs_rank(ex.parse(rule.where))
    )


def _in_rank_tree(rule: RollUp, scope: Scope) -> bool:
    ranks = scope.model.ranks
    return scope.tree(rule) == ((ranks.tree if ranks else None) or scope.model.default_tree())


def _volume(requirement: VolumeRequirement, scope: Scope) -> Row:
    name = requirement.volume
    if name not in scope.rules:
        raise Hinted(f'"{name}" is not a volume', f"known: {', '.join(scope.model.volumes)}", ("volume",))
    rule, scale = scope.roll_up(name), scope.scale(name)
    if _sums_by_rank(rule, scope):
        raise Hinted(
            f'"{name}" depends on the ranks that it decides',
            "sum a volume that ranks do not change",
            ("volume",),
        )
    needed = Fraction(requirement.at_least) * 10**scale
    row = _row(
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
    if not _in_rank_tree(rule, scope):
        raise Hinted(
            f'the legs of "{name}" are not in the tree of the ranks', "cap legs in ranks.tree", ("volume",)
        )
    return replace(capped, own="none" if not rule.own else "capped" if requirement.own == "leg" else "full")


def _outside(row: Row, requirement: VolumeRequirement, rule: RollUp, scope: Scope) -> Row:
    rank = str(requirement.outside_legs_with)
    if rank not in scope.ranks:
        raise Hinted(f'"{rank}" is not a rank', f"known: {', '.join(scope.ranks)}", ("outside_legs_with",))
    if not _in_rank_tree(rule, scope):
        raise Hinted(
            f'the legs of "{row.name}" are not in the tree of the ranks', "use ranks.tree", ("volume",)
        )
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
            raise Hinted(
                f'"{other}" depends on the ranks that it decides', "name a rank, or a condition without ranks"
            )
    also = str(others[0] if len(others) == 1 else ex.Logic("and", tuple(others))) if others else ""
    return max((scope.ranks[r] for r in ranks), default=0), also


def _held(code: str, text: str, among: Measure, count: int, rank: int, also: str, scope: Scope) -> Row:
    """Return the row that counts legs or members with a rank, or with a condition alone (rank 0).

    A rank that nobody needs to earn is a condition too: to be a member who can hold ranks.
    """
    unit = "legs" if among == "legs" else "members"
    model = scope.model.ranks
    if rank > scope.floor:
        return _row(code, text, among, code, count, holds=rank, also=also, unit=unit)
    if rank and model is not None:
        also = f"({model.members}) and ({also})" if also else model.members
    return _row(code, text, "count", also, count, among=among, unit=unit)


def _legs(requirement: LegsRequirement, scope: Scope) -> list[Row]:
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


def _members(requirement: MembersRequirement, scope: Scope) -> Row:
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
