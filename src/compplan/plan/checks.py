"""Sense checks of a plan: one function for each way in which a readable plan can still be wrong.

Each yields `(path, message, hint)`; the loader gives every one its place in the file and raises them together.
"""

from __future__ import annotations

from collections import Counter
from keyword import iskeyword
from typing import TYPE_CHECKING

from compplan.bonuses.upward import Upward
from compplan.errors import did_you_mean
from compplan.plan import expression as ex
from compplan.plan.located import Hinted
from compplan.plan.scope import RANK_COLUMNS, RESERVED, digits
from compplan.plan.sections import Compute, Legs, MoveUp, OrderSum, RollUp
from compplan.plan.values import ByKey, LevelTable, number
from compplan.ranks.table import requirement_table, ways

if TYPE_CHECKING:
    from collections.abc import Iterator

    from compplan.plan.scope import Scope

    Found = Iterator[tuple[tuple[str | int, ...], str, str]]

_BASES = {"roll_up": "roll_up", "legs": "legs", "move_up": "move_up"}


def problems(scope: Scope) -> Found:
    """Yield everything that is wrong; later checks run only on names that earlier checks have cleared."""
    first = [*_names_are_used_twice(scope), *_names_are_reserved(scope), *_trees_are_unknown(scope)]
    first += [*_quantities_are_unknown(scope), *_conditions_cannot_be_read(scope)]
    yield from first
    if first:
        return
    if circle := scope.circle():
        section = next(s for s in ("volumes", "counts", "conditions") if circle[0] in getattr(scope.model, s))
        yield (section, circle[0]), f"names read each other in a circle: {' -> '.join(circle)}", "break the circle"
        return
    yield from _quantities_have_no_scale(scope)
    yield from _requirements_make_no_sense(scope)
    yield from _tables_make_no_sense(scope)
    yield from _bonuses_make_no_sense(scope)


def _names_are_used_twice(scope: Scope) -> Found:
    model = scope.model
    ladder = model.ranks.ladder if model.ranks else {}
    used = Counter([*model.volumes, *model.counts, *model.conditions, *ladder])
    for section, words in (("counts", model.counts), ("conditions", model.conditions)):
        for name in words:
            if used[name] > 1:
                yield (section, name), f'"{name}" is the name of two things', "give each its own name"
    for name in ladder:
        if used[name] > 1:
            yield ("ranks", "ladder", name), f'"{name}" is the name of two things', "give each its own name"


def _names_are_reserved(scope: Scope) -> Found:
    model = scope.model
    places = [(s, n) for s in ("volumes", "counts", "conditions") for n in getattr(model, s)]
    places += [("ranks", "ladder", n) for n in (model.ranks.ladder if model.ranks else {})]  # type: ignore[misc]
    for place in places:
        if place[-1] in RESERVED or iskeyword(str(place[-1])):
            yield place, f'"{place[-1]}" is a word of the language', "choose another name"


def _trees_are_unknown(scope: Scope) -> Found:
    model = scope.model
    users: list[tuple[tuple[str, ...], str | None]] = [(("ranks", "tree"), model.ranks.tree if model.ranks else None)]
    for section in ("volumes", "counts", "bonuses"):
        users += [((section, n, "tree"), getattr(r, "tree", None)) for n, r in getattr(model, section).items()]
    for place, tree in users:
        if tree is not None and tree not in model.trees:
            yield place, f'"{tree}" is not a tree', did_you_mean(tree, list(model.trees))


def _quantities_are_unknown(scope: Scope) -> Found:
    rules = scope.rules
    known = list(rules)
    for name, rule in scope.model.volumes.items():
        for field in _BASES:
            target = getattr(rule, field, None)
            if isinstance(target, str) and target not in rules:
                yield ("volumes", name, field), f'"{target}" is not a quantity', did_you_mean(target, known)
    for name, bonus in scope.model.bonuses.items():
        for place, target in bonus.quantities():
            if target not in rules:
                yield ("bonuses", name, *place), f'"{target}" is not a quantity', did_you_mean(target, known)


def _conditions_cannot_be_read(scope: Scope) -> Found:
    model = scope.model
    texts: list[tuple[tuple[str, ...], str]] = [(("conditions", n), t) for n, t in model.conditions.items()]
    for section in ("volumes", "counts"):
        for name, rule in getattr(model, section).items():
            texts += [((section, name, field), text) for field, text in scope.conditions_of(rule)]
    for name, bonus in model.bonuses.items():
        texts += [(("bonuses", name, *place), text) for place, text in bonus.texts()]
    if model.ranks:
        texts.append((("ranks", "members"), model.ranks.members))
    for place, text in texts:
        try:
            scope.flag(ex.parse(text))
        except Hinted as error:
            yield place, error.message, error.hint
    for name, rule in model.volumes.items():
        if isinstance(rule, Compute):
            try:
                scope.number(ex.parse(rule.compute))
            except Hinted as error:
                yield ("volumes", name, "compute"), error.message, error.hint


def _quantities_have_no_scale(scope: Scope) -> Found:
    for section in ("volumes", "counts"):
        for name, rule in getattr(scope.model, section).items():
            try:
                if scope.scale(name) > 12:
                    yield (section, name), f'"{name}" needs {scope.scale(name)} digits', "round it with compute and decimals"
                if isinstance(rule, Legs):
                    scope.roll_up(rule.legs)
                    cap = rule.leg_cap_amount
                    if cap is not None and digits(cap) > scope.scale(name):
                        yield (section, name, "leg_cap_amount"), f"{cap} has more digits than {rule.legs}", "write fewer digits"
            except Hinted as error:
                yield (section, name, *error.at), error.message, error.hint
    for name, rule in scope.model.volumes.items():
        if isinstance(rule, (RollUp, MoveUp)) and isinstance(scope.rules[getattr(rule, "roll_up", None) or rule.move_up], RollUp):  # type: ignore[union-attr]
            yield ("volumes", name), f'"{name}" would count volume more than once', "sum a volume that is a member's own"


def _requirements_make_no_sense(scope: Scope) -> Found:
    found = []
    for name, rank in (scope.model.ranks.ladder if scope.model.ranks else {}).items():
        for index, requirement in enumerate(rank.requires):
            try:
                ways(requirement, scope)
            except Hinted as error:
                found.append((("ranks", "ladder", name, "requires", index, *error.at), error.message, error.hint))
    yield from found
    if found:
        return
    try:
        table = requirement_table(scope)
    except Hinted as error:
        yield error.at, error.message, error.hint
        return
    bounds: dict[tuple[object, ...], tuple[int, int]] = {}
    for row in table.rows:
        name = table.ranks[row.rank - 1]
        key = (row.rank, row.route, row.measure, row.name, row.holds, row.also, row.among, row.cap, row.own, row.share)
        low, high = bounds.get(key, (row.low, row.high))
        bounds[key] = max(low, row.low), min(high, row.high)
        if bounds[key][0] > bounds[key][1]:
            yield ("ranks", "ladder", name), f'"{row.text}" can never hold with the rest', "no measure lies between the bounds"
        if row.measure == "capped" and row.cap <= 0:
            yield ("ranks", "ladder", name), f'"{row.text}" can never hold', "the cap lets no leg bring anything"


def _tables_make_no_sense(scope: Scope) -> Found:
    for name, bonus in scope.model.bonuses.items():
        for place, by, table in bonus.tables():
            at = ("bonuses", name, *place)
            if isinstance(table, LevelTable):
                rows = [(at, table)]
                if by != "paid_as":
                    field = "cap_by" if place[-1] == "cap" else "rates_by"
                    yield (*at[:-1], field), f"the table of {place[-1]} has no keys", f"give one list for each key, or leave {field} out"
            else:
                rows = [((*at, key), row) for key, row in table.rows.items()]
                yield from _keys_do_not_fit(scope, at, by, table)
            if not rows:
                yield at, "the table is empty", "give a rate or amount for each key"
            one_level = place[-1] == "cap" or bonus.family == "retail"
            for where, row in rows:
                if not row.levels and row.tail is None:
                    yield where, "there is no level in this list", "give at least one rate or amount"
                elif one_level and (len(row.levels) > 1 or row.tail is not None):
                    yield where, "levels have no meaning here", "give one value"
                if any(value < 0 for value in (*row.levels, row.tail or 0)):
                    yield where, "a rate, amount or cap is negative", "write it without the sign"


def _keys_do_not_fit(scope: Scope, at: tuple[str, ...], by: str, table: ByKey) -> Found:
    place = (*at[:-1], f"{'cap_by' if at[-1] == 'cap' else 'rates_by'}")
    if by in RANK_COLUMNS:
        for key in table.rows:
            if key not in scope.ranks:
                yield (*at, key), f'"{key}" is not a rank', did_you_mean(key, list(scope.ranks))
    elif by in scope.rules:
        thresholds = []
        for key in table.rows:
            try:
                thresholds.append(number(key))
            except Hinted as error:
                yield (*at, key), error.message, f"the keys are thresholds of {by}"
        if thresholds != sorted(thresholds):
            yield at, "the thresholds do not ascend", "write the lowest first"
    elif not by.startswith("member."):
        known = [*RANK_COLUMNS, *scope.rules]
        yield place, f'"{by}" is neither a rank column, a quantity, nor member.<field>', did_you_mean(by, known)


def _bonuses_make_no_sense(scope: Scope) -> Found:
    for name, bonus in scope.model.bonuses.items():
        per_order = getattr(bonus, "payment", "") == "order" or getattr(bonus, "window", None)
        read = next((n for place, n in bonus.quantities() if place == ("of",)), "")
        rule = scope.rules.get(read)
        if per_order and not isinstance(rule, OrderSum):
            yield ("bonuses", name, "of"), f'"{read}" is not a sum of orders', "payments per order need one"
        if isinstance(bonus, Upward) and isinstance(rule, RollUp):
            yield ("bonuses", name, "of"), f'"{read}" is rolled up already', "the levels would pay volume more than once"
        first, amounts = getattr(bonus, "first_time", None), getattr(bonus, "amounts", None)
        if first is not None and isinstance(amounts, dict) and set(first) != set(amounts):
            yield ("bonuses", name, "first_time"), "the tiers differ from those of amounts", "use the same thresholds"
