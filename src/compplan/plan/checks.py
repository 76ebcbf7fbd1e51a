"""Sense checks of a plan: one function for each way in which a readable plan can still be wrong.

Each yields findings; `rest.py` gives every one its place in the file and the loader raises them together.
"""

from __future__ import annotations

import operator
from collections import Counter
from functools import partial
from keyword import iskeyword
from operator import attrgetter
from typing import TYPE_CHECKING

from compplan.errors import did_you_mean
from compplan.plan import expression as ex
from compplan.plan.bonus_checks import (
    bonuses_make_no_sense,
    money_is_too_fine,
    payouts_make_no_sense,
    tables_make_no_sense,
)
from compplan.plan.circles import circle_of_names
from compplan.plan.expression.kinds import demand_flag, demand_number
from compplan.plan.findings import Finding
from compplan.plan.greater import greater_makes_no_sense
from compplan.plan.length_checks import lengths_make_no_sense
from compplan.plan.limits import limits_make_no_sense
from compplan.plan.located import Hinted
from compplan.plan.words import RESERVED
from compplan.ranks.table import INFINITE, requirement_table, ways

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from fractions import Fraction

    from compplan.plan.findings import Found
    from compplan.plan.marks import Path
    from compplan.plan.scope import Scope
    from compplan.ranks.table import Row

_MAX_SCALE = 12


def problems(scope: Scope) -> Found:
    """Yield everything that is wrong; later checks run only on names that earlier checks have cleared."""
    first = [*_names_are_used_twice(scope), *_names_are_reserved(scope), *_trees_are_unknown(scope)]
    first += [*_quantities_are_unknown(scope), *_conditions_cannot_be_read(scope)]
    yield from first
    if first:
        return
    if circle := circle_of_names(scope):
        section = next(s for s in ("volumes", "counts", "conditions") if circle[0] in getattr(scope.model, s))
        message = f"names read each other in a circle: {' -> '.join(circle)}"
        pays = any(scope.reads.needs_pay(name) for name in circle)
        hint = "for the pay of earlier periods use accumulate with this_period: false" if pays else "break the circle"
        yield Finding((section, circle[0]), message, hint, key=True)
        return
    unscaled = list(_quantities_have_no_scale(scope))
    yield from unscaled
    yield from _quantities_make_no_sense(scope, unscaled)
    if not unscaled:
        yield from _requirements_make_no_sense(scope)
    yield from _who_holds_ranks_depends_on_ranks(scope)
    yield from _no_window_goes_by_placed(scope)
    yield from tables_make_no_sense(scope)
    yield from bonuses_make_no_sense(scope)
    yield from greater_makes_no_sense(scope)
    yield from lengths_make_no_sense(scope)
    yield from limits_make_no_sense(scope)
    yield from money_is_too_fine(scope)
    yield from payouts_make_no_sense(scope)


def _no_window_goes_by_placed(scope: Scope) -> Found:
    """Yield a date for windows where there are none: the orders would need a column that nothing reads."""
    bonuses = scope.model.bonuses.values()
    windows = [rule.window for rule in scope.order_sums.values()]
    windows += [getattr(bonus, field, None) for bonus in bonuses for field in ("window", "qualified_since")]
    if scope.model.orders.placed is not None and not any(windows):
        hint = "leave it out, or give a volume or a bonus a window"
        yield Finding(("orders", "placed"), "there is no window that could go by it", hint)


def _named(scope: Scope) -> list[Path]:
    """Return the place of every name that a condition can use."""
    model = scope.model
    ladder = model.ranks.ladder if model.ranks else {}
    places: list[Path] = [(s, n) for s in ("volumes", "counts", "conditions") for n in getattr(model, s)]
    return places + [("ranks", "ladder", name) for name in ladder]


def _names_are_used_twice(scope: Scope) -> Found:
    places = _named(scope)
    used = Counter(place[-1] for place in places)
    for place in places:
        if used[place[-1]] > 1 and place[0] != "volumes":
            yield Finding(place, f'"{place[-1]}" is the name of two things', "give each its own name", key=True)


def _names_are_reserved(scope: Scope) -> Found:
    for place in _named(scope):
        name, hint = str(place[-1]), "choose another name"
        if name in RESERVED or iskeyword(name):
            yield Finding(place, f'"{name}" is a word of the language', hint, key=True)
        elif name in {scope.model.members.id, "earned"}:
            yield Finding(place, f'"{name}" is a column of every result', hint, key=True)


def _trees_are_unknown(scope: Scope) -> Found:
    model = scope.model
    users: list[tuple[Path, str | None]] = [(("ranks", "tree"), model.ranks.tree if model.ranks else None)]
    for section in ("volumes", "counts", "bonuses"):
        users += [((section, n, "tree"), getattr(r, "tree", None)) for n, r in getattr(model, section).items()]
    for place, tree in users:
        if tree is not None and tree not in model.trees:
            yield Finding(place, f'"{tree}" is not a tree', did_you_mean(tree, list(model.trees)))


def _quantities_are_unknown(scope: Scope) -> Found:
    rules = scope.rules
    read: list[tuple[Path, str]] = []
    for section in ("volumes", "counts"):
        for name, rule in getattr(scope.model, section).items():
            read += [((section, name, field), target) for field, target in rule.targets()]
    for name, bonus in scope.parts:
        read += [(("bonuses", name, *place), target) for place, target in bonus.all_quantities()]
    read += [(("limits", name, "of"), limit.of) for name, limit in scope.model.limits.items() if limit.of]
    for place, target in read:
        if target not in rules:
            yield Finding(place, f'"{target}" is not a quantity', did_you_mean(target, list(rules)))


def _conditions_cannot_be_read(scope: Scope) -> Found:
    model = scope.model
    texts: list[tuple[Path, str]] = [(("conditions", n), t) for n, t in model.conditions.items()]
    for section in ("volumes", "counts"):
        for name, rule in getattr(model, section).items():
            texts += [((section, name, field), text) for field, text in rule.texts()]
    for name, bonus in model.bonuses.items():
        texts += [(("bonuses", name, *place), text) for place, text in bonus.texts()]
    texts += [(("payout", *place), text) for place, text in model.payout.texts()]
    if model.ranks:
        texts.append((("ranks", "members"), model.ranks.members))
    for place, text in texts:
        yield from _unreadable(place, text, partial(demand_flag, scope=scope))
        yield from _speaks_of_others(scope, place, text)
    for name, rule in model.volumes.items():
        for field, text in rule.computations():
            yield from _unreadable(("volumes", name, field), text, partial(demand_number, scope=scope))
            yield from _speaks_of_others(scope, ("volumes", name, field), text, "computation")


def _speaks_of_others(scope: Scope, place: Path, text: str, what: str = "condition") -> Found:
    """Only some conditions are about two members."""
    try:
        found = ex.others(ex.parse(text))
    except Hinted:
        return
    bonus = scope.model.bonuses.get(str(place[1])) if place[0] == "bonuses" else None
    known = bonus.pairs.get(str(place[-1]), "") if bonus else ""
    for who in sorted(found - {known}):
        hint = f"here the other member is called {known}" if known else f"it is a {what} on one member"
        yield Finding(place, f'"{who}." has no meaning here', hint)


def _unreadable(place: Path, text: str, demand: Callable[[ex.Expr], None]) -> Found:
    try:
        demand(ex.parse(text))
    except Hinted as error:
        yield Finding(place, error.message, error.hint)


def _quantities_have_no_scale(scope: Scope) -> Found:
    found: dict[str, Finding] = {}
    for section in ("volumes", "counts"):
        for name in getattr(scope.model, section):
            try:
                wrong = _too_fine(name, scope)
            except Hinted as error:
                wrong = (error.at, error.message, error.hint)
            if wrong:
                at, message, hint = wrong
                found[name] = Finding((section, name, *at), message, hint)
    for name, finding in found.items():  # what is made of them has the same problem, and is not told again
        if not scope.reads.of(name) & found.keys():
            yield finding


def _too_fine(name: str, scope: Scope) -> tuple[Path, str, str] | None:
    scale = scope.scale(name)
    if scale > _MAX_SCALE:
        return (), f'"{name}" needs {scale} digits', "round it with compute and decimals"
    return None


def _quantities_make_no_sense(scope: Scope, unscaled: list[Finding]) -> Found:
    told = {finding.path[1] for finding in unscaled}
    for section in ("volumes", "counts"):
        for name, rule in getattr(scope.model, section).items():
            if name not in told:
                yield from (found._replace(path=(section, name, *found.path)) for found in rule.findings(name, scope))


def _requirements_make_no_sense(scope: Scope) -> Found:
    found = []
    for name, rank in (scope.model.ranks.ladder if scope.model.ranks else {}).items():
        for index, requirement in enumerate(rank.requires):
            try:
                ways(requirement, scope)
            except Hinted as error:
                at = ("ranks", "ladder", name, "requires", index, *error.at)
                found.append(Finding(at, error.message, error.hint))
    yield from found
    if found:
        return
    try:
        table = requirement_table(scope)
    except Hinted as error:
        yield Finding(error.at, error.message, error.hint)
        return
    yield from _rows_never_hold(table.rows, scope)


_ONE_NUMBER = attrgetter(
    *("rank", "route", "measure", "name", "holds", "also", "among", "tree", "enrolled_in", "cap", "own", "share")
)
"""What rows have in common that ask for the same number."""


def _rows_never_hold(rows: Iterable[Row], scope: Scope) -> Found:
    """Yield requirements that nobody can meet, alone or with the others of the rank on the same number."""
    bounds: dict[tuple[object, ...], tuple[int, int]] = {}
    for row in rows:
        key = _ONE_NUMBER(row)
        low, high = bounds.get(key, (row.low, row.high))
        bounds[key] = max(low, row.low), min(high, row.high)
        if reason := _impossible(row, *bounds[key], scope):
            yield Finding(_place_of(row, scope), f'"{row.text}" can never hold', reason)


def _impossible(row: Row, low: int, high: int, scope: Scope) -> str:
    if row.low > row.high:
        return "no measure is so large" if row.high == INFINITE else "no measure has so many digits"
    if low > high:
        return "no measure lies between these bounds and those of the other requirements"
    most: dict[str, int | Fraction] = {"capped": row.cap, "capped_legs": row.cap, "capped_total": row.share}
    if most.get(row.measure, 1) <= 0:
        return "the cap lets no leg bring anything"
    return _asks_for_itself(row, scope) if row.measure == "flag" else ""


def _asks_for_itself(row: Row, scope: Scope) -> str:
    """Return why nobody keeps a rank that asks whether he has it, or has it not; "" for other requirements."""
    expr, turned = ex.parse(row.name), False
    while isinstance(expr, ex.Not):
        expr, turned = expr.item, not turned
    match expr:
        case ex.Compare(op=op, left=ex.Name("rank"), right=ex.Name(name)) if rank := scope.ranks.get(name):
            holds = _HOLDS[op]
            if holds(row.rank, rank) == turned:
                return "who has the rank would lose it; for the rank of the period before, ask for last_rank"
            if rank >= row.rank and all(holds(below, rank) == turned for below in range(row.rank)):
                return "nobody has the rank before he has it; to keep it, ask for last_rank or the title"
    return ""


_HOLDS: dict[ex.Operator, Callable[[int, int], bool]] = {
    ">=": operator.ge,
    ">": operator.gt,
    "<=": operator.le,
    "<": operator.lt,
    "==": operator.eq,
    "!=": operator.ne,
}


def _place_of(row: Row, scope: Scope) -> Path:
    """Return the place of the requirement that a row comes from."""
    ranks = scope.model.ranks
    assert ranks is not None  # noqa: S101 - rows come from a ladder
    name = list(ranks.ladder)[row.rank - 1]
    for index, requirement in enumerate(ranks.ladder[name].requires):
        rows = (each for way in ways(requirement, scope) for each in way)
        if any((each.measure, each.text) == (row.measure, row.text) for each in rows):
            return ("ranks", "ladder", name, "requires", index)
    return ("ranks", "ladder", name)


def _who_holds_ranks_depends_on_ranks(scope: Scope) -> Found:
    ranks = scope.model.ranks
    if ranks and scope.reads.expression_needs_rank(ex.parse(ranks.members)):
        message = f'"{ranks.members}" depends on the ranks that it decides'
        yield Finding(("ranks", "members"), message, "use a condition without ranks, or last_rank")
