"""The share-out against its plain twin, and its edges."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import naive.share_out as naive
from compplan.bonuses.share_out.share import Rule, largest, share_out, share_out_groups
from compplan.errors import ExactnessError
from compplan.money import ROUNDING_CODES

RESIDUES = ("largest_remainder", "company", "rounded_alone")
SIZES = st.one_of(st.integers(0, 12), st.integers(0, 10**7), st.integers(0, 2**40))


def rule(residue, mode, ids):
    return Rule(residue, mode, lambda tied: np.asarray(ids, np.int64)[tied])


@pytest.mark.kernels
@settings(max_examples=100, deadline=None)
@given(st.data())
def test_parts_are_those_of_fractions(data):
    weights = data.draw(st.lists(SIZES, min_size=1, max_size=8).filter(any))
    ids = data.draw(st.permutations(range(len(weights))))
    amount = Fraction(data.draw(st.integers(0, 10**9)), data.draw(st.sampled_from([1, 2, 3, 1000])))
    total = sum(weights) + data.draw(st.integers(0, 3))
    residue, mode = data.draw(st.sampled_from(RESIDUES)), data.draw(st.sampled_from([*ROUNDING_CODES]))
    found = share_out(np.array(weights, np.int64), amount, total, rule(residue, mode, ids))
    assert found.tolist() == naive.share_out(weights, amount, total, residue=residue, mode=mode, ids=ids)


@pytest.mark.kernels
@settings(max_examples=60, deadline=None)
@given(st.data())
def test_groups_are_shared_out_each_by_itself(data):
    entries = data.draw(st.lists(st.tuples(st.integers(0, 3), st.integers(1, 10**6)), min_size=1, max_size=12))
    ids = data.draw(st.permutations(range(len(entries))))
    residue, mode = data.draw(st.sampled_from(RESIDUES)), data.draw(st.sampled_from([*ROUNDING_CODES]))
    amounts = [data.draw(st.integers(0, 10**6)) for _ in range(4)]
    totals = [sum(w for g, w in entries if g == group) for group in range(4)]
    weights, group = np.array([w for _, w in entries], np.int64), np.array([g for g, _ in entries], np.int64)
    found = share_out_groups(
        weights, group, np.array(amounts, np.int64), np.array(totals, np.int64), rule(residue, mode, ids)
    ).tolist()
    for each in range(4):
        mine = [i for i, (g, _) in enumerate(entries) if g == each]
        if mine:
            own = [entries[i][1] for i in mine]
            expected = naive.share_out(
                own, amounts[each], totals[each], residue=residue, mode=mode, ids=[ids[i] for i in mine]
            )
            assert [found[i] for i in mine] == expected


def test_of_equal_rests_the_smaller_id_is_served_first():
    weights = np.ones(5, np.int64)
    assert share_out(weights, Fraction(7), 5, rule("largest_remainder", "half_up", [9, 3, 5, 1, 7])).tolist() == [
        1, 2, 1, 2, 1,
    ]  # fmt: skip


def test_products_beyond_64_bits_are_exact():
    weights = np.array([2**62, 2**61, 2**61 - 1], np.int64)
    total = 2**63 - 1
    parts = share_out(weights, Fraction(10**18), total, rule("company", "half_up", range(3)))
    assert parts.tolist() == [int(w) * 10**18 // total for w in weights]


def test_a_total_beyond_64_bits_is_refused():
    with pytest.raises(ExactnessError, match="passes 64 bits"):
        share_out(np.array([1], np.int64), Fraction(1, 1000), 2**62, rule("company", "half_up", [0]))


@pytest.mark.kernels
def test_large_groups_are_served_as_small_ones():
    """A hundred equal entries, of which the seven with the smallest ids get one unit more than a pair beside them."""
    weights, group = np.ones(102, np.int64), np.array([0] * 100 + [1, 1], np.int64)
    ids = np.arange(102)[::-1]
    parts = share_out_groups(
        weights, group, np.array([207, 5]), np.array([100, 2]), rule("largest_remainder", "half_up", ids)
    )
    assert parts.tolist() == [2] * 93 + [3] * 7 + [2, 3]


@settings(max_examples=50, deadline=None)
@given(st.lists(st.integers(0, 2**62) | st.integers(0, 3), min_size=1, max_size=9), st.data())
def test_the_value_in_a_place(values, data):
    place = data.draw(st.integers(1, len(values)))
    assert largest(np.array(values, np.int64), place) == sorted(values, reverse=True)[place - 1]
