"""Placement of a whole field, spill-over and at the edge of a leg: ns a member of the kernel, and of the whole call."""

from __future__ import annotations

import pytest

from compplan.genealogy.placement import place

RULES = {"levels": {}, "weak_edge": {"leg": "weak", "within": "edge"}, "own_edge": {"leg": "own", "within": "edge"}}


@pytest.mark.parametrize("rule", RULES)
def test_place(benchmark, report, case, rule):
    if case.shape == "chain" and rule == "weak_edge":
        pytest.skip("the weight of each member is added to all above him")
    members = case.tables.members.select(["member_id", "sponsor_id"])
    found = benchmark.pedantic(lambda: place(members, **RULES[rule]).to_arrow(), rounds=3, warmup_rounds=1)
    report(case.size, members.nbytes + found.nbytes)
