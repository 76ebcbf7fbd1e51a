"""Rules that belong to one part of a plan: each with its sentence and its place (▸)."""

from __future__ import annotations

import pytest
from plan_texts import HEAD, expect, plan, plan_text, problems_of

from compplan.bonuses.registry import kinds
from compplan.quantities.base import volume_kinds

KINDS = f"none of {', '.join(volume_kinds())} is here"
LADDER = "member: []\nsilver: [active]"


# ---- volumes and counts


@pytest.mark.parametrize(
    ("volume", "hint"),
    [
        ("{summ: orders.x}", 'did you mean "sum"?'),
        ("{rollup: pv}", 'did you mean "roll_up"?'),
        ("{tree: enrollment, leg: gv}", 'did you mean "legs"?'),
        ("{gather: gv}", "for example: {sum: orders.qv}"),
        ("{}", "for example: {sum: orders.qv}"),
    ],
)
def test_an_unknown_kind_of_volume_lists_the_known(volume, hint):
    expect((KINDS, hint), volumes=f"▸x: {volume}")
    block = "\n  ".join(volume.strip("{}").split(", "))
    if block:
        expect((KINDS, hint), volumes=f"▸x:\n  {block}")


def test_a_volume_has_one_kind():
    known = (
        "known: sum, credit, tree, buyers, only, exclude, window, first_order, share, customer_share, over, decimals"
    )
    expect(('unknown field "roll_up"', known), volumes="x: {sum: orders.x, ▸roll_up: pv}")


@pytest.mark.parametrize("days", ["[20, 5]", "[0, 5]", "[1, 32]", "[-1, 5]"])
def test_days_of_the_month_ascend(days):
    expect(
        ("these are not days of a month in order", "for example: [1, 7]"),
        volumes=f"x: {{sum: orders.x, window: {{▸days_of_month: {days}}}}}",
    )
    plan(volumes="x: {sum: orders.x, window: {days_of_month: [5, 5]}}")


@pytest.mark.parametrize("text", ["orders.", "members.x", "x", "orders.a.b", "order.x"])
def test_sums_are_of_orders(text):
    (problem,) = problems_of(plan_text(volumes=f"x: {{sum: {text}}}"))
    assert problem.message.startswith('"sum" does not have the form')


@pytest.mark.parametrize(("field", "shown"), [("share", "the number -0.50"), ("customer_share", 'the text "-50%"')])
def test_shares_are_not_negative(field, shown):
    expect((f'"{field}" should be at least 0, found {shown}', ""), volumes=f"x: {{sum: orders.x, {field}: ▸-50%}}")


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ("levels: 3, stop_at: ▸active", "levels and stop_at"),
        ("levels: 3, with_uplines: ▸active", "levels and with_uplines"),
        ("levels: 3, outside_legs_with: ▸active", "levels and outside_legs_with"),
        ("outside_legs_with: active, stop_at: ▸active", "outside_legs_with and stop_at"),
        (
            "outside_legs_with: active, stop_at: ▸active, with_uplines: active",
            "outside_legs_with and stop_at and with_uplines",
        ),
    ],
)
def test_a_roll_up_leaves_out_in_one_way(fields, said):
    expect((f"{said} do not go together", "make two volumes"), volumes=f"x: {{roll_up: pv, {fields}}}")
    plan(volumes="x: {roll_up: pv, stop_at: active, with_uplines: pv >= 500, where: active, own: false}")


@pytest.mark.parametrize(
    "fields",
    [
        "pick: largest, leg_cap: ▸40%",
        "pick: after_second, leg_cap_amount: ▸5",
        "pick: others, leg_cap: ▸40%",
        "leg_cap_amount: ▸5, leg_cap: 40%",
    ],
)
def test_a_cap_of_legs_is_alone_and_of_the_sum(fields):
    said = ("a leg cap goes with pick: sum, and alone", "use one cap, or none; an amount goes with pick: others, too")
    expect(said, volumes=f"x: {{legs: gv, {fields}}}")


@pytest.mark.parametrize("fields", ["leg_cap: [40%, 50%]", "leg_cap_amount: [5, 6]", "leg_cap: {silver: 40%}"])
def test_a_cap_of_legs_is_one_value(fields):
    (problem,) = problems_of(plan_text(volumes=f"x: {{legs: gv, {fields}}}"))
    assert "is not a number" in problem.message


@pytest.mark.parametrize(
    "fields",
    ["among: frontline, levels: ▸2", "among: legs, per_leg: ▸2", "among: downline, levels: ▸2, per_leg: 3"],
)
def test_limits_of_counts_go_with_the_downline_one_at_a_time(fields):
    expect(
        ("levels or per_leg go with among: downline, one of them", "leave it out"),
        counts=f"x: {{count: active, {fields}}}",
    )


# ---- ranks


def test_the_requirements_of_a_rank_are_a_list():
    expect(("the requirements of a rank are a list", "for example: [active]"), ladder="silver: ▸active")


def test_a_ladder_has_as_many_ranks_as_numbers_for_them():
    """Rank numbers are int8: the hundred and twenty-eighth would be negative."""
    ladder = "\n".join(f"r{n}: [pv >= {n}]" for n in range(127))
    assert len(plan(ladder=ladder).scope.ranks) == 127
    (problem,) = problems_of(plan_text(ladder=f"{ladder}\nlast: [pv >= 200]"))
    assert problem.message == '"ladder" should have at most 127 items, found 128'


@pytest.mark.parametrize(
    ("old", "known"),
    [
        ("paid_as: ▸earned", "known: rank, title, held_rank, last_rank"),
        ("paid_as: ▸last_period", 'did you mean "last_rank"?'),
        ("legs_hold: ▸earned", "known: rank, title, held_rank"),
    ],
)
def test_former_words_of_ranks_are_refused(old, known):
    field, value = old.replace("▸", "").split(": ")
    expect((f'"{field}" cannot be "{value}"', known), ranks=old, ladder=LADDER)


# ---- bonuses


@pytest.mark.parametrize(
    ("bonus", "said"),
    [
        ("{kind: unilevel, of: pv}", ("a bonus has either rates or amounts", "give one of the two")),
        ("{kind: unilevel, of: pv, rates: 5%, amounts: 5}", ("a bonus has either rates or amounts", "give one of the two")),
        ("{kind: unilevel, of: pv, rates: 5%, skipped: paid}", ("skipped: paid needs a compress condition", "for example: compress: not active")),
        ("{kind: unilevel, of: pv, rates: 5%, skipped: paid, compress: unpayable}", ("skipped: paid needs a compress condition", "for example: compress: not active")),
        ("{kind: unilevel, of: pv, amounts: 5, money_per_point: 2}", ("fixed amounts do not depend on points", "leave it out")),
        ("{kind: unilevel, of: pv, rates: 5%, qualified_since: member.since}", ("qualified_since needs payment: order", "orders have dates, sums have none")),
        ("{kind: direct, of: pv, rates: [5%, 3%]}", ("a direct bonus has one level", "use kind: unilevel for more levels")),
        ("{kind: direct, of: pv, rates: 5% and deeper}", ("a direct bonus has one level", "use kind: unilevel for more levels")),
        ("{kind: direct, of: pv, amounts: {silver: [5, 3]}}", ("a direct bonus has one level", "use kind: unilevel for more levels")),
        ("{kind: tier, by: pv, amounts: {20: 5, 10: 6}}", ("tiers do not ascend", "write the lowest threshold first")),
        ("{kind: tier, by: pv, amounts: {10: 5, '10.0': 6}}", ("tiers do not ascend", "write the lowest threshold first")),
        ("{kind: tier, by: pv, amounts: {10: -5}}", ("the amount of a tier is negative", "write it without the sign")),
        ("{kind: tier, by: pv, amounts: {}}", ("tiers are a mapping", "for example: {10: 50, 25: 100}")),
        ("{kind: tier, by: pv, amounts: 5}", ("tiers are a mapping", "for example: {10: 50, 25: 100}")),
        ("{kind: unilevel, of: pv, rates: 5%, money_per_point: -2}", ("the number is negative", "write it without the sign")),
        ("{kind: retail, of: pv, rates: 5%, money_per_point: -2}", ("the number is negative", "write it without the sign")),
    ],
)  # fmt: skip
def test_fields_of_a_bonus_fit_together(bonus, said):
    (problem,) = problems_of(plan_text(ladder=LADDER, bonuses=f"x: {bonus}"))
    assert (problem.message, problem.hint) == said
    assert problem.place.text == f"  x: {bonus}"


@pytest.mark.parametrize(
    ("old", "known"),
    [
        ("skipped: ▸unpaid", 'did you mean "paid"?'),
        ("payment: ▸member", "known: period, order"),
        ("unpaid: ▸hold", "known: breakage, pass_up"),
    ],
)
def test_former_and_coming_words_of_bonuses_are_refused(old, known):
    field, value = old.replace("▸", "").split(": ")
    expect((f'"{field}" cannot be "{value}"', known), bonuses=f"x: {{kind: unilevel, of: pv, rates: 5%, {old}}}")


def test_an_unknown_kind_of_bonus_lists_the_known():
    expect(('unknown kind "unilvl"', 'did you mean "unilevel"?'), bonuses="x: {kind: ▸unilvl, of: pv, rates: 5%}")
    expect(
        ('unknown kind "lottery"', f"known: {', '.join(kinds())}"),
        bonuses="x: {kind: ▸lottery, of: pv}",
    )


def test_rounding_has_no_default():
    head = HEAD.replace("rounding: {mode: half_up, at: payment}", "▸rounding: {mode: half_up}")
    expect(
        ('"at" is missing', "The rounding point: each payment, the sum of a member's bonus, or the member's total."),
        head=head,
    )
