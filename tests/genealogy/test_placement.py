"""Placement by every rule against its naive twin; the same tree for shuffled rows; what is refused."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import compplan as cp
from compplan.genealogy.placement import place
from tests.naive import placement as naive


@st.composite
def fields(draw):
    """Members who come one after another, each below an earlier sponsor; some have places, some wait in the tank."""
    n, width = draw(st.integers(0, 20)), draw(st.sampled_from([1, 2, 2, 3]))
    shape = draw(st.sampled_from(["any", "chain", "star"]))
    members, taken = [], set()
    for i in range(n):
        above = {"chain": i - 1, "star": 0}.get(shape, draw(st.integers(-1, i - 1))) if i else -1
        member = {"id": i, "sponsor": above if above >= 0 else None, "parent": None, "side": None}
        member |= {"wanted": draw(st.none() | st.integers(0, width - 1)), "weight": draw(st.integers(0, 3))}
        member |= {"hold": draw(st.integers(0, 5)) == 0}
        standing = [m for m in members if m["sponsor"] is None or m["parent"] is not None]
        free = [(m["id"], k) for m in standing for k in range(width) if (m["id"], k) not in taken]
        if member["sponsor"] is not None and free and draw(st.booleans()):
            member["parent"], member["side"] = draw(st.sampled_from(free))
            member["hold"] = False
            taken.add((member["parent"], member["side"]))
        members.append(member)
    rules = ["any", "weak", "given", "own"]
    leg = draw(st.sampled_from(rules))
    within = "levels" if leg == "any" else draw(st.sampled_from(["levels", "edge"]))
    if within == "edge":
        members = [m | {"wanted": m["wanted"] or 0} for m in members]
    return members, width, leg, within, draw(st.permutations(range(n)))


def placed(members, width, leg, within):
    table = [
        {
            "member_id": m["id"],
            "sponsor_id": m["sponsor"],
            "placement_id": m["parent"],
            "side": m["side"],
            "wanted": m["wanted"],
            "weight": m["weight"],
            "hold": m["hold"],
            "n": m["id"],
        }
        for m in members
    ]
    more = {"wanted": "wanted"} if leg == "given" else {}
    more |= {"weight": "weight"} if leg == "weak" else {}
    frame = place(table, width=width, leg=leg, within=within, hold="hold", order="n", **more)
    found = {row["member_id"]: (row["placement_id"], row["side"]) for row in frame.rows()}
    sides = {"left": 0, "right": 1}
    return {member: (above, sides.get(side, side)) for member, (above, side) in found.items()}


@pytest.mark.kernels
@settings(max_examples=60, deadline=None)
@given(fields())
def test_places_are_those_of_the_naive_twin_in_any_order_of_rows(field):
    members, width, leg, within, order = field
    if not members:
        return
    wanted = naive.place(members, width=width, leg=leg, within=within)
    assert placed(members, width, leg, within) == wanted
    assert placed([members[i] for i in order], width, leg, within) == wanted


def three(**more):
    return [{"member_id": m, "sponsor_id": s, **more} for m, s in (("a", None), ("b", "a"), ("c", "a"))]


def test_spill_over_fills_a_matrix_from_top_to_bottom_and_left_to_right():
    """Thirteen recruits of one sponsor, three wide: 3 on the first level, 9 on the second, 1 on the third."""
    members = [{"member_id": 0, "sponsor_id": None}, *({"member_id": i, "sponsor_id": 0} for i in range(1, 14))]
    above = place(members, width=3)["placement_id"].to_pylist()
    assert above == [None, 0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3, 4]


def test_a_binary_of_a_placement_runs():
    plan = cp.load_plan(
        "compplan: 1\nname: x\ncurrency: USD\nperiod: monthly\nrounding: {mode: half_up, at: payment}\n"
        "trees:\n  enrollment: {parent: sponsor_id}\n  binary: {parent: placement_id, side: side, width: 2}\n"
        "volumes: {pv: {member: pv}, gv: {roll_up: pv, tree: binary}}\n"
    )
    frame = place(three(pv=5), leg="weak", within="edge")
    assert cp.run(plan, frame, period="2026-10").members["gv"].to_pylist() == [15, 5, 5]


@pytest.mark.parametrize(
    "settings",
    [
        {"leg": "heavy"},
        {"within": "middle"},
        {"within": "edge"},
        {"leg": "given"},
        {"wanted": "w"},
        {"leg": "any", "weight": "w"},
    ],
)
def test_settings_that_do_not_fit_are_refused(settings):
    with pytest.raises(cp.UsageError):
        place(three(w=1), **settings)


def test_problems_of_the_table_are_told():
    with pytest.raises(cp.DataError, match="no column"):
        place([{"member_id": 1}])
    with pytest.raises(cp.DataError, match="before their sponsor"):
        place([{"member_id": "a", "sponsor_id": None, "t": 3}, {"member_id": "b", "sponsor_id": "a", "t": 2},
               {"member_id": "c", "sponsor_id": "b", "t": 1}], order="t")  # fmt: skip
    with pytest.raises(cp.DataError, match="does not have"):
        place(three(w=2), leg="given", wanted="w")
    with pytest.raises(cp.DataError, match="without a wanted side"):
        place(three(w=None), leg="given", within="edge", wanted="w")


def test_nobody_can_stand_below_who_has_no_place():
    members = [
        m | {"placement_id": {"c": "b"}.get(m["member_id"]), "side": {"c": "left"}.get(m["member_id"])} for m in three()
    ]
    with pytest.raises(cp.DataError, match="who has no place"):
        place(members)


def test_who_waits_in_the_tank_gets_no_place_and_his_recruits_go_above_him():
    members = [
        {"member_id": "a", "sponsor_id": None, "tank": False},
        {"member_id": "b", "sponsor_id": "a", "tank": True},
        {"member_id": "c", "sponsor_id": "b", "tank": False},
    ]
    assert place(members, hold="tank")["placement_id"].to_pylist() == [None, None, "a"]
