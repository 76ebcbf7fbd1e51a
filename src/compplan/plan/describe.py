"""The plan in plain language, from the same models and the same requirement table that the engine runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from compplan.plan import expression as ex
from compplan.plan.scope import RANK_COLUMNS
from compplan.plan.sections import Compute, Count, Legs, MemberColumn, MoveUp, OrderSum, RollUp
from compplan.plan.values import EXACT, ByKey, LevelTable, number

if TYPE_CHECKING:
    from collections.abc import Callable
    from decimal import Decimal

    from compplan.bonuses.retail import Retail
    from compplan.bonuses.tier import Tier
    from compplan.bonuses.upward import Upward
    from compplan.plan.load import Plan
    from compplan.plan.sections import Volume

_MODES = {
    "half_up": "half up (ties away from zero)",
    "half_even": "half even",
    "half_down": "half down (ties toward zero)",
    "toward_zero": "toward zero",
    "away_from_zero": "away from zero",
    "floor": "down",
    "ceiling": "up",
}
_POINTS = {"payment": "each payment", "bonus": "the sum of a member's bonus", "member": "a member's total"}
_PICKS = {
    "largest": "the largest leg",
    "second": "the second largest leg",
    "third": "the third largest leg",
    "others": "all legs but the largest",
    "after_second": "all legs but the two largest",
    "sum": "the sum of the legs",
}


def describe(plan: Plan) -> str:
    """Return a plan as text that a distributor can read."""
    model = plan.model
    lines = [f"{model.name}: a {model.period} plan in {model.currency.code}."]
    lines += [model.description] if model.description else []
    lines += [f"Source: {model.source}."] if model.source else []
    lines.append(f"Money is rounded {_MODES[model.rounding.mode]}, at {_POINTS[model.rounding.at]}.")
    if model.payout.minimum:
        lines.append(f"A payable below {_money(model.payout.minimum)} is kept for the next period.")
    lines += _section("Volumes and counts", [f"{n}: {_quantity(r)}." for n, r in plan.scope.rules.items()])
    lines += _section("Conditions", [f"{n}: {_words(text)}." for n, text in model.conditions.items()])
    lines += _section("Ranks, lowest first", _ranks(plan))
    for name, bonus in model.bonuses.items():
        text = bonus.describe(name)
        text += [f"Paid in {bonus.currency}."] if bonus.currency else []
        if bonus.pay_when:
            text.append(f"Paid only if {_words(bonus.pay_when)}.")
        if bonus.cap is not None:
            text.append(f"At most {_table(bonus.cap, bonus.cap_by, _money)} for one member and period.")
        text += [f"Source: {bonus.source}."] if bonus.source else []
        lines += _section(f"Bonus {name} ({bonus.kind})", text)
    return "\n".join(lines) + "\n"


def _section(title: str, lines: list[str]) -> list[str]:
    return ["", title, *(f"  {line}" for line in lines)] if lines else []


def _ranks(plan: Plan) -> list[str]:
    ranks = plan.model.ranks
    if ranks is None:
        return []
    lines = []
    for place, (name, rank) in enumerate(ranks.ladder.items(), 1):
        routes = plan.requirements.of(place)
        ways = ["; ".join(row.text for row in rows) or "no requirement" for rows in routes]
        source = f" Source: {rank.source}." if rank.source else ""
        if len(ways) == 1:
            lines.append(f"{name}: {ways[0]}.{source}")
        else:
            lines += [f"{name}, one of:{source}", *(f"  - {way}." for way in ways)]
    lines.append(f"Who can hold a rank: {_words(ranks.members)}. Pay goes by the rank {_PAID_AS[ranks.paid_as]}.")
    lines += [f"Legs are those of the {ranks.tree} tree."] if ranks.tree else []
    lines += ["A leg holds a rank by title, the highest ever held."] if ranks.legs_hold == "title" else []
    lines += ["A rank counts only if every lower rank is met too."] if ranks.gaps == "closed" else []
    return lines


_PAID_AS = {
    "rank": "earned in the period",
    "title": "that is the highest ever held",
    "last_rank": "of the period before",
}


def _quantity(rule: Volume | Count) -> str:
    match rule:
        case OrderSum():
            return _order_sum(rule)
        case RollUp():
            return _roll_up(rule)
        case Legs():
            cap = f", at most {_money(rule.leg_cap_amount)} a leg" if rule.leg_cap_amount is not None else ""
            cap = f", at most {_percent(rule.leg_cap)} of the total a leg" if rule.leg_cap is not None else cap
            return f"{rule.legs} of {_PICKS[rule.pick]}{cap}"
        case Compute():
            digits = f", rounded {_MODES[rule.rounding]} to {rule.decimals} digits" if rule.decimals is not None else ""
            return f"{_words(rule.compute)}{digits}"
        case MemberColumn():
            return f"as given in members.{rule.member}"
        case MoveUp():
            moved = f"{rule.move_up}; of members with {_words(rule.where)} it moves up"
            return f"{moved}{_in_tree(rule.tree)} to the first above without"
        case Count():
            return _count(rule)


def _order_sum(rule: OrderSum) -> str:
    parts = ["number of orders" if rule.sum == "orders" else f"sum of {rule.sum}"]
    parts += [f"of {rule.buyers} only"] if rule.buyers != "everyone" else []
    parts += [f"with {c} {_values(v)}" for c, v in rule.only.items()]
    parts += [f"without {c} {_values(v)}" for c, v in rule.exclude.items()]
    if rule.window:
        parts += [f"within {rule.window.from_enrolment} of enrolment"] if rule.window.from_enrolment else []
        parts += [f"later than {rule.window.after_enrolment} after enrolment"] if rule.window.after_enrolment else []
        parts += (
            [f"on days {rule.window.days_of_month[0]} to {rule.window.days_of_month[1]}"]
            if rule.window.days_of_month
            else []
        )
    parts += (
        [{"only": "first orders only", "exclude": "without first orders"}[rule.first_order]] if rule.first_order else []
    )
    parts += [f"at {_percent(rule.share)}"] if rule.share != 1 else []
    parts += [f"customers' orders at {_percent(rule.customer_share)}"] if rule.customer_share is not None else []
    if rule.credit == "distributor":
        parts[-1] += f"; a customer's order counts for the nearest distributor{_in_tree(rule.tree)}"
    return ", ".join(parts)


def _roll_up(rule: RollUp) -> str:
    text = f"{rule.roll_up} of {'the member and ' if rule.own else ''}the downline"
    text += _in_tree(rule.tree)
    text += f", {rule.levels} levels deep" if rule.levels else ""
    text += f", of members with {_words(rule.where)}" if rule.where else ""
    text += f", down to members with {_words(rule.stop_at)}" if rule.stop_at else ""
    text += (
        f", and without the members between if anyone below them has {_words(rule.with_uplines)}"
        if rule.with_uplines
        else ""
    )
    return text + (f", without legs that contain {_words(rule.outside_legs_with)}" if rule.outside_legs_with else "")


def _in_tree(tree: str | None) -> str:
    return f" in the {tree} tree" if tree else ""


def _count(rule: Count) -> str:
    what = "legs that contain a member with" if rule.among == "legs" else f"{rule.among} members with"
    text = f"number of {what} {_words(rule.count)}{_in_tree(rule.tree)}"
    text += f", {rule.levels} levels deep" if rule.levels else ""
    return text + (f", at most {rule.per_leg} from one leg" if rule.per_leg else "")


def upward(name: str, bonus: Upward) -> list[str]:
    """Describe a bonus that goes up a tree."""
    del name
    what = "each order" if bonus.payment == "order" else "each member's volume of the period"
    window = getattr(bonus, "window", None)
    when = f" within {window} of the buyer's enrolment" if window else ""
    read = _percent if bonus.rates is not None else _money
    above = f"the members above{_in_tree(bonus.tree)} get"
    lines = [f"On {what} of {bonus.of}{when}, {above} {_table(bonus.table, bonus.rates_by, read)}."]
    if bonus.start == "self":
        lines.append("The source is level 1 himself.")
    if bonus.compress == "none":
        lines.append("Every member above uses up a level.")
    elif bonus.compress == "unpayable":
        lines.append("Who cannot be paid at the level that comes next is skipped and uses up no level.")
    else:
        skipped = (
            "is paid at the next level without using it up"
            if bonus.skipped == "paid"
            else "is skipped and uses up no level"
        )
        lines.append(f"A member above with {_words(bonus.compress)} {skipped}.")
    lost = {
        "breakage": "stays with the company",
        "pass_up": "goes to the next member above who can be paid at that level",
    }
    lines.append(f"The share of a member who cannot be paid {lost[bonus.unpaid]}.")
    if bonus.qualified_since:
        lines.append(f"Only orders after {bonus.qualified_since} of the earner pay him.")
    return [*lines, *_points(bonus)]


def _points(bonus: Upward | Retail) -> list[str]:
    value = _money(bonus.money_per_point)
    return [f"One point of {bonus.of} is worth {value}."] if bonus.money_per_point != 1 else []


def retail(name: str, bonus: Retail) -> list[str]:
    """Describe a retail bonus."""
    del name
    what = "each order" if bonus.payment == "order" else "the period's sum"
    rates = _table(bonus.rates, bonus.rates_by, _percent)
    return [f"A member gets {rates} of his own {bonus.of}, on {what}.", *_points(bonus)]


def tier(name: str, bonus: Tier) -> list[str]:
    """Describe a tier bonus."""
    del name
    lines = [f"From {_money(key)} {bonus.by} on: {_money(amount)}." for key, amount in bonus.amounts.items()]
    for key, amount in (bonus.first_time or {}).items():
        lines.append(f"The first time from {_money(key)} {bonus.by} on: {_money(amount)}.")
    return [*lines, "Only the best tier pays."]


def _table(table: LevelTable | ByKey, by: str, read: Callable[[Decimal], str]) -> str:
    if not isinstance(table, ByKey):
        return _levels(table, read)
    return "; ".join(f"{_key(key, by)}: {_levels(row, read)}" for key, row in table.rows.items())


def _key(key: str, by: str) -> str:
    if by in RANK_COLUMNS:
        return f"as {key}" if by == "paid_as" else f"with {by} {key}"
    return f"with {by} {key}" if by.startswith("member.") else f"from {_money(number(key))} {by}"


def _levels(row: LevelTable, read: Callable[[Decimal], str]) -> str:
    texts = [read(value) for value in row.levels]
    listed = texts[0] if len(texts) == 1 else f"{', '.join(texts)} by level"
    if row.tail is None:
        return listed
    return f"{listed}, then {read(row.tail)} on every deeper level" if texts else f"{read(row.tail)} on every level"


def _percent(value: Decimal) -> str:
    return f"{ex.grouped(value.scaleb(2, EXACT))}%"


def _words(text: str) -> str:
    return ex.words(ex.parse(text))


def _money(value: Decimal) -> str:
    return ex.grouped(value)


def _values(value: object) -> str:
    return " or ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
