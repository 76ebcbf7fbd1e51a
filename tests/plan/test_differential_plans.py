"""Plans with differentials that make no sense are refused with place and hint; others are described."""

from __future__ import annotations

import pytest

import compplan as cp

PLAN = """compplan: 1
name: Steps
currency: USD
period: monthly
rounding: {mode: half_up, at: payment}
trees: {sponsor: {parent: sponsor_id}}
volumes: {pv: {sum: orders.pv}, gv: {roll_up: pv}, lines: {member: lines, decimals: 0}}
conditions: {active: pv >= 100}
ranks: {ladder: {bronze: [], silver: [gv >= 100], gold: [gv >= 500]}}
bonuses:
  step: {KIND}
"""
DIFFERENTIAL = "kind: differential, of: pv, "
INFINITY = "kind: infinity, of: pv, "
STEPS = "rates_by: gv, rates: {100: 5%, 500: 10%}"
BAD = [
    (DIFFERENTIAL + "rates_by: gv, rates: {100: 10%, 500: 5%}", "the rate falls from 10% to 5% as gv rises"),
    (DIFFERENTIAL + "rates: {gold: 5%, silver: 8%}", "the rate falls from 8% to 5% as paid_as rises"),
    (DIFFERENTIAL + "rates_by: [rank, lines], rates: {gold: {1: 5%, 2: 3%}}", "the rate falls from 5% to 3% as lines"),
    (DIFFERENTIAL + "rates: {bronze: 5%, gold: 8%}", "there is no rate for silver"),
    (DIFFERENTIAL + "rates: {bronze: 5%, silver: 8%}", "there is no rate for gold"),
    (DIFFERENTIAL + "rates_by: gv, rates: {100: 5%, 500: 110%}", "110% is more than the whole volume"),
    (DIFFERENTIAL + "rates_by: gv, rates: {100: [5%, 3%]}", "levels have no meaning here"),
    (DIFFERENTIAL + STEPS + ", at_least: 1%", "everybody above would be paid it, without end"),
    (DIFFERENTIAL + STEPS + ", at_least_if: no_difference", "there is no at_least"),
    (DIFFERENTIAL + STEPS + ", from_level: 3, levels: 2", "no level is paid: they end at 2 and begin at 3"),
    (DIFFERENTIAL + STEPS + ", unpaid: hold", "there is no pay_when that somebody could fail"),
    (DIFFERENTIAL + STEPS + ", compress: unpayable", '"unpayable" is for levels of a table'),
    (DIFFERENTIAL + STEPS + ", less: direct_leg, total_limit: 9%", "total_limit needs less: highest_between"),
    (DIFFERENTIAL + STEPS + ", takes_at_least: 5%, equal_rate: stops", "takes_at_least needs lower and equal rates"),
    (DIFFERENTIAL + STEPS + ", taken: nothing", '"nothing" is not a quantity'),
    (DIFFERENTIAL + STEPS + ", bands: marginal", "bands: marginal needs start: self"),
    (
        DIFFERENTIAL + "rates: {bronze: 5%, silver: 8%, gold: 9%}, bands: marginal",
        "bands need rates by the group volume",
    ),
    ("kind: differential, of: gv, " + STEPS, '"gv" is rolled up already'),
    (DIFFERENTIAL + STEPS + ", payment: order, of: gv", "twice"),
    (DIFFERENTIAL + "rates_by: gv", "a bonus has either rates or amounts"),
    (DIFFERENTIAL + STEPS + ", amounts: 5", "a bonus has either rates or amounts"),
    (DIFFERENTIAL + "rates_by: gv, amounts: {100: 5, 500: 3}", "the amount falls from 5 to 3 as gv rises"),
    (DIFFERENTIAL + "amounts: {bronze: 5, gold: 8}", "there is no amount for silver"),
    (DIFFERENTIAL + "amounts: {gold: 5}, at_least: [1%]", "at_least is about rates, and this bonus has amounts"),
    (DIFFERENTIAL + "amounts: {gold: 5}, bands: marginal", "bands is about rates, and this bonus has amounts"),
    (DIFFERENTIAL + "amounts: {gold: 5}, money_per_point: 2", "fixed amounts do not depend on points"),
    (INFINITY + "rates: {gold: 2%}, less: highest_between, equal_rate: paid", "there is no difference to pay"),
    (INFINITY + "rates: {gold: 2%}, lower_rate: paid", "a lower rate is paid, and an equal one is not"),
    (INFINITY + "rates: {gold: 2%}, lower_rate: blocks", "skipped"),
]


@pytest.fixture
def loaded(tmp_path):
    def load(bonus):
        path = tmp_path / "plan.yaml"
        path.write_text(PLAN.replace("KIND", bonus))
        return cp.load_plan(path)

    return load


@pytest.mark.parametrize(("bonus", "message"), BAD, ids=[message[:40] for _, message in BAD])
def test_what_makes_no_sense_is_refused(loaded, bonus, message):
    with pytest.raises(cp.PlanError) as caught:
        loaded(bonus)
    assert message in str(caught.value)
    assert "hint:" in str(caught.value)


def test_descriptions_say_what_the_fields_say(loaded):
    text = loaded(
        DIFFERENTIAL + STEPS + ", start: self, at_least: [0%, 5%], total_limit: 12%, from_level: 2, levels: 6, "
        "pay_when: active, unpaid: hold, equal_rate: stops, whose_rate: lower, money_per_point: 0.8, stop_at: rank >= gold"
    ).describe()
    for words in (
        "the source and the members above have a rate: from 100 gv: 5%; from 500 gv: 10%.",
        "less the highest rate that is taken between",
        "is the last who is paid",
        "Those before level 2 take their rate, and are not paid.",
        "The last level is 6.",
        "Who has the same rate ends the walk",
        "gets at least 0%, 5% by level.",
        "All together get at most 12% of a volume.",
        "is kept for him, and paid in the first period",
        "One point of pv is worth 0.8.",
    ):
        assert words in text, words


def test_lines_need_legs_and_shares(tmp_path):
    path = tmp_path / "plan.yaml"
    text = PLAN.replace("KIND", DIFFERENTIAL + STEPS)
    for lines, message in (
        ("{lines: pv, shares: [0%]}", '"pv" has no legs'),
        ("{lines: gv, shares: [0%, 120%]}", "120% is no share of a volume"),
        ("{lines: gv, shares: 30%}", "shares is a list"),
        ("{rate_of: nothing}", '"nothing" is not a bonus'),
    ):
        path.write_text(text.replace("{member: lines, decimals: 0}", lines))
        with pytest.raises(cp.PlanError) as caught:
            cp.load_plan(path)
        assert message in str(caught.value)
