"""Sense checks of what is measured and paid for each week or day of the period."""

from __future__ import annotations

from typing import TYPE_CHECKING

from compplan.plan import expression as ex
from compplan.plan.findings import Finding
from compplan.plan.located import Hinted
from compplan.quantities.past import calendar_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from compplan.bonuses.base import Bonus
    from compplan.periods.parts import Length
    from compplan.plan.findings import Found
    from compplan.plan.marks import Path
    from compplan.plan.scope import Scope

_LENGTHS = {"week": 7, "day": 1}
_SPANS = ("", "day", "week", "month", "quarter", "half_year", "year", "all")
_OF_PERIODS = {"daily": "day", "weekly": "week", "monthly": "month", "quarterly": "quarter", "yearly": "year"}
_PERIODS = {"daily": 1, "weekly": 7, "monthly": 28, "quarterly": 90, "yearly": 365}


def lengths_make_no_sense(scope: Scope) -> Found:
    """Yield what mixes lengths, and weeks of which the plan does not say where they belong."""
    found = [*_not_shorter(scope), *_mixed(scope)]
    yield from found
    if found:
        return
    yield from _weeks_do_not_belong(scope)
    yield from _ranks_of_a_week(scope)
    yield from _payout_of_a_week(scope)
    yield from _wait_for_all_weeks(scope)
    for name, bonus in scope.model.bonuses.items():
        yield from (each._replace(path=("bonuses", name, *each.path)) for each in _bonus(name, bonus, scope))
    yield from _limits(scope)
    yield from _caps_of_less(scope)


def _places(scope: Scope) -> dict[str, Path]:
    sections = ("volumes", "counts", "conditions")
    return {name: (section, name) for section in sections for name in getattr(scope.model, section)}


def _not_shorter(scope: Scope) -> Found:
    given = [(("volumes", n, "over"), getattr(rule, "over", None)) for n, rule in scope.model.volumes.items()]
    given += [(("bonuses", n, "every"), bonus.every) for n, bonus in scope.model.bonuses.items()]
    for place, length in given:
        if length in _LENGTHS and _LENGTHS[length] >= _PERIODS[scope.model.period]:
            hint = "leave it out" if _LENGTHS[length] == _PERIODS[scope.model.period] else "look back with accumulate"
            yield Finding(place, f"a {length} is no part of the period of a {scope.model.period} plan", hint)


def _mixed(scope: Scope) -> Found:
    for name, place in _places(scope).items():
        rule = scope.rules.get(name)
        reads = scope.reads.all_of_rule(rule) if rule else ex.names(ex.parse(scope.model.conditions[name]))
        if {"week", "day"} <= set(map(scope.lengths.of, reads)):
            yield Finding(place, f'"{name}" reads both weeks and days', "measure all of it by one of them", key=True)
    for name, bonus in scope.model.bonuses.items():
        if {"week", "day"} <= {*map(scope.lengths.of, scope.reads.all_of_bonus(bonus)), bonus.every}:
            yield Finding(("bonuses", name), f'"{name}" reads both weeks and days', "use one of them", key=True)


def _weeks_do_not_belong(scope: Scope) -> Found:
    if scope.model.weeks is not None or "week" not in scope.lengths.all:
        return
    named = [(place, name) for name, place in _places(scope).items() if scope.lengths.of(name) == "week"]
    named += [(("bonuses", name), name) for name in scope.model.bonuses if scope.lengths.of_bonus(name) == "week"]
    place, name = named[0]
    message = f'"{name}" is by the week, and the plan does not say to which period a week belongs'
    yield Finding(place, message, "add weeks: {belong: last_day}, or first_day, most_days, cut", key=True)


def _ranks_of_a_week(scope: Scope) -> Found:
    ranks = scope.model.ranks
    if ranks is None or scope.lengths.all <= {"period"}:
        return
    from compplan.plan.inputs import requirement_names  # noqa: PLC0415 - few plans have weeks

    try:
        read: list[tuple[Path, set[str]]]
        read = [(("ranks", "ladder", n), requirement_names(rank)) for n, rank in ranks.ladder.items()]
    except Hinted:
        return  # what cannot be read is told by another check
    for place, names in [*read, (("ranks", "members"), ex.names(ex.parse(ranks.members)))]:
        yield from _whole_period_only(scope, place, names, "a rank is of the whole period")


def _payout_of_a_week(scope: Scope) -> Found:
    for place, by, _ in scope.model.payout.tables():
        names = [by] if isinstance(by, str) else by
        yield from _whole_period_only(scope, ("payout", *place), names, "a payout is of the whole period")


def _whole_period_only(scope: Scope, place: Path, names: Iterable[str], why: str) -> Found:
    for name in sorted(names):
        if (length := scope.lengths.of(name)) != "period":
            message = f'{why}, but "{name}" has a value for each {length}'
            hint = f"measure it without over: {length}, or make one number of all with over_parts"
            yield Finding(place, message, hint)


def _wait_for_all_weeks(scope: Scope) -> Found:
    """Yield names of a week that need a number of all weeks which waits for ranks, or for themselves."""
    for name, place in _places(scope).items():
        if scope.lengths.of(name) == "period":
            continue
        for read in scope.reads.closure(name):
            rule = scope.rules.get(read)
            if rule and scope.lengths.adds_up_parts(read) and scope.lengths.is_late(rule):
                message = f'"{name}" is of a {scope.lengths.of(name)}, and "{read}" is known when all of them are over'
                yield Finding(place, message, "read it in a rule of the whole period", key=True)


def _bonus(name: str, bonus: Bonus, scope: Scope) -> Found:
    length = scope.lengths.of_bonus(name)
    for place, read in bonus.all_quantities():
        if place == ("of",) and read in scope.rules and length != "period" == scope.lengths.of(read):
            message = f'"{read}" is measured once, and would be paid for every {length}'
            yield Finding(place, message, f"measure it with over: {length}")
    for place, other in bonus.bonuses():
        if other in scope.model.bonuses and length != "period" and scope.lengths.of_bonus(other) != length:
            message = f'"{name}" is paid for each {length}, and "{other}" is not'
            yield Finding(place, message, "let both be paid for the same time, or this one for the period")


def _limits(scope: Scope) -> Found:
    for name, limit in scope.model.limits.items():
        if any(bonus not in scope.model.bonuses for bonus in limit.bonuses):
            continue
        length: Length = scope.lengths.of_limit(name)
        lengths = {scope.lengths.of_bonus(bonus) for bonus in limit.bonuses}
        if length != "period" and lengths != {length}:
            message = f'"{limit.of}" is of a {length}, and not all of these bonuses are'
            yield Finding(("limits", name, "bonuses"), message, "hold them by a quantity of the whole period")


def _caps_of_less(scope: Scope) -> Found:
    """Yield caps and limits by a quantity that is measured for less than the span that they are for."""
    for name, limit in scope.model.limits.items():
        of, over = limit.of, limit.over
        if of is not None and over != "period" and 0 < (longest := _longest(of, scope)) < _SPANS.index(over):
            span = _SPANS[longest]
            message = f'"{of}" is of a {span}, and would be the limit of {_whole(over)}'
            yield Finding(("limits", name, "of"), message, _other_cap(of, span, over, scope, "over"))
    for name, bonus in scope.model.bonuses.items():
        cap, per = bonus.cap, bonus.cap_per
        if isinstance(cap, str) and per != "period" and 0 < (longest := _longest(cap, scope)) < _SPANS.index(per):
            span = _SPANS[longest]
            message = f'"{cap}" is of a {span}, and would be the cap of {_whole(per)}'
            yield Finding(("bonuses", name, "cap"), message, _other_cap(cap, span, per, scope))


def _whole(span: str) -> str:
    return "all time" if span == "all" else f"a whole {span}"


def _other_cap(cap: str, span: str, per: str, scope: Scope, word: str = "cap_per") -> str:
    shorter = f"leave {word} out" if span == "day" else f"write {word}: {span}"
    if per == "week":
        return shorter
    summed = any(getattr(scope.rules.get(read), "word", "") == "accumulate" for read in scope.reads.closure(cap))
    longer = f"accumulate with periods: {per}" if summed else f"take {{accumulate: {cap}, periods: {per}}}"
    return f"{longer}, or {shorter}"


_SUMMED = {"roll_up", "legs", "compute", "collect", "move_up", "from_groups", "weighted", "total"}
_UNKNOWN = len(_SPANS)


def _longest(name: str, scope: Scope) -> int:
    """Return the longest span that a quantity is measured over: 0 for constants, `_UNKNOWN` for what may be of any."""
    rule = scope.rules.get(name)
    if rule is None or rule.word == "rate_of":
        return 0
    if rule.word in {"sum", "pay_of", "pairs_of", "over_parts"}:
        length = scope.lengths.of(name)
        return _SPANS.index(_OF_PERIODS[scope.model.period] if length == "period" else length)
    if rule.word == "accumulate" and isinstance(periods := getattr(rule, "periods", None), str):
        calendar = calendar_of(periods)
        return _SPANS.index(calendar) if calendar in _SPANS else _UNKNOWN
    if rule.word not in _SUMMED:
        return _UNKNOWN
    texts = (ex.names(ex.parse(text)) for _, text in rule.computations())
    return max((_longest(read, scope) for read in {target for _, target in rule.targets()}.union(*texts)), default=0)
