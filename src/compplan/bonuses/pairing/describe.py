"""A binary bonus in plain language."""

from __future__ import annotations

from typing import TYPE_CHECKING

from compplan.bonuses.pairing.checks import rows_of
from compplan.bonuses.pairing.words import AverageCap
from compplan.plan.tables import ByKey, LevelTable
from compplan.plan.wording import half, money, percent, points, table, words

if TYPE_CHECKING:
    from compplan.bonuses.kinds.binary import Binary

_PAID_ON = {"weaker": "weaker side", "stronger": "stronger side", "both": "both sides"}
_CARRIED = {"both": "on both sides is carried on", "strong": "on the stronger side is carried on", "none": "is lost"}
_OWN = {"left": "left", "right": "right", "weaker": "weaker", "stronger": "stronger"}


def describe_binary(bonus: Binary) -> list[str]:
    """Return sentences about a binary bonus."""
    lines = [
        f"The {bonus.of} on the left and on the right below a member in the {bonus.tree} tree is paired {_unit(bonus)}."
    ]
    if bonus.own_side != "none":
        lines.append(f"His own {bonus.own_of or bonus.of} counts on the {_OWN[bonus.own_side]} side.")
    lines += _pay(bonus)
    if bonus.strong_side == "each_pair":
        lines.append("Before each pair it is found anew which side is the stronger one.")
    if bonus.first_pair is not None:
        lines.append(f"The first pair ever is made at {ratio_text(bonus.first_pair)}.")
    if bonus.uses == "balanced":
        lines.append("What is paid uses up all that both sides have in common.")
    return [*lines, *_caps(bonus), *_carried(bonus), *points(bonus.of, bonus.money_per_point)]


def ratio_text(row: LevelTable) -> str:
    """Return a ratio as the plan writes it."""
    strong, weak = row.levels
    return f"{money(strong)} to {money(weak)}"


def _unit(bonus: Binary) -> str:
    if bonus.unit is None:
        return "in any amount"
    texts = []
    for key, row in rows_of(bonus.unit):
        text = (
            f"in whole increments of {money(row.tail)}"
            if row.tail
            else f"by the largest of {', '.join(map(money, row.levels))}"
        )
        texts.append(f"{text} (with {bonus.unit_by} {key[0]})" if key else text)
    return "; ".join(texts) + " of the weaker side"


def _pay(bonus: Binary) -> list[str]:
    lines = []
    for ratio, ratio_by, rows, by, fixed, when in bonus.all_ways:
        ratios = ", ".join(
            f"{ratio_text(row)} with {ratio_by} {key[0]}" if key else ratio_text(row) for key, row in rows_of(ratio)
        )
        paid = (
            f"{table(rows, by, money)} for each pair"
            if fixed
            else f"{table(rows, by, percent)} of what is paired on the {_PAID_ON[bonus.paid_on]}"
        )
        lines.append(f"At {ratios} a member gets {paid}{f', if {words(when)}' if when else ''}.")
    return [*lines, *(["He gets the way that pays most."] if bonus.ways else [])]


def _caps(bonus: Binary) -> list[str]:
    lines = []
    if bonus.pair_cap is not None:
        span = "in all" if bonus.pair_cap_per == "all" else f"a {half(bonus.pair_cap_per)}"
        lines.append(f"At most {table(bonus.pair_cap, bonus.pair_cap_by, money)} pairs are paid {span}.")
    if bonus.pair_cap is not None or bonus.cap is not None:
        lines.append(
            "Pairs beyond that are used up." if bonus.over_cap == "used" else "Pairs beyond that are not made."
        )
    return lines


def _carried(bonus: Binary) -> list[str]:
    lines = [f"What is left {_CARRIED[bonus.carry]}."]
    if bonus.unpaid == "carry":
        lines.append("A member who cannot be paid makes no pairs and keeps both sides.")
    cap = bonus.carry_cap
    if isinstance(cap, AverageCap):
        lines.append(
            f"At most {money(cap.times)} times the average of the weaker side in {cap.average_of} periods "
            "is carried on each side."
        )
    elif isinstance(cap, LevelTable | ByKey):
        lines.append(f"At most {table(cap, bonus.carry_cap_by, money)} is carried on each side.")
    elif cap is not None:
        lines.append(f"At most {cap} is carried on each side.")
    if bonus.expires is not None:
        lines.append(f"Volume can be paired for {bonus.expires} further periods; the oldest goes first.")
    if bonus.flush_when is not None:
        after = f" for {bonus.flush_after} periods in a row" if bonus.flush_after > 1 else ""
        lines.append(f"What is left is lost of a member with {words(bonus.flush_when)}{after}.")
    return lines
