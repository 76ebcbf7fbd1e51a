"""Legs of one tree with members of the frontline in another, against their naive twin; and the words that ask for them."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import compplan as cp
from compplan.genealogy.build import build_genealogy
from compplan.genealogy.genealogy import TreeColumns
from compplan.volumes.own_legs import legs_with_own
from tests.naive import volumes as naive

CHAIN = [-1, 0, 1, 2, 3]


@st.composite
def parents(draw, n):
    """Parents of n members in any order; a chain, a star, or at random."""
    order, found = draw(st.permutations(range(n))), [-1] * n
    for place in range(1, n):
        found[order[place]] = draw(
            st.sampled_from([-1, order[0], order[place - 1], order[draw(st.integers(0, place - 1))]])
        )
    return found


@st.composite
def fields(draw):
    n = draw(st.integers(0, 12))
    return draw(parents(n)), draw(parents(n)), draw(st.lists(st.booleans(), min_size=n, max_size=n))


def trees_of(here, there):
    def ids(above):
        return pa.array([None if p < 0 else p for p in above], pa.int64())

    members = pa.array(range(len(here)), pa.int64())
    table = pa.table({"member_id": members, "first": ids(there), "here": ids(here), "there": ids(there)})
    trees = [TreeColumns(name, name, None, None) for name in ("first", "here", "there")]
    return build_genealogy(table, id_column="member_id", trees=trees, threads=1)


@pytest.mark.kernels
@settings(deadline=None, max_examples=50)
@given(fields(), st.sampled_from(["here", "first"]))
@example((CHAIN, [4, 3, -1, 2, 2], [True] * 5), "here")
@example((CHAIN, CHAIN, [True] * 5), "here")
def test_legs_with_own(field, name):
    here, there, flag = field
    above = there if name == "first" else here  # the first tree is in the primary order
    genealogy = trees_of(here, there)
    tree, enrolled = genealogy.trees[name], genealogy.trees["here" if name == "first" else "there"]
    flags = np.array([flag[i] for i in genealogy.ids.to_pylist()], np.bool_)
    found = legs_with_own(tree, flags if tree.to_primary is None else flags[tree.to_primary], enrolled)
    expected = naive.legs_with_own(above, flag, here if name == "first" else there)
    in_primary = found if tree.from_primary is None else found[tree.from_primary]
    assert in_primary.tolist() == [expected[i] for i in genealogy.ids.to_pylist()]


PLAN = """
compplan: 1
name: own legs
currency: USD
period: monthly
rounding: {mode: half_up, at: payment}
trees: {placement: {parent: upline_id}, enrollment: {parent: sponsor_id}}
volumes: {pv: {sum: orders.pv}}
counts: {own: {count: pv >= 1, among: legs, enrolled_in: enrollment}}
"""


@pytest.mark.parametrize(
    ("count", "said"),
    [
        ("count: pv >= 1, among: frontline, enrolled_in: enrollment", "enrolled_in goes with among: legs"),
        ("count: pv >= 1, among: legs, enrolled_in: enrolment", '"enrolment" is not a tree'),
        ("count: pv >= 1, among: legs, enrolled_in: placement", 'the legs are those of "placement" already'),
        ("count: pv >= 1, among: legs, tree: enrollment, enrolled_in: enrollment", 'those of "enrollment" already'),
    ],
)
def test_what_makes_no_sense_is_refused(count, said):
    with pytest.raises(cp.PlanError, match=said) as error:
        cp.load_plan(PLAN.replace("count: pv >= 1, among: legs, enrolled_in: enrollment", count))
    (problem,) = error.value.problems
    assert problem.hint


def test_what_it_says():
    assert "own: number of legs that contain a member whom he enrolled in the enrollment tree, with pv >= 1." in (
        cp.load_plan(PLAN).describe()
    )
