"""Sense checks of a plan: one function for each way in which a readable plan can still be wrong.

Each yields findings; `rest.py` gives every one its place in the file and the loader raises them together.
"""

from __future__ import annotations

import re
from collections import Counter
from fractions import Fraction
from itertools import pairwise
from keyword import iskeyword
from typing import TYPE_CHECKING, NamedTuple

from compplan.bonuses.upward import Upward
from compplan.errors import did_you_mean
from compplan.plan import expression as ex
from compplan.plan.located import Hinted
from compplan.plan.scope import RANK_COLUMNS, RESERVED, digits
from compplan.plan.sections import Compute, Legs, MoveUp, OrderSum, RollUp
from compplan.plan.values import ByKey, LevelTable, number
from compplan.ranks.table import INFINITE, requirement_table, ways

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from decimal import Decimal
    from typing import Any

    from compplan.plan.marks import Path
    from compplan.plan.scope import Scope
    from compplan.ranks.table import Row

    Found = Iterator["Finding"]

_BASES = ("roll_up", "legs", "move_up")
_MAX_SCALE = 12


class Finding(NamedTuple):
    """One thing that makes no sense: where in the data (the value, or its key), what, and what to do."""

    path: Path
    message: str
    hint: str = ""
    key: bool = False


def problems(scope: Scope) -> Found:
    """Yield everything that is wrong; later checks run only on names that earlier checks have cleared."""
    first = [*_names_are_used_twice(scope), *_names_are_reserved(scope), *_trees_are_unknown(scope)]
    first += [*_quantities_are_unknown(scope), *_conditions_cannot_be_read(scope)]
    yield from first
    if first:
        return
    if circle := scope.circle():
        section = next(s for s in ("volumes", "counts", "conditions") if circle[0] in getattr(scope.model, s))
        message = f"names read each other in a circle: {' -> '.join(circle)}"
        yield Finding((section, circle[0]), message, "break the circle", key=True)
        return
    unscaled = list(_quantities_have_no_scale(scope))
    yield from unscaled
    yield from _volume_is_counted_twice(scope)
    if not unscaled:
        yield from _requirements_make_no_sense(scope)
    yield from _who_holds_ranks_depends_on_ranks(scope)
    yield from _tables_make_no_sense(scope)
    yield from _bonuses_make_no_sense(scope)
    yield from _money_is_too_fine(scope)


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
            yield Finding(
                place, f'"{place[-1]}" is the name of two things', "give each its own name", key=True
            )


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
        users += [
            ((section, n, "tree"), getattr(r, "tree", None)) for n, r in getattr(model, section).items()
        ]
    for place, tree in users:
        if tree is not None and tree not in model.trees:
            yield Finding(place, f'"{tree}" is not a tree', did_you_mean(tree, list(model.trees)))


def _quantities_are_unknown(scope: Scope) -> Found:
    rules = scope.rules
    read: list[tuple[Path, str]] = []
    for name, rule in scope.model.volumes.items():
        targets = [(field, getattr(rule, field, None)) for field in _BASES]
        read += [(("volumes", name, field), target) for field, target in targets if isinstance(target, str)]
    for name, bonus in scope.model.bonuses.items():
        read += [(("bonuses", name, *place), target) for place, target in bonus.quantities()]
    for place, target in read:
        if target not in rules:
            yield Finding(place, f'"{target}" is not a quantity', did_you_mean(target, list(rules)))


def _conditions_cannot_be_read(scope: Scope) -> Found:
    model = scope.model
    texts: list[tuple[Path, str]] = [(("conditions", n), t) for n, t in model.conditions.items()]
    for section in ("volumes", "counts"):
        for name, rule in getattr(model, section).items():
            texts += [((section, name, field), text) for field, text in scope.conditions_of(rule)]
    for name, bonus in model.bonuses.items():
        texts += [(("bonuses", name, *place), text) for place, text in bonus.texts()]
    if model.ranks:
        texts.append((("ranks", "members"), model.ranks.members))
    for place, text in texts:
        yield from _unreadable(place, text, scope.flag)
    for name, rule in model.volumes.items():
        if isinstance(rule, Compute):
            yield from _unreadable(("volumes", name, "compute"), rule.compute, scope.number)


def _unreadable(place: Path, text: str, demand: Callable[[ex.Expr], None]) -> Found:
    try:
        demand(ex.parse(text))
    except Hinted as error:
        yield Finding(place, error.message, error.hint)


def _quantities_have_no_scale(scope: Scope) -> Found:
    found: dict[str, Finding] = {}
    for section in ("volumes", "counts"):
        for name, rule in getattr(scope.model, section).items():
            try:
                wrong = _scale_problem(name, rule, scope)
            except Hinted as error:
                wrong = (error.at, error.message, error.hint)
            if wrong:
                at, message, hint = wrong
                found[name] = Finding((section, name, *at), message, hint)
    for name, finding in found.items():  # what is made of them has the same problem, and is not told again
        if not scope.reads(name) & found.keys():
            yield finding


def _scale_problem(name: str, rule: Any, scope: Scope) -> tuple[Path, str, str] | None:
    scale = scope.scale(name)
    if scale > _MAX_SCALE:
        return (), f'"{name}" needs {scale} digits', "round it with compute and decimals"
    if isinstance(rule, Legs):
        try:
            scope.roll_up(rule.legs)
        except Hinted as error:
            return ("legs",), error.message, error.hint
        cap = rule.leg_cap_amount
        if cap is not None and digits(cap) > scale:
            return ("leg_cap_amount",), f"{cap} has more digits than {rule.legs}", "write fewer digits"
        if cap is not None and Fraction(cap) * 10**scale > INFINITE:
            return ("leg_cap_amount",), f"{cap} does not fit 64 bits", "leave the cap out"
    return None


def _volume_is_counted_twice(scope: Scope) -> Found:
    for name, rule in scope.model.volumes.items():
        if isinstance(rule, (RollUp, MoveUp)):
            field = "roll_up" if isinstance(rule, RollUp) else "move_up"
            if isinstance(scope.rules[getattr(rule, field)], RollUp):
                message = f'"{name}" would count volume more than once'
                yield Finding(("volumes", name, field), message, "sum a volume that is a member's own")


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
    bounds: dict[tuple[object, ...], tuple[int, int]] = {}
    for row in table.rows:
        key = (
            row.rank,
            row.route,
            row.measure,
            row.name,
            row.holds,
            row.also,
            row.among,
            row.cap,
            row.own,
            row.share,
        )
        low, high = bounds.get(key, (row.low, row.high))
        bounds[key] = max(low, row.low), min(high, row.high)
        if reason := _impossible(row, *bounds[key]):
            yield Finding(_place_of(row, scope), f'"{row.text}" can never hold', reason)


def _impossible(row: Row, low: int, high: int) -> str:
    if row.low > row.high:
        return "no measure is so large" if row.high == INFINITE else "no measure has so many digits"
    if low > high:
        return "no measure lies between these bounds and those of the other requirements"
    if (row.measure == "capped" and row.cap <= 0) or (row.measure == "capped_total" and row.share <= 0):
        return "the cap lets no leg bring anything"
    return ""


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
    if ranks and scope.expression_needs_rank(ex.parse(ranks.members)):
        message = f'"{ranks.members}" depends on the ranks that it decides'
        yield Finding(("ranks", "members"), message, "use a condition without ranks, or last_rank")


def _tables_make_no_sense(scope: Scope) -> Found:
    for name, bonus in scope.model.bonuses.items():
        if bonus.cap is None and "cap_by" in bonus.model_fields_set:
            yield Finding(("bonuses", name, "cap_by"), "there is no cap", "add a cap, or leave cap_by out")
        for place, by, table in bonus.tables():
            at = ("bonuses", name, *place)
            if isinstance(table, LevelTable):
                rows = [(at, table)]
                if by != "paid_as":
                    message = f"the table of {place[-1]} has no keys"
                    hint = f"give one list for each key, or leave {_by(at)[-1]} out"
                    yield Finding(_by(at), message, hint)
            else:
                rows = [((*at, key), row) for key, row in table.rows.items()]
                yield from _keys_do_not_fit(scope, at, by, table)
            if not rows:
                yield Finding(at, "the table is empty", "give a rate or amount for each key")
            one_level = place[-1] == "cap" or bonus.family == "retail"
            for where, row in rows:
                yield from _levels_do_not_fit(where, row, one_level=one_level)


def _by(at: tuple[str, ...]) -> tuple[str, ...]:
    """Return the place of the field that tells what the keys of a table are."""
    return (*at[:-1], "cap_by" if at[-1] == "cap" else "rates_by")


def _levels_do_not_fit(where: Path, row: LevelTable, *, one_level: bool) -> Found:
    if not row.levels and row.tail is None:
        yield Finding(where, "there is no level in this list", "give at least one rate or amount")
    elif one_level and (len(row.levels) > 1 or row.tail is not None):
        yield Finding(where, "levels have no meaning here", "give one value")
    if any(value < 0 for value in (*row.levels, row.tail or 0)):
        yield Finding(where, "a rate, amount or cap is negative", "write it without the sign")


def _keys_do_not_fit(scope: Scope, at: tuple[str, ...], by: str, table: ByKey) -> Found:
    if by in RANK_COLUMNS:
        for key in table.rows:
            if key not in scope.ranks:
                hint = did_you_mean(key, list(scope.ranks)) or "this plan has no ranks"
                yield Finding((*at, key), f'"{key}" is not a rank', hint, key=True)
    elif by in scope.rules:
        yield from _thresholds_do_not_fit(at, by, table)
    elif not re.fullmatch(r"member\.\w+", by):
        known = [*RANK_COLUMNS, *scope.rules]
        message = f'"{by}" is neither a rank column, a quantity, nor member.<field>'
        yield Finding(_by(at), message, did_you_mean(by, known))


def _thresholds_do_not_fit(at: tuple[str, ...], by: str, table: ByKey) -> Found:
    thresholds = []
    for key in table.rows:
        try:
            thresholds.append(number(key))
        except Hinted as error:
            yield Finding((*at, key), error.message, f"the keys are thresholds of {by}", key=True)
    if any(above <= below for below, above in pairwise(thresholds)):
        yield Finding(at, "the thresholds do not ascend", "write the lowest first")


def _bonuses_make_no_sense(scope: Scope) -> Found:
    for name, bonus in scope.model.bonuses.items():
        per_order = getattr(bonus, "payment", "") == "order" or getattr(bonus, "window", None)
        read = next((n for place, n in bonus.quantities() if place == ("of",)), None)
        rule = scope.rules.get(read or "")
        if per_order and read is not None and not isinstance(rule, OrderSum):
            message = f'"{read}" is not a sum of orders'
            yield Finding(("bonuses", name, "of"), message, "payments per order need one")
        elif isinstance(bonus, Upward) and isinstance(rule, RollUp):
            hint = "the levels would pay volume more than once"
            yield Finding(("bonuses", name, "of"), f'"{read}" is rolled up already', hint)
        first, amounts = getattr(bonus, "first_time", None), getattr(bonus, "amounts", None)
        if first is not None and isinstance(amounts, dict) and set(first) != set(amounts):
            message = "the tiers differ from those of amounts"
            yield Finding(("bonuses", name, "first_time"), message, "use the same thresholds")


def _money_is_too_fine(scope: Scope) -> Found:
    model = scope.model
    code, decimals = model.currency.code, model.currency.decimals
    limits: list[tuple[Path, Decimal]] = [(("payout", "minimum"), model.payout.minimum)]
    for name, bonus in model.bonuses.items():
        if isinstance(bonus.cap, LevelTable):
            limits += [(("bonuses", name, "cap"), value) for value in bonus.cap.levels]
        elif bonus.cap is not None:
            rows = bonus.cap.rows.items()
            limits += [(("bonuses", name, "cap", key), value) for key, row in rows for value in row.levels]
    for place, value in limits:
        if digits(value) > decimals:
            yield Finding(
                place, f"{value} has more digits than {code}, which has {decimals}", "write fewer digits"
            )
