"""Tier bonuses over several periods against their twin."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from compplan.bonuses.own_tier.tier_spec import TierSpec
from compplan.bonuses.own_tier.tier_steps import Form, Found, step
from naive import tiers as naive

TIERS = 3


@st.composite
def specs(draw):
    first = draw(st.booleans())
    payments = draw(st.integers(1, 3)) if first else 1
    return TierSpec(
        count=TIERS,
        again=draw(st.booleans()) or not first,
        first=first,
        every=draw(st.booleans()),
        held=draw(st.integers(1, 3)),
        grace=draw(st.integers(0, 2)),
        payments=payments,
        needs=draw(st.sampled_from(["nothing", "pay_when", "tier"])),
        missed=draw(st.sampled_from(["lost", "later"])),
    )


months = st.tuples(st.integers(0, TIERS), st.booleans(), st.booleans(), st.tuples(*[st.booleans()] * TIERS))


@settings(max_examples=50, deadline=None)
@given(specs(), st.lists(st.lists(months, min_size=5, max_size=5), min_size=1, max_size=3))
def test_periods_are_those_of_the_twin(spec, lives):
    state = {name: np.zeros(len(lives), np.int64) for name in spec.kept}
    slow = [dict.fromkeys(spec.kept, 0) for _ in lives]
    for month in zip(*lives, strict=True):
        reached, payable, floor, in_time = zip(*month, strict=True)
        windows = [np.array(column, np.bool_) for column in zip(*in_time, strict=True)]
        found = Found(np.array(reached, np.int64), np.array(payable), np.array(floor), windows)
        events, state = step(spec, found, state)
        got = [set() for _ in lives]
        for member, tier, form, part, can in zip(
            events.member, events.tier, events.form, events.part, events.payable, strict=True
        ):
            got[member].add((Form(form).name, int(tier), int(part), bool(can)))
        for at, (what, before) in enumerate(zip(month, slow, strict=True)):
            expected, slow[at] = naive.step(spec, *what, before)
            assert got[at] == expected
            assert {name: int(column[at]) for name, column in state.items()} == slow[at]
