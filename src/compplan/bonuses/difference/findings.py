"""What makes no sense in a bonus that pays differences."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

from compplan.plan.findings import Finding
from compplan.plan.located import Hinted
from compplan.plan.tables import ByKey, axes
from compplan.plan.values import number
from compplan.plan.wording import money, percent
from compplan.plan.words import RANK_COLUMNS
from compplan.quantities.roll_up import RollUp

if TYPE_CHECKING:
    from collections.abc import Iterator
    from decimal import Decimal

    from compplan.plan.findings import Found
    from compplan.plan.marks import Path
    from compplan.plan.scope import Scope


def findings(bonus: Any, scope: Scope) -> Found:
    """Yield everything, each from a function of its own."""
    if isinstance(scope.rules.get(bonus.of), RollUp):
        yield Finding(("of",), f'"{bonus.of}" is rolled up already', "name the volume of the single member")
    if isinstance(bonus.table, ByKey):
        yield from rates_fall(bonus, scope)
        yield from ranks_are_left_out(bonus, scope)
    yield from too_much_is_paid(bonus)
    yield from floors_never_end(bonus)
    yield from levels_are_empty(bonus)
    yield from nobody_can_fail(bonus)
    if getattr(bonus, "bands", "whole") == "marginal":
        yield from bands_do_not_fit(bonus, scope)


def rates_fall(bonus: Any, scope: Scope) -> Found:
    """A higher rank or tier has a lower rate: it could never be paid a difference."""
    what, read = ("rate", percent) if bonus.rates is not None else ("amount", money)
    for path, by, table in _tables(bonus.table, axes(bonus.rates_by), (bonus.table_word,)):
        cells = _in_order(by, table, scope)
        for (_, below), (key, above) in pairwise(cells):
            if above < below:
                message = f"the {what} falls from {read(below)} to {read(above)} as {by} rises"
                yield Finding((*path, key), message, f"a higher key needs the same {what} or a higher one")


def ranks_are_left_out(bonus: Any, scope: Scope) -> Found:
    """A rank between or above those of the table would take nothing, though lower ranks do."""
    what, none = ("rate", "0%") if bonus.rates is not None else ("amount", "0")
    for path, by, table in _tables(bonus.table, axes(bonus.rates_by), (bonus.table_word,)):
        numbers = [scope.ranks[key] for key in table.rows if key in scope.ranks]
        if by not in RANK_COLUMNS or not numbers:
            continue
        missing = [rank for rank, place in scope.ranks.items() if place > min(numbers) and rank not in table.rows]
        if missing:
            message = f"there is no {what} for {', '.join(missing)}"
            yield Finding(path, message, f"give one, {none} where that is meant")


def too_much_is_paid(bonus: Any) -> Found:
    """A rate above the whole volume; where a point is worth more, money_per_point says so."""
    if bonus.rates is None:
        return
    cells = bonus.rates.leaves() if isinstance(bonus.rates, ByKey) else [((), bonus.rates)]
    for keys, row in cells:
        if any(value > 1 for value in row.levels):
            message = f"{percent(max(row.levels))} is more than the whole volume"
            yield Finding(("rates", *keys), message, "the worth of a point is money_per_point")


def floors_never_end(bonus: Any) -> Found:
    """A floor that everybody above gets, up to the root."""
    ends, floor = bonus.levels is not None or bonus.word("total_limit") is not None, bonus.word("at_least")
    if floor is not None and floor.tail and not ends:
        hint = "add levels or total_limit, or give a list by level"
        yield Finding(("at_least",), "everybody above would be paid it, without end", hint)


def levels_are_empty(bonus: Any) -> Found:
    """The last level comes before the first."""
    if bonus.levels is not None and bonus.levels < bonus.from_level:
        message = f"no level is paid: they end at {bonus.levels} and begin at {bonus.from_level}"
        yield Finding(("levels",), message, "levels is the last one that is paid")


def nobody_can_fail(bonus: Any) -> Found:
    """Something is held or passed up for a condition that is not there."""
    if bonus.unpaid != "breakage" and bonus.pay_when is None:
        yield Finding(("unpaid",), "there is no pay_when that somebody could fail", "add pay_when, or leave it out")
    if bonus.compress == "unpayable":
        yield Finding(("compress",), '"unpayable" is for levels of a table', "unpaid: pass_up, or a condition")


def bands_do_not_fit(bonus: Any, scope: Scope) -> Found:
    """Bands split a group volume, so there must be one of the volume that is paid on."""
    rule = scope.rules.get(bonus.rates_by) if isinstance(bonus.rates_by, str) else None
    if not isinstance(rule, RollUp) or rule.roll_up != bonus.of:
        hint = f"rates_by: a quantity {{roll_up: {bonus.of}}}"
        yield Finding(("rates_by",), "bands need rates by the group volume that is paid on", hint)
    plain = {"start": "self", "less": "direct_leg", "payment": "period", "whose_rate": "earner", "from_level": 1}
    plain |= {"levels": None, "takes_at_least": None, "lower_rate": "skipped", "equal_rate": "skipped"}
    for word, value in plain.items():
        if getattr(bonus, word) != value:
            message = f"bands: marginal needs {word}: {value}" if value is not None else f"{word} has no meaning here"
            yield Finding((word,) if word in bonus.model_fields_set else ("bands",), message, "see the docs on bands")


def _tables(table: Any, by: tuple[str, ...], path: Path) -> Iterator[tuple[Path, str, ByKey]]:
    """Yield a table and all that are nested in it, each with what its keys are."""
    if isinstance(table, ByKey) and by:
        yield path, by[0], table
        for key, row in table.rows.items():
            yield from _tables(row, by[1:], (*path, key))


def _in_order(by: str, table: ByKey, scope: Scope) -> list[tuple[str, Decimal]]:
    """Return the keys of a table with their rates, the lowest first; none where keys have no order."""
    cells = {key: row.levels[0] for key, row in table.rows.items() if not isinstance(row, ByKey) and row.levels}
    try:
        if by in RANK_COLUMNS:
            return sorted(cells.items(), key=lambda cell: scope.ranks.get(cell[0], 0))
        return sorted(cells.items(), key=lambda cell: number(cell[0])) if by in scope.rules else []
    except Hinted:
        return []  # another check tells that a key is no number
