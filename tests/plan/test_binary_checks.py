"""Binary bonuses that make no sense, each with its sentence; and what good ones say of themselves."""

from __future__ import annotations

import pytest

import compplan as cp
from compplan.errors import PlanError

PLAN = """
compplan: 1
name: Checks of binary bonuses
currency: USD
period: weekly
rounding: {{mode: half_up, at: {at}}}
trees:
  enrollment: {{parent: sponsor_id}}
  binary: {{parent: parent_id, side: side, width: 2}}
  wide: {{parent: wide_id, side: place, width: 3}}
volumes:
  pv: {{sum: orders.pv}}
  units: {{sum: orders.units, decimals: 0}}
  gv: {{roll_up: pv}}
conditions:
  active: pv >= 100
bonuses:
  pairs: {{{fields}}}
"""

GOOD = {"kind": "binary", "of": "pv", "tree": "binary", "rates": "10%"}


def problems_of(at="payment", without=(), **fields):
    given = {key: value for key, value in (GOOD | fields).items() if key not in without}
    text = PLAN.format(at=at, fields=", ".join(f"{key}: {value}" for key, value in given.items()))
    try:
        cp.load_plan(text)
    except PlanError as error:
        return [problem.message for problem in error.problems]
    return []


def test_the_plain_bonus_is_good():
    assert problems_of() == []


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"tree": "enrollment"}, 'the tree "enrollment" has no two sides'),
        ({"tree": "wide"}, 'the tree "wide" has no two sides'),
        ({"tree": "binry"}, '"binry" is not a tree'),
        ({"of": "gv"}, '"gv" is rolled up already'),
        ({"ratio": "1 to 2"}, '"1 to 2" takes more of the weaker side'),
        ({"ratio": "2"}, '"2" is not a ratio'),
        ({"ratio": "2:1"}, '"2:1" is not a ratio'),
        ({"ratio": "0 to 1"}, '"0 to 1" is not a ratio'),
        ({"ratio": "1/0 to 1"}, '"1/0 to 1" is not a ratio'),
        ({"ratio": "1 to 0.0000001"}, '"1 to 0.0000001" is not a usable ratio'),
        ({"ratio_by": "member.type"}, "the table of ratio has no keys"),
        ({"unit": "0"}, "an increment is above zero"),
        ({"unit": "[300, 200]"}, "increments ascend, and begin above zero"),
        ({"unit": "0.125"}, "0.125 is finer than pv, which has 2 digits"),
        (
            {"of": "units", "unit": "5", "ratio": "3 to 2"},
            "at 3 to 2, a unit of 5 takes no whole points of the stronger side",
        ),
        ({"amounts": "5", "unit": "100"}, "a bonus has either rates or amounts"),
        ({"rates": "[10%, 20%]"}, "levels have no meaning here"),
        ({"unit": "[300, 700, 1500]", "rates": "[10%, 20%]"}, "there are more or fewer levels than increments"),
        ({"pair_cap": "5"}, "a number of pairs needs a unit"),
        ({"unit": "100", "pair_cap": "2.5"}, "pairs are whole numbers"),
        ({"pair_cap_per": "month"}, "there is no pair_cap"),
        ({"strong_side": "each_pair"}, "pairs that are made one by one need a unit"),
        ({"unit": "[300]", "strong_side": "each_pair"}, "strong_side goes with multiples of a unit"),
        ({"unit": "100", "strong_side": "each_pair", "uses": "balanced"}, "uses: balanced needs strong_side: once"),
        ({"carry": "none", "carry_cap": "500"}, "nothing is carried on, so carry_cap has no meaning"),
        ({"carry": "none", "expires": "3"}, "nothing is carried on, so expires has no meaning"),
        ({"carry_cap": "nothing"}, '"nothing" is not a quantity'),
        ({"flush_after": "3"}, "flush_after needs flush_when"),
        ({"flush_when": "not actve"}, '"actve" is not known'),
        ({"over_cap": "carried"}, "there is no cap that pairs could be beyond"),
        ({"cap": "50", "over_cap": "carried", "cap_rest": "later"}, "cap_rest: later does not go with over_cap"),
        ({"unit": "100", "cap": "9"}, "9 is less than one pair pays (10)"),
        ({"own_of": "pv"}, "own volume counts on no side"),
        ({"cap_per": "month"}, "there is no cap"),
        ({"cap": "50", "cap_cut": "in_order"}, "there is no cap over several members"),
        ({"ways": "[{rates: 10%}]"}, "rates stands beside ways"),
        (
            {"cap": "50", "over_cap": "carried", "cap_over": "member.owner"},
            "over_cap: carried and cap need one unit, one way, and a cap a member",
        ),
    ],
    ids=lambda value: str(value)[:60],
)
def test_what_makes_no_sense_is_refused(fields, message):
    assert any(message in said for said in problems_of(**fields)), problems_of(**fields)


def test_money_for_each_pair_needs_a_unit():
    assert problems_of(without=["rates"], amounts="10") == ["money for each pair needs a unit"]
    assert problems_of(without=["rates"], amounts="10", unit="100") == []
    assert "ways pay either rates or amounts, all of them" in problems_of(
        without=["rates"], unit="100", ways="[{rates: 10%}, {amounts: 5}]"
    )


def test_pay_of_a_span_has_to_be_known():
    assert problems_of(at="member", cap="50", cap_per="month") == ["pay is rounded at the member's total"]


def test_a_bonus_in_plain_words():
    plan = cp.load_plan(
        PLAN.format(
            at="payment",
            fields=(
                "kind: binary, of: pv, tree: binary, ratio: 2 to 1, unit: 100, strong_side: each_pair, amounts: 14, "
                "pair_cap: 96, carry_cap: {times: 5, average_of: 4}, expires: 8, flush_when: not active, flush_after: 2, "
                "unpaid: carry, own_side: weaker, first_pair: 1 to 1"
            ),
        )
    )
    said = plan.describe()
    for sentence in (
        "in whole increments of 100 of the weaker side",
        "At 2 to 1 a member gets 14 for each pair.",
        "Before each pair it is found anew which side is the stronger one.",
        "The first pair ever is made at 1 to 1.",
        "His own pv counts on the weaker side.",
        "At most 96 pairs are paid a period.",
        "At most 5 times the average of the weaker side in 4 periods is carried on each side.",
        "Volume can be paired for 8 further periods; the oldest goes first.",
        "for 2 periods in a row",
    ):
        assert sentence in said
