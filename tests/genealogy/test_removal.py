"""Removal of members against the obvious walk up, in several trees and any order of rows; what is refused."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import compplan as cp


@st.composite
def fields(draw):
    """Members with two parents each, some of whom leave, in any order."""
    n = draw(st.integers(0, 15))
    rows = []
    for i in range(n):
        above = [draw(st.integers(-1, i - 1)) if i else -1 for _ in range(2)]
        sponsor, placement = (None if a < 0 else f"m{a}" for a in above)
        rows.append({"member_id": f"m{i}", "sponsor_id": sponsor, "placement_id": placement})
        rows[-1] |= {"gone": draw(st.sampled_from([True, False, None])), "note": i}
    return draw(st.permutations(rows))


def above(rows, member, column):
    """Walk up until somebody stays."""
    by_id = {row["member_id"]: row for row in rows}
    found = by_id[member][column]
    while found is not None and by_id[found]["gone"]:
        found = by_id[found][column]
    return found


@pytest.mark.kernels
@settings(deadline=None, max_examples=40)
@given(fields())
def test_children_stand_below_the_nearest_who_stays(rows):
    if not rows:
        return
    trees = ("sponsor_id", "placement_id")
    found = list(cp.remove(rows, leaves="gone", parent=trees).rows())
    assert found == [
        row | {name: above(rows, row["member_id"], name) for name in trees} for row in rows if not row["gone"]
    ]


def test_problems_of_the_table_are_told():
    with pytest.raises(cp.DataError, match="gone"):
        cp.remove([{"member_id": 1, "sponsor_id": None}], leaves="gone")
    with pytest.raises(cp.DataError, match="2"):
        cp.remove([{"member_id": 1, "sponsor_id": 2, "gone": False}], leaves="gone")
