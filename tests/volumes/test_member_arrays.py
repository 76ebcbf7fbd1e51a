from __future__ import annotations

import numpy as np
import pytest

from compplan.errors import UsageError
from compplan.volumes import rollup
from compplan.volumes.member_arrays import FLAG, VOLUME, as_input, member_arrays
from tests.volumes.forests import tree_of


def test_all_misfits_are_told_at_once():
    tree = tree_of([0, 1, 1])
    with pytest.raises(UsageError) as caught:
        rollup.outside_legs(
            tree,
            np.zeros(2, np.int64),
            np.zeros(3, np.int32),
            [True, False, True],
            out=np.zeros(6, np.int64)[::2],
        )
    problems = [(problem.code, problem.message.split()[0]) for problem in caught.value.problems]
    assert problems == [
        ("wrong_shape", "leg_volume"),
        ("wrong_dtype", "own"),
        ("not_an_array", "flag"),
        ("unwritable", "out"),
    ]
    assert ".astype(np.int64)" in str(caught.value)


def test_money_in_floats_is_refused():
    values = np.ones(1, np.int64)
    with pytest.raises(UsageError, match="exact whole numbers"):
        rollup.roll_up(tree_of([0]), values.astype(np.float64))


def test_numbers_must_be_whole():
    tree, values = tree_of([0]), np.ones(1, np.int64)
    with pytest.raises(UsageError, match="must be a whole number"):
        rollup.roll_up_levels(tree, values, "2")
    with pytest.raises(UsageError, match="threads must be between 1"):
        rollup.roll_up(tree, values, threads=0)


def test_inputs_are_read_only_views():
    values = np.arange(6)[::2]
    assert as_input(values).flags.c_contiguous
    whole = np.arange(3)
    view, flag, out = member_arrays(
        tree_of([0, 1, 1]), {"v": (whole, VOLUME), "f": (whole > 0, FLAG)}, {"out": (None, VOLUME)}
    )
    assert np.shares_memory(view, whole)
    assert not view.flags.writeable
    assert whole.flags.writeable
    assert flag.dtype == bool
    assert out.shape == (3,)
