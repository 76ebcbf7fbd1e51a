"""A genealogy as a whole: from a table in any order to trees, maps between them, and who is where."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from compplan.errors import UsageError
from compplan.genealogy.build import build_genealogy
from compplan.genealogy.genealogy import Genealogy, TreeColumns
from compplan.jit import JIT
from tests.naive import genealogy as naive

pytestmark = pytest.mark.kernels

BOTH = [TreeColumns("enrollment", "sponsor"), TreeColumns("binary", "place", "side", 2)]


def table_of(ids, parents, **more):
    kind = pa.string() if ids and isinstance(ids[0], str) else pa.int64()
    columns = {"id": pa.array(ids, kind), "sponsor": pa.array([parents[member] for member in ids], kind)}
    return pa.table(columns | {name: pa.array(column) for name, column in more.items()})


def small() -> Genealogy:
    """Ann (1) enrolled 2, 3, 4; in the binary tree, 3 stands under 2 and 4 under 3."""
    members = pa.table(
        {
            "id": [4, 2, 1, 3],
            "sponsor": [1, 1, None, 1],
            "place": [3, 1, None, 2],
            "side": ["left", "R", None, "right"],
        }
    )
    return build_genealogy(members, id_column="id", trees=BOTH)


@given(naive.forests(), naive.forests(text=False), st.randoms())
def test_two_trees_over_the_same_members(forest, other, random):
    ids, parents = forest
    others, parents_2 = other
    count = min(len(ids), len(others))
    ids = naive.lay_out(parents).ids[:count]  # cutting a pre-order leaves a forest
    order = naive.lay_out(parents_2).ids[:count]
    shuffled = random.sample(ids, count)
    name = {None: None} | dict(zip(order, shuffled, strict=True))
    first = {member: parents[member] for member in ids}
    second = {name[member]: name[parents_2[member]] for member in order}
    rows = random.sample(ids, count)
    members = table_of(rows, first, place=[second[member] for member in rows])
    trees = [TreeColumns("enrollment", "sponsor"), TreeColumns("placement", "place")]
    if not count:
        members = members.cast(pa.schema([(column, pa.int64()) for column in members.column_names]))
    built = build_genealogy(members, id_column="id", trees=trees)
    for naive_tree, tree in zip(map(naive.lay_out, (first, second)), built.trees.values(), strict=True):
        names = built.ids.to_pylist()
        own = [names[at] for at in (tree.to_primary if tree.to_primary is not None else range(count))]
        assert own == naive_tree.ids
        assert tree.depth.tolist() == naive_tree.depth
        assert tree.parent.tolist() == naive_tree.parent
        assert tree.end.tolist() == naive_tree.end
        assert [tree.own(position) for position in range(count)] == [own.index(member) for member in names]
    assert [rows[row] for row in built.rows] == built.ids.to_pylist()
    assert built.index.lookup(built.ids).tolist() == list(range(count))


@given(naive.forests(smallest=1), st.randoms())
def test_shuffled_rows_give_the_same_genealogy(forest, random):
    ids, parents = forest
    trees = [TreeColumns("enrollment", "sponsor"), TreeColumns("again", "sponsor")]
    here = build_genealogy(table_of(ids, parents), id_column="id", trees=trees)
    other = random.sample(ids, len(ids))
    there = build_genealogy(table_of(other, parents), id_column="id", trees=trees, threads=2)
    assert there.ids.equals(here.ids)
    assert all(there.trees[name].equals(tree) for name, tree in here.trees.items())


def test_sides_follow_the_tree_and_roots_have_none():
    members = pa.table({"id": [1, 2, 3], "sponsor": [None, 1, 1], "side": ["left", "right", "left"]})
    trees = [TreeColumns("binary", "sponsor", "side", 2)]
    assert build_genealogy(members, id_column="id", trees=trees).primary.side.tolist() == [-1, 1, 0]


@pytest.mark.parametrize("type_", [pa.int64(), pa.string(), pa.null()])
def test_no_members(type_):
    empty = pa.table({name: pa.array([], type_) for name in ("id", "sponsor", "place", "side")})
    built = build_genealogy(empty, id_column="id", trees=BOTH)
    assert built.n == built.primary.n == 0
    assert built.primary.max_depth == 0
    assert built.primary.roots() == []
    with pytest.raises(UsageError, match="there are no members"):
        built.position(1)


@pytest.mark.parametrize("member", [7, "seven"])
def test_one_member(member):
    kind = pa.array([member]).type
    alone = pa.table({"id": [member], "sponsor": pa.nulls(1), "place": pa.nulls(1, kind), "side": pa.nulls(1)})
    built = build_genealogy(alone, id_column="id", trees=BOTH)
    assert built.position(member) == 0
    assert built.id_at(0) == member
    assert built.trees["binary"].from_primary.tolist() == [0]
    assert built.trees["binary"].side.tolist() == [-1]


def test_who_is_where():
    built = small()
    assert [built.position(member) for member in (1, 2, 3, 4)] == [0, 1, 2, 3]
    assert built.id_at(2) == 3
    assert built.children("enrollment", 0) == [1, 2, 3]
    assert built.children("binary", built.position(2)) == [built.position(3)]
    assert built.children("binary", 3) == []
    assert built.ancestors("binary", built.position(4)) == [2, 1, 0]
    assert built.ancestors("enrollment", 0) == []
    assert built.subtree("enrollment", 0) == range(4)
    assert built.subtree("binary", 1) == [1, 2, 3]
    assert built.primary.roots() == [0]
    assert built.position(np.int64(4)) == 3


def test_short_texts():
    built = small()
    assert repr(built) == "Genealogy(4 members, int64 ids, trees: enrollment (depth 1), binary (depth 3))"
    assert repr(built.trees["binary"]) == "Tree('binary', 4 members, depth 3)"


def test_arrays_cannot_be_changed():
    built = small()
    with pytest.raises(ValueError, match="read-only"):
        built.primary.depth[0] = 1
    with pytest.raises(ValueError, match="read-only"):
        built.rows[0] = 1


@pytest.mark.parametrize(
    ("member", "hint"),
    [
        (5, "ids are integers from 1 to 4"),
        ("4", "ids are integers: did you mean 4?"),
        (True, "ids are integers from 1 to 4"),
        (2**80, "ids are integers from 1 to 4"),
        (1.0, "ids are integers from 1 to 4"),
    ],
)
def test_unknown_integer_member(member, hint):
    with pytest.raises(UsageError) as caught:
        small().position(member)
    assert caught.value.problems[0].message == f"there is no member {member!r}"
    assert caught.value.problems[0].hint == hint


@pytest.mark.parametrize(
    ("member", "hint"),
    [
        ("ANN ", 'did you mean "ann"?'),
        ("anne", 'did you mean "ann"?'),
        ("xyz", "ids are text, compared letter by letter"),
        (3, "ids are text, compared letter by letter"),
    ],
)
def test_unknown_text_member(member, hint):
    members = pa.table({"id": ["ann", "bob"], "sponsor": [None, "ann"]})
    built = build_genealogy(members, id_column="id", trees=BOTH[:1])
    assert built.position("bob") == 1
    with pytest.raises(UsageError) as caught:
        built.position(member)
    assert caught.value.problems[0].hint == hint


def test_unknown_tree_and_position():
    with pytest.raises(UsageError, match='did you mean "binary"'):
        small().children("binry", 0)
    for position in (-1, 4):
        with pytest.raises(UsageError, match=r"not in \[0, 4\)"):
            small().ancestors("binary", position)


def test_equality_sees_every_array():
    assert small().equals(small())
    members = pa.table({"id": [1, 2], "sponsor": [None, 1]})
    one = build_genealogy(members, id_column="id", trees=BOTH[:1])
    assert not one.equals(small())
    assert not one.equals(build_genealogy(members, id_column="id", trees=[TreeColumns("other", "sponsor")]))
    flat = pa.table({"id": [1, 2], "sponsor": pa.nulls(2, pa.int64())})
    assert not one.equals(build_genealogy(flat, id_column="id", trees=BOTH[:1]))


def test_tree_columns_and_names_are_checked():
    with pytest.raises(UsageError, match="leaves no room"):
        TreeColumns("matrix", "sponsor", width=0)
    with pytest.raises(UsageError, match="64 wide, not 65"):
        TreeColumns("matrix", "sponsor", "side", 65)
    members = pa.table({"id": [1], "sponsor": pa.nulls(1)})
    with pytest.raises(UsageError, match="at least one tree"):
        build_genealogy(members, id_column="id", trees=[])
    with pytest.raises(UsageError, match="names must differ"):
        build_genealogy(members, id_column="id", trees=[BOTH[0], BOTH[0]])


@pytest.mark.parametrize("shape", ["chain", "star"])
def test_a_long_chain_and_a_wide_star_with_two_threads(shape):
    count = 200_000 if JIT else 2_000
    above = naive.by_rows(shape, count, None)
    rows = np.random.default_rng(6).permutation(count)
    ids = np.arange(count, dtype=np.int64) * 2**30
    sponsor = pa.array([None if above[row] is None else int(ids[above[row]]) for row in rows])
    members = pa.table({"id": ids[rows], "sponsor": sponsor})
    built = build_genealogy(members, id_column="id", trees=BOTH[:1], threads=2)
    assert (built.ids.to_numpy() == ids).all()
    assert len(built.primary.ancestors(count - 1)) == (count - 1 if shape == "chain" else 1)
    assert len(built.primary.children(0)) == (1 if shape == "chain" else count - 1)


def test_nothing_imports_pandas():
    code = """
import sys
import pyarrow as pa, numpy as np
from compplan.arrow.buffers import numbers, texts
from compplan.genealogy.build import build_genealogy
from compplan.genealogy.genealogy import TreeColumns
ids = numbers(np.array([1, 2], np.int64), pa.int64())
members = pa.Table.from_arrays([ids, pa.nulls(2), texts(["left", "right"])], names=["id", "sponsor", "side"])
built = build_genealogy(members, id_column="id", trees=[TreeColumns("a", "sponsor", "side")])
assert built.position(2) == 1
assert "pandas" not in sys.modules, "pandas"
"""
    subprocess.run([sys.executable, "-c", code], check=True)
