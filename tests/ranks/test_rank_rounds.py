"""Ranks that go by ranks of another tree: rounds against a plain loop, on random ladders and two random trees."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import compplan as cp
from naive.ranks import Field, least_ranks, ranks_in_rounds

pytestmark = pytest.mark.kernels

RANKS = ["r1", "r2", "r3"]
BY_RANK = "".join(
    f"""  group{n}: {{roll_up: pv, stop_at: rank >= r{n}}}
  there_group{n}: {{roll_up: pv, stop_at: rank >= r{n}, tree: there}}
  ranked{n}: {{roll_up: pv, where: rank >= r{n}}}
  there_ranked{n}: {{roll_up: pv, where: rank >= r{n}, tree: there}}
"""
    for n in (1, 2, 3)
)
HEAD = f"""
compplan: 1
name: two trees
currency: USD
period: monthly
rounding: {{mode: half_up, at: payment}}
trees: {{here: {{parent: above_here}}, there: {{parent: above_there}}}}
volumes:
  pv: {{sum: orders.qv}}
  gv: {{roll_up: pv}}
  there_gv: {{roll_up: pv, tree: there}}
{BY_RANK}
conditions:
  active: pv >= 100
"""

amounts = st.sampled_from([50, 100, 200, 300])
ranks = st.integers(1, 3)
counts = st.integers(1, 2)
flags = st.booleans()
here = st.one_of(
    st.tuples(st.just("active")),
    st.tuples(st.just("gv"), amounts),
    st.tuples(st.just("capped"), st.just(200), st.sampled_from([50, 100]), flags),
    st.tuples(st.just("legs"), st.lists(st.tuples(ranks, st.just(False)), min_size=1, max_size=2)),
    st.tuples(st.just("frontline"), counts, ranks),
    st.tuples(st.just("downline"), counts, ranks),
    st.tuples(st.just("legs_active"), counts),
)
rising = st.one_of(
    here,
    here.map(lambda item: ("there", item)),
    here.map(lambda item: ("there", item)),
    st.tuples(st.just("own_legs"), counts, ranks, flags),
    st.tuples(st.just("ranked"), amounts, ranks),
    st.tuples(st.just("ranked_capped"), amounts, ranks, st.sampled_from([50, 100])),
    st.tuples(st.just("there"), st.tuples(st.just("ranked"), amounts, ranks)),
)
turning = st.builds(
    lambda needed, count, rank: ("any", ("outside", needed, rank), ("there", ("frontline", count, rank))),
    amounts,
    counts,
    ranks,
)
taking = st.one_of(
    rising,
    turning,
    st.tuples(st.just("outside"), amounts, ranks),
    st.tuples(st.just("breakaway"), amounts, ranks),
    st.tuples(st.just("there"), st.tuples(st.just("outside"), amounts, ranks)),
    st.tuples(st.just("there"), st.tuples(st.just("breakaway"), amounts, ranks)),
)


def ladders(requirement):
    alternatives = st.lists(requirement, min_size=1, max_size=2).map(lambda items: ("any", *items))
    rank = st.lists(st.one_of(requirement, alternatives), min_size=1, max_size=2)
    return st.lists(rank, min_size=3, max_size=3)


def text(requirement, tree=""):
    """Write a requirement as a plan does."""
    kind, *given = requirement
    volume, place = f"{tree}_" if tree else "", f", in the {tree} tree" if tree else ""
    if kind == "any":
        return f"{{any: [{', '.join(text(r) for r in given)}]}}"
    if kind == "there":
        return text(given[0], "there")
    if kind == "active":
        return "active"
    if kind == "gv":
        return f'"{volume}gv >= {given[0]}"'
    if kind == "capped":
        return f'"{volume}gv >= {given[0]}, at most {given[1]} from one leg{" or own volume" if given[2] else ""}"'
    if kind == "outside":
        return f'"{volume}gv >= {given[0]}, outside legs with r{given[1]}"'
    if kind in {"breakaway", "ranked"}:
        return f'"{volume}{"group" if kind == "breakaway" else kind}{given[1]} >= {given[0]}"'
    if kind == "ranked_capped":
        return f'"ranked{given[1]} >= {given[0]}, at most {given[2]} from one leg"'
    if kind == "legs":
        return f'"{", ".join(f"1 leg with r{rank}" for rank, _ in given[0])}{place}"'
    if kind == "legs_active":
        return f'"{given[0]} legs with active{place}"'
    if kind == "own_legs":
        also = " and active" if given[2] else ""
        return f'"{given[0]} legs with r{given[1]}{also}, enrolled in the there tree"'
    assert kind in {"frontline", "downline"}
    return f'"{given[0]} {kind} with r{given[1]}{place}"'


def plan_of(ladder, more=""):
    lines = [f"    {name}: [{', '.join(map(text, requires))}]" for name, requires in zip(RANKS, ladder, strict=True)]
    return "\n".join([HEAD, "ranks:", "  tree: here", *([more] if more else []), "  ladder:", *lines, ""])


@st.composite
def trees(draw, size):
    """Parents of everybody, in any order of the members; chains and stars are among them."""
    order, parents = draw(st.permutations(range(size))), [-1] * size
    reach = draw(st.sampled_from([1, 2, size]))
    for place in range(1, size):
        parents[order[place]] = order[draw(st.integers(max(0, place - reach), place - 1))]
    return parents


@st.composite
def fields(draw):
    size = draw(st.integers(1, 9))
    pv = draw(st.lists(st.sampled_from([0, 50, 100, 150]), min_size=size, max_size=size))
    return draw(trees(size)), draw(trees(size)), pv


def run(ladder, field, more=""):
    above_here, above_there, pv = field
    members = [
        {"member_id": i, "above_here": None if a < 0 else a, "above_there": None if b < 0 else b}
        for i, (a, b) in enumerate(zip(above_here, above_there, strict=True))
    ]
    orders = [{"member_id": i, "date": "2026-10-02", "qv": v} for i, v in enumerate(pv)]
    return cp.run(plan_of(ladder, more), members=members, orders=orders, period="2026-10")


def earned(result):
    names = {None: 0} | {name: number for number, name in enumerate(RANKS, 1)}
    table = result.members.to_arrow()
    found = dict(zip(table["member_id"].to_pylist(), table["rank"].to_pylist(), strict=True))
    return [names[found[i]] for i in range(len(found))]


def two(field):
    above_here, above_there, pv = field
    return Field(above_here, pv), Field(above_there, pv)


CHAINS = [-1, 0, 1, 2, 3, 4], [1, 2, 3, 4, 5, -1], [100] * 6
"""Two chains in opposite order: what lies above in the one lies below in the other."""
TURNS = [-1, 0, 0], [1, -1, -1], [0, 100, 100]
"""0 has volume outside of 1 while 1 has no rank, and 1 has 0 below in the other tree."""


@given(ladders(rising), fields(), st.data(), st.booleans())
@settings(max_examples=60)
@example([[("active",)], [("there", ("frontline", 1, 1))], [("there", ("frontline", 1, 2))]], CHAINS, None, False)
@example([[("there", ("frontline", 1, 1))], [("frontline", 1, 1)], [("active",)]], CHAINS, None, False)
@example([[("active",)], [("own_legs", 1, 1, True)], [("ranked", 300, 2)]], CHAINS, None, True)
def test_ranks_are_the_least_that_fit_whatever_the_order(ladder, field, data, closed):
    order = list(reversed(range(len(field[2])))) if data is None else data.draw(st.permutations(range(len(field[2]))))
    result = run(ladder, field, "  gaps: closed" if closed else "")
    assert earned(result) == least_ranks(two(field), ladder, order, closed=closed)


@given(st.one_of(ladders(taking), ladders(turning)), fields())
@settings(max_examples=60)
@example([[("there", ("breakaway", 100, 1))], [("active",)], [("active",)]], CHAINS)
@example([[("any", ("outside", 200, 1), ("there", ("frontline", 1, 1)))], [("gv", 300)], [("gv", 300)]], TURNS)
@example([[("active",)], [("there", ("outside", 200, 2))], [("there", ("frontline", 1, 2))]], CHAINS)
def test_rules_that_take_ranks_away_settle_or_are_an_error(ladder, field):
    expected, rounds = ranks_in_rounds(two(field), ladder, [0] * len(field[2]))
    if expected is None:
        with pytest.raises(cp.RanksError, match="come and go") as error:
            run(ladder, field, "  rounds: 1000000")
        assert error.value.problems[0].place.ids
        return
    result = run(ladder, field, "  rounds: 1000000")
    assert earned(result) == expected
    assert result.manifest.get("rank_rounds", rounds) == rounds


@given(st.one_of(ladders(taking), ladders(turning)), fields())
@settings(max_examples=40)
def test_next_rank_measures_what_the_last_round_measured(ladder, field):
    try:
        result = run(ladder, field, "  rounds: 1000000")
    except cp.RanksError:
        return
    for member, rank in enumerate(earned(result)):
        for number, name in enumerate(RANKS, 1):
            answer = result.next_rank(member, name)
            met = any(all(r.met for r in route) for route in answer.routes.values())
            assert not met if number > rank else met or number < rank
