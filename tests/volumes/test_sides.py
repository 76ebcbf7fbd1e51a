"""Legs on one side, and members of one tree who stand on one side of another, against their naive twins."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compplan.genealogy.build import build_genealogy
from compplan.genealogy.genealogy import TreeColumns
from compplan.volumes.sides import SIDES, count_on_side, leg_on_side
from tests.naive import volumes as naive

pytestmark = pytest.mark.kernels
check = settings(deadline=None, max_examples=50)


@st.composite
def two_trees(draw, most=14):
    """Sponsors, and a binary tree of the same members; a chain, a star below, or at random."""
    n = draw(st.integers(0, most))
    sponsors = [draw(st.integers(-1, member - 1)) for member in range(n)]
    order = draw(st.permutations(range(n)))
    parents, sides, free = [-1] * n, [-1] * n, []
    for member in order:
        if free and draw(st.integers(0, 9)):
            parents[member], sides[member] = free.pop(draw(st.integers(0, len(free) - 1)))
        free += [(member, 0), (member, 1)]
    return sponsors, parents, sides


def genealogy_of(sponsors, parents, sides):
    def ids(above):
        return pa.array([None if p < 0 else p for p in above], pa.int64())

    table = pa.table(
        {
            "member_id": pa.array(range(len(sponsors)), pa.int64()),
            "sponsor_id": ids(sponsors),
            "parent_id": ids(parents),
            "side": ids(sides),
        }
    )
    trees = [TreeColumns("enrollment", "sponsor_id", None, None), TreeColumns("binary", "parent_id", "side", 2)]
    return build_genealogy(table, id_column="member_id", trees=trees, threads=1)


def primary(genealogy, values):
    """Values by id, in the primary order."""
    return np.array([values[i] for i in genealogy.ids.to_pylist()])


@check
@given(two_trees(), st.sampled_from(["frontline", "downline"]), st.sampled_from(list(SIDES)), st.booleans(), st.data())
def test_counts_on_a_side(shape, among, side, same, data):
    sponsors, parents, sides = shape
    flag = data.draw(st.lists(st.booleans(), min_size=len(sponsors), max_size=len(sponsors)))
    genealogy = genealogy_of(*shape)
    binary = genealogy.trees["binary"]
    tree = binary if same else genealogy.trees["enrollment"]
    flags = primary(genealogy, flag).astype(np.bool_)
    found = count_on_side(tree, flags if tree.to_primary is None else flags[tree.to_primary], among, binary, side)
    expected = naive.count_on_side(parents if same else sponsors, flag, among, parents, sides, SIDES[side])
    in_primary = found if tree.from_primary is None else found[tree.from_primary]
    assert in_primary.tolist() == primary(genealogy, expected).tolist()


@check
@given(two_trees(), st.sampled_from(list(SIDES)), st.data())
def test_the_leg_on_a_side(shape, side, data):
    _, parents, sides = shape
    volumes = data.draw(st.lists(st.integers(-9, 99), min_size=len(parents), max_size=len(parents)))
    genealogy = genealogy_of(*shape)
    tree = genealogy.trees["binary"]
    found = leg_on_side(tree, primary(genealogy, volumes).astype(np.int64)[tree.to_primary], side)
    expected = naive.leg_on_side(parents, sides, volumes, SIDES[side])
    assert found[tree.from_primary].tolist() == primary(genealogy, expected).tolist()
