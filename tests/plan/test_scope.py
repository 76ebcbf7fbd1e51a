"""What the names of a plan mean: kinds, scales, floors, circles, and what has to wait for the rank pass."""

from __future__ import annotations

from decimal import Decimal, localcontext

import pytest
from plan_texts import plan_text

from compplan.plan import expression as ex
from compplan.plan.circles import circle_of_names
from compplan.plan.expression.kinds import demand_flag, demand_number, natural_scale
from compplan.plan.located import Hinted
from compplan.plan.model import plan_model
from compplan.plan.scope import Scope
from compplan.plan.source import read_source
from compplan.plan.values import digits

VOLUMES = """
cv: {sum: orders.cv, decimals: 3, share: 12.5%, customer_share: 50%}
n: {sum: orders}
below: {roll_up: pv, own: false, tree: placement}
three: {roll_up: pv, levels: 3}
group: {roll_up: pv, stop_at: rank >= silver}
largest: {legs: below, pick: largest}
moved: {move_up: cv, where: not active}
price: {member: price, decimals: 4}
mixed: {compute: "pv * price + min(cv, 2.50)"}
ratio: {compute: pv / 3, decimals: 1}
"""
COUNTS = """
front: {count: active, among: frontline}
silvers: {count: rank >= silver, among: downline, tree: placement}
"""
CONDITIONS = """
solid: active and gv >= 500
titled: title >= silver
last: last_rank >= silver
"""
LADDER = "member: []\nsilver: [active]\ngold: [2 legs with silver]"


def scope(*, ranks="gaps: allowed", ladder=LADDER, volumes=VOLUMES, counts=COUNTS, conditions=CONDITIONS, **more):
    """The scope of a readable plan, without the sense checks."""
    text = plan_text(ranks=ranks, ladder=ladder, volumes=volumes, counts=counts, conditions=conditions, **more)
    return Scope(plan_model().model_validate(read_source(text).data))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2.50", 1),
        ("2", 0),
        ("100", 0),
        ("1E+3", 0),
        ("0.001", 3),
        ("0", 0),
        ("0.000", 0),
        ("1.00000000000000000000001", 23),
    ],
)
def test_digits(value, expected):
    with localcontext(prec=3):
        assert digits(Decimal(value)) == expected


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("pv", "number"), ("front", "number"), ("days_in_period", "number"),
        ("active", "flag"), ("is_distributor", "flag"), ("is_customer", "flag"),
        ("silver", "rank"), ("rank", "rank"), ("title", "rank"), ("paid_as", "rank"), ("last_rank", "rank"),
    ],
)  # fmt: skip
def test_kinds(name, kind):
    assert scope().kind(name) == kind


@pytest.mark.parametrize(
    ("name", "hint"),
    [("activ", 'did you mean "active"?'), ("distributor", 'did you mean "is_distributor"?')],
)
def test_unknown_names(name, hint):
    with pytest.raises(Hinted) as caught:
        scope().kind(name)
    assert (caught.value.message, caught.value.hint) == (f'"{name}" is not known', hint)


def test_a_plan_without_ranks_has_no_rank_columns():
    bare = scope(ladder="", ranks="", volumes="", counts="", conditions="")
    for name in ("rank", "title", "paid_as", "last_rank"):
        with pytest.raises(Hinted) as caught:
            bare.kind(name)
        assert caught.value.hint == "this plan has no ranks"
    assert "rank" not in bare.words


@pytest.mark.parametrize(
    ("name", "scale"),
    [
        ("pv", 2), ("cv", 6), ("n", 0), ("gv", 2), ("below", 2), ("largest", 2), ("moved", 6), ("price", 4),
        ("mixed", 6), ("ratio", 1), ("front", 0), ("active", 0), ("days_in_period", 0),
    ],
)  # fmt: skip
def test_scales(name, scale):
    assert scope().scale(name) == scale


def test_a_scale_that_fails_fails_again_in_the_same_words():
    """A name whose scale could not be told is not mistaken for a circle the next time."""
    wrong = scope(volumes="x: {compute: pv / 3}\ny: {compute: x + 1}")
    for name in ("x", "y", "x", "y"):
        with pytest.raises(Hinted, match="a division may not end"):
            wrong.scale(name)


def test_a_circle_has_no_scale():
    wrong = scope(volumes="x: {compute: y + 1}\ny: {compute: x + 1}")
    with pytest.raises(Hinted, match='"x" is made of itself'):
        wrong.scale("x")


@pytest.mark.parametrize(
    ("ladder", "ranks", "floor"),
    [
        ("a: []\nb: [active]", "gaps: allowed", 1),
        ("a: []\nb: []\nc: [active]", "gaps: allowed", 2),
        ("a: [active]\nb: []", "gaps: allowed", 2),
        ("a: [active]\nb: []", "gaps: closed", 0),
        ("a: []\nb: []", "gaps: closed", 2),
        ("a: []\nb: [active]\nc: []", "gaps: closed", 1),
        ("a: [active]", "gaps: allowed", 0),
        ("a:\nb: {requires: []}\nc: [active]", "gaps: allowed", 2),
    ],
)
def test_the_floor(ladder, ranks, floor):
    assert scope(ladder=ladder, ranks=ranks, volumes="", counts="", conditions="").floor == floor


def test_a_plan_without_ranks_has_no_floor():
    assert scope(ladder="", ranks="", volumes="", counts="", conditions="").floor == 0


def test_trees():
    plan = scope()
    assert [plan.rules[name].tree_of(plan) for name in ("gv", "below", "largest", "front", "silvers", "pv")] == [
        "enrollment", "placement", "placement", "enrollment", "placement", "enrollment",
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["pv", "three", "group", "largest", "front", "active", "nothing"])
def test_only_a_whole_roll_up_has_legs(name):
    with pytest.raises(Hinted, match=f'"{name}" has no legs'):
        scope().roll_up(name)
    assert scope().roll_up("below").roll_up == "pv"


@pytest.mark.parametrize(
    ("name", "reads"),
    [
        ("pv", set()), ("gv", {"pv"}), ("group", {"pv", "rank"}), ("largest", {"below"}), ("moved", {"cv", "active"}),
        ("mixed", {"pv", "price", "cv"}), ("front", {"active"}), ("silvers", {"rank"}), ("solid", {"active", "gv"}),
        ("titled", {"rank"}), ("last", set()), ("silver", set()),
    ],
)  # fmt: skip
def test_reads(name, reads):
    assert scope().reads.of(name) == reads


@pytest.mark.parametrize(
    ("name", "needs"),
    [
        ("gv", False),
        ("group", True),
        ("silvers", True),
        ("titled", True),
        ("last", False),
        ("solid", False),
        ("moved", False),
    ],
)
def test_what_waits_for_the_rank_pass(name, needs):
    assert scope().reads.needs_rank(name) is needs
    assert scope().reads.expression_needs_rank(ex.parse(f"{name} and active")) is needs


@pytest.mark.parametrize(("paid_as", "needs"), [("rank", True), ("title", True), ("last_rank", False)])
def test_paid_as_waits_unless_it_is_last_periods_rank(paid_as, needs):
    plan = scope(ranks=f"paid_as: {paid_as}")
    assert plan.reads.expression_needs_rank(ex.parse("paid_as >= silver")) is needs


def test_circles_are_found_and_shown():
    plan = scope(conditions="a: b\nb: c\nc: not a\nd: active")
    circle = circle_of_names(plan)
    assert circle[0] == circle[-1]
    assert set(circle) == {"a", "b", "c"}
    assert circle_of_names(scope()) is None


def test_a_circle_through_ranks_is_none():
    """Ranks read a count, and the count reads ranks: the requirement table says what of that can be."""
    plan = scope(counts="silvers: {count: rank >= silver, among: downline}", ladder="silver: [silvers >= 2]")
    assert circle_of_names(plan) is None


# ---- kinds of expressions


@pytest.mark.parametrize(
    "text",
    [
        "active", "not active", "pv >= 100", "pv + gv * 2 > front", "rank >= silver", "silver <= title", "title == paid_as",
        "last_rank in (silver, gold)", "pv in (1, 2)", 'member.country == "NO"', '"NO" != member.country',
        'member.country in ("NO", "SE")', "member.vip", "member.vip and not (active or pv > 3)", "min(pv, gv) >= 2",
    ],
)  # fmt: skip
def test_conditions_that_make_sense(text):
    demand_flag(ex.parse(text), scope())


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("pv", '"pv" is not a condition', "compare it, for example with >="),
        ("silver", '"silver" is not a condition', "write rank >= silver"),
        ("rank", '"rank" is not a condition', "compare it, for example with >="),
        ('"NO"', '""NO"" is not a condition', "compare it, for example with >="),
        ("active and pv", '"pv" is not a condition', "compare it, for example with >="),
        ("not silver", '"silver" is not a condition', "write rank >= silver"),
        ("pv + 1", '"pv + 1" is not a condition', "compare it, for example with >="),
        ("active >= 1", '"active >= 1" compares a flag with a number', "compare like with like"),
        ("active == solid", '"active == solid" compares a flag', "compare like with like"),
        ("rank >= 3", '"rank >= 3" compares a number with a rank', "compare like with like"),
        ('rank == "silver"', '"rank == "silver"" compares a rank with a text', "compare like with like"),
        (
            "member.a == member.a",
            '"member.a == member.a" compares a field with itself',
            "name another field, or a text in quotes",
        ),
        ("member.a < member.b", '"member.a < member.b" orders texts', "compare texts with == or != only"),
        ('member.x >= "NO"', '"member.x >= "NO"" orders texts', "compare texts with == or != only"),
        (
            "member.level >= 5",
            '"member.level >= 5" compares a member field with a number',
            "bring the column in under volumes: {name: {member: column}}",
        ),
        ("pv in (1, silver)", '"pv in [1, silver]" mixes kinds', "list constants of the kind that is looked for"),
        (
            "member.level in (1, 2)",
            '"member.level in [1, 2]" mixes kinds',
            "list constants of the kind that is looked for",
        ),
        ("active in (1, 2)", '"active in [1, 2]" mixes kinds', "list constants of the kind that is looked for"),
        ("active + 1 >= 2", '"active" is not a number', ""),
        (
            "member.level + 1 >= 2",
            '"member.level" is not a number',
            "bring the column in under volumes: {name: {member: column}}",
        ),
        ("min(pv, rank) >= 2", '"rank" is not a number', ""),
        ("gv >= 1 or nope", '"nope" is not known', None),
    ],
)
def test_conditions_that_make_none(text, message, hint):
    with pytest.raises(Hinted) as caught:
        demand_flag(ex.parse(text), scope())
    assert caught.value.message == message
    assert hint is None or caught.value.hint == hint


@pytest.mark.parametrize("text", ["active", "pv >= 5", "silver", '"5"', "member.level"])
def test_computations_are_numbers(text):
    with pytest.raises(Hinted, match="is not a number"):
        demand_number(ex.parse(text), scope())
    demand_number(ex.parse("pv / gv + days_in_period"), scope())


@pytest.mark.parametrize(
    ("text", "scale"), [("1.25", 2), ("pv", 2), ("pv * 0.5", 3), ("pv - cv", 6), ("max(pv, 1.2345)", 4)]
)
def test_natural_scales(text, scale):
    assert natural_scale(ex.parse(text), scope()) == scale


def test_a_division_has_no_natural_scale():
    with pytest.raises(Hinted) as caught:
        natural_scale(ex.parse("1 + pv / 2"), scope())
    assert caught.value.hint == "say how many digits count with decimals:"
