"""The kind `leadership` and the volume `from_groups`: what does not fit, words, and pay."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from plan_texts import expect, plan

import compplan as cp
from tests.naive import leadership as naive
from tests.volumes.forests import depths, parents_of

LADDER = "member: []\nsilver: [active]"
HEAD = "l:\n  kind: leadership\n  of: pv\n"


@pytest.mark.parametrize(
    ("fields", "message", "hint"),
    [
        ("groups: ▸pv\n  rates: 4%", '"pv" is not a condition', "compare it, for example with >="),
        ("groups: active\n  ▸rates: [4%, 2%]", "only the next above is paid", "give one rate, or use kind: generation"),
        ("groups: active\n  rates: 4%\n  guarantee: ▸0.001", "0.001 has more digits than pv", "write fewer digits"),
        (
            "groups: active\n  rates: 4%\n  guarantee_by: ▸pv",
            "there is no guarantee",
            "add a guarantee, or leave guarantee_by out",
        ),
        ("groups: active\n  rates: 4%\n  guarantee: ▸pw", '"pw" is not a quantity', "known: pv, gv"),
        (
            "groups: active\n  rates: 4%\n  guarantee: pv\n  guarantee_by: ▸pv",
            "the guarantee is a quantity, and has no keys",
            "leave guarantee_by out, or give amounts",
        ),
        ("groups: active\n  rates: 4%\n  guarantee: {▸gold: 5}", '"gold" is not a rank', "known: member, silver"),
    ],
)
def test_what_does_not_fit(fields, message, hint):
    expect((message, hint), ladder=LADDER, bonuses=f"{HEAD}  {fields}\n")


def test_it_is_described():
    fields = "groups: rank >= silver\n  rates: 4%\n  guarantee: {silver: 10000}\n  pay_when: pv >= 4000\n"
    text = " ".join(plan(ladder=LADDER, bonuses=f"{HEAD}  {fields}").describe().split())
    assert "Of pv of each member with rank >= silver, 4% goes up." in text
    assert "A leader guarantees the next above at least the share of as silver: 10,000 pv." in text


PLAN = """\
compplan: 1
name: leadership
currency: USD
period: monthly
rounding: {mode: half_up, at: %s}
trees: {sponsor: {parent: sponsor_id}}
volumes:
  pv: {sum: orders.pv}
  from_below: {from_groups: pv, groups: member.leads, guarantee: 50, keeps: member.keeps}
bonuses:
  l: {kind: leadership, of: pv, groups: member.leads, rates: 4%%, guarantee: 50, pay_when: member.keeps}
"""


@pytest.mark.kernels
@settings(deadline=None, max_examples=25)
@given(depths(10).filter(bool), st.data(), st.sampled_from(["payment", "bonus"]))
def test_a_run_is_the_naive_flow(shape, data, at):
    parents, n = parents_of(shape), len(shape)
    volumes = data.draw(st.lists(st.sampled_from([0, 10, 49.5, 50, 120, -30, 33.33]), min_size=n, max_size=n))
    flags = st.lists(st.booleans(), min_size=n, max_size=n)
    leads, keeps = data.draw(flags), data.draw(flags)
    members = [
        {
            "member_id": i + 1,
            "sponsor_id": None if parents[i] < 0 else parents[i] + 1,
            "leads": leads[i],
            "keeps": keeps[i],
        }
        for i in range(n)
    ]
    orders = [{"order_id": i, "member_id": i + 1, "date": "2026-10-05", "pv": str(pv)} for i, pv in enumerate(volumes)]
    run = cp.run(cp.load_plan(PLAN % at), members, orders, period="2026-10")
    exact = [
        max(Fraction(str(pv)), Fraction(0)) if lead else Fraction(0) for pv, lead in zip(volumes, leads, strict=True)
    ]
    owed = [Fraction(50) if lead else Fraction(0) for lead in leads]
    kept = naive.flow(parents, exact, owed, keeps)[0][2]
    rows = {row["member_id"]: row for row in run.members.rows()}
    assert [Fraction(rows[i + 1]["from_below"]) for i in range(n)] == kept
    unit = 100 if at == "payment" else 10**4
    made = [int(value * 4 / 100 * unit + Fraction(1, 2)) for value in exact]
    money = naive.flow(parents, made, [int(value * 4 / 100 * unit) for value in owed], keeps)[0][2]
    if at == "payment":
        assert [Fraction(rows[i + 1]["pay:l"]) * 100 for i in range(n)] == money
    for i in range(n):
        why = run.why(i + 1, "l")
        assert why.total == sum(row["amount"] for row in why.rows.rows()) + sum(why.adjustments.values())
