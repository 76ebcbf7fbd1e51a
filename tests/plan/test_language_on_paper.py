"""The plans on paper of decision 0002 that are no plans of `plans/` yet: each loads, or says that it waits."""

from __future__ import annotations

from pathlib import Path

import pytest

from compplan.errors import PlanError
from compplan.plan.load import checked_plan
from compplan.plan.patch import merged_source
from compplan.plan.source import read_source

FOLDER = Path(__file__).parents[2] / "docs" / "decisions" / "0002-plan-language"
PLANS = sorted(path for path in FOLDER.glob("*.yaml") if ".patch." not in path.name)
PATCHES = sorted(FOLDER.glob("*.patch.yaml"))


def source_of(path):
    """The source of a plan, or of the plan whose name a patch's name begins with, patched."""
    if path not in PATCHES:
        return read_source(path)
    (base,) = [plan for plan in PLANS if path.name.startswith(plan.stem)]
    return merged_source(read_source(base), [read_source(path)])


@pytest.mark.parametrize("path", [*PLANS, *PATCHES], ids=lambda path: path.stem)
def test_a_file_loads_or_says_that_it_waits(path):
    text = path.read_text()
    waits = "oads: not yet" in text or "loads with the kinds" in text
    try:
        checked_plan(source_of(path))
    except PlanError:
        if not waits:
            raise
