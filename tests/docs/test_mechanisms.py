"""The table of mechanisms: every row says where it is at work, and the plans that it names have golden cases."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[2] / "docs" / "mechanisms.md"
ROWS = [
    [cell.strip() for cell in line.strip("|").split(" | ")]
    for line in PAGE.read_text(encoding="utf-8").splitlines()
    if line.startswith("| ") and not line.startswith("| mechanism |")
]


@pytest.mark.parametrize("row", ROWS, ids=[row[0].lstrip("| ")[:40] for row in ROWS])
def test_a_row_is_at_work_somewhere(row):
    assert len(row) == 3
    links = re.findall(r"\]\(([^)#]+)", row[2])
    assert links
    for link in links:
        file = PAGE.parent / link
        assert file.is_file(), link
        if file.suffix == ".yaml" and not file.name.endswith(".patch.yaml"):
            assert file.with_suffix(".cases.yaml").is_file(), link
