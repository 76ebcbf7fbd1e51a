"""Flattening: any rows, one layout, the naive one."""

from __future__ import annotations

import random

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from compplan.genealogy import check_kernels
from compplan.genealogy import flatten_kernels as kernels
from compplan.genealogy.flatten import children_lists, lay_out
from compplan.genealogy.order import SiblingOrder, first_words, ranks
from compplan.jit import JIT
from tests.naive import genealogy as naive

pytestmark = pytest.mark.kernels

LARGE = 200_000 if JIT else 2_000


def rows_of(ids, parents):
    row = {member: at for at, member in enumerate(ids)}
    return np.array([-1 if parents[member] is None else row[parents[member]] for member in ids], np.int32)


def ids_array(ids):
    return pa.array(ids, pa.large_string() if ids and isinstance(ids[0], str) else pa.int64())


def assert_layout(layout, ids, tree):
    rows = np.argsort(layout.positions)
    assert [ids[row] for row in rows] == tree.ids
    assert layout.depth.tolist() == tree.depth
    assert layout.parent.tolist() == tree.parent
    assert layout.end.tolist() == tree.end
    assert layout.max_depth == max(tree.depth, default=0)


@given(naive.forests())
def test_layout_is_the_naive_one(forest):
    ids, parents = forest
    layout = lay_out(rows_of(ids, parents), SiblingOrder(ids_array(ids)))
    assert_layout(layout, ids, naive.lay_out(parents))


@given(naive.forests(smallest=1), st.randoms())
def test_layout_does_not_depend_on_the_order_of_rows(forest, shuffler):
    ids, parents = forest
    other = shuffler.sample(ids, len(ids))
    here = lay_out(rows_of(ids, parents), SiblingOrder(ids_array(ids)))
    there = lay_out(rows_of(other, parents), SiblingOrder(ids_array(other)))
    for name in ("depth", "parent", "end"):
        assert (getattr(here, name) == getattr(there, name)).all()


@given(naive.forests(smallest=2), st.data())
def test_rows_on_a_cycle_are_not_laid_out(forest, data):
    ids, parents = forest
    for member in data.draw(st.lists(st.sampled_from(ids), min_size=1, max_size=3)):
        parents[member] = data.draw(st.sampled_from(ids))
    rows = rows_of(ids, parents)
    reached = len(naive.lay_out(parents).ids)
    assert (lay_out(rows, SiblingOrder(ids_array(ids))) is None) == (reached < len(ids))
    found = naive.cycles(parents)
    firsts = np.empty(2, np.int64)
    count, members = check_kernels.find_cycles(rows, np.zeros(len(ids), np.int64), firsts)
    assert (count, members) == (len(found), sum(map(len, found)))
    for row in firsts[:count]:
        assert any(ids[row] in cycle for cycle in found)


@given(naive.forests(smallest=1), st.data())
def test_crowded_places_are_counted(forest, data):
    ids, parents = forest
    width = data.draw(st.integers(1, 4))
    side = st.none() | st.integers(0, width - 1)
    sides = {member: data.draw(side) for member in ids}
    layout = lay_out(rows_of(ids, parents), SiblingOrder(ids_array(ids)))
    by_row = [-1 if parents[member] is None or sides[member] is None else sides[member] for member in ids]
    own = np.empty(len(ids), np.int8)
    kernels.scatter(np.array(by_row, np.int8), layout.positions, own)
    room = layout.max_depth + 2
    shared = check_kernels.shared_sides(layout.depth, own, np.zeros(room, np.uint64))
    surplus = check_kernels.surplus_children(layout.depth, width, np.zeros(room, np.int64))
    assert (shared, surplus) == naive.crowded(parents, sides, width)


@pytest.mark.parametrize("shape", naive.SHAPES)
@pytest.mark.parametrize("shuffled", [False, True])
def test_large_trees_of_every_shape(shape, shuffled):
    above = naive.by_rows(shape, LARGE, random.Random(3).randrange)  # noqa: S311
    parents = np.array([-1 if parent is None else parent for parent in above], np.int32)
    ids = np.arange(LARGE) * 3
    if shuffled:
        rows = np.random.default_rng(4).permutation(LARGE)
        place = np.argsort(rows)
        parents = np.where(parents[rows] < 0, -1, place[parents[rows]]).astype(np.int32)
        ids = ids[rows]
    layout = lay_out(parents, SiblingOrder(pa.array(ids)))
    assert (np.sort(layout.positions) == np.arange(LARGE)).all()
    in_order = np.empty(LARGE, np.int64)
    in_order[layout.positions] = ids
    above_of = layout.parent[layout.positions]  # of each row, in the pre-order
    assert (above_of == np.where(parents < 0, -1, layout.positions[parents])).all()
    siblings = np.lexsort((np.arange(LARGE), layout.parent))
    same = layout.parent[siblings][1:] == layout.parent[siblings][:-1]
    assert (np.diff(in_order[siblings])[same] > 0).all()
    assert layout.max_depth == {"chain": LARGE - 1, "star": 1, "flat": 0}.get(shape, layout.max_depth)


@given(st.lists(st.integers(-5, 5) | st.integers(-(2**63), 2**63 - 1), max_size=200))
def test_long_lists_are_sorted(keys):
    order = SiblingOrder(pa.array(keys, pa.int64()))
    parents = np.full(len(keys), -1, np.int32)
    _, children = children_lists(parents, order)
    assert [keys[row] for row in children] == sorted(keys)


@given(st.lists(st.text(st.sampled_from("ab0é€\0𝄞"), max_size=24), unique=True, max_size=40), st.data())
def test_keys_of_texts_follow_code_points(texts, data):
    prefix = data.draw(st.sampled_from(["", "member-", "é"]))
    texts = [prefix + text for text in texts]
    ids = pa.array(texts, pa.large_string())
    keys = first_words(ids)
    by_text = sorted(range(len(texts)), key=texts.__getitem__)
    assert (np.diff(keys[by_text].astype(object)) >= 0).all()
    assert ranks(ids, keys)[by_text].tolist() == list(range(len(texts)))


def test_texts_that_share_their_first_words_are_still_in_order():
    ids = ["region-a/0000000002", "region-a/0000000010", "region-a/0000000001", "z"]
    layout = lay_out(np.full(4, -1, np.int32), SiblingOrder(pa.array(ids, pa.large_string())))
    assert layout.positions.tolist() == [1, 2, 0, 3]


def test_order_of_text_is_exact_when_asked():
    order = SiblingOrder(pa.array(["b", "a", "a\0"], pa.large_string()))
    assert order.exact_keys.tolist() == [2, 0, 1]
    assert not order.follows_rows
    numbers = SiblingOrder(pa.array([3, 1]))
    assert numbers.exact_keys is numbers.keys
