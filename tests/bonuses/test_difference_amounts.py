"""Differences of fixed amounts: the same as of rates on a volume of one for each source."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

import compplan as cp

PLAN = """\
compplan: 1
name: Amounts
currency: USD
period: monthly
rounding: {mode: half_up, at: AT}
trees: {sponsor: {parent: sponsor_id}}
volumes:
  pv: {sum: orders.pv}
  up: {compute: "1", where: pv > 0}
  down: {compute: "1", where: pv < 0}
  one: {compute: up - down, decimals: 0}
conditions: {paid: member.paid}
ranks: {given: member.rank, ladder: [none_yet, coach, director, executive]}
bonuses:
  fixed: {kind: KIND, of: pv, amounts: {coach: 12.50, director: 40, executive: 40}, pay_when: paid, WORDS}
  rated: {kind: KIND, of: one, money_per_point: 100, rates: {coach: 12.5%, director: 40%, executive: 40%}, pay_when: paid, WORDS}
"""
WORDS = {
    "differential": [
        "less: direct_leg",
        "unpaid: pass_up",
        "equal_rate: stops",
        "start: self, whose_rate: lower",
        "levels: 2",
    ],
    "infinity": ["equal_rate: stops", "lower_rate: paid, equal_rate: paid", "less: highest_between", "from_level: 2"],
}
CHOICES = [(kind, words) for kind, listed in WORDS.items() for words in listed]
RANKS = st.sampled_from(["none_yet", "coach", "director", "executive"])


@settings(max_examples=30, deadline=None)
@given(st.data(), st.sampled_from(CHOICES), st.sampled_from(["payment", "bonus"]))
def test_amounts_are_rates_on_one(data, choice, at):
    size = data.draw(st.integers(1, 9))
    above = [None, *(data.draw(st.none() | st.integers(0, i - 1)) for i in range(1, size))]
    members = [
        {"member_id": i, "sponsor_id": up, "rank": data.draw(RANKS), "paid": data.draw(st.booleans())}
        for i, up in enumerate(above)
    ]
    orders = [{"member_id": i, "date": "2026-10-02", "pv": data.draw(st.integers(-3, 9))} for i in range(size)]
    plan = PLAN.replace("KIND", choice[0]).replace("WORDS", choice[1]).replace("AT", at)
    run = cp.run(plan, members, orders, period="2026-10")
    for row in run.members.rows():
        assert row["pay:fixed"] == row["pay:rated"]
        why = [run.why(row["member_id"], bonus).rows.rows() for bonus in ("fixed", "rated")]
        assert [(r["source"], r["amount"], r["reason"]) for r in why[0]] == [
            (r["source"], r["amount"], r["reason"]) for r in why[1]
        ]
    fixed, rated = ({k: v.rstrip("0") for k, v in each.items() if k != "bonus"} for each in run.manifest["balances"])
    assert fixed == rated
    volumes = {row["member_id"]: row["pv"] for row in run.members.rows()}
    for row in run.ledger.rows():
        assert row["bonus"] != "fixed" or (row["base"] == volumes[row["source"]] and row["rate"] is None)
