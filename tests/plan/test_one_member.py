"""What speaks of one member alone knows no `earner.` and no `source.`, wherever a plan has a condition or computation."""

from __future__ import annotations

import pytest
from plan_texts import expect, plan_text

import compplan as cp
from outputs import column_of

CONDITION = "it is a condition on one member"
COMPUTATION = "it is a computation on one member"


def said(who, hint=CONDITION):
    return f'"{who}." has no meaning here', hint


@pytest.mark.parametrize("who", ["earner", "source"])
@pytest.mark.parametrize(
    "written",
    [
        "▸pv >= {who}.pv",
        "▸rank < {who}.rank and active",
        "▸{who}.active",
        "▸not {who}.active",
        "▸active or {who}.member.country in [US, CA]",
        "▸member.country == {who}.member.country",
        "▸pv >= min({who}.pv, 100)",
        "▸{{condition: pv >= {who}.pv}}",
        "▸2 legs with rank >= {who}.rank",
        "▸1 leg with {who}.silver",
        "▸1 leg with silver and pv >= {who}.pv, 2 legs with silver and active",
        "▸2 legs with {who}.active, in the placement tree",
        "▸2 legs with {who}.active, in the placement tree, enrolled in the enrollment tree",
        "▸2 frontline with pv >= {who}.pv",
        "▸3 downline with {who}.active",
        "▸{{count: 3, among: downline, holds: pv >= {who}.pv}}",
        "{{legs: [▸{{count: 2, holds: '{who}.active'}}]}}",
        "{{any: [active, ▸pv >= {who}.pv]}}",
        "{{any: [active, {{all: [gv >= 100, ▸2 frontline with pv >= {who}.pv]}}]}}",
    ],
)
def test_requirements_are_of_one_member(written, who):
    text = written.format(who=who)
    listed = text if "{" in text else f'▸"{text.lstrip("▸")}"'
    expect(said(who), ladder=f"member: []\nsilver: []\ngold:\n  - {listed}")


@pytest.mark.parametrize("who", ["earner", "source"])
@pytest.mark.parametrize("written", ["{who}.pv * 2", "pv + {who}.gv", "min(pv, {who}.pv)", "max(1, 2 * {who}.pv) - pv"])
def test_computations_are_of_one_member(written, who):
    text = written.format(who=who)
    expect(said(who, COMPUTATION), volumes=f'x: {{compute: ▸"{text}"}}')
    expect(said(who, COMPUTATION), volumes=f'x: {{compute: ▸"{text} / 3", decimals: 2}}')


@pytest.mark.parametrize("who", ["earner", "source"])
@pytest.mark.parametrize(
    "section",
    [
        {"conditions": "x: ▸pv >= {who}.pv"},
        {"counts": "x: {{count: ▸pv >= {who}.pv, among: legs}}"},
        {"counts": "x: {{count: active, among: downline, levels: 2, compress: ▸pv >= {who}.pv}}"},
        {"volumes": "x: {{roll_up: pv, where: ▸pv >= {who}.pv}}"},
        {"volumes": "x: {{roll_up: pv, stop_at: ▸{who}.active}}"},
        {"volumes": "x: {{roll_up: pv, levels: 2, compress: ▸{who}.active}}"},
        {"volumes": "x: {{compute: pv, where: ▸{who}.active}}"},
        {"volumes": "x: {{accumulate: pv, periods: 3, used_when: ▸{who}.active}}"},
        {"volumes": "x: {{move_up: pv, where: ▸{who}.active}}"},
        {"bonuses": "x: {{kind: retail, of: pv, rates: 5%, pay_when: ▸pv >= {who}.pv}}"},
        {"bonuses": "x: {{kind: tier, by: pv, amounts: {{0: 5}}, pay_when: ▸pv >= {who}.pv}}"},
        {"bonuses": "x: {{kind: unilevel, of: pv, rates: 5%, where: ▸pv >= {who}.pv}}"},
        {"bonuses": "x: {{kind: unilevel, of: pv, rates: 5%, stop_at: ▸pv >= {who}.pv}}"},
        {"bonuses": "x: {{kind: unilevel, of: pv, rates: 5%, compress: ▸pv >= {who}.pv}}"},
        {"rest": "payout: {{pay_when: ▸pv >= {who}.pv}}\n"},
        {"rest": "payout: {{deductions: {{tax: {{rates: 5%, when: ▸{who}.active}}}}}}\n"},
        {"ranks": "members: ▸pv >= {who}.pv", "ladder": "member: []"},
    ],
)
def test_conditions_are_of_one_member(section, who):
    expect(said(who), **{name: text.format(who=who) for name, text in section.items()})


@pytest.mark.parametrize(
    ("bonus", "who", "known"),
    [
        ("kind: unilevel, of: pv, rates: 5%, pay_when: ▸pv >= earner.pv", "earner", "source"),
        ("kind: generation, of: pv, rates: 5%, boundary: ▸pv >= source.pv", "source", "earner"),
    ],
)
def test_conditions_on_two_members_know_one_of_them(bonus, who, known):
    expect(said(who, f"here the other member is called {known}"), bonuses=f"x: {{{bonus}}}")


@pytest.mark.parametrize(
    ("bonus", "word", "who"),
    [
        ("kind: unilevel, of: pv, rates: 5%, pay_when: ▸rank >= source.silver", "silver", "source"),
        ("kind: unilevel, of: pv, rates: 5%, pay_when: ▸pv > source.days_in_period", "days_in_period", "source"),
        ("kind: generation, of: pv, rates: 5%, boundary: ▸rank >= earner.silver", "silver", "earner"),
        ("kind: generation, of: pv, rates: 5%, boundary: ▸earner.days_in_period > pv", "days_in_period", "earner"),
    ],
)
def test_what_is_the_same_for_all_is_nobodys_own(bonus, word, who):
    problem = (f'"{word}" is the same for every member', f"write {word} without {who}.")
    expect(problem, ladder="member: []\nsilver: [active]", bonuses=f"x: {{{bonus}}}")


@pytest.mark.parametrize(
    ("pay_when", "paid"),
    [
        ("source.member.country == 'US'", {"ann": 5, "bob": 0}),
        ("'US' == source.member.country", {"ann": 5, "bob": 0}),
        ("source.member.country != 'US'", {"ann": 10, "bob": 10}),
        ("not source.member.country == 'US'", {"ann": 10, "bob": 10}),
        ("source.member.country == 'US' or source.pv >= 200", {"ann": 15, "bob": 10}),
        ("pv >= 200 and source.member.country == 'CA' or source.member.country == 'US'", {"ann": 5, "bob": 0}),
        ("member.country == 'US' and source.member.country == 'CA'", {"ann": 0, "bob": 10}),
    ],
)
def test_a_text_of_the_source_is_compared_with_a_constant(pay_when, paid):
    """ann (CA, 100) over bob (US, 100) over cy (CA, 200): 5 % of bob's 100 is 5, of cy's 200 it is 10."""
    text = plan_text(
        bonuses=f'x: {{kind: unilevel, of: pv, rates: [5%, 5%], tree: enrollment, pay_when: "{pay_when}"}}'
    )
    chain = [("ann", None, "CA", 100), ("bob", "ann", "US", 100), ("cy", "bob", "CA", 200)]
    people = [{"member_id": m, "sponsor_id": s, "placement_id": s, "country": c} for m, s, c, _ in chain]
    orders = [{"member_id": m, "date": "2026-10-05", "qv": qv} for m, _, _, qv in chain]
    found = cp.run(cp.load_plan(text), people, orders, period="2026-10")
    assert column_of(found, "pay:x") == {**paid, "cy": 0}
