"""A cap by a quantity: what is measured for less than the span of the cap is refused."""

from __future__ import annotations

import pytest
from plan_texts import HEAD, expect, plan

WEEKS = HEAD + "weeks: {belong: last_day}\n"
VOLUMES = """
wv: {sum: orders.qv, over: week}
dv: {sum: orders.qv, over: day}
most: {compute: 0.1 * wv}
best: {over_parts: wv, take: largest}
twice: {compute: "2 * pv"}
given: {member: most}
month: {accumulate: pv, periods: month}
week_to_date: {accumulate: most, periods: month}
year: {accumulate: pv, periods: year}
last: {accumulate: pv, periods: last_year}
ever: {accumulate: pv, periods: all}
rolling: {accumulate: pv, periods: 12}
half: {compute: year / 2, decimals: 2}
either: {compute: "min(ten, year)"}
ten: {compute: 10 * pv}
total: {total: pv}
paid: {pay_of: other}
share: {compute: 5 * paid}
fixed: {compute: "100"}
"""
OTHER = "other: {kind: retail, of: pv, rates: 1%}\n"


def bonus(of, cap, per):
    return OTHER + f"own: {{kind: retail, of: {of}, rates: 5%, cap: {cap}, cap_per: {per}}}"


@pytest.mark.parametrize(
    ("of", "cap", "span", "per", "hint"),
    [
        ("wv", "most", "week", "month", "take {accumulate: most, periods: month}, or write cap_per: week"),
        ("wv", "wv", "week", "quarter", "take {accumulate: wv, periods: quarter}, or write cap_per: week"),
        ("dv", "dv", "day", "week", "leave cap_per out"),
        ("dv", "dv", "day", "year", "take {accumulate: dv, periods: year}, or leave cap_per out"),
        ("pv", "pv", "month", "quarter", "take {accumulate: pv, periods: quarter}, or write cap_per: month"),
        ("pv", "twice", "month", "year", "take {accumulate: twice, periods: year}, or write cap_per: month"),
        ("pv", "gv", "month", "year", "take {accumulate: gv, periods: year}, or write cap_per: month"),
        ("pv", "best", "month", "year", "take {accumulate: best, periods: year}, or write cap_per: month"),
        ("pv", "total", "month", "year", "take {accumulate: total, periods: year}, or write cap_per: month"),
        ("pv", "share", "month", "year", "take {accumulate: share, periods: year}, or write cap_per: month"),
        ("pv", "month", "month", "year", "accumulate with periods: year, or write cap_per: month"),
    ],
)
def test_a_quantity_of_less_is_no_cap_of_the_span(of, cap, span, per, hint):
    said = f'"{cap}" is of a {span}, and would be the cap of a whole {per}'
    text = bonus(of, cap, per).replace(f"cap: {cap}", f"cap: ▸{cap}")
    expect((said, hint), head=WEEKS, volumes=VOLUMES, bonuses=text)


@pytest.mark.parametrize(
    ("of", "cap", "per"),
    [
        ("wv", "most", "week"),
        ("wv", "most", "period"),
        ("wv", "week_to_date", "month"),
        ("wv", "twice", "month"),
        ("pv", "best", "month"),
        ("pv", "twice", "month"),
        ("pv", "twice", "period"),
        ("pv", "year", "year"),
        ("pv", "year", "quarter"),
        ("pv", "half", "year"),
        ("pv", "either", "year"),
        ("pv", "last", "year"),
        ("pv", "ever", "year"),
        ("pv", "rolling", "year"),
        ("pv", "given", "year"),
        ("pv", "fixed", "year"),
    ],
)
def test_a_quantity_of_the_span_or_of_no_known_one_is_a_cap(of, cap, per):
    assert plan(head=WEEKS, volumes=VOLUMES, bonuses=bonus(of, cap, per)).model.bonuses["own"].cap == cap


def test_the_period_of_the_plan_counts():
    said = ('"pv" is of a week, and would be the cap of a whole month',)
    hint = "take {accumulate: pv, periods: month}, or write cap_per: week"
    weekly = HEAD.replace("monthly", "weekly")
    expect((*said, hint), head=weekly, bonuses=bonus("pv", "▸pv", "month"))
    plan(head=HEAD.replace("monthly", "yearly"), bonuses=bonus("pv", "pv", "year"))


def test_a_cap_for_life_needs_a_quantity_of_all_time():
    said = '"year" is of a year, and would be the cap of all time'
    expect(
        (said, "accumulate with periods: all, or write cap_per: year"),
        volumes="year: {accumulate: pv, periods: year}",
        bonuses=bonus("pv", "▸year", "all"),
    )
    plan(volumes="ever: {accumulate: pv, periods: all}", bonuses=bonus("pv", "ever", "all"))


def test_a_limit_for_life_needs_a_quantity_of_all_time():
    ever = "ever: {accumulate: pv, periods: all}"
    said = '"pv" is of a month, and would be the limit of all time'
    hint = "take {accumulate: pv, periods: all}, or write over: month"
    limits = "limits:\n  out: {bonuses: [other], per: member, of: OF, rates: 300%, over: all}"
    expect((said, hint), volumes=ever, bonuses=OTHER, rest=limits.replace("OF", "▸pv"))
    plan(volumes=ever, bonuses=OTHER, rest=limits.replace("OF", "ever"))


@pytest.mark.parametrize(
    ("words", "said", "hint"),
    [
        ("kind: retail, of: pv, rates: 5%, cap_rest: ▸later", "there is no cap", "add a cap, or leave cap_rest out"),
        (
            "kind: retail, of: pv, rates: 5%, cap: 5, true_up: month, cap_rest: ▸later",
            "cap_rest: later does not go with true_up",
            "leave out it or true_up",
        ),
    ],
)
def test_what_waits_needs_a_cap_of_what_is_paid_once(words, said, hint):
    expect((said, hint), bonuses=f"own: {{{words}}}")
