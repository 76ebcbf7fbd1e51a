"""Trees that are cut above some members."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings

from compplan.genealogy.cut import cut_tree
from tests.volumes.forests import Case, cases, depths, parents_of, tree_of

pytestmark = pytest.mark.kernels


@settings(deadline=None, max_examples=50)
@given(cases())
def test_who_stops_is_a_root(case: Case):
    cut = cut_tree(case.tree, case.f, "cut")
    order, n = cut.to_primary.tolist(), len(case.parents)
    assert sorted(order) == list(range(n))
    assert [order[place] for place in cut.from_primary.tolist()] == list(range(n))
    assert cut.depth.tolist() == tree_of(cut.depth).depth.tolist()
    assert cut.parent.tolist() == parents_of(cut.depth.tolist())
    assert cut.end.tolist() == tree_of(cut.depth).end.tolist()
    for place, member in enumerate(order):
        up = -1 if case.flags[member] else case.parents[member]
        assert up == (-1 if cut.parent[place] < 0 else order[cut.parent[place]])
    siblings = [(cut.parent[place], member) for place, member in enumerate(order)]
    assert all(a < b for p, a in siblings for q, b in siblings if p == q and order.index(a) < order.index(b))


@settings(deadline=None, max_examples=20)
@given(depths())
def test_nothing_is_cut(shape):
    tree = tree_of(shape)
    cut = cut_tree(tree, np.zeros(tree.n, np.bool_), "cut")
    assert all(np.array_equal(getattr(cut, name), getattr(tree, name)) for name in ("depth", "parent", "end"))
