from __future__ import annotations

import pytest

from compplan.volumes import sweep


@pytest.fixture(scope="module", autouse=True)
def tiny_ranges():
    """Let several threads run on trees of a few members as well."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sweep, "SMALLEST_RANGE", 1)
        patch.setattr(sweep, "CUT_COST", 1)
        yield
