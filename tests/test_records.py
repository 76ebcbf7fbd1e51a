"""Records: frozen values with fields and defaults, equal where class and fields are."""

from __future__ import annotations

import copy
import pickle
from functools import cached_property

import pytest

from compplan.records import Record


class Leg(Record):
    name: str
    share: int = 1

    @cached_property
    def twice(self):
        return 2 * self.share


class Arm(Record):
    name: str
    share: int = 1


def test_fields_are_given_by_place_or_by_name_or_left_to_their_defaults():
    assert Leg("left") == Leg("left", 1) == Leg(share=1, name="left")
    assert repr(Leg("left", share=2)) == "Leg(name='left', share=2)"


@pytest.mark.parametrize(
    ("values", "named"),
    [((), {}), (("a", 1, 2), {}), (("a",), {"size": 1}), (("a",), {"name": "b"}), ((), {"share": 1})],
)
def test_other_fields_than_those_of_the_class_are_refused(values, named):
    with pytest.raises(TypeError, match="Leg has the fields name, share"):
        Leg(*values, **named)


def test_only_records_of_one_class_with_equal_fields_are_equal():
    assert Leg("left") != Leg("right")
    assert Leg("left") != Arm("left")
    assert {Leg("left"), Leg("left", 1), Leg("left", 2)} == {Leg("left"), Leg("left", 2)}


def test_what_is_cached_is_no_part_of_a_record():
    leg = Leg("left")
    assert leg.twice == 2
    assert leg == Leg("left")
    assert hash(leg) == hash(Leg("left"))
    assert leg.but(share=3).twice == 6


def test_a_record_never_changes():
    leg = Leg("left")
    with pytest.raises(AttributeError, match="Leg is frozen"):
        leg.share = 2
    with pytest.raises(AttributeError, match="Leg is frozen"):
        del leg.share
    assert leg.but(share=2) == Leg("left", 2)
    assert leg == Leg("left")


def test_records_are_copied_pickled_and_matched():
    leg = Leg("left", 2)
    assert pickle.loads(pickle.dumps(leg)) == leg  # noqa: S301 - our own
    assert copy.deepcopy(leg) == copy.copy(leg) == leg
    match leg:
        case Leg(name, share=share):
            assert (name, share) == ("left", 2)
