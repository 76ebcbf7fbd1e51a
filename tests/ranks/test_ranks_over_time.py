"""Given, granted and held ranks in whole runs."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import compplan as cp
from compplan.plan.sections import HeldRank
from naive.history import held_ranks

HEAD = """
compplan: 1
name: ranks
currency: USD
period: monthly
rounding: {mode: half_up, at: payment}
trees: {enrollment: {parent: sponsor_id}}
volumes: {pv: {sum: orders.pv}}
"""
LADDER = "ladder: {one: [pv >= 1], two: [pv >= 2], three: [pv >= 3], four: [pv >= 4]}"
NAMES = [None, "one", "two", "three", "four"]
MONTHS = ["2026-10", "2026-11", "2026-12", "2027-01", "2027-02", "2027-03", "2027-04"]

rises = st.fixed_dictionaries({"rises_after": st.integers(1, 3)})
falls = st.fixed_dictionaries({"falls_after": st.integers(1, 3)}, optional={"falls_by": st.integers(1, 2)})
rules = st.builds(lambda up, down: up | down, rises, st.just({}) | falls)


@settings(max_examples=20, deadline=None)
@given(rules, rules, st.lists(st.integers(0, 4), min_size=7, max_size=7))
def test_title_and_held_rank_follow_their_rules(
    title: dict[str, Any], held: dict[str, Any], history: list[int]
) -> None:
    text = f"{HEAD}ranks: {{{LADDER}, title: {title}, held_rank: {held}, paid_as: held_rank}}".replace("'", "")
    plan, state, rows = cp.load_plan(text), None, []
    for month, rank in zip(MONTHS, history, strict=True):
        orders = [{"order_id": 1, "member_id": "ann", "date": f"{month}-01", "pv": rank}]
        run = cp.run(plan, [{"member_id": "ann", "sponsor_id": None}], orders, period=month, state=state)
        rows += run.members.rows()
        state = run.state
    assert [row["rank"] for row in rows] == [NAMES[rank] for rank in history]
    assert [row["title"] for row in rows] == [NAMES[rank] for rank in held_ranks(HeldRank(**title), history)]
    expected = [NAMES[rank] for rank in held_ranks(HeldRank(**held), history)]
    assert [row["held_rank"] for row in rows] == expected == [row["paid_as"] for row in rows]


def test_given_ranks_are_read_like_earned_ones() -> None:
    plan = cp.load_plan(
        HEAD + "counts: {legs: {count: rank >= two, among: legs}}\nranks: {given: member.rank, ladder: [one, two]}\n"
    )
    given = {"ann": "one", "ben": None, "cleo": "two", "dan": ""}
    above = {"ann": None, "ben": "ann", "cleo": "ben", "dan": "ann"}
    members = [{"member_id": who, "sponsor_id": above[who], "rank": rank} for who, rank in given.items()]
    run = cp.run(plan, members, [{"order_id": 1, "member_id": "ann", "date": "2026-10-01", "pv": 1}], period="2026-10")
    found = {row["member_id"]: row for row in run.members.rows()}
    assert {who: row["paid_as"] for who, row in found.items()} == {**given, "dan": None}
    assert {who: row["legs"] for who, row in found.items()} == {"ann": 1, "ben": 1, "cleo": 0, "dan": 0}
    assert run.state.rows()[0]["last_rank"] == "one"
    with pytest.raises(cp.UsageError, match=r"given by member\.rank"):
        run.next_rank("ann")
    members[1]["rank"] = "tow"
    with pytest.raises(cp.DataError, match="ranks that the plan does not have: tow"):
        cp.run(plan, members, [], period="2026-10")


def test_a_granted_rank_counts_for_the_members_above() -> None:
    ladder = "ladder: {one: [], two: [pv >= 2], three: [1 leg with two]}"
    plan = cp.load_plan(f"{HEAD}ranks: {{{ladder}, granted: member.least}}")
    members = [
        {"member_id": "ann", "sponsor_id": None, "least": None},
        {"member_id": "ben", "sponsor_id": "ann", "least": "two"},
        {"member_id": "cleo", "sponsor_id": "ben", "least": "one"},
    ]
    orders = [{"order_id": 1, "member_id": "cleo", "date": "2026-10-01", "pv": 1}]
    run = cp.run(plan, members, orders, period="2026-10")
    assert {row["member_id"]: row["rank"] for row in run.members.rows()} == {
        "ann": "three",
        "ben": "two",
        "cleo": "one",
    }


@pytest.mark.parametrize(
    ("ranks", "text"),
    [
        ("{given: member.rank, ladder: {one: [pv >= 1]}}", "the ranks are given"),
        ("{given: member.rank, ladder: [one], gaps: closed}", "gaps goes with requirements"),
        ("{given: rank, ladder: [one]}", "form"),
        ("{ladder: {one: []}, paid_as: held_rank}", "there is no held rank"),
        ("{ladder: {one: []}, held_rank: {falls_by: 1}}", "not said when it falls"),
        ("{ladder: {one: []}, held_rank: {falls_after: 4, falls_within: 3}}", "falls_within needs falls_after"),
        ("{ladder: {one: []}, held_rank: {falls_within: 3}}", "falls_within needs falls_after"),
        ("{ladder: {one: []}, legs_hold: held_rank}", "there is no held rank"),
        ("{ladder: {one: []}, held_rank: {rises_after: 2}, legs_hold: held_rank}", "that rise at once"),
    ],
)
def test_ranks_over_time_that_make_no_sense(ranks: str, text: str) -> None:
    with pytest.raises(cp.PlanError, match=text):
        cp.load_plan(f"{HEAD}ranks: {ranks}")


def test_a_held_rank_that_is_not_there() -> None:
    with pytest.raises(cp.PlanError, match=r"held_rank: \{falls_after: 3\}"):
        cp.load_plan(f"{HEAD}conditions: {{x: held_rank >= one}}\nranks: {{ladder: {{one: []}}}}")


@settings(max_examples=25, deadline=None)
@given(
    st.sampled_from(["title", "held_rank"]),
    st.fixed_dictionaries({"falls_after": st.integers(1, 3)}, optional={"falls_by": st.integers(1, 2)})
    | st.just({"falls_after": 2, "falls_within": 4}),
    st.lists(st.integers(0, 3), min_size=1, max_size=7),
)
def test_legs_hold_a_rank_that_falls(word: str, rule: dict[str, int], history: list[int]) -> None:
    """Ann is at the rank that Ben, her only leg, holds after the period: `top` is not his to reach."""
    ladder = "ladder: {one: [pv >= 1], two: [pv >= 2], three: [pv >= 3], seen1: [1 leg with one], "
    ladder += "seen2: [1 leg with two], seen3: [1 leg with three]}"
    fall = ", ".join(f"{name}: {value}" for name, value in rule.items())
    plan = cp.load_plan(f"{HEAD}ranks: {{{ladder}, {word}: {{{fall}}}, legs_hold: {word}}}")
    members, state = [{"member_id": "ann", "sponsor_id": None}, {"member_id": "ben", "sponsor_id": "ann"}], None
    held = held_ranks(HeldRank(**rule), history)
    for month, (earned, now) in enumerate(zip(history, held, strict=True), 1):
        orders = [{"order_id": 1, "member_id": "ben", "date": f"2026-{month:02}-05", "pv": earned}]
        run = cp.run(plan, members, orders, period=f"2026-{month:02}", state=state)
        ann, ben = run.members.rows()
        assert ben[word] == [None, "one", "two", "three"][now]
        assert ann["rank"] == [None, "seen1", "seen2", "seen3"][now]
        state = run.state
