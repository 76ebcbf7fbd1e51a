"""The rank pass against its naive twin, on random ladders and random fields."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import compplan as cp
from naive.ranks import Field, ranks_of

pytestmark = pytest.mark.kernels

RANKS = ["r1", "r2", "r3", "r4"]

HEAD = """
compplan: 1
name: random ladder
currency: USD
period: monthly
rounding: {mode: half_up, at: payment}
trees: {enrollment: {parent: sponsor_id}}
volumes:
  pv: {sum: orders.qv}
  gv: {roll_up: pv}
  group1: {roll_up: pv, stop_at: rank >= r1}
  group2: {roll_up: pv, stop_at: rank >= r2}
  group3: {roll_up: pv, stop_at: rank >= r3}
  group4: {roll_up: pv, stop_at: rank >= r4}
counts:
  active_front: {count: active, among: frontline}
conditions:
  active: pv >= 100
"""

amounts = st.integers(0, 6).map(lambda n: n * 50)
ranks = st.integers(1, 4)
counts = st.integers(1, 3)
holder = st.tuples(ranks, st.booleans())


def same_condition(wanted):
    return [(rank, wanted[0][1]) for rank, _ in wanted]


simple = st.one_of(
    st.tuples(st.just("pv"), amounts),
    st.tuples(st.just("active")),
    st.tuples(st.just("active_front"), counts),
    st.tuples(st.just("gv"), amounts),
    st.tuples(st.just("capped"), st.sampled_from([100, 200, 300]), st.sampled_from([50, 80, 100]), st.booleans()),
    st.tuples(st.just("capped_total"), amounts, st.sampled_from([Fraction(1, 2), Fraction(2, 5)])),
    st.tuples(st.just("outside"), amounts, ranks),
    st.tuples(st.just("breakaway"), amounts, ranks),
    st.tuples(st.just("legs_active"), counts),
    st.tuples(st.just("legs"), st.lists(holder, min_size=1, max_size=3).map(same_condition)),
    st.tuples(st.just("frontline"), counts, ranks),
    st.tuples(st.just("downline"), counts, ranks),
)
requirement = st.one_of(
    simple,
    st.lists(simple, min_size=1, max_size=2).map(lambda items: ("any", *items)),
    st.lists(simple, min_size=1, max_size=2).map(lambda items: ("any", ("all", *items), ("active",))),
)
ladders = st.lists(st.lists(requirement, max_size=3), min_size=4, max_size=4)


def text(requirement):
    """Write a requirement as a plan does."""
    kind, *given = requirement
    if kind in {"any", "all"}:
        return f"{{{kind}: [{', '.join(text(r) for r in given)}]}}"
    if kind == "capped":
        own = " or own volume" if given[2] else ""
        return f'"gv >= {given[0]}, at most {given[1]} from one leg{own}"'
    if kind == "capped_total":
        return f'"gv >= {given[0]}, at most {given[1] * 100}% of the total from one leg"'
    if kind == "outside":
        return f'"gv >= {given[0]}, outside legs with r{given[1]}"'
    if kind == "breakaway":
        return f'"group{given[1]} >= {given[0]}"'
    if kind == "legs_active":
        return f'"{given[0]} legs with active"'
    if kind == "legs":
        return '"' + ", ".join(f"1 leg with r{rank}{' and active' if also else ''}" for rank, also in given[0]) + '"'
    if kind in {"frontline", "downline"}:
        return f'"{given[0]} {kind} with r{given[1]}"'
    return kind if kind == "active" else f'"{kind} >= {given[0]}"'


def plan_of(ladder, gaps):
    lines = [
        f"    {name}: [{', '.join(text(r) for r in requires)}]" for name, requires in zip(RANKS, ladder, strict=True)
    ]
    return "\n".join([HEAD, "ranks:", f"  gaps: {gaps}", "  ladder:", *lines, ""])


@st.composite
def fields(draw):
    """Parents before children; chains and stars are among them."""
    size = draw(st.integers(1, 14))
    parents = [-1] + [draw(st.integers(max(-1, i - draw(st.integers(1, 14))), i - 1)) for i in range(1, size)]
    pv = draw(st.lists(st.sampled_from([0, 0, 20, 50, 100, 150, 300, -40]), min_size=size, max_size=size))
    return parents, pv


def run(plan, parents, pv):
    members = [{"member_id": i, "sponsor_id": None if p < 0 else p} for i, p in enumerate(parents)]
    orders = [{"member_id": i, "date": "2026-10-02", "qv": v} for i, v in enumerate(pv) if v]
    orders = orders or [{"member_id": 0, "date": "2026-10-02", "qv": 0}]
    return cp.run(plan, members=members, orders=orders, period="2026-10")


def earned(result):
    names = {None: 0} | {name: number for number, name in enumerate(RANKS, 1)}
    table = result.members.to_arrow()
    found = dict(zip(table["member_id"].to_pylist(), table["rank"].to_pylist(), strict=True))
    return [names[found[i]] for i in range(len(found))]


@given(ladders, fields(), st.sampled_from(["allowed", "closed"]))
@example(
    [[], [("active",)], [("legs", [(2, False), (2, False)])], [("legs", [(3, False), (2, False)])]],
    ([-1, 0, 0, 1, 1, 3, 3], [100] * 7),
    "allowed",
)
@example([[]] * 4, ([-1], [0]), "allowed")
@example([[]] * 4, ([-1, 0, 1, 2, 3], [100] * 5), "closed")
@example([[], [], [], [("outside", 50, 1), ("legs_active", 1)]], ([-1, 0], [0, 100]), "allowed")
@example([[], *[[("active",), ("legs", [(1, False)])]] * 3], ([-1, 0], [100, 0]), "allowed")
def test_ranks_equal_the_naive_twin(ladder, field, gaps):
    parents, pv = field
    result = run(plan_of(ladder, gaps), parents, pv)
    expected = ranks_of(Field(parents, pv), ladder, closed=gaps == "closed")
    assert earned(result) == expected


@given(ladders, fields())
def test_next_rank_measures_what_the_pass_measured(ladder, field):
    """A member's gaps are closed for the rank he holds, and no route of a higher rank is all met."""
    parents, pv = field
    result = run(plan_of(ladder, "allowed"), parents, pv)
    for member, rank in enumerate(earned(result)):
        for number, name in enumerate(RANKS, 1):
            answer = result.next_rank(member, name)
            routes = answer.routes or {1: []}
            met = any(all(r.met for r in route) for route in routes.values())
            assert not met if number > rank else met or number < rank
            assert all((r.gap == 0) == r.met for route in routes.values() for r in route)
