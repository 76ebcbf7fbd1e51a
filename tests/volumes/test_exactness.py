from __future__ import annotations

import numpy as np
import pytest

from compplan.volumes import exactness
from tests.volumes.forests import random_tree

pytestmark = pytest.mark.kernels


@pytest.mark.parametrize("kind", ["mixed", "low", "high"])
def test_magnitudes_are_exact(kind):
    rng = np.random.default_rng(3)
    values = {
        "mixed": rng.integers(-(2**63), 2**63 - 1, 300, endpoint=True),
        "low": np.full(300, -(2**63)),
        "high": np.full(300, 2**63 - 1),
    }[kind]
    tree = random_tree(300, 4)
    assert exactness.magnitude(values) == sum(abs(v) for v in values.tolist())
    by_depth = {}
    for depth, value in zip(tree.depth.tolist(), values.tolist(), strict=True):
        by_depth[depth] = by_depth.get(depth, 0) + abs(value)
    assert exactness.magnitude_by_depth(tree, values) == max(by_depth.values())
