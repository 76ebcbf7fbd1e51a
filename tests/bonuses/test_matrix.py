"""Matrix pay against a count of members by level, one earner at a time; and what is refused."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import compplan as cp
from tests.naive.volumes import downline_with_level, full_levels

PLAN = """
compplan: 1
name: x
currency: USD
period: monthly
rounding: {mode: half_up, at: payment}
trees: {matrix: {parent: above, width: 3}}
volumes: {boxes: {member: boxes, decimals: 0}}
conditions: {active: boxes >= 1}
bonuses:
  comb:
    kind: matrix
    of: boxes
    tree: matrix
    AMOUNTS
    levels_by: member.status
    levels: {low: 1, high: 2, top: all}
"""
FORMS = {"amounts: 2 and deeper": None, "amounts: [2, 2]": 2}


@st.composite
def matrices(draw):
    """Parents of members in a tree at most three wide, with what each buys and may earn."""
    parents = []
    for i in range(draw(st.integers(0, 30))):
        free = [p for p in range(i) if parents.count(p) < 3]
        parents.append(draw(st.sampled_from([-1, *free, *free[:1] * 3])))
    bought = [draw(st.integers(0, 1)) for _ in parents]
    return parents, bought, [draw(st.sampled_from(["low", "high", "top", "none"])) for _ in parents]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("pays", ["each_member", "full_levels", "full_levels, taken_by: active"])
@settings(max_examples=25, deadline=None)
@given(field=matrices())
def test_pay_is_what_a_count_by_level_gives(form, pays, field):
    parents, bought, status = field
    members = [
        {"member_id": i, "above": p if p >= 0 else None, "boxes": b, "status": s}
        for i, (p, b, s) in enumerate(zip(parents, bought, status, strict=True))
    ]
    if not members:
        return
    plan = cp.load_plan(
        PLAN.replace(
            "AMOUNTS",
            f"{form}\n    " + "\n    ".join(f"{'pays: ' if n == 0 else ''}{t}" for n, t in enumerate(pays.split(", "))),
        )
    )
    run = cp.run(plan, members, period="2026-10")
    found = dict(zip(run.members["member_id"].to_pylist(), run.members["pay:comb"].to_pylist(), strict=True))
    taken = [bool(b) for b in bought] if "taken_by" in pays else [True] * len(parents)
    full = full_levels(parents, 3, taken)
    for i in range(len(parents)):
        last = {"low": 1, "high": 2, "top": 99, "none": 0}[status[i]]
        last = min(last, FORMS[form] or 99, full[i] if pays != "each_member" else 99)
        assert found[i] == sum(2 * bought[o] for o, level in downline_with_level(parents, i) if level <= last)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("width: 3", "side: s"), "has no width"),
        (("AMOUNTS", "taken_by: active\n    AMOUNTS"), "taken_by has no meaning"),
        (("AMOUNTS", "pays: full_levels\n    compress: not active\n    AMOUNTS"), "as it stands"),
        (("width: 3", "width: 1"), "one wide"),
    ],
)
def test_what_makes_no_sense_is_refused(change, message):
    text = PLAN.replace(*change).replace("AMOUNTS", "amounts: 2 and deeper")
    text = text.replace("tree: matrix", "tree: matrix\n    pays: full_levels") if "width: 1" in text else text
    with pytest.raises(cp.PlanError, match=message):
        cp.load_plan(text)
