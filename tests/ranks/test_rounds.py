"""Ranks in rounds on small fields: when there are rounds, what they keep, what they cannot find."""

from __future__ import annotations

import pytest

import compplan as cp

HEAD = """
compplan: 1
name: rounds
currency: USD
period: monthly
rounding: {mode: half_up, at: payment}
weeks: {belong: last_day}
trees: {placement: {parent: upline_id}, enrollment: {parent: sponsor_id}}
volumes:
  pv: {sum: orders.pv}
  weekly: {sum: orders.pv, over: week}
  paid: {pay_of: [levels]}
  paid_by_rank: {pay_of: [by_rank]}
  silver_volume: {roll_up: pv, where: rank >= silver, tree: enrollment, own: false}
  mixed: {compute: silver_volume + paid}
  rated: {rate_of: by_rank}
  cut: {roll_up: pv, stop_at: paid_as >= silver, tree: enrollment}
  average: {accumulate: silver_volume, periods: 3}
counts:
  good_weeks: {count: weekly >= 1 and rank >= silver, among: weeks}
  silvers: {count: rank >= silver, among: downline, tree: enrollment}
  titled: {count: title >= silver, among: frontline, tree: enrollment}
  holders: {count: held_rank >= silver, among: frontline, tree: enrollment}
  before: {count: last_rank >= silver, among: frontline, tree: enrollment}
  months: {count: silvers >= 1, among: periods, periods: 3}
conditions:
  active: pv >= 100
  leading: silvers >= 1
ranks:
  held_rank: {falls_after: 2}
  ladder:
    member: []
    silver: [active]
    gold: [GOLD]
    star: [pv >= 9999]
bonuses:
  levels: {kind: unilevel, of: pv, tree: enrollment, rates: 10%}
  by_rank: {kind: unilevel, of: pv, tree: enrollment, rates_by: rank, rates: {silver: 5%, gold: 10%}}
"""


def plan(gold, **words):
    text = HEAD.replace("GOLD", f'"{gold}"')
    for word, value in words.items():
        text = text.replace("  ladder:", f"  {word}: {value}\n  ladder:")
    return cp.load_plan(text)


def run(made, pv, *, sponsors=None, uplines=None, period="2026-10", **options):
    """Members are those with pv, in the order of their names."""
    members = [
        {"member_id": who, "upline_id": (uplines or {}).get(who), "sponsor_id": (sponsors or {}).get(who)} for who in pv
    ]
    orders = [{"member_id": who, "date": f"{period}-10", "pv": value} for who, value in pv.items()]
    return cp.run(made, members=members, orders=orders, period=period, **options)


def ranks(result):
    return dict(zip(*(result.members.to_arrow()[name].to_pylist() for name in ("member_id", "rank")), strict=True))


ANN_BEN = {"sponsors": {"ben": "ann"}}


FOUND = [
    "silvers >= 1",
    "leading",
    "silver_volume >= 100",
    "mixed >= 60",
    "months >= 1",
    "average >= 100",
    "titled >= 1",
    "holders >= 1",
]


@pytest.mark.parametrize("gold", FOUND)
def test_what_rounds_find(gold):
    """Ben is silver with 100; Ann, who enrolled him, is gold because he is; below Ben there is nobody."""
    made = plan(gold)
    result = run(made, {"ann": 50, "ben": 100}, **ANN_BEN)
    assert ranks(result) == {"ann": "gold", "ben": "silver"}
    assert result.manifest["rank_rounds"] == 3  # silver, gold, and no change
    assert "Ranks are found in rounds" in made.describe()


@pytest.mark.parametrize(
    ("gold", "expected"),
    [
        ("rank >= silver and silvers >= 1", ["gold", "silver"]),
        ("cut > 100 and rated > 0.04", ["silver", "silver"]),  # Ben's 100 are cut off, since he is silver
        ("cut >= 100 and rated > 0.04", ["gold", "gold"]),  # a silver is paid 5 %
        ("1 legs with leading or silvers >= 1, in the enrollment tree", ["silver", "silver"]),  # Ben leads nobody
    ],
)
def test_what_rounds_find_of_two_silvers(gold, expected):
    result = run(plan(gold), {"ann": 100, "ben": 100}, **ANN_BEN)
    assert list(ranks(result).values()) == expected


@pytest.mark.parametrize(
    "gold",
    ["active", "before >= 1", "paid >= 10", "2 legs with silver", "2 frontline with active, in the enrollment tree"],
)
def test_what_needs_no_rounds(gold):
    made = plan(gold)
    result = run(made, {"ann": 50, "ben": 100}, **ANN_BEN)
    assert "rank_rounds" not in result.manifest
    assert "rounds" not in made.describe().replace("name: rounds", "").split("\n", 1)[1]


@pytest.mark.parametrize(
    ("gold", "hint"),
    [
        ("paid_by_rank >= 10", "use accumulate with this_period: false"),
        ("1 legs with paid_by_rank >= 10", "use accumulate with this_period: false"),
        ("good_weeks >= 2", "measure it over the whole period"),
        ("2 frontline with good_weeks >= 2", "measure it over the whole period"),
    ],
)
def test_what_rounds_cannot_find_is_refused(gold, hint):
    with pytest.raises(cp.PlanError, match="depends on the ranks that it decides") as error:
        plan(gold)
    assert hint in str(error.value)


@pytest.mark.parametrize(
    ("gold", "hint"),
    [
        ("rank >= gold", "to keep it, ask for last_rank or the title"),
        ("rank == gold", "to keep it, ask for last_rank or the title"),
        ("rank >= star", "would lose it"),
        ("not rank >= gold", "would lose it"),
        ("rank < gold", "would lose it"),
        ("rank <= silver", "would lose it"),
        ("rank == silver", "would lose it"),
        ("not rank > member", "would lose it"),
        ("rank != gold", "would lose it"),
    ],
)
def test_a_rank_does_not_ask_for_itself(gold, hint):
    with pytest.raises(cp.PlanError, match="can never hold") as error:
        plan(gold)
    assert hint in str(error.value)


@pytest.mark.parametrize(
    "gold",
    [
        "rank >= silver",
        "rank > member",
        "not rank < silver",
        "rank != star",
        "rank <= star",
        "last_rank >= gold",
        "title >= gold",
    ],
)
def test_lower_ranks_can_be_asked_for(gold):
    plan(gold)


def test_rounds_are_at_least_two_and_go_with_requirements():
    with pytest.raises(cp.PlanError, match="rounds"):
        plan("active", rounds=1)
    given = HEAD.partition("volumes:")[0] + "ranks: {given: member.rank, rounds: 5, ladder: [a, b]}\n"
    with pytest.raises(cp.PlanError, match="rounds goes with requirements, but the ranks are given"):
        cp.load_plan(given)


def test_states_are_those_of_the_last_round():
    """Ann is gold as long as Ben is silver. Her held rank stays for one month more, and the title for ever."""
    made = plan("silvers >= 1")
    first = run(made, {"ann": 50, "ben": 100}, **ANN_BEN)
    second = run(made, {"ann": 50, "ben": 10}, **ANN_BEN, state=first.state, period="2026-11")
    assert ranks(second) == {"ann": "member", "ben": "member"}
    table = second.members.to_arrow().to_pydict()
    assert table["held_rank"] == ["gold", "silver"]
    assert table["title"] == ["gold", "silver"]
    third = run(made, {"ann": 50, "ben": 10}, **ANN_BEN, state=second.state, period="2026-12")
    assert third.members.to_arrow()["held_rank"].to_pylist() == ["member", "member"]


def test_titles_of_the_state_are_there_from_the_first_round():
    """Ben was silver once: his title makes Ann gold, although nobody is silver now."""
    made = plan("titled >= 1")
    first = run(made, {"ann": 50, "ben": 100}, **ANN_BEN)
    second = run(made, {"ann": 50, "ben": 0}, **ANN_BEN, state=first.state, period="2026-11")
    assert ranks(second) == {"ann": "gold", "ben": "member"}


def test_legs_hold_titles_in_another_tree_too():
    """Ben is no silver any more, but holds the title; it counts in the tree of the ranks and in the other."""
    for gold in (
        "1 frontline with silver, in the enrollment tree",
        "1 legs with silver, enrolled in the enrollment tree",
    ):
        made, trees = plan(gold, legs_hold="title"), {**ANN_BEN, "uplines": {"ben": "ann"}}
        first = run(made, {"ann": 50, "ben": 100}, **trees)
        second = run(made, {"ann": 50, "ben": 0}, **trees, state=first.state, period="2026-11")
        assert ranks(second) == {"ann": "gold", "ben": "member"}
        assert second.next_rank("ann", "gold").met


def test_granted_ranks_are_there_from_the_first_round():
    made = plan("silvers >= 1", granted="member.least")
    members = [
        {"member_id": "ann", "upline_id": None, "sponsor_id": None, "least": None},
        {"member_id": "ben", "upline_id": None, "sponsor_id": "ann", "least": "silver"},
    ]
    orders = [{"member_id": "ann", "date": "2026-10-05", "pv": 1}]
    result = cp.run(made, members=members, orders=orders, period="2026-10")
    assert ranks(result) == {"ann": "gold", "ben": "silver"}
    assert result.manifest["rank_rounds"] == 2


def test_the_last_rank_is_known_before_ranks_are():
    made = plan("1 frontline with paid_as >= silver, in the enrollment tree", paid_as="last_rank")
    first = run(made, {"ann": 50, "ben": 100}, **ANN_BEN)
    assert ranks(first) == {"ann": "member", "ben": "silver"}
    assert "rank_rounds" not in first.manifest
    second = run(made, {"ann": 50, "ben": 0}, **ANN_BEN, state=first.state, period="2026-11")
    assert ranks(second) == {"ann": "gold", "ben": "member"}


def test_who_is_nearest_in_the_other_tree():
    """Ann enrolled Ben and Cleo, who lack 60 and 1 for silver; in the placement tree she has nobody."""
    result = run(
        plan("2 frontline with silver, in the enrollment tree"),
        {"ann": 0, "ben": 40, "cleo": 99},
        sponsors={"ben": "ann", "cleo": "ann"},
    )
    (requirement,) = result.next_rank("ann", "gold").requirements
    assert (requirement.measured, requirement.needed, requirement.unit) == (0, 2, "members")
    found = {near.member: near.missing[0].gap for near in requirement.nearest}
    assert found == {"ben": 60, "cleo": 1}


def test_only_own_people_are_nearest_in_legs_of_own_people():
    """Ann enrolled Ben, who stands in Dan's leg; Dan is nearer to silver, but somebody else's."""
    made = plan("2 legs with silver, enrolled in the enrollment tree")
    pv, uplines = {"ann": 0, "ben": 30, "dan": 99}, {"dan": "ann", "ben": "dan"}
    (requirement,) = run(made, pv, uplines=uplines, **ANN_BEN).next_rank("ann", "gold").requirements
    assert [(near.leg, near.member, near.missing[0].gap) for near in requirement.nearest] == [("dan", "ben", 70)]


def test_ranks_that_come_and_go_are_an_error():
    """Ann is gold in the first round, Ben, who enrolled her, too in the second; then he takes it from her, and loses it."""
    gold = '{any: ["1 frontline with gold, in the enrollment tree", lonely]}'
    text = HEAD.replace("GOLD", gold).replace("conditions:", "conditions:\n  lonely: pv >= 1 and golds < 1")
    text = text.replace("counts:", "counts:\n  golds: {count: rank >= gold, among: frontline}")
    with pytest.raises(cp.RanksError) as error:
        run(cp.load_plan(text), {"ann": 1, "ben": 0}, uplines={"ben": "ann"}, sponsors={"ann": "ben"})
    (problem,) = error.value.problems
    assert problem.code == "ranks-unsettled"
    assert problem.place.ids == ("ann", "ben")
    assert "ann between member and gold; ben between member and gold" in problem.message
    assert '"1 frontline with gold, in the enrollment tree" of gold' in problem.hint
    assert "golds < 1" in problem.hint


def test_numbers_of_weeks_beside_rounds():
    """Ann's best week has 3 of 6; what is known when all weeks are over is known before ranks, and weeks are paid after."""
    text = HEAD.replace("GOLD", '"silvers >= 1 and best >= 0.5"').replace(
        "counts:",
        """  total: {over_parts: weekly, take: sum}
  share: {compute: "weekly / max(total, 1)", decimals: 2}
  best: {over_parts: share, take: largest}
counts:""",
    )
    text += (
        "  by_week: {kind: unilevel, of: weekly, tree: enrollment, rates_by: rank, rates: {silver: 5%, gold: 10%}}\n"
    )
    members = [
        {"member_id": "ann", "upline_id": None, "sponsor_id": None},
        {"member_id": "ben", "upline_id": None, "sponsor_id": "ann"},
    ]
    orders = [
        {"member_id": who, "date": f"2026-10-{day}", "pv": pv}
        for who, pv in (("ann", 3), ("ben", 50))
        for day in ("07", "14")
    ]
    result = cp.run(cp.load_plan(text), members=members, orders=orders, period="2026-10")
    assert ranks(result) == {"ann": "gold", "ben": "silver"}
    assert result.members.to_arrow()["pay:by_week"].to_pylist() == [10, 0]  # 10 % of 50 in each of two weeks


def test_the_hint_names_only_what_ranks_at_stake_ask_of_ranks():
    """As in the test above, where volume outside of his leg is what Ben takes from Ann; stars are not at stake."""
    gold = '{any: ["gv >= 1, outside legs with gold", "1 frontline with gold, in the enrollment tree"]}'
    text = HEAD.replace("GOLD", gold).replace(
        "star: [pv >= 9999]", 'star: ["9 frontline with gold, in the enrollment tree"]'
    )
    text = text.replace("counts:", "  gv: {roll_up: pv, own: false}\ncounts:")
    with pytest.raises(cp.RanksError) as error:
        run(cp.load_plan(text), {"ann": 0, "ben": 1}, uplines={"ben": "ann"}, sponsors={"ann": "ben"})
    (problem,) = error.value.problems
    assert problem.hint.partition("look at ")[2] == (
        '"gv >= 1, outside legs with gold" of gold; "1 frontline with gold, in the enrollment tree" of gold'
    )
