"""Sense checks: every way in which a readable plan can still be wrong, with its sentence and its place (▸)."""

from __future__ import annotations

from typing import Literal

import pytest
from plan_texts import CONDITIONS, HEAD, VOLUMES, expect, plan, plan_text, problems_of

from compplan.bonuses.base import Bonus
from compplan.bonuses.registry import _KINDS, register
from compplan.plan.values import Name
from compplan.plan.words import RESERVED

LADDER = "member: []\nsilver: [active]\ngold: [2 legs with silver]"


# ---- names


@pytest.mark.parametrize(
    "sections",
    [
        {"counts": "▸pv: {count: active, among: legs}"},
        {"conditions": "▸pv: gv >= 5"},
        {"ladder": "▸pv: [active]"},
        {"ladder": "member: []\n▸gv:\n  requires:\n    - active"},
    ],
)
def test_names_are_used_once(sections):
    name = "gv" if "gv:" in str(sections) else "pv"
    expect((f'"{name}" is the name of two things', "give each its own name"), **sections)


def test_a_name_of_three_things_is_told_at_the_later_ones():
    said = ('"x" is the name of two things', "give each its own name")
    expect(said, said, volumes="x: {sum: orders.x}", conditions="▸x: active", ladder="▸x: [active]")


@pytest.mark.parametrize(
    ("name", "sections"),
    [
        ("rank", {"volumes": "▸rank: {sum: orders.x}"}),
        ("days_in_period", {"volumes": "▸days_in_period:\n  sum: orders.x"}),
        ("is_customer", {"counts": "▸is_customer: {count: active, among: legs}"}),
        ("none", {"conditions": "▸none: pv >= 5"}),
        ("unpayable", {"conditions": "▸unpayable: pv >= 5"}),
        ("title", {"ladder": "▸title: [active]"}),
        ("class", {"ladder": "▸class: [active]"}),
        ("lambda", {"conditions": "▸lambda: pv >= 5"}),
        ("in", {"volumes": "▸in: {sum: orders.x}"}),
        ("min", {"counts": "▸min: {count: active, among: legs}"}),
    ],
)
def test_words_of_the_language_are_no_names(name, sections):
    expect((f'"{name}" is a word of the language', "choose another name"), **sections)


@pytest.mark.parametrize("word", RESERVED)
def test_every_reserved_word_is_refused(word):
    (problem,) = problems_of(plan_text(volumes=f"{word}: {{sum: orders.x}}"))
    assert problem.message == f'"{word}" is a word of the language'


@pytest.mark.parametrize("name", ["distributor", "customer", "member", "match", "type", "orders"])
def test_other_words_are_free(name):
    plan(ladder=f"{name}: [active]")


@pytest.mark.parametrize("name", ["member_id", "earned"])
def test_columns_of_the_result_are_no_names(name):
    expect((f'"{name}" is a column of every result', "choose another name"), volumes=f"▸{name}: {{sum: orders.x}}")


def test_the_id_column_of_the_plan_is_meant():
    head = HEAD + "members: {id: associate}\n"
    plan(head=head, volumes="member_id: {sum: orders.x}")
    expect(
        ('"associate" is a column of every result', "choose another name"), head=head, conditions="▸associate: pv >= 1"
    )


def test_trees_are_known():
    said = ('"enrolment" is not a tree', 'did you mean "enrollment"?')
    expect(
        said, said, said, said,
        volumes="v: {roll_up: pv, tree: ▸enrolment}",
        counts="c: {count: active, among: legs, tree: ▸enrolment}",
        ranks="tree: ▸enrolment", ladder=LADDER,
        bonuses="b: {kind: unilevel, of: pv, rates: 5%, tree: ▸enrolment}",
    )  # fmt: skip


def test_quantities_are_known():
    known = "known: pv, gv, a, b, c"
    expect(
        ('"zz" is not a quantity', known),
        ('"activ" is not a quantity', known),
        ('"ggv" is not a quantity', 'did you mean "gv"?'),
        ('"qq" is not a quantity', known),
        ('"active" is not a quantity', known),
        volumes="a: {roll_up: ▸zz}\nb: {legs: ▸activ}\nc: {move_up: ▸ggv, where: active}",
        bonuses="u: {kind: unilevel, of: ▸qq, rates: 5%}\nt: {kind: tier, by: ▸active, amounts: {1: 5}}",
    )


def test_conditions_are_read_and_make_sense():
    expect(
        ('"p" is not known', 'did you mean "pv"?'),
        ('"gv" is not a condition', "compare it, for example with >="),
        ('"=" is not part of the language', 'compare with "=="'),
        ('"pv" is not a condition', "compare it, for example with >="),
        ('"5" is not a condition', "compare it, for example with >="),
        ('"active" is not a number', ""),
        ('"silver" is not a condition', "write rank >= silver"),
        ('"gv >=" cannot be read: invalid syntax', "for example: pv >= 100 and active"),
        ('"rank >= 5" compares a number with a rank', "compare like with like"),
        ('"silver" is not a condition', "write rank >= silver"),
        ('"rank > pv" compares a number with a rank', "compare like with like"),
        volumes="""
            a: {roll_up: pv, where: ▸p >= 5}
            b: {roll_up: pv, stop_at: ▸gv}
            c: {roll_up: pv, with_uplines: ▸"pv = 5"}
            d: {roll_up: pv, outside_legs_with: ▸pv}
            e: {move_up: pv, where: ▸"5"}
            f: {compute: ▸active + 1}
        """,
        counts="g: {count: ▸silver, among: legs}",
        conditions="h: ▸gv >=",
        ranks="members: ▸rank >= 5", ladder=LADDER,
        bonuses="""
            u: {kind: unilevel, of: pv, rates: 5%, pay_when: ▸silver, compress: ▸rank > pv}
        """,
    )  # fmt: skip


def test_a_rank_alone_is_no_condition_and_the_hint_says_what_is():
    expect(
        ('"gold" is not a condition', "write rank >= gold"),
        ladder=LADDER,
        bonuses="b: {kind: unilevel, of: pv, rates: 5%, pay_when: ▸gold}",
    )


def test_rank_columns_need_ranks():
    expect(('"rank" is not known', "this plan has no ranks"), conditions="x: ▸rank == title")


@pytest.mark.parametrize(
    ("sections", "circle"),
    [
        ({"conditions": "▸a: b\nb: not a"}, "a -> b -> a"),
        ({"volumes": "▸a: {compute: b + 1}\nb: {compute: a + 1}"}, "a -> b -> a"),
        ({"volumes": "a:\n  compute: pv\n▸b:\n  compute: b + a"}, "b -> b"),
        ({"volumes": "▸v: {roll_up: pv, where: x}", "conditions": "x: v >= 5"}, "v -> x -> v"),
        ({"counts": "▸c: {count: x, among: legs}", "conditions": "x: c >= 5"}, "c -> x -> c"),
    ],
)
def test_circles_are_shown(sections, circle):
    expect((f"names read each other in a circle: {circle}", "break the circle"), **sections)


# ---- scales


def test_a_division_needs_decimals_and_what_is_made_of_it_is_not_told_again():
    expect(
        ("a division may not end", "say how many digits count with decimals:"),
        volumes="b: {compute: a + 1}\n▸a: {compute: pv / 3}\nc: {compute: a + b}\nd: {roll_up: a}",
    )


def test_digits_have_a_limit():
    expect(
        ('"a" needs 14 digits', "round it with compute and decimals"),
        ("a division may not end", "say how many digits count with decimals:"),
        volumes="""
            ▸a: {compute: pv * pv * pv * pv * pv * pv * pv}
            b: {roll_up: a}
            ▸c: {compute: gv / 2}
            d: {compute: pv * pv * pv * pv * pv * pv * pv, decimals: 2}
        """,
    )


@pytest.mark.parametrize(
    ("cap", "message", "hint"),
    [
        ("leg_cap_amount: ▸10.005", "10.005 has more digits than gv", "write fewer digits"),
        ("leg_cap_amount: ▸99999999999999999999", "99999999999999999999 does not fit 64 bits", "leave the cap out"),
    ],
)
def test_caps_of_legs_fit_the_volume(cap, message, hint):
    expect((message, hint), volumes=f"x: {{legs: gv, {cap}}}")
    plan(volumes="x: {legs: gv, leg_cap_amount: 10.50}")
    plan(volumes="x: {legs: gv, leg_cap: 12.345678%}")


@pytest.mark.parametrize("target", ["pv", "three", "front"])
def test_legs_are_those_of_a_roll_up(target):
    expect(
        (f'"{target}" has no legs', "name a roll_up over the whole downline"),
        volumes=f"three: {{roll_up: pv, levels: 3}}\nx: {{legs: ▸{target}}}",
        counts="front: {count: active, among: frontline}",
    )


def test_volume_is_summed_once():
    expect(
        ('"a" would count volume more than once', "sum a volume that is a member's own"),
        ('"b" would count volume more than once', "sum a volume that is a member's own"),
        volumes="a: {roll_up: ▸gv}\nb:\n  move_up: ▸gv\n  where: active",
    )


# ---- requirements


def test_requirements_are_placed_at_their_item():
    expect(
        ('"ppv" is not known', 'did you mean "pv"?'),
        ('"gw" is not a volume', "known: pv, gv"),
        ('"pv" is not a condition', "compare it, for example with >="),
        ('"silver" is not a condition', "write rank >= silver"),
        ('"platinum" is not a rank', "known: silver, gold"),
        ladder="""
            silver: [active, ▸ppv >= 5]
            gold:
              - active
              - ▸gw >= 5, at most 50% from one leg
              - ▸3 legs with pv
              - any:
                  - active
                  - ▸silver
              - volume: gv
                at_least: 5
                outside_legs_with: ▸platinum
        """,
    )


@pytest.mark.parametrize(
    ("ladder", "text", "reason"),
    [
        ("silver: [pv >= 100, ▸pv < 50]", "pv < 50", "no measure lies between these bounds and those of the other requirements"),
        ("silver: [active, ▸pv < 50]", "pv < 50", "no measure lies between these bounds and those of the other requirements"),
        ("silver:\n  - ▸any:\n      - gv >= 5\n      - all:\n          - pv >= 5\n          - pv < 5\n", "pv < 5",
         "no measure lies between these bounds and those of the other requirements"),
        ("silver: [▸pv == 0.001]", "pv == 0.001", "no measure has so many digits"),
        ("silver: [▸pv >= 99999999999999999999999]", "pv >= 99,999,999,999,999,999,999,999", "no measure is so large"),
        ('silver: [▸"gv >= 100, at most 0% from one leg"]', "gv >= 100, at most 0% from one leg", "the cap lets no leg bring anything"),
        ('silver: [▸"gv >= 100, at most 0 from one leg"]', "gv >= 100, at most 0 from one leg", "the cap lets no leg bring anything"),
        ('silver: [▸"gv >= 100, at most 0% of the total from one leg"]', "gv >= 100, at most 0% of the total from one leg", "the cap lets no leg bring anything"),
    ],
)  # fmt: skip
def test_requirements_can_hold_together(ladder, text, reason):
    expect((f'"{text}" can never hold', reason), ladder=ladder)


@pytest.mark.parametrize(
    "ladder",
    [
        "silver: [pv >= 100, pv < 150]",
        "silver: [pv >= 100]\ngold: [pv < 50]",  # another rank
        "silver: [{any: [pv >= 100, pv < 50]}]",  # another route
        "silver: [2 legs with silver, 3 legs with active]",
    ],
)
def test_bounds_that_leave_room_are_fine(ladder):
    plan(ladder=ladder)


def test_a_ladder_has_no_endless_routes():
    """Every requirement makes sense; together they are too many ways."""
    items = "\n".join("  - any: [active, gv >= 5]" for _ in range(7))
    expect(
        ("there are more than 64 ways to reach this rank", "name conditions with `or` instead"),
        ladder=f"▸silver:\n{items}",
    )


def test_who_can_hold_ranks_does_not_depend_on_ranks():
    hint = "use a condition without ranks, or last_rank"
    expect(
        ('"rank >= silver" depends on the ranks that it decides', hint), ranks="members: ▸rank >= silver", ladder=LADDER
    )
    expect(
        ('"climber" depends on the ranks that it decides', hint),
        conditions="climber: title >= silver", ranks="members: ▸climber", ladder=LADDER,
    )  # fmt: skip
    plan(ranks="members: is_distributor and last_rank >= silver", ladder=LADDER)


# ---- tables


def tables(*said, bonuses):
    expect(*said, ladder=LADDER, bonuses=bonuses)


def test_keys_are_ranks():
    tables(
        ('"sliver" is not a rank', 'did you mean "silver"?'),
        ('"platinum" is not a rank', "known: member, silver, gold"),
        ('"bronze" is not a rank', "known: member, silver, gold"),
        bonuses="""
            u:
              kind: unilevel
              of: pv
              rates:
                silver: [5%]
                ▸sliver: [6%]
              cap: {gold: 5, ▸platinum: 6}
            r: {kind: retail, of: pv, rates_by: last_rank, rates: {▸bronze: 5%}}
        """,
    )


def test_keys_need_ranks():
    expect(
        ('"silver" is not a rank', "this plan has no ranks"), bonuses="r: {kind: retail, of: pv, rates: {▸silver: 5%}}"
    )


def test_keys_are_thresholds_that_ascend():
    hint = "the keys are thresholds of pv"
    tables(
        ('"silver" is not a number', hint),
        ("the thresholds do not ascend", "write the lowest first"),
        ("the thresholds do not ascend", "write the lowest first"),
        bonuses="""
            a: {kind: retail, of: pv, rates_by: pv, rates: {▸silver: 5%, 100: 6%}}
            b: {kind: retail, of: pv, rates_by: pv, ▸rates: {100: 5%, 50: 6%}}
            c: {kind: retail, of: pv, rates_by: pv, ▸rates: {100: 5%, "100.0": 6%}}
        """,
    )
    plan(bonuses="a: {kind: retail, of: pv, rates_by: pv, rates: {0: 5%, 100: 6%, 250.50: 7%}}")


@pytest.mark.parametrize("by", ["active", "silver", "nope", "member", "member.", "member.a.b", "days_in_period"])
def test_what_tables_can_go_by(by):
    (problem,) = problems_of(
        plan_text(ladder=LADDER, bonuses=f"a: {{kind: retail, of: pv, rates_by: {by}, rates: {{x: 5%}}}}")
    )
    assert problem.message == f'"{by}" is neither a rank column, a quantity, nor member.<field>'
    assert problem.place.text[problem.place.column - 1 :].startswith(by)
    plan(bonuses="a: {kind: retail, of: pv, rates_by: member.country, rates: {NO: 5%, SE: 6%}}")


def test_a_table_without_keys_goes_by_nothing():
    tables(
        ("the table of rates has no keys", "give one list for each key, or leave rates_by out"),
        ("the table of cap has no keys", "give one list for each key, or leave cap_by out"),
        ("there is no cap", "add a cap, or leave cap_by out"),
        bonuses="""
            a: {kind: unilevel, of: pv, rates_by: ▸pv, rates: [5%]}
            b: {kind: unilevel, of: pv, rates: [5%], cap_by: ▸rank, cap: 5}
            c: {kind: unilevel, of: pv, rates: [5%], cap_by: ▸rank}
        """,
    )


def test_tables_are_not_empty():
    tables(
        ("the table is empty", "give a rate or amount for each key"),
        ("there is no level in this list", "give at least one rate or amount"),
        ("there is no level in this list", "give at least one rate or amount"),
        ("the table is empty", "give a rate or amount for each key"),
        bonuses="""
            a: {kind: unilevel, of: pv, ▸rates: {}}
            b: {kind: unilevel, of: pv, ▸rates: []}
            c: {kind: unilevel, of: pv, rates: {silver: [5%], ▸gold: []}}
            d: {kind: unilevel, of: pv, rates: [5%], ▸cap: {}}
        """,
    )


def test_levels_are_for_what_goes_up_a_tree():
    said = ("levels have no meaning here", "give one value")
    tables(
        said, said, said, said, said,
        bonuses="""
            a: {kind: unilevel, of: pv, rates: [5%, 3%], ▸cap: [5, 6]}
            b: {kind: unilevel, of: pv, rates: [5%, 3%], cap: {silver: 5, ▸gold: [5, 6]}}
            c: {kind: retail, of: pv, ▸rates: [5%, 3%]}
            d: {kind: retail, of: pv, rates: {silver: 5%, gold: ▸5% and deeper}}
            e: {kind: unilevel, of: pv, rates: [5%], cap: ▸5 and deeper}
        """,
    )  # fmt: skip


def test_nothing_is_paid_negatively():
    said = ("a rate, amount or cap is negative", "write it without the sign")
    tables(
        said, said, said,
        bonuses="""
            a: {kind: unilevel, of: pv, ▸rates: [5%, -3%]}
            b: {kind: unilevel, of: pv, amounts: {silver: [5], gold: ▸-5}}
            c: {kind: unilevel, of: pv, rates: 5%, cap: ▸-5}
        """,
    )  # fmt: skip


def test_caps_and_minimum_are_money():
    expect(
        ("10.005 has more digits than USD, which has 2", "write fewer digits"),
        ("0.001 has more digits than USD, which has 2", "write fewer digits"),
        ("0.005 has more digits than USD, which has 2", "write fewer digits"),
        ladder=LADDER,
        bonuses="""
            a: {kind: unilevel, of: pv, rates: 5%, cap: ▸10.005}
            b: {kind: unilevel, of: pv, rates: 5%, cap: {silver: 10.50, gold: ▸0.001}}
        """,
        rest="payout: {minimum: ▸0.005}\n",
    )
    yen = HEAD.replace("USD", "{code: JPY, decimals: 0}")
    expect(
        ("10.5 has more digits than JPY, which has 0", "write fewer digits"),
        head=yen,
        rest="payout: {minimum: ▸10.5}\n",
    )
    plan(head=yen, rest="payout: {minimum: 10.0}\n")


# ---- bonuses


def test_payments_per_order_need_orders():
    expect(
        ('"gv" is not a sum of orders', "payments per order need one"),
        ('"moved" is not a sum of orders', "payments per order need one"),
        ('"gv" is not a sum of orders', "payments per order need one"),
        volumes="moved: {move_up: pv, where: active}",
        bonuses="""
            a: {kind: retail, of: ▸gv, payment: order, rates: 5%}
            b: {kind: fast_start, of: ▸moved, window: 60 days, payment: period, rates: 5%}
            c: {kind: unilevel, of: ▸gv, payment: order, rates: 5%}
        """,
    )


def test_levels_do_not_pay_rolled_up_volume():
    expect(
        ('"gv" is rolled up already', "the levels would pay volume more than once"),
        bonuses="a: {kind: unilevel, of: ▸gv, rates: 5%}",
    )
    plan(bonuses="a: {kind: retail, of: gv, rates: 5%}")


def test_the_tiers_of_the_first_time_are_the_same():
    expect(
        ("the tiers differ from those of amounts", "use the same thresholds"),
        bonuses="a: {kind: tier, by: pv, amounts: {10: 5, 20: 6}, ▸first_time: {10: 50, 30: 60}}",
    )
    plan(bonuses="a: {kind: tier, by: pv, amounts: {10: 5, 20: 6}, first_time: {10.0: 50, 20: 60}}")


class Flat(Bonus):
    """A kind from outside, which reads a quantity that it does not call `of`."""

    kind: Literal["flat"]
    volume: Name
    payment: str = "order"

    def quantities(self):
        yield ("volume",), self.volume


@pytest.fixture
def flat():
    register(Flat)
    yield
    del _KINDS["flat"]


@pytest.mark.usefixtures("flat")
def test_a_kind_from_outside_names_its_quantities_as_it_likes():
    plan(bonuses="f: {kind: flat, volume: gv}")
    expect(('"ggv" is not a quantity', 'did you mean "gv"?'), bonuses="f: {kind: flat, volume: ▸ggv}")
    expect(("there is no cap", "add a cap, or leave cap_by out"), bonuses="f: {kind: flat, volume: gv, cap_by: ▸rank}")


def test_the_frame_of_these_tests_is_a_plan():
    assert {"pv", "gv"} == {line.split(":")[0] for line in VOLUMES.splitlines()}
    assert CONDITIONS.startswith("active:")
    plan(ladder=LADDER)
