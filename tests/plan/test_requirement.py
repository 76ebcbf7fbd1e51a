"""Requirements: every short text has one spelled-out form, and both read as the same model."""

from __future__ import annotations

from decimal import Decimal

import pytest
from pydantic import TypeAdapter, ValidationError

from compplan.plan.located import Hinted
from compplan.plan.requirement import (
    AllRequirement,
    AnyRequirement,
    ConditionRequirement,
    LegsRequirement,
    LegsWith,
    MembersRequirement,
    Requirement,
    VolumeRequirement,
    read_requirement,
)

ADAPTER = TypeAdapter(Requirement)


def read(value):
    return ADAPTER.validate_python(value)


def condition(text):
    return ConditionRequirement(condition=text)


def legs(*wanted):
    return LegsRequirement(legs=tuple(LegsWith(count=count, holds=holds) for count, holds in wanted))


SAME = [
    ("active", {"condition": "active"}, condition("active")),
    ("pv >= 100", {"condition": "pv >= 100"}, condition("pv >= 100")),
    ("gv >= 2000", {"condition": "gv >= 2000"}, condition("gv >= 2000")),
    # commas and words of other forms inside of a condition
    ("min(pv, 1000) >= 500", {"condition": "min(pv, 1000) >= 500"}, condition("min(pv, 1000) >= 500")),
    ("pv >= 1000 or gv >= 5000", {"condition": "pv >= 1000 or gv >= 5000"}, condition("pv >= 1000 or gv >= 5000")),
    (
        'member.country in ("US", "CA")',
        {"condition": 'member.country in ("US", "CA")'},
        condition('member.country in ("US", "CA")'),
    ),
    ('member.country in ("US",)', {"condition": 'member.country in ("US",)'}, condition('member.country in ("US",)')),
    (
        "gv >= 2000, at most 50% from one leg",
        {"volume": "gv", "at_least": 2000, "leg_cap": "50%"},
        VolumeRequirement(volume="gv", at_least=2000, leg_cap="0.5"),
    ),
    (
        "gv>=2_000.50 ,  at most 12.5% from any one leg",
        {"volume": "gv", "at_least": Decimal("2000.50"), "leg_cap": "12.5%"},
        VolumeRequirement(volume="gv", at_least="2000.5", leg_cap="12.5%"),
    ),
    (
        "gv >= 2000, at most 900 from one leg",
        {"volume": "gv", "at_least": 2000, "leg_cap_amount": 900},
        VolumeRequirement(volume="gv", at_least=2000, leg_cap_amount=900),
    ),
    (
        "gv >= 2000, at most 40% of the total from one leg",
        {"volume": "gv", "at_least": 2000, "leg_cap": "40%", "cap_of": "total"},
        VolumeRequirement(volume="gv", at_least=2000, leg_cap="40%", cap_of="total"),
    ),
    (
        "gv >= 20000, at most 80% from one leg or own volume",
        {"volume": "gv", "at_least": 20000, "leg_cap": "80%", "own": "leg"},
        VolumeRequirement(volume="gv", at_least=20000, leg_cap="80%", own="leg"),
    ),
    (
        "gv >= 20000, at most 800 from one leg or own volume",
        {"volume": "gv", "at_least": 20000, "leg_cap_amount": 800, "own": "leg"},
        VolumeRequirement(volume="gv", at_least=20000, leg_cap_amount=800, own="leg"),
    ),
    (
        "gv >= 1000, outside legs with silver",
        {"volume": "gv", "at_least": 1000, "outside_legs_with": "silver"},
        VolumeRequirement(volume="gv", at_least=1000, outside_legs_with="silver"),
    ),
    ("3 legs with active", {"legs": [{"count": 3, "holds": "active"}]}, legs((3, "active"))),
    ("1 leg with silver", {"legs": [{"count": 1, "holds": "silver"}]}, legs((1, "silver"))),
    ("3 legs with pv >= 1000", {"legs": [{"count": 3, "holds": "pv >= 1000"}]}, legs((3, "pv >= 1000"))),
    (
        '3 legs with member.country in ("US", "CA")',
        {"legs": [{"count": 3, "holds": 'member.country in ("US", "CA")'}]},
        legs((3, 'member.country in ("US", "CA")')),
    ),
    (
        "1 leg with director, 2 legs with silver",
        {"legs": [{"count": 1, "holds": "director"}, {"count": 2, "holds": "silver"}]},
        legs((1, "director"), (2, "silver")),
    ),
    (
        '1 leg with member.x in ("a", "2 legs"), 2 legs with silver',
        {"legs": [{"count": 1, "holds": 'member.x in ("a", "2 legs")'}, {"count": 2, "holds": "silver"}]},
        legs((1, 'member.x in ("a", "2 legs")'), (2, "silver")),
    ),
    (
        "4 frontline with silver",
        {"count": 4, "among": "frontline", "holds": "silver"},
        MembersRequirement(count=4, among="frontline", holds="silver"),
    ),
    (
        "1 frontline member with active",
        {"count": 1, "among": "frontline", "holds": "active"},
        MembersRequirement(count=1, among="frontline", holds="active"),
    ),
    (
        "10 downline members with silver and active",
        {"count": 10, "among": "downline", "holds": "silver and active"},
        MembersRequirement(count=10, among="downline", holds="silver and active"),
    ),
    (
        {"any": ["active", "3 legs with active"]},
        {"any": [{"condition": "active"}, {"legs": [{"count": 3, "holds": "active"}]}]},
        AnyRequirement(any=(condition("active"), legs((3, "active")))),
    ),
    (
        {"all": ["active", {"any": ["pv >= 1", "gv >= 2"]}]},
        {"all": [{"condition": "active"}, {"any": [{"condition": "pv >= 1"}, {"condition": "gv >= 2"}]}]},
        AllRequirement(all=(condition("active"), AnyRequirement(any=(condition("pv >= 1"), condition("gv >= 2"))))),
    ),
]


@pytest.mark.parametrize(("short", "spelled_out", "model"), SAME, ids=[str(same[0]) for same in SAME])
def test_short_and_spelled_out_are_the_same(short, spelled_out, model):
    assert read(short) == read(spelled_out) == read(model) == model


def test_spaces_are_single_but_in_quoted_texts():
    assert read_requirement("3  legs\n with   active") == {"legs": [{"count": 3, "holds": "active"}]}
    assert read_requirement('member.city  ==  "New  York"') == {"condition": 'member.city == "New  York"'}
    assert read_requirement("1 leg with member.city == 'New  York'")["legs"][0]["holds"] == "member.city == 'New  York'"


def refused(value):
    with pytest.raises(ValidationError) as caught:
        read(value)
    return [(error["type"], error.get("ctx", {}).get("error")) for error in caught.value.errors()]


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("gv >= 2000, at most 50%", '"gv >= 2000, at most 50%" cannot be read after the first comma'),
        ("at most 50% from one leg", '"at most 50% from one leg" is a part of a requirement'),
        ("in the binary tree", '"in the binary tree" is a part of a requirement'),
        ("2 legs silver", '"2 legs silver" cannot be read: invalid syntax'),
        ("gv >= 2000, gv >= 3000", '"gv >= 2000, gv >= 3000" cannot be read after the first comma'),
        ("gv >= 2000, at most 50% from one leg, at most 40% from one leg", '"gv >= 2000, at most 50% from one leg, at most 40% from one leg" has two caps'),
        ("gv >= 2000, at most 50% from one leg, at most 900 from one leg", "leg_cap and leg_cap_amount do not go together"),
        ("gv >= 2000, at most 50% from one leg, outside legs with silver", "leg_cap and outside_legs_with do not go together"),
        ("gv >= 2000, at most 900 of the total from one leg", "cap_of: total needs leg_cap, a share"),
        ("gv >= 2000, at most 40% of the total from one leg or own volume", "own: leg needs a cap that does not depend on the total"),
        ({"volume": "gv", "at_least": 5, "cap_of": "total"}, "cap_of: total needs leg_cap, a share"),
        ({"volume": "gv", "at_least": 5, "own": "leg"}, "own: leg needs a cap that does not depend on the total"),
        ({"volume": "gv", "at_least": 5, "own": "leg", "outside_legs_with": "silver"}, "own: leg needs a cap that does not depend on the total"),
        ("gv >= 1.2.3, at most 50% from one leg", '"1.2.3" is not a number'),
        ("gv >= 2000, at most 1.2.3% from one leg", '"1.2.3" is not a number'),
        (True, "a requirement is a text or a mapping"),
        (5, "a requirement is a text or a mapping"),
        (["active"], "a requirement is a text or a mapping"),
        (None, "a requirement is a text or a mapping"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_said(value, message):
    ((_, error),) = refused(value)
    assert isinstance(error, Hinted)
    assert error.message == message
    assert error.hint


@pytest.mark.parametrize(
    "value",
    [
        {},
        {"conditions": "active"},
        {"condition": "active", "any": ["active"]},
        {"legs": []},
        {"legs": [{"count": 0, "holds": "active"}]},
        {"legs": [{"count": "2", "holds": "active"}]},
        {"any": []},
        {"all": []},
        {"among": "legs", "count": 1, "holds": "active"},
        {"volume": "gv", "at_least": 0.5},
        {"volume": "gv"},
        {"condition": ""},
        {"condition": "x" * 2001},
        "0 legs with active",
        "0 frontline with active",
    ],
)
def test_spelled_out_forms_are_closed(value):
    assert refused(value)
