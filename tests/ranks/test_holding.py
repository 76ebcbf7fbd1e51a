"""Ranks over time against a twin that walks through one member's history with lists."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from compplan.plan.sections import HeldRank
from compplan.ranks.holding import hold
from naive.history import held_ranks

rises = st.fixed_dictionaries({"rises_after": st.integers(1, 3)})
falls = st.fixed_dictionaries({"falls_after": st.integers(1, 4)}, optional={"falls_by": st.integers(1, 3)})
within = st.builds(
    lambda after, more, by: {"falls_after": after, "falls_within": after + more} | by,
    st.integers(2, 3),
    st.integers(0, 4),
    st.just({}) | st.just({"falls_by": 1}),
)
rules = st.builds(lambda up, down: up | down, rises, st.just({}) | falls | within)


@settings(max_examples=60, deadline=None)
@given(rules, st.lists(st.integers(0, 5), max_size=14))
def test_a_held_rank_is_that_of_its_history(given_rule: dict[str, Any], history: list[int]) -> None:
    rule = HeldRank(**given_rule)
    held, below = np.zeros(1, np.int8), np.zeros(1, np.int64)
    found = []
    for period, earned in enumerate(history):
        earlier = [history[period - back] if period >= back else 0 for back in range(1, 3)]
        columns = [np.array([rank], np.int8) for rank in earlier]
        held, below = hold(rule, np.array([earned], np.int8), held, below, columns)
        found.append(int(held[0]))
    assert held.dtype == np.int8
    assert found == held_ranks(rule, history)
