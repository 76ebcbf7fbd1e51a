"""A bonus that pays differences, in plain language."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from compplan.plan.wording import in_tree, money, percent, points, table, words

if TYPE_CHECKING:
    from collections.abc import Iterator

_LESS = {
    "highest_between": "less the highest {rate} that is taken between the source and him",
    "direct_leg": "less the {rate} of his direct leg",
    "nothing": "whole, whatever others get",
}
_UNPAID = {
    "breakage": "stays with the company",
    "pass_up": "goes to who is above: he takes nothing",
    "hold": "is kept for him, and paid in the first period in which he can be paid",
}


def sentences(bonus: Any) -> list[str]:
    """Return all of them."""
    what = "each order" if bonus.payment == "order" else "each member's volume of the period"
    who = "the source and the members above" if bonus.start == "self" else "the members above"
    rate, read = ("rate", percent) if bonus.rates is not None else ("amount", money)
    article = "a" if rate == "rate" else "an"
    rates = table(bonus.table, bonus.rates_by, read)
    lines = [f"On {what} of {bonus.of}, {who}{in_tree(bonus.tree)} have {article} {rate}: {rates}."]
    if getattr(bonus, "bands", "whole") == "marginal":
        lines.append("Each part of a group's volume has the rate of its band; of the sum, the sums of the legs go off.")
    else:
        lines.append(f"Each is paid his {rate} {_LESS[bonus.less].format(rate=rate)}.")
    lines += [*_walk(bonus, rate), *_numbers(bonus)]
    if bonus.pay_when is not None:
        lines.append(f"The part of a member who cannot be paid {_UNPAID[bonus.unpaid]}.")
    return [*lines, *points(bonus.of, bonus.money_per_point)]


def _walk(bonus: Any, rate: str) -> Iterator[str]:
    if bonus.where is not None:
        yield f"Only volume of members with {words(bonus.where)} counts."
    if bonus.stop_at is not None:
        yield f"A member with {words(bonus.stop_at)} is the last who is paid, and his own volume goes no further."
    if bonus.compress != "none":
        yield f"A member with {words(bonus.compress)} is left out of the walk."
    if bonus.from_level > 1:
        take = f"take their {rate}, and are" if bonus.first_levels == "take" else "are"
        yield f"Those before level {bonus.from_level} {take} not paid."
    if bonus.levels is not None:
        yield f"The last level is {bonus.levels}."
    for word, name in (("lower_rate", f"a lower {rate} than what is taken"), ("equal_rate", f"the same {rate}")):
        how = {"stops": "ends the walk and gets nothing", "paid": "is paid too"}.get(getattr(bonus, word))
        if how:
            yield f"Who has {name} {how}."
    if bonus.whose_rate == "lower":
        yield f"{rate.capitalize()}s count at most what the {rate} of the source is."


def _numbers(bonus: Any) -> Iterator[str]:
    floor, least, limit = (bonus.word(word) for word in ("at_least", "takes_at_least", "total_limit"))
    if floor is not None:
        by_level = [percent(value) for value in floor.levels]
        rest = [f"{percent(floor.tail)} on every level"] if floor.tail is not None else []
        who = "Who has a rate and no difference" if bonus.at_least_if == "no_difference" else "Who has a rate"
        yield f"{who} gets at least {', '.join([*by_level, *rest])}{' by level' if by_level else ''}."
    if least is not None:
        yield f"A member takes at least {percent(least)}, also where his own rate is lower."
    if limit is not None:
        yield f"All together get at most {percent(limit)} of a volume."
    if bonus.word("taken") is not None:
        yield f"The source's {bonus.word('taken')} is taken before."
