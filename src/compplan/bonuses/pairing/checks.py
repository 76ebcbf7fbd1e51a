"""What makes no sense in a binary bonus: fields that do not go together, and numbers that do not fit the plan."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any

from compplan.plan.findings import Finding
from compplan.plan.located import Hinted
from compplan.plan.tables import ByKey, LevelTable
from compplan.plan.values import EXACT, digits
from compplan.plan.wording import money
from compplan.quantities.roll_up import RollUp

if TYPE_CHECKING:
    from collections.abc import Iterator
    from decimal import Decimal

    from compplan.bonuses.kinds.binary import Binary
    from compplan.plan.findings import Found
    from compplan.plan.scope import Scope


def rows_of(table: Any) -> list[tuple[tuple[str, ...], LevelTable]]:
    """Return the rows of a table, each with its place below the table."""
    if isinstance(table, ByKey):
        return table.leaves()
    return [((), table)] if isinstance(table, LevelTable) else []


def listed(bonus: Binary) -> int:
    """Return how many increments the longest list of units has; 0 where units are multiples of a number."""
    return max((len(row.levels) for _, row in rows_of(bonus.unit)), default=0)


def fields_do_not_fit(bonus: Binary) -> Iterator[Hinted]:
    """Yield fields that do not go together."""
    given = bonus.model_fields_set
    yield from _pay_does_not_fit(bonus, given)
    if bonus.unit is None:
        for field, why in _NEED_A_UNIT.items():
            if getattr(bonus, field) != type(bonus).model_fields[field].default:
                yield Hinted(f"{why} unit", "say how much volume one pair takes: unit: 100", (field,))
    elif any(row.levels for _, row in rows_of(bonus.unit)) and any(row.tail for _, row in rows_of(bonus.unit)):
        yield Hinted(
            "some increments are listed, others are multiples", "use lists for all keys, or numbers", ("unit",)
        )
    if listed(bonus):
        for field in ("strong_side", "first_pair"):
            if getattr(bonus, field) != type(bonus).model_fields[field].default:
                yield Hinted(f"{field} goes with multiples of a unit", "listed increments are paired once", (field,))
    if bonus.uses == "balanced" and bonus.strong_side == "each_pair":
        yield Hinted("uses: balanced needs strong_side: once", "leave one of them out", ("uses",))
    yield from _carry_does_not_fit(bonus, given)
    if bonus.own_of is not None and bonus.own_side == "none":
        yield Hinted("own volume counts on no side", "say which with own_side, or leave own_of out", ("own_of",))
    if bonus.over_cap == "carried" and bonus.pair_cap is None and bonus.cap is None:
        yield Hinted("there is no cap that pairs could be beyond", "add pair_cap or cap", ("over_cap",))
    if bonus.over_cap == "carried" and bonus.cap is not None and (listed(bonus) or bonus.ways or bonus.cap_over):
        yield Hinted(
            "over_cap: carried and cap need one unit, one way, and a cap a member", "use over_cap: used", ("over_cap",)
        )


_NEED_A_UNIT = {
    "amounts": "money for each pair needs a",
    "pair_cap": "a number of pairs needs a",
    "first_pair": "a first pair needs a",
    "uses": "what pairs use up beyond themselves needs a",
    "strong_side": "pairs that are made one by one need a",
}


def _pay_does_not_fit(bonus: Binary, given: set[str]) -> Iterator[Hinted]:
    if bonus.ways:
        for field in ("ratio", "ratio_by", "rates", "amounts", "first_pair", "paid_on"):
            if field in given:
                yield Hinted(f"{field} stands beside ways", "say it in each way", (field,))
        for place, way in enumerate(bonus.ways):
            if (way.rates is None) == (way.amounts is None):
                yield Hinted("a way has either rates or amounts", "give one of the two", ("ways", place))
            if (way.amounts is None) != (bonus.ways[0].amounts is None):
                yield Hinted("ways pay either rates or amounts, all of them", "use one of the two", ("ways", place))
            if way.amounts is not None and bonus.unit is None:
                yield Hinted("money for each pair needs a unit", "say how much volume one pair takes", ("ways", place))
    elif (bonus.rates is None) == (bonus.amounts is None):
        yield Hinted("a bonus has either rates or amounts", "give one of the two", ("rates",))
    if bonus.amounts is not None and (bonus.money_per_point != 1 or bonus.paid_on != "weaker"):
        field = "paid_on" if bonus.paid_on != "weaker" else "money_per_point"
        yield Hinted("fixed amounts do not depend on volume", "leave it out", (field,))
    if bonus.first_pair is not None and bonus.paid_on != "weaker":
        yield Hinted("with first_pair, pay is on the weaker side", "leave paid_on out", ("paid_on",))


def _carry_does_not_fit(bonus: Binary, given: set[str]) -> Iterator[Hinted]:
    if bonus.carry == "none" and bonus.unpaid != "carry":
        for field in ("carry_cap", "expires", "flush_when"):
            if getattr(bonus, field) is not None:
                yield Hinted(f"nothing is carried on, so {field} has no meaning", "leave it out, or carry", (field,))
    if bonus.flush_when is None and "flush_after" in given:
        yield Hinted("flush_after needs flush_when", "for example: flush_when: not active", ("flush_after",))
    if bonus.pair_cap is None and "pair_cap_per" in given:
        yield Hinted("there is no pair_cap", "add one, or leave pair_cap_per out", ("pair_cap_per",))


def binary_makes_no_sense(bonus: Binary, scope: Scope) -> Found:
    """Yield what does not fit the rest of the plan."""
    tree = scope.model.trees.get(bonus.tree)
    if tree is not None and (tree.side is None or tree.width not in {None, 2}):
        hint = f"for example: {bonus.tree}: {{parent: {tree.parent}, side: placement_side, width: 2}}"
        yield Finding(("tree",), f'the tree "{bonus.tree}" has no two sides', hint)
    for field in ("of", "own_of"):
        read = getattr(bonus, field)
        if isinstance(scope.rules.get(read or ""), RollUp) and field == "of":
            yield Finding((field,), f'"{read}" is rolled up already', "name the own volume; the sides are summed here")
    if all(name in scope.rules for name in (bonus.of, *filter(None, [bonus.own_of]))):
        yield from _units_do_not_fit(bonus, scope)
    yield from _levels_do_not_fit(bonus)
    yield from _caps_do_not_fit(bonus)


def _units_do_not_fit(bonus: Binary, scope: Scope) -> Found:
    scale = bonus.volume_scale(scope)
    for place, row in rows_of(bonus.unit):
        for value in (*row.levels, *filter(None, [row.tail])):
            if digits(value) > scale:
                yield Finding(
                    ("unit", *place),
                    f"{value} is finer than {bonus.of}, which has {scale} digits",
                    "write fewer digits",
                )
                continue
            for ratio in _ratios(bonus):
                strong, weak = ratio.levels
                if int(value.scaleb(scale, EXACT)) * strong % weak:
                    message = f"at {strong} to {weak}, a unit of {value} takes no whole points of the stronger side"
                    yield Finding(("unit", *place), message, f"use a multiple of {weak}")


def _ratios(bonus: Binary) -> Iterator[LevelTable]:
    for ratio, *_ in bonus.all_ways:
        yield from (row for _, row in rows_of(ratio))
    if bonus.first_pair is not None:
        yield bonus.first_pair


def _levels_do_not_fit(bonus: Binary) -> Found:
    """Rates and amounts have one level, or one for each listed increment; caps have one."""
    steps = listed(bonus)
    for place, _, table in bonus.tables():
        for key, row in rows_of(table):
            if place[-1] in {"rates", "amounts"} and (
                row.tail is not None or len(row.levels) not in {0, 1, steps or 1}
            ):
                hint = f"one, or one for each of {steps} increments" if steps else "give one value"
                yield Finding(
                    (*place, *key),
                    "there are more or fewer levels than increments" if steps else "levels have no meaning here",
                    hint,
                )
            if place[-1] == "pair_cap" and any(value % 1 for value in row.levels):
                yield Finding((*place, *key), "pairs are whole numbers", "write a whole number")


def _caps_do_not_fit(bonus: Binary) -> Found:
    """A cap below the pay of one pair pays nobody, or part of a pair at best."""
    if isinstance(bonus.cap, str):
        return
    caps = rows_of(bonus.cap)
    for _, _, table, by, fixed, _ in bonus.all_ways:
        pays = {key: least for key, row in rows_of(table) if (least := _least(bonus, row, fixed=fixed)) is not None}
        for key, row in caps:
            same = [pays[key]] if key in pays and by == bonus.cap_by else list(pays.values())
            if row.levels and same and row.levels[0] < min(same):
                yield Finding(
                    ("cap", *key),
                    f"{money(row.levels[0])} is less than one pair pays ({money(min(same))})",
                    "raise the cap",
                )


def _least(bonus: Binary, row: LevelTable, *, fixed: bool) -> Decimal | None:
    """Return the least that one pair pays, None where pairs have no size of their own."""
    values = [value for value in row.levels if value]
    units = [min(unit.levels) if unit.levels else unit.tail for _, unit in rows_of(bonus.unit)]
    if not values or (not fixed and not units):
        return None
    if fixed:
        return min(values)
    least = min(EXACT.multiply(value, unit) for value, unit in product(values, filter(None, units)))
    return EXACT.multiply(least, bonus.money_per_point)
