"""The member index: finds what a dict finds, whatever the ids are and however they are handed over."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from compplan.errors import DataError, Rows
from compplan.genealogy import index_kernels, tables
from compplan.genealogy.ids import MemberIndex, id_kind
from compplan.genealogy.parallel import LEAST
from compplan.jit import JIT
from tests.naive import genealogy as naive

pytestmark = pytest.mark.kernels

MANY = 3 * LEAST if JIT else 300
INTEGERS = st.one_of(st.integers(-20, 20), st.integers(-(2**63), 2**63 - 1))
TEXTS = st.text(st.sampled_from("ab0é€\0"), max_size=30)


@given(st.lists(st.none() | INTEGERS, max_size=60), st.lists(st.none() | INTEGERS, max_size=60))
def test_finds_integers_as_a_dict_does(ids, others):
    keys = ids + others
    index = MemberIndex.build(pa.array(ids, pa.int64()))
    assert index.lookup(pa.array(keys, pa.int64())).tolist() == naive.lookup(ids, keys)
    valid = [member for member in ids if member is not None]
    assert index.repeated == len(valid) - len(set(valid))


@given(st.lists(st.none() | TEXTS, max_size=60), st.lists(st.none() | TEXTS, max_size=60))
def test_finds_texts_as_a_dict_does(ids, others):
    keys = ids + others
    index = MemberIndex.build(pa.array(ids, pa.string()))
    assert index.lookup(pa.array(keys, pa.string())).tolist() == naive.lookup(ids, keys)
    valid = [member for member in ids if member is not None]
    assert index.repeated == len(valid) - len(set(valid))


@given(st.lists(INTEGERS, unique=True, max_size=40), st.randoms())
@pytest.mark.parametrize("kind", [pa.int64(), pa.large_string()])
def test_renumbers_members_to_a_new_order(kind, ids, random):
    order = list(range(len(ids)))
    random.shuffle(order)
    texts = pa.array(ids, pa.int64()).cast(kind)
    index = MemberIndex.build(texts)
    numbers = np.empty(len(ids), np.int32)
    numbers[np.array(order, np.int64)] = np.arange(len(ids))
    index.renumber(numbers, texts.take(pa.array(order, pa.int64())))
    assert index.lookup(texts).tolist() == numbers.tolist()


def test_table_is_direct_for_dense_ids_and_hashed_for_others():
    assert isinstance(MemberIndex.build(pa.array([5, 9, 7]))._table, tables.DirectTable)
    assert isinstance(MemberIndex.build(pa.array([5, 2**62, 7]))._table, tables.PairTable)


def test_extreme_integers_are_found():
    ids = [2**63 - 1, -(2**63), 0, -1, 1]
    index = MemberIndex.build(pa.array(ids, pa.int64()))
    assert index.lookup(pa.array([*ids, 2, -2], pa.int64())).tolist() == [0, 1, 2, 3, 4, -1, -1]


@pytest.mark.parametrize("spread", [1, 2**40 + 1])
@pytest.mark.parametrize("threads", [1, 2, 3])
def test_threads_find_the_same_integers(spread, threads):
    ids = np.random.default_rng(5).permutation(MANY) * spread
    ids[-1] = ids[0]
    index = MemberIndex.build(pa.array(ids), threads=threads)
    assert index.repeated == 1
    found = index.lookup(pa.array(ids), threads=threads)
    assert (found[:-1] == np.arange(MANY - 1)).all()
    assert found[-1] == 0
    assert (index.lookup(pa.array(ids + MANY * spread), threads=threads) == -1).all()


def test_threads_find_the_same_texts():
    texts = pa.array([f"member-{number:07}" for number in range(MANY)])
    index = MemberIndex.build(texts)
    assert (index.lookup(texts, threads=2) == np.arange(MANY)).all()


@given(st.lists(st.integers(0, 2**64 - 1), max_size=60), st.integers(1, 4))
def test_parts_of_a_hash_table_fill_it_as_one_does(keys, parts):
    keys = np.array(keys, np.uint64)
    size, shift, mask = tables.hash_size(len(keys))
    whole, split = np.zeros(2 * size, np.uint64), np.zeros(2 * size, np.uint64)
    with np.errstate(over="ignore"):
        repeated = index_kernels.fill_pairs(keys, shift, mask, whole)
        assert tables.fill_in_parts(keys, shift, mask, split, parts) == repeated
        found = np.empty((2, len(keys)), np.int32)
        index_kernels.find_pairs(keys, shift, mask, whole, found[0])
        index_kernels.find_pairs(keys, shift, mask, split, found[1])
    assert (found[0] == found[1]).all()


def test_late_keys_of_a_crowded_part_are_entered_last(monkeypatch):
    keys = np.arange(64, dtype=np.uint64)
    monkeypatch.setattr(tables, "MANY", -1)
    size, _, mask = 64, None, np.uint64(63)
    shift = np.uint64(63)  # every search begins in slot 0 or 1, so that most leave the first part
    slots, found = np.zeros(2 * size, np.uint64), np.empty(64, np.int32)
    with np.errstate(over="ignore"):
        assert tables.fill_in_parts(keys, shift, mask, slots, 16) == 0
        index_kernels.find_pairs(keys, shift, mask, slots, found)
    assert found.tolist() == list(range(64))


@pytest.mark.parametrize(
    "type_",
    [
        *(pa.int8(), pa.int16(), pa.int32(), pa.int64()),
        *(pa.uint8(), pa.uint16(), pa.uint32(), pa.uint64(), pa.decimal128(20, 0)),
    ],
    ids=str,
)
def test_every_integer_type_is_the_same_id(type_):
    index = MemberIndex.build(pa.array([30, 10, 20]).cast(type_))
    assert index.kind == pa.int64()
    assert index.lookup(pa.array([10, None, 31]).cast(type_)).tolist() == [1, -1, -1]
    assert index.lookup(pa.array([20])).tolist() == [2]


@pytest.mark.parametrize(
    "type_",
    [pa.string(), pa.large_string(), pa.string_view(), pa.dictionary(pa.int32(), pa.string())],
    ids=str,
)
def test_every_text_type_is_the_same_id(type_):
    index = MemberIndex.build(pa.array(["c", "a", "b"]).cast(type_))
    assert index.kind == pa.large_string()
    assert index.lookup(pa.array(["a", None, "", "b"]).cast(type_)).tolist() == [1, -1, -1, 2]


def test_dictionaries_are_searched_once_a_distinct_key():
    index = MemberIndex.build(pa.array([30, 10, 20, 10]).dictionary_encode().slice(0, 3))
    keys = pa.array([20, None, 31, 20]).dictionary_encode()
    assert index.lookup(keys).tolist() == [2, -1, -1, 2]
    assert index.lookup(pa.chunked_array([keys, keys.slice(2)])).tolist() == [2, -1, -1, 2, -1, 2]


def test_chunks_slices_and_empty_columns():
    index = MemberIndex.build(pa.chunked_array([[1, 2], [], [3]]))
    keys = pa.chunked_array([pa.array([9, 3, None, 2]).slice(1), pa.array([], pa.int64()), pa.array([1])])
    assert index.lookup(keys).tolist() == [2, -1, 1, 0]
    assert index.lookup(pa.chunked_array([], pa.int64())).tolist() == []
    assert index.lookup(pa.nulls(2)).tolist() == [-1, -1]
    texts = MemberIndex.build(pa.array(["x", "yy", "z"]).slice(1))
    assert texts.lookup(pa.array(["x", "yy", "", "z"]).slice(1)).tolist() == [0, -1, 1]
    assert MemberIndex.build(pa.array([], pa.string())).lookup(pa.array(["x"])).tolist() == [-1]


@pytest.mark.parametrize(
    ("ids", "keys", "said"),
    [
        ([1], ["1"], "ids are text here (string), but the members' ids are integers"),
        (["1"], [1], "ids are integers here (int64), but the members' ids are text"),
        ([1], [1.0], "ids of type double cannot be read"),
        ([1], [Decimal("1.5")], "ids of type decimal128(2, 1) cannot be read"),
        ([1], [b"1"], "ids of type binary cannot be read"),
        ([1], [True], "ids of type bool cannot be read"),
        ([1], pa.array([2**63], pa.uint64()), "ids go beyond 64 bits"),
    ],
)
def test_keys_of_another_type_are_an_error(ids, keys, said):
    index = MemberIndex.build(pa.array(ids))
    place = Rows("orders", "buyer", 1)
    with pytest.raises(DataError) as caught:
        index.lookup(keys if isinstance(keys, pa.Array) else pa.array(keys), place=place)
    assert caught.value.problems[0].message == said
    assert caught.value.problems[0].place == place
    assert caught.value.problems[0].hint


def test_ids_of_floats_are_an_error_with_a_cure():
    with pytest.raises(DataError, match="Int64"):
        MemberIndex.build(pa.array([1.0, None]))
    assert id_kind(pa.float32()) is None


def test_table_sizes_keep_searches_short_until_memory_counts():
    for count in (0, 1, 5, 10**6, 10**7, tables.MANY, tables.MANY + 1, 10**8):
        size, shift, mask = tables.hash_size(count)
        assert size == int(mask) + 1 == 1 << (64 - int(shift))
        assert count / size <= (0.3125 if count <= tables.MANY else 0.625)
