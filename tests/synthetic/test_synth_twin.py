"""The kernels against the slow twin: whole tables, value by value, on small fields with all arguments."""

from __future__ import annotations

from fractions import Fraction
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compplan.periods.period import read_period
from compplan.synthetic import synth
from compplan.synthetic.field import Ids, Shape
from tests.naive import synth as naive

pytestmark = pytest.mark.kernels

ARGUMENTS = st.fixed_dictionaries(
    {
        "members": st.one_of(st.integers(0, 3), st.integers(0, 150)),
        "shape": st.sampled_from(get_args(Shape)),
        "seed": st.one_of(st.integers(0, 3), st.integers(0, 2**64 - 1)),
        "period": st.sampled_from(["2026-10", "2024-02", "2026", "2026-W41", "2026-10-01/2026-10-16", "1900-01"]),
        "orders_per_member": st.sampled_from([0, 1, 3, "2.5"]),
        "returns": st.sampled_from([0, "0.01", "0.4"]),
        "ids": st.sampled_from(get_args(Ids)),
        "trees": st.sampled_from([("enrollment",), ("enrollment", "binary")]),
        "customers": st.booleans(),
        "shuffle": st.booleans(),
    },
)


def twin(arguments):
    period = read_period(arguments["period"])
    same = {name: arguments[name] for name in ("seed", "ids", "customers", "shuffle")}
    tree = {"shape": arguments["shape"], "binary": "binary" in arguments["trees"], "end": period.after}
    members, known = naive.members(arguments["members"], **tree, **same)
    per_member, returns = Fraction(arguments["orders_per_member"]), Fraction(arguments["returns"])
    span = {"start": period.first, "end": period.after}
    return members, naive.orders(known, per_member=per_member, returns=returns, **span, **same)


@settings(deadline=None, max_examples=60)
@given(ARGUMENTS)
def test_small_fields_are_what_the_twin_says(arguments):
    field = synth(**arguments)
    members, orders = twin(arguments)
    assert field.members.to_pylist() == members
    assert field.orders.to_pylist() == orders


@pytest.mark.parametrize("shape", get_args(Shape))
def test_one_larger_field_of_each_shape(shape):
    # More than 1000 distributors, so that recent recruits come from a window. With this seed row 443 begins a
    # new single-file leg, as one row in 60,000 does.
    arguments = {"members": 1_500, "shape": shape, "seed": 42, "period": "2026-10", "orders_per_member": 1}
    arguments |= {"returns": "0.05", "ids": "int", "trees": ("enrollment", "binary"), "customers": False}
    arguments |= {"shuffle": False}
    assert naive.Stream(42, 1).halves(443)[1] < 2**32 * 4**2 // 1000**2
    field = synth(**arguments)
    assert (field.members.to_pylist(), field.orders.to_pylist()) == twin(arguments)


def test_draws_are_those_of_splitmix64():
    # The first outputs of the published splitmix64 for the seed 1234567.
    stream = naive.Stream(0, 0)
    stream.key = 1234567
    published = [6457827717110365317, 3203168211198807973, 9817491932198370423, 4593380528125082431]
    assert [stream.bits(i) for i in range(1, 5)] == published
