"""The requirement table: the rows of every form of requirement, and their bounds."""

from __future__ import annotations

from fractions import Fraction

import pytest

from compplan.errors import PlanError
from compplan.plan.load import load_plan
from compplan.ranks.in_rounds import rows_in_rounds
from compplan.ranks.table import INFINITE, MAX_ROUTES, STATIC

HEAD = """
compplan: 1
name: Test
currency: USD
period: monthly
rounding: {mode: half_up, at: payment}
trees: {enrollment: {parent: sponsor_id}, placement: {parent: placement_id}}
volumes:
  pv: {sum: orders.qv}
  gv: {roll_up: pv}
  below: {roll_up: pv, own: false}
  placed: {roll_up: pv, tree: placement}
  group: {roll_up: pv, stop_at: rank >= silver}
  named_group: {roll_up: pv, stop_at: broken, own: false}
  side: {roll_up: pv, outside_legs_with: rank >= silver}
counts:
  front: {count: active, among: frontline}
conditions:
  active: pv >= 100
  solid: active and gv >= 500
  either: active or gv >= 500
  broken: breaks
  breaks: rank >= silver
"""


def load(*requirements, floor="[]", ranks="", head=HEAD):
    """A plan with the ranks member, bronze, silver, gold; the requirements are gold's."""
    items = "".join(f"\n      - {requirement}" for requirement in requirements)
    ladder = f"    member: {floor}\n    bronze: [pv >= 50]\n    silver: [pv >= 60]\n    gold:{items}\n"
    return load_plan(f"{head}ranks:\n{ranks}  ladder:\n{ladder}")


def rows(*requirements, **options):
    """What the rows of gold say: (code, measure, name, low, high), with whatever else is set."""
    return [brief(row) for row in load(*requirements, **options).requirements.rows if row.rank == 4]


def brief(row):
    usual = {
        "scale": 0,
        "among": "",
        "holds": 0,
        "also": "",
        "cap": 0,
        "own": "full",
        "share": 0,
        "unit": "volume",
    }
    more = {name: getattr(row, name) for name in usual if getattr(row, name) != usual[name]}
    high = None if row.high == INFINITE else row.high
    return row.code, row.measure, row.name, row.low, high, more


QUANTITY = {"scale": 2}
FLAG = {"unit": "flag"}


@pytest.mark.parametrize(
    ("requirement", "expected"),
    [
        ("pv >= 100", [("pv", "quantity", "pv", 10_000, None, QUANTITY)]),
        ("pv > 100", [("pv", "quantity", "pv", 10_001, None, QUANTITY)]),
        ("pv > 0.001", [("pv", "quantity", "pv", 1, None, QUANTITY)]),
        ("pv >= 0.001", [("pv", "quantity", "pv", 1, None, QUANTITY)]),
        ("pv <= 99.999", [("pv", "quantity", "pv", -INFINITE, 9_999, QUANTITY)]),
        ("pv < 100", [("pv", "quantity", "pv", -INFINITE, 9_999, QUANTITY)]),
        ("pv == 100", [("pv", "quantity", "pv", 10_000, 10_000, QUANTITY)]),
        ("100 <= pv", [("pv", "quantity", "pv", 10_000, None, QUANTITY)]),
        (
            "100 <= pv < 200",
            [("pv", "quantity", "pv", 10_000, None, QUANTITY), ("pv", "quantity", "pv", -INFINITE, 19_999, QUANTITY)],
        ),
        ("front >= 3", [("front", "quantity", "front", 3, None, {"unit": "members"})]),
        ("pv <= 99999999999999999999999", [("pv", "quantity", "pv", -INFINITE, None, QUANTITY)]),
        ("pv >= -99999999999999999999999", [("pv", "quantity", "pv", -INFINITE, None, QUANTITY)]),
        ("pv != 100", [("pv != 100", "flag", "pv != 100", 1, None, FLAG)]),
        ("pv >= front", [("pv >= front", "flag", "pv >= front", 1, None, FLAG)]),
        ("'min(pv, 1000) >= 500'", [("min(pv, 1000) >= 500", "flag", "min(pv, 1000) >= 500", 1, None, FLAG)]),
        (
            "pv >= 1000 or gv >= 5000",
            [("pv >= 1000 or gv >= 5000", "flag", "pv >= 1000 or gv >= 5000", 1, None, FLAG)],
        ),
        ("member.vip", [("member.vip", "flag", "member.vip", 1, None, FLAG)]),
        (
            "'member.country in (\"US\", \"CA\")'",
            [('member.country in ["US", "CA"]', "flag", 'member.country in ["US", "CA"]', 1, None, FLAG)],
        ),
        ("last_rank >= bronze", [("last_rank >= bronze", "flag", "last_rank >= bronze", 1, None, FLAG)]),
        ("active", [("active.pv", "quantity", "pv", 10_000, None, QUANTITY)]),
        ("either", [("either", "flag", "active or gv >= 500", 1, None, FLAG)]),
        (
            "solid and pv < 900",
            [
                ("active.pv", "quantity", "pv", 10_000, None, QUANTITY),
                ("solid.gv", "quantity", "gv", 50_000, None, QUANTITY),
                ("pv", "quantity", "pv", -INFINITE, 89_999, QUANTITY),
            ],
        ),
    ],
)  # fmt: skip
def test_conditions(requirement, expected):
    assert rows(requirement) == expected


@pytest.mark.parametrize(
    ("requirement", "expected"),
    [
        ("{volume: gv, at_least: 100}", ("gv", "quantity", "gv", 10_000, None, QUANTITY)),
        (
            "gv >= 2000, at most 50% from one leg",
            ("gv.leg_cap", "capped", "gv", 200_000, None, {"scale": 2, "cap": 100_000}),
        ),
        (
            "gv >= 2000, at most 900.50 from one leg",
            ("gv.leg_cap", "capped", "gv", 200_000, None, {"scale": 2, "cap": 90_050}),
        ),
        (
            "gv >= 2000, at most 50% from one leg or own volume",
            ("gv.leg_cap", "capped", "gv", 200_000, None, {"scale": 2, "cap": 100_000, "own": "capped"}),
        ),
        (
            "below >= 2000, at most 50% from one leg",
            ("below.leg_cap", "capped", "below", 200_000, None, {"scale": 2, "cap": 100_000, "own": "none"}),
        ),
        (
            "below >= 2000, at most 50% from one leg or own volume",
            ("below.leg_cap", "capped", "below", 200_000, None, {"scale": 2, "cap": 100_000, "own": "none"}),
        ),
        (
            "gv >= 2000, at most 99999999999999999999999 from one leg",
            ("gv.leg_cap", "capped", "gv", 200_000, None, {"scale": 2, "cap": INFINITE}),
        ),
        (
            "gv >= 2000, at most 40% of the total from one leg",
            ("gv.leg_cap", "capped_total", "gv", 200_000, None, {"scale": 2, "share": Fraction(2, 5)}),
        ),
        (
            "placed >= 2000, at most 40% of the total from one leg",
            (
                "placed.leg_cap",
                "capped_total",
                "placed",
                200_000,
                None,
                {"scale": 2, "share": Fraction(2, 5)},
            ),
        ),
        (
            "gv >= 1000, outside legs with silver",
            ("gv.outside", "outside", "gv", 100_000, None, {"scale": 2, "holds": 3}),
        ),
        ("side >= 300", ("side", "outside", "side", 30_000, None, {"scale": 2, "holds": 3})),
        ("group >= 300", ("group", "breakaway", "group", 30_000, None, {"scale": 2, "holds": 3})),
        ("300 <= group", ("group", "breakaway", "group", 30_000, None, {"scale": 2, "holds": 3})),
        (
            "named_group >= 300",
            (
                "named_group",
                "breakaway",
                "named_group",
                30_000,
                None,
                {"scale": 2, "holds": 3, "own": "none"},
            ),
        ),
    ],
)
def test_volumes_with_legs(requirement, expected):
    assert rows(f'"{requirement}"' if "," in requirement and "{" not in requirement else requirement) == [expected]


LEGS = {"unit": "legs"}
MEMBERS = {"unit": "members"}


@pytest.mark.parametrize(
    ("requirement", "expected"),
    [
        ("3 legs with active", [("legs.active", "count", "active", 3, None, {"among": "legs", **LEGS})]),
        ("3 legs with pv >= 1000", [("legs.pv >= 1000", "count", "pv >= 1000", 3, None, {"among": "legs", **LEGS})]),
        (
            "'3 legs with member.country in (\"US\", \"CA\")'",
            [('legs.member.country in ["US", "CA"]', "count", 'member.country in ["US", "CA"]', 3, None, {"among": "legs", **LEGS})],
        ),
        ("2 legs with silver", [("legs.silver", "legs", "legs.silver", 2, None, {"holds": 3, **LEGS})]),
        (
            "2 legs with silver and active",
            [("legs.silver and active", "legs", "legs.silver and active", 2, None, {"holds": 3, "also": "active", **LEGS})],
        ),
        (
            "2 legs with active and silver and member.vip",
            [("legs.silver and active and member.vip", "legs", "legs.silver and active and member.vip", 2, None,
              {"holds": 3, "also": "active and member.vip", **LEGS})],
        ),
        (  # distinct legs: the second row counts the first leg too
            "1 leg with silver, 2 legs with bronze",
            [
                ("legs.silver", "legs", "legs.silver", 1, None, {"holds": 3, **LEGS}),
                ("legs.bronze", "legs", "legs.bronze", 3, None, {"holds": 2, **LEGS}),
            ],
        ),
        (
            "2 legs with bronze, 1 leg with gold, 1 leg with gold",
            [
                ("legs.gold", "legs", "legs.gold", 2, None, {"holds": 4, **LEGS}),
                ("legs.bronze", "legs", "legs.bronze", 4, None, {"holds": 2, **LEGS}),
            ],
        ),
        (
            "2 legs with active, 1 leg with active",
            [("legs.active", "count", "active", 3, None, {"among": "legs", **LEGS})],
        ),
        (
            "4 frontline with silver",
            [("frontline.silver", "frontline", "frontline.silver", 4, None, {"holds": 3, **MEMBERS})],
        ),
        (
            "4 frontline with pv >= 5",
            [("frontline.pv >= 5", "count", "pv >= 5", 4, None, {"among": "frontline", **MEMBERS})],
        ),
        (
            "10 downline with silver and active",
            [("downline.silver and active", "downline", "downline.silver and active", 10, None, {"holds": 3, "also": "active", **MEMBERS})],
        ),
        # the floor is everybody who can hold ranks, known before the rank pass
        ("2 legs with member", [("legs.member", "count", "is_distributor", 2, None, {"among": "legs", **LEGS})]),
        (
            "4 frontline with member and active",
            [("frontline.member and active", "count", "(is_distributor) and (active)", 4, None, {"among": "frontline", **MEMBERS})],
        ),
        (
            "1 leg with silver, 2 legs with member",
            [
                ("legs.silver", "legs", "legs.silver", 1, None, {"holds": 3, **LEGS}),
                ("legs.member", "count", "is_distributor", 3, None, {"among": "legs", **LEGS}),
            ],
        ),
    ],
)  # fmt: skip
def test_legs_and_members(requirement, expected):
    found = rows(f'"{requirement}"' if "," in requirement and "'" not in requirement else requirement)
    assert [row[:2] + row[3:] if row[1] in {"legs", "frontline", "downline"} else row for row in found] == [
        row[:2] + row[3:] if row[1] in {"legs", "frontline", "downline"} else row for row in expected
    ]


def test_the_text_of_distinct_legs_says_or_higher():
    found = load('"1 leg with silver, 2 legs with bronze"').requirements.of(4)[0]
    assert [row.text for row in found] == ["1 leg with silver or higher", "3 legs with bronze or higher"]
    found = load('"1 leg with gold, 2 legs with bronze"').requirements.of(4)[0]
    assert [row.text for row in found] == ["1 leg with gold", "3 legs with bronze or higher"]


@pytest.mark.parametrize(
    ("floor", "gaps", "expected"),
    [("[]", "allowed", 1), ("[]", "closed", 1), ("[pv >= 1]", "allowed", 0), ("[pv >= 1]", "closed", 0)],
)
def test_the_floor(floor, gaps, expected):
    assert load("active", floor=floor, ranks=f"  gaps: {gaps}\n").scope.floor == expected


def test_an_open_rank_above_others_is_the_floor_where_gaps_are_allowed():
    ladder = "ranks:\n  {gaps}ladder:\n    a: [active]\n    b: []\n    c: [2 legs with a]\n"
    for gaps, measure in (("", "count"), ("gaps: closed\n  ", "legs")):
        (row,) = load_plan(HEAD.replace("silver", "c") + ladder.replace("{gaps}", gaps)).requirements.of(3)[0]
        assert row.measure == measure


def routes(*requirements):
    return [[row.text for row in route] for route in load(*requirements).requirements.of(4)]


@pytest.mark.parametrize(
    ("requirements", "expected"),
    [
        ((), [[]]),
        (["pv >= 1", "gv >= 2"], [["pv >= 1", "gv >= 2"]]),
        (["{any: [pv >= 1, gv >= 2]}"], [["pv >= 1"], ["gv >= 2"]]),
        (["{all: [pv >= 1, gv >= 2]}"], [["pv >= 1", "gv >= 2"]]),
        (["front >= 3", "{any: [pv >= 1, {all: [gv >= 2, active]}]}"], [["front >= 3", "pv >= 1"], ["front >= 3", "gv >= 2", "pv >= 100"]]),
        (
            ["{any: [pv >= 1, pv >= 2]}", "{any: [gv >= 3, gv >= 4]}"],
            [["pv >= 1", "gv >= 3"], ["pv >= 1", "gv >= 4"], ["pv >= 2", "gv >= 3"], ["pv >= 2", "gv >= 4"]],
        ),
        (["{any: ['gv >= 2000, at most 50% from one leg', 3 legs with active]}"], [["gv >= 2,000, at most 50% from one leg"], ["3 legs with active"]]),
        (["active", "active", "pv >= 100"], [["pv >= 100", "pv >= 100"]]),  # the condition's row, and one by itself
    ],
)  # fmt: skip
def test_routes(requirements, expected):
    assert routes(*requirements) == expected


def test_any_and_all_in_each_other_have_a_bound():
    two = "{any: [pv >= 1, gv >= 2]}"
    assert len(routes(*[two] * 6)) == MAX_ROUTES
    with pytest.raises(PlanError, match="there are more than 64 ways to reach this rank"):
        load(*[two] * 7)


def test_static_measures_are_columns():
    assert {"quantity", "flag", "count", "capped_total", "capped_legs", "outside_legs"} == STATIC


IN_ROUNDS = [
    ("gs >= 2000, at most 50% from one leg", "gs: {roll_up: pv, where: rank >= bronze}", "capped"),
    ("gs >= 2000, at most 40% of the total from one leg", "gs: {roll_up: pv, where: rank >= bronze}", "capped_total"),
    ("gs >= 2000, outside legs with silver", "gs: {roll_up: pv, where: rank >= bronze}", "outside"),
    ("gs >= 2000, at most 50% from one leg", "gs: {roll_up: moved}\n  moved: {move_up: pv, where: not rank >= bronze}", "capped"),
    ("gs >= 2000", "gs: {roll_up: moved, stop_at: rank >= bronze}\n  moved: {move_up: pv, where: not rank >= bronze}", "quantity"),
    ("gs >= 2000", "gs: {roll_up: pv, stop_at: rank >= bronze, where: rank >= bronze}", "quantity"),
    ("gs >= 2000", "gs: {roll_up: pv, where: rank >= bronze}", "quantity"),
    ("gs >= 2000", "gs: {roll_up: pv, with_uplines: rank >= bronze}", "quantity"),
    ("gs >= 2000", "gs: {roll_up: pv, stop_at: rank > bronze}", "quantity"),
    ("gs >= 2000", "gs: {roll_up: pv, stop_at: title >= bronze}", "quantity"),
    ("gs >= 2000", "gs: {roll_up: pv, stop_at: rank >= bronze, tree: placement}", "quantity"),
    ("gs >= 2000", "gs: {compute: pv * leaders}\n  leaders: {roll_up: pv, where: rank >= bronze}", "quantity"),
    ("group >= 5 or active", "", "flag"),
    ("rank >= silver", "", "flag"),
    ("title >= gold", "", "flag"),
    ("2 legs with title >= silver", "", "count"),
    ("2 legs with silver and group >= 5", "", "count"),
    ("2 legs with silver, in the placement tree", "", "count"),
    ("2 frontline with silver, in the placement tree", "", "count"),
    ("2 legs with silver, enrolled in the placement tree", "", "count"),
    ("placed >= 5, outside legs with silver", "", "outside_legs"),
]  # fmt: skip


def in_rounds(plan):
    return list(rows_in_rounds(plan.requirements.rows, plan.scope))


@pytest.mark.parametrize(("requirement", "volumes", "measure"), IN_ROUNDS)
def test_what_goes_by_ranks_in_another_way_is_found_in_rounds(requirement, volumes, measure):
    head = HEAD.replace("counts:", f"  {volumes}\ncounts:") if volumes else HEAD
    plan = load(f'"{requirement}"', head=head)
    (row,) = in_rounds(plan)
    assert row.measure == measure
    assert f'"{row.text}"'.replace(",", "") == f'"{requirement}"'.replace("gs >= 2000", "gs >= 2,000").replace(",", "")


IN_ONE_SWEEP = [
    "gv >= 5, outside legs with silver",
    "group >= 5",
    "side >= 5",
    "3 legs with silver",
    "3 legs with silver, in the enrollment tree",
    "2 legs with rank >= silver",
    "2 legs with breaks",
    "2 legs with active, in the placement tree",
    "2 legs with active, enrolled in the placement tree",
    "2 frontline with member, in the placement tree",
    "placed >= 5, at most 40% from one leg",
    "last_rank >= gold",
]


@pytest.mark.parametrize("requirement", IN_ONE_SWEEP)
def test_what_one_sweep_knows(requirement):
    assert in_rounds(load(f'"{requirement}"')) == []


def test_a_condition_that_asks_for_a_rank_is_that_rank():
    for requirement in ("3 legs with rank >= silver", "3 legs with breaks", "3 legs with broken"):
        (found,) = load(f'"{requirement}"').requirements.of(4)[0]
        assert (found.measure, found.holds) == ("legs", 3)


def test_what_another_tree_asks_for():
    """The spelled-out form of a count in another tree: who is counted, where, and what he must meet."""
    (found,) = load('"2 legs with silver and active, in the placement tree"').requirements.of(4)[0]
    assert (found.measure, found.name, found.among, found.tree) == (
        "count",
        "(rank >= silver) and (active)",
        "legs",
        "placement",
    )
    assert (found.holds, found.also, found.code) == (3, "active", "legs.silver and active, in the placement tree")
    first, second = load('"1 leg with silver, 2 legs with bronze, in the placement tree"').requirements.of(4)[0]
    assert (first.name, first.low, second.name, second.low) == ("rank >= silver", 1, "rank >= bronze", 3)
    head = HEAD.replace("silver: [", "silver: [")
    (found,) = load(
        '"2 legs with silver, in the placement tree"', ranks="  legs_hold: title\n", head=head
    ).requirements.of(4)[0]
    assert found.name == "title >= silver"


REFUSED = [
    ("silver", "", '"silver" is not a condition'),
    ("3 legs with pv", "", '"pv" is not a condition'),
    ("pv >= 5, at most 50% from one leg", "", '"pv" has no legs'),
    ("group >= 5, at most 50% from one leg", "", '"group" has no legs'),
    ("nope >= 5, at most 50% from one leg", "", '"nope" is not a volume'),
    ("2 legs with silver, in the binary tree", "", '"binary" is not a tree'),
    ("2 legs with silver, enrolled in the binary tree", "", '"binary" is not a tree'),
    ("2 legs with silver, enrolled in the enrollment tree", "", 'the legs are those of "enrollment" already'),
    ("2 legs with silver, in the placement tree, enrolled in the placement tree", "", 'the legs are those of "placement" already'),
    ("rank >= gold", "", '"rank >= gold" can never hold'),
    ("gv >= 5, outside legs with platinum", "", '"platinum" is not a rank'),
    ("gv >= 100.01, at most 0.5% from one leg", "", "the cap of one leg is not a whole number at 2 digits"),
    ("gv >= 100, at most 0.005 from one leg", "", "the cap of one leg is not a whole number at 2 digits"),
    ("1 leg with silver, 2 legs with active", "", '"1 leg with silver, 2 legs with active" asks for different things in distinct legs'),
    ("1 leg with silver and active, 2 legs with bronze", "", '"1 leg with silver and active, 2 legs with bronze" asks for different things in distinct legs'),
    ("2 legs with pv >= 5, 1 leg with pv >= 6", "", '"2 legs with pv >= 5, 1 leg with pv >= 6" asks for different things in distinct legs'),
]  # fmt: skip


@pytest.mark.parametrize(("requirement", "volumes", "message"), REFUSED, ids=[each[0] for each in REFUSED])
def test_what_cannot_be_measured_is_refused(requirement, volumes, message):
    head = HEAD.replace("counts:", f"  {volumes}\ncounts:") if volumes else HEAD
    with pytest.raises(PlanError) as caught:
        load(f'"{requirement}"', head=head)
    (problem,) = caught.value.problems
    assert problem.message == message
    assert problem.hint
    assert problem.place.text.strip() == f'- "{requirement}"'
