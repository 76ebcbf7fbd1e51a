"""Forests for the sweep tests: random ones, and the shapes that break sweeps; as parents and as a `Tree`."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from hypothesis import strategies as st

from compplan.genealogy.tree import Tree


def parents_of(depths):
    """The parent of each member of a pre-order: the last member before it that stands one level higher."""
    path, parents = [], []
    for member, depth in enumerate(depths):
        del path[depth:]
        parents.append(path[-1] if path else -1)
        path.append(member)
    return parents


def tree_of(depths):
    """The tree of a pre-order of depths."""
    depth = np.asarray(depths, np.int32)
    parents = parents_of(depth.tolist())
    size = [1] * len(parents)
    for member in reversed(range(len(parents))):
        if parents[member] >= 0:
            size[parents[member]] += size[member]
    return Tree(
        name="enrollment",
        depth=depth,
        parent=np.array(parents, np.int32),
        end=np.arange(len(parents), dtype=np.int32) + np.array(size, np.int32),
        side=None,
        max_depth=int(depth.max()) if depth.size else 0,
        to_primary=None,
        from_primary=None,
    )


def random_tree(n, seed, *, longest=60):
    """Depths that wander, with some falls back to the roots."""
    rng = np.random.default_rng(seed)
    depths = [0]
    for fall in (rng.geometric(0.5, n - 1) - 2).tolist():
        depths.append(min(longest, max(0, depths[-1] - fall)))
    return tree_of(depths)


@dataclass
class Case:
    """A forest with columns of values and flags, as lists for the twins and as arrays for the sweeps."""

    depths: list
    values: list
    others: list
    flags: list
    marks: list

    def __post_init__(self):
        self.parents = parents_of(self.depths)
        self.tree = tree_of(self.depths)
        self.v = np.array(self.values, np.int64)
        self.w = np.array(self.others, np.int64)
        self.f = np.array(self.flags, np.bool_)
        self.g = np.array(self.marks, np.bool_)


@st.composite
def depths(draw, most=24):
    """Depths of a pre-order: a chain, a star, a spine with short side branches, or anything."""
    n = draw(st.one_of(st.sampled_from([0, 1, 2]), st.integers(3, most)))
    shape = draw(st.sampled_from(["any", "any", "chain", "star", "spine", "roots"]))
    if shape == "chain":
        return list(range(n))
    if shape == "star":
        return [min(k, 1) for k in range(n)]
    if shape == "roots":
        return [0] * n
    result, spine = [], 0
    for k in range(n):
        highest = result[-1] + 1 if k else 0
        lowest = max(0, spine - 2) if shape == "spine" else 0
        result.append(draw(st.integers(min(lowest, highest), highest)))
        spine = max(spine, result[-1])
    return result


@st.composite
def cases(draw):
    shape = draw(depths())
    n = len(shape)

    def column(elements):
        return draw(st.lists(elements, min_size=n, max_size=n))

    amount = st.integers(-9, 9) | st.integers(-(2**56), 2**56)
    flag = draw(st.sampled_from([st.booleans(), st.sampled_from([False]), st.integers(0, 5).map(lambda x: x == 0)]))
    return Case(shape, column(amount), column(amount), column(flag), column(st.booleans()))
