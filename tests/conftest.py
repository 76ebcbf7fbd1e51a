"""What all tests share: the naive twins are importable, and Hypothesis never times a test."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from compplan import memory

sys.path.insert(0, str(Path(__file__).parent))

# A loaded machine is not a fault of the data: no deadline, and no complaint about slow generation.
settings.register_profile(
    "compplan",
    deadline=None,
    max_examples=50,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize="CI" in os.environ,  # the same examples for the same code: a change is judged by what it changed
)
settings.load_profile("compplan")

JIT = os.environ.get("NUMBA_DISABLE_JIT", "0") != "1"

GARBAGE = 0xA5


@pytest.fixture(autouse=True, scope="session")
def _memory_was_used_before():
    """Columns that are written once hold what was there before, as they do in a process that runs many plans."""
    fresh = memory._block

    def used(size):
        block = fresh(size)
        block[:] = GARBAGE
        return block

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(memory, "_block", used)
        yield


@pytest.fixture
def compiled() -> bool:
    """Whether kernels are compiled in this run."""
    return JIT
