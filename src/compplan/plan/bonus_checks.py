"""Sense checks of bonuses and of the money of a plan; see `checks.py`."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from compplan.errors import did_you_mean
from compplan.plan.circles import circle_of_bonuses
from compplan.plan.findings import Finding
from compplan.plan.located import Hinted
from compplan.plan.source_keys import OF_ORDER, OF_SIZE, OF_SOURCE, is_theirs, their_field_is_unknown
from compplan.plan.tables import ByKey, LevelTable, axes
from compplan.plan.values import digits, number
from compplan.plan.wording import percent
from compplan.plan.words import RANK_COLUMNS

if TYPE_CHECKING:
    from decimal import Decimal

    from compplan.plan.currencies import Currency
    from compplan.plan.findings import Found
    from compplan.plan.marks import Path
    from compplan.plan.scope import Scope


_BY_LEVEL = ("rates", "amounts")
"""The tables whose lists go by level; they share the field that tells their keys."""

_ONE_VALUE = ("cap", "cap_per_source", "pair_cap", "carry_cap", "weights", "levels", "takes", "guarantee")


def tables_make_no_sense(scope: Scope) -> Found:
    """Yield what is wrong with tables: their keys, their levels, their numbers."""
    for section in ("volumes", "counts"):
        for name, rule in getattr(scope.model, section).items():
            for field, by, table in rule.tables():
                one_level = field in _ONE_VALUE and field != "weights"
                yield from _table_makes_no_sense(scope, (section, name, field), by, table, (), one_level=one_level)
    for name, bonus in scope.model.bonuses.items():
        if bonus.cap is None and "cap_by" in bonus.model_fields_set:
            yield Finding(("bonuses", name, "cap_by"), "there is no cap", "add a cap, or leave cap_by out")
        if (tables := bonus.value_tables) and (length := scope.lengths.of_bonus(name)) != "period":
            message = f"tables by country are for bonuses of the period, and this is one of each {length}"
            yield Finding(("bonuses", name, next(iter(tables))), message, "write one bonus for each country")
        for place, by, table in bonus.tables():
            one_level = place[-1] in _ONE_VALUE or bonus.one_level
            others = bonus.their_keys if place[0] in _BY_LEVEL else ()
            yield from _table_makes_no_sense(scope, ("bonuses", name, *place), by, table, others, one_level=one_level)
    for name, limit in scope.model.limits.items():
        at = ("limits", name, limit.table_word)
        yield from _table_makes_no_sense(scope, at, limit.rates_by, limit.table, (), one_level=True)


def _table_makes_no_sense(
    scope: Scope,
    at: tuple[str, ...],
    by: str | tuple[str, ...],
    table: LevelTable | ByKey,
    others: tuple[str, ...],
    *,
    one_level: bool,
) -> Found:
    rows: list[tuple[Path, LevelTable]]
    if isinstance(table, LevelTable):
        rows = [(at, table)]
        if by != "paid_as":
            hint = f"give one list for each key, or leave {_by(at)[-1]} out"
            yield Finding(_by(at), f"the table of {at[-1]} has no keys", hint)
    else:
        rows = [((*at, *keys), row) for keys, row in table.leaves()]
        yield from _keys_do_not_fit(scope, _by(at), at, axes(by), table, others)
    if not rows:
        yield Finding(at, "the table is empty", "give a rate or amount for each key")
    for where, row in rows:
        yield from _levels_do_not_fit(where, row, one_level=one_level)


def _by(at: tuple[str, ...]) -> tuple[str, ...]:
    """Return the place of the field that tells what the keys of a table are."""
    return (*at[:-1], "rates_by" if at[-1] in _BY_LEVEL else f"{at[-1]}_by")


def _levels_do_not_fit(where: Path, row: LevelTable, *, one_level: bool) -> Found:
    if not row.levels and row.tail is None:
        yield Finding(where, "there is no level in this list", "give at least one rate or amount")
    elif one_level and (len(row.levels) > 1 or row.tail is not None):
        yield Finding(where, "levels have no meaning here", "give one value")
    if any(value < 0 for value in (*row.levels, row.tail or 0)):
        yield Finding(where, "a rate, amount or cap is negative", "write it without the sign")


def _keys_do_not_fit(
    scope: Scope, said: Path, at: Path, keys: tuple[str, ...], table: ByKey, others: tuple[str, ...] = ()
) -> Found:
    by, deeper = keys[0], keys[1:]
    for key, row in table.rows.items():
        if isinstance(row, ByKey) and deeper:
            yield from _keys_do_not_fit(scope, said, (*at, key), deeper, row, others)
        elif isinstance(row, ByKey):
            message = f"the table is nested deeper than {said[-1]} says"
            yield Finding((*at, key), message, f"name one more in {said[-1]}: [{by}, ...]")
    if deeper and not any(isinstance(row, ByKey) for row in table.rows.values()):
        yield Finding(at, f"the table has no keys for {deeper[0]}", "nest it, or name fewer keys")
    if is_theirs(by):
        yield from _their_keys_do_not_fit(scope, said, at, by, table, others)
    elif by in RANK_COLUMNS and (by != "held_rank" or by in scope.rank_columns):
        for key in table.rows:
            if key not in scope.ranks:
                yield Finding((*at, key), f'"{key}" is not a rank', _hint_on_rank(key, str(said[-1]), scope), key=True)
    elif by in scope.rules:
        yield from _thresholds_do_not_fit(at, by, table)
    elif not re.fullmatch(r"member\.\w+", by):
        known = [*RANK_COLUMNS, *scope.rules]
        message = f'"{by}" is neither a rank column, a quantity, nor member.<field>'
        yield Finding(said, message, did_you_mean(by, known))


def _hint_on_rank(key: str, by: str, scope: Scope) -> str:
    if re.fullmatch(r"-?[\d.]+", key):
        return f"thresholds need {by}: and the name of their quantity"
    meant = did_you_mean(key, list(scope.ranks)) or "this plan has no ranks"
    named = meant.startswith("did") or re.fullmatch(r"[a-z]\w*", key)
    return meant if named else f"{meant}; other keys need {by}: member.<field>"


def _their_keys_do_not_fit(scope: Scope, said: Path, at: Path, by: str, table: ByKey, others: tuple[str, ...]) -> Found:
    """Yield what is wrong with keys of the source or the order."""
    if not by.startswith(others):
        message = f'"{by}" is not the earner\'s'
        also = f", or begin with {_or(others)}" if others else "; a unilevel knows keys of the source and the order"
        yield Finding(said, message, f"here the keys are what the earner has{also}")
    elif (hint := their_field_is_unknown(by, scope)) is not None:
        yield Finding(said, f'"{by}" is not known', hint)
    elif not by.startswith(OF_ORDER):
        own = by.removeprefix(OF_SOURCE).removeprefix(OF_SIZE)
        plain = ByKey(rows=dict.fromkeys(table.rows, LevelTable(levels=(), tail=None)))
        yield from _keys_do_not_fit(scope, said, at, (own,), plain)


def _or(words: tuple[str, ...]) -> str:
    return " or ".join(words)


def _thresholds_do_not_fit(at: Path, by: str, table: ByKey) -> Found:
    thresholds = []
    for key in table.rows:
        try:
            thresholds.append(number(key))
        except Hinted as error:
            yield Finding((*at, key), error.message, f"the keys are thresholds of {by}", key=True)
    if any(above <= below for below, above in pairwise(thresholds)):
        yield Finding(at, "the thresholds do not ascend", "write the lowest first")


def bonuses_make_no_sense(scope: Scope) -> Found:
    """Yield what each kind says of its own bonuses, and other bonuses that are not there."""
    for name, bonus in scope.parts:
        for place, other in bonus.bonuses():
            if other not in scope.model.bonuses and not (bonus.reads_quantities and other in scope.rules):
                hint = did_you_mean(other, list(scope.model.bonuses))
                yield Finding(("bonuses", name, *place), f'"{other}" is not a bonus', hint)
        most = bonus.paid_at_most(scope)
        if most > 1 and bonus.over_100_percent is None:
            message = f"the rates can pay {percent(most)} of what they are of"
            hint = "lower them, or say over_100_percent: allowed"
            yield Finding(("bonuses", name, "rates"), message, hint)
        for found in bonus.findings(name, scope):
            yield found._replace(path=("bonuses", name, *found.path))
    if circle := circle_of_bonuses(scope.model):
        message = f"bonuses are paid on each other in a circle: {' -> '.join(circle)}"
        yield Finding(("bonuses", circle[0]), message, "break the circle", key=True)


def money_is_too_fine(scope: Scope) -> Found:
    """Yield caps with more digits than their currency has."""
    model = scope.model
    limits: list[tuple[Path, Decimal, Currency]] = []
    for name, bonus in model.bonuses.items():
        money = bonus.money(model)
        if isinstance(bonus.cap, LevelTable):
            limits += [(("bonuses", name, "cap"), value, money) for value in bonus.cap.levels]
        elif isinstance(bonus.cap, ByKey):
            cells = bonus.cap.leaves()
            limits += [(("bonuses", name, "cap", *keys), value, money) for keys, row in cells for value in row.levels]
    for name, limit in model.limits.items():
        if limit.amounts is not None and isinstance(limit.table, LevelTable):
            limits += [(("limits", name, "amounts"), value, model.currency) for value in limit.table.levels]
    for place, value, money in limits:
        if digits(value) > money.decimals:
            message = f"{value} has more digits than {money.code}, which has {money.decimals}"
            yield Finding(place, message, "write fewer digits")


def payouts_make_no_sense(scope: Scope) -> Found:
    """Yield what is wrong with the section `payout`, and currencies that have different digits in two places."""
    payout = scope.model.payout
    for found in payout.findings(scope):
        yield found._replace(path=("payout", *found.path))
    for place, by, table in payout.tables():
        at = ("payout", *place)
        if isinstance(table, LevelTable):
            yield from _levels_do_not_fit(at, table, one_level=True)
            continue
        yield from _keys_do_not_fit(scope, _by(at), at, axes(by), table)
        for keys, row in table.leaves():
            yield from _levels_do_not_fit((*at, *keys), row, one_level=True)
    for name, bonus in scope.model.bonuses.items():
        for money in bonus.currencies(scope.model).values():
            if money != scope.currencies[money.code]:
                message = f"{money.code} has {scope.currencies[money.code].decimals} digits elsewhere"
                yield Finding(("bonuses", name, "currency"), message, "use the same digits everywhere")
