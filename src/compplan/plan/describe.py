"""The plan in plain language, from the same models and the same requirement table that the engine runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from compplan.plan.wording import MODES, half, money, table, words
from compplan.ranks.in_rounds import rows_in_rounds

if TYPE_CHECKING:
    from compplan.bonuses.base import Bonus
    from compplan.plan.load import Plan
    from compplan.plan.sections import HeldRank, Ranks, Weeks

_POINTS = {"payment": "each payment", "bonus": "the sum of a member's bonus", "member": "a member's total"}


def describe(plan: Plan) -> str:
    """Return a plan as text that a distributor can read."""
    model = plan.model
    lines = [f"{model.name}: a {model.period} plan in {model.currency.code}."]
    lines += [model.description] if model.description else []
    lines += [f"Source: {model.source}."] if model.source else []
    lines.append(f"Money is rounded {MODES[model.rounding.mode]}, at {_POINTS[model.rounding.at]}.")
    lines += [_weeks(model.weeks)] if model.weeks else []
    if model.years is not None:
        lines.append(f"Years begin in {model.years.start.capitalize()}, and quarters and half-years with them.")
    if model.orders.placed is not None:
        placed, date = model.orders.placed, model.orders.date
        lines.append(f"Windows go by {placed} of the orders where it is given, and else by {date}.")
    lines += model.payout.describe(model.currency.code)
    lines += _section("Volumes and counts", [f"{n}: {r.describe()}." for n, r in plan.scope.rules.items()])
    lines += _section("Conditions", [f"{n}: {words(text)}." for n, text in model.conditions.items()])
    lines += _section("Ranks, lowest first", _ranks(plan))
    for name, bonus in model.bonuses.items():
        lines += _section(f"Bonus {name} ({bonus.kind})", _bonus(name, bonus, plan.scope.lengths.of_bonus(name)))
    for name, group in model.greater_of.items():
        lines += _section(
            f"Greater of {name}", [f"A member gets only the one of {', '.join(group)} that pays him most."]
        )
    for name, limit in model.limits.items():
        lines += _section(f"Limit {name}", limit.describe())
    return "\n".join(lines) + "\n"


def _bonus(name: str, bonus: Bonus, length: str) -> list[str]:
    """Return what its kind says of a bonus, for each key of its tables of single values, and what all kinds have."""
    text = []
    for key, part in bonus.variants().items():
        said = [*part.describe(name), *([f"Paid in {part.currency.code}."] if part.currency else [])]
        text += [f"With {bonus.chosen_by} {key}: {line}" for line in said] if key else said
    if length != "period":
        text.append(f"Paid for each {length}.")
    if bonus.pay_when:
        text.append(f"Paid only if {words(bonus.pay_when)}.")
    if bonus.cap is not None:
        text.append(_cap(bonus, length))
    text += [f"Paid on this day: {bonus.pay_day}."] if bonus.pay_day else []
    text += [f"Source: {bonus.source}."] if bonus.source else []
    return text


def _cap(bonus: Bonus, length: str) -> str:
    """Return the sentence of a cap: how much, for whom, and for how long."""
    assert bonus.cap is not None  # noqa: S101 - who asks for the sentence has a cap
    most = f"his {bonus.cap}" if isinstance(bonus.cap, str) else table(bonus.cap, bonus.cap_by, money)
    whose = "one member" if bonus.cap_over is None else f"all with the same {bonus.cap_over} together"
    span = {"period": f"and {length}", "all": "in all"}.get(bonus.cap_per, f"and {half(bonus.cap_per)}")
    rest = " What is more waits for later periods." if bonus.cap_rest == "later" else ""
    return f"At most {most} for {whose} {span}.{rest}"


def _weeks(weeks: Weeks) -> str:
    belong = {
        "first_day": "belong to the period of their first day",
        "most_days": "belong to the period that has most of their days",
        "last_day": "belong to the period of their last day",
        "cut": "are cut where the period ends",
    }[weeks.belong]
    own = "; the period itself counts the days of its weeks" if weeks.period == "weeks" else ""
    return f"Weeks start on {weeks.start.capitalize()} and {belong}{own}."


def _section(title: str, lines: list[str]) -> list[str]:
    return ["", title, *(f"  {line}" for line in lines)] if lines else []


def _ranks(plan: Plan) -> list[str]:
    ranks = plan.model.ranks
    if ranks is None:
        return []
    if ranks.given:
        return [f"{', '.join(ranks.ladder)}: as {words(ranks.given)} says.", *_ranks_over_time(ranks)]
    lines = []
    for place, (name, rank) in enumerate(ranks.ladder.items(), 1):
        routes = plan.requirements.of(place)
        ways = ["; ".join(row.text for row in rows) or "no requirement" for rows in routes]
        source = f" Source: {rank.source}." if rank.source else ""
        if len(ways) == 1:
            lines.append(f"{name}: {ways[0]}.{source}")
        else:
            lines += [f"{name}, one of:{source}", *(f"  - {way}." for way in ways)]
    paid, *held = _ranks_over_time(ranks)
    lines.append(f"Who can hold a rank: {words(ranks.members)}. {paid}")
    lines += [f"Who has a rank as {words(ranks.granted)} has at least that."] if ranks.granted else []
    lines += held
    lines += [f"Legs are those of the {ranks.tree} tree."] if ranks.tree else []
    lines += _rounds(plan, ranks)
    by_title = "A leg holds a rank by title." if ranks.title else "A leg holds a rank by title, the highest ever held."
    lines += [by_title] if ranks.legs_hold == "title" else []
    lines += ["A leg holds a rank by the held rank."] if ranks.legs_hold == "held_rank" else []
    lines += ["A rank counts only if every lower rank is met too."] if ranks.gaps == "closed" else []
    return lines


def _rounds(plan: Plan, ranks: Ranks) -> list[str]:
    names, rows = [*ranks.ladder], rows_in_rounds(plan.requirements.rows, plan.scope)
    texts = dict.fromkeys(f"{row.text} (of {names[row.rank - 1]})" for row in rows)
    if not texts:
        return []
    said = "Ranks are found in rounds: at first nobody has a rank that asks for something; each round goes by the "
    said += f"ranks of the one before, until none changes, at most {ranks.rounds} times. Measured anew in each: "
    return [f"{said}{'; '.join(texts)}."]


def _ranks_over_time(ranks: Ranks) -> list[str]:
    paid = "that is the title" if ranks.paid_as == "title" and ranks.title else _PAID_AS[ranks.paid_as]
    held = [] if ranks.held_rank is None else [f"The held rank {_rises_and_falls(ranks.held_rank)}."]
    title = [] if ranks.title is None else [f"The title {_rises_and_falls(ranks.title)}."]
    return [f"Pay goes by the rank {paid}.", *title, *held]


def _rises_and_falls(rule: HeldRank) -> str:
    rises = "rises to each rank earned"
    if rule.rises_after > 1:
        rises = f"rises to what was earned in {rule.rises_after} periods in a row"
    if rule.falls_after is None:
        return f"{rises}, and never falls"
    when = f"after {rule.falls_after} periods in a row below it" if rule.falls_after > 1 else "in a period below it"
    if rule.falls_within is not None:
        when = f"in the last of {rule.falls_after} periods below it within {rule.falls_within}"
    far = "to the rank earned" if rule.falls_by is None else f"by at most {rule.falls_by}"
    return f"{rises}, and falls {far} {when}"


_PAID_AS = {
    "rank": "earned in the period",
    "title": "that is the highest ever held",
    "held_rank": "that is held",
    "last_rank": "of the period before",
}
