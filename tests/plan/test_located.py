from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any, Literal

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    RootModel,
    StringConstraints,
    Tag,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticCustomError

from compplan.errors import PlanError, Problem
from compplan.plan.located import Hinted, HintedGroup, validate
from compplan.plan.source import Source, read_source
from compplan.plan.unfit import data_path


class Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Unilevel(Model):
    kind: Literal["unilevel"]
    of: str = Field(description="The volume that is paid on.")
    rates: dict[str, list[Decimal] | Decimal] = {}
    levels: int = Field(1, ge=1, le=99)


class Pool(Model):
    kind: Literal["pool"]
    share: Decimal
    points: dict[int, Decimal] = {}

    @model_validator(mode="after")
    def _points_are_given(self):
        if not self.points:
            raise Hinted("a pool needs points", "add points: {300: 1}", ("share",), key=True, code="pool")
        return self


class Sum(Model):
    sum: str
    decimals: int = 2


class RollUp(Model):
    roll_up: str
    own: bool = True


def _volume_kind(value: Any) -> str:
    return next((key for key in ("sum", "roll_up") if isinstance(value, dict) and key in value), "other")


Volume = Annotated[Annotated[Sum, Tag("sum")] | Annotated[RollUp, Tag("roll_up")], Discriminator(_volume_kind)]
Bonus = Annotated[Unilevel | Pool, Field(discriminator="kind")]
Name = Annotated[str, StringConstraints(pattern="^[a-z]+$")]


class Mode(Enum):
    UP = "half_up"
    EVEN = "half_even"


class Rank(Model):
    requires: list[str] = []
    pay: Decimal | None = None


class Plan(Model):
    name: str = Field("x", min_length=1, max_length=20)
    mode: Mode = Mode.UP
    period: Literal["weekly", "monthly"] = "monthly"
    version: Literal[1] = 1
    active: bool = True
    volumes: dict[Name, Volume] = {}
    bonuses: dict[Name, Bonus] = {}
    listed: list[Bonus] = []
    ladder: dict[Name, Annotated[Rank, BeforeValidator(lambda v: {"requires": v} if isinstance(v, list) else v)]] = {}
    trees: list[str] = Field([], max_length=2)
    start_at: int = Field(1, alias="from")
    rate: Annotated[Decimal, Field(max_digits=6, decimal_places=3)] = Decimal(0)


def problems(text: str, model: type[BaseModel] = Plan, **options: Any) -> tuple[Problem, ...]:
    with pytest.raises(PlanError) as caught:
        validate(model, read_source(text + "\n", name="p.yaml"), **options)
    return caught.value.problems


def told(text: str, model: type[BaseModel] = Plan) -> list[tuple[str, str, str]]:
    """The place without the file, the message, the hint."""
    return [(str(p.place).removeprefix("p.yaml:"), p.message, p.hint) for p in problems(text, model)]


def test_a_good_source_gives_the_model():
    plan = validate(
        Plan,
        read_source("name: Lakeside\nbonuses:\n  u: {kind: unilevel, of: cv, rates: {silver: [0.05]}}\n"),
    )
    assert plan.bonuses["u"].rates == {"silver": [Decimal("0.05")]}
    assert plan.name == "Lakeside"


def test_decimals_reach_the_model_with_all_digits():
    text = "0.123456789012345678901234567890123456789"
    plan = validate(Plan, read_source(f"bonuses:\n  p: {{kind: pool, share: {text}, points: {{1: 1}}}}\n"))
    assert plan.bonuses["p"].share == Decimal(text)


def test_a_missing_field_is_at_the_key_of_what_lacks_it():
    assert told("bonuses:\n  u: {kind: unilevel}") == [("2:3", '"of" is missing', "The volume that is paid on.")]


def test_a_missing_field_of_the_whole_file():
    class Root(Model):
        name: str
        kinds: int

    assert told("nome: x", Root) == [
        ("1:1", '"name" is missing', ""),
        ("1:1", '"kinds" is missing', ""),
        ("1:1", 'unknown field "nome"', 'did you mean "name"?'),
    ]


def test_an_unknown_field_has_the_nearest_field_as_hint():
    assert told("nme: x") == [("1:1", 'unknown field "nme"', 'did you mean "name"?')]
    assert told("form: 3") == [("1:1", 'unknown field "form"', 'did you mean "from"?')]
    assert told("bonuses:\n  u:\n    kind: unilevel\n    of: cv\n    raets: {}") == [
        ("5:5", 'unknown field "raets"', 'did you mean "rates"?'),
    ]
    assert told("volumes: {pv: {sum: qv, zzz: 1}}") == [("1:25", 'unknown field "zzz"', "known: sum, decimals")]
    assert told("ladder: {silver: {require: 1}}")[0][2] == 'did you mean "requires"?'


def test_an_unknown_kind_has_the_nearest_kind_as_hint():
    assert told("bonuses: {u: {kind: unilevl, of: cv}}") == [
        ("1:21", 'unknown kind "unilevl"', 'did you mean "unilevel"?'),
    ]
    assert told("listed:\n  - kind: 7") == [("2:11", 'unknown kind "7"', "known: unilevel, pool")]


def test_a_missing_kind_lists_the_kinds():
    assert told("bonuses: {u: {of: cv}}") == [("1:11", '"kind" is missing', "known: unilevel, pool")]


def test_an_unknown_form_of_a_computed_kind():
    assert told("volumes: {pv: {}}") == [("1:11", 'unknown form "other"', "known: sum, roll_up")]


def test_a_computed_kind_that_stands_in_the_data_is_shown_there():
    def first_key(value):
        return next(iter(value))

    class Tagged(Model):
        a: Annotated[Annotated[Sum, Tag("sum")] | Annotated[RollUp, Tag("roll_up")], Discriminator(first_key)]

    assert told("a: {rollup: x}", Tagged) == [("1:5", 'unknown form "rollup"', 'did you mean "roll_up"?')]


def test_a_label_with_the_name_of_a_field_does_not_lead_astray():
    assert told("volumes:\n  pv: {sum: a, decimals: x}") == [
        ("2:26", '"decimals" should be a whole number, found the text "x"', ""),
    ]
    assert told("volumes:\n  pv: {sum: a, twin: a}")[0][0] == "2:16"

    class Inner(Model):
        pool: dict[str, int] = {}
        of: str

    class Outer(Model):
        x: Annotated[Annotated[Inner, Tag("pool")] | Annotated[Sum, Tag("sum")], Discriminator(lambda _: "pool")]

    assert told("x: {pool: {a: 1}}", Outer) == [("1:1", '"of" is missing', "")]


@pytest.mark.parametrize(
    ("text", "place", "message", "hint"),
    [
        ("name: 5", "1:7", '"name" should be text, found the number 5', "write it in quotes"),
        ("name: [a]", "1:1", '"name" should be text, found a list', ""),
        ("name:", "1:1", '"name" should be text, found nothing', ""),
        ("name: ''", "1:7", '"name" should not be empty', ""),
        ("name: abcdefghijklmnopqrstuvwxyz", "1:7", '"name" should have at most 20 characters, found 26', ""),
        ("active: maybe", "1:9", '"active" should be true or false, found the text "maybe"', ""),
        ("period: month", "1:9", '"period" cannot be "month"', 'did you mean "monthly"?'),
        ("period: 3", "1:9", '"period" should be "weekly" or "monthly", found the number 3', ""),
        ("mode: half-even", "1:7", '"mode" cannot be "half-even"', 'did you mean "half_even"?'),
        ("version: 2", "1:10", '"version" should be 1, found the number 2', ""),
        ("from: 1.5", "1:7", '"from" should be a whole number, found the number 1.5', ""),
        ("from: 1,000", "1:7", None, "write the digits without separators or quotes"),
        ("trees: a", "1:8", '"trees" should be a list, found the text "a"', ""),
        ("trees: [a, b, c]", "1:1", '"trees" should have at most 2 items, found 3', ""),
        ("trees: [a, {b: 1}]", "1:12", 'item 2 of "trees" should be text, found a mapping', ""),
        (
            "rate: 1.23456",
            "1:7",
            '"rate" should be a number with at most 3 decimal places, found the number 1.23456',
            "",
        ),
        ("rate: true", "1:7", '"rate" should be a number, found true', ""),
        ("volumes: 3", "1:10", '"volumes" should be a mapping (name: value), found the number 3', ""),
        ("volumes: {Pv: {sum: a}}", "1:11", 'the key "Pv" does not have the form ^[a-z]+$', ""),
        (
            "volumes: {3: {sum: a}}",
            "1:11",
            'the key "3" should be text, found the number 3',
            "write it in quotes",
        ),
        (
            "bonuses: {u: {kind: unilevel, of: a, levels: 0}}",
            "1:46",
            '"levels" should be at least 1, found the number 0',
            "",
        ),
        (
            "ladder:\n  silver:\n    - 3",
            "3:7",
            'item 1 of "silver" should be text, found the number 3',
            "write it in quotes",
        ),
    ],
)
def test_each_kind_of_error_is_a_calm_sentence(text, place, message, hint):
    ((where, said, helped),) = told(text)
    assert where == place
    assert message is None or said == message
    assert hint is None or helped == hint


def test_strict_truth_values_explain_yes_and_no():
    class Strict(Model):
        model_config = ConfigDict(strict=True)
        active: bool

    assert told("active: yes", Strict) == [
        (
            "1:9",
            '"active" should be true or false, found the text "yes"',
            "YAML 1.2 reads yes, no, on and off as text",
        ),
    ]


def test_the_form_of_a_name_is_told_in_words():
    class Named(Model):
        name: Annotated[str, StringConstraints(pattern="^[a-z][a-z0-9_]*$")]

    assert told("name: Silver", Named) == [
        (
            "1:7",
            '"name" does not have the form ^[a-z][a-z0-9_]*$',
            "small letters, digits and underscores, a letter first",
        ),
    ]


def test_a_file_of_another_shape():
    assert told("- a") == [("1:1", "this file should be a mapping (name: value), found a list", "")]


def test_other_errors_keep_pydantic_s_words():
    class Other(Model):
        at: Annotated[dict[str, int], Field(min_length=1)] = {}
        link: Any = None

        @field_validator("link")
        @classmethod
        def _fail(cls, value):
            raise PydanticCustomError("odd", "Value {v} is odd", {"v": value, "hint": "even it"})

    assert told("link: 3", Other) == [("1:7", '"link": value 3 is odd', "even it")]

    class Called(Model):
        call: Callable[[], int]

    assert told("call: x", Called) == [("1:7", '"call" should be callable', "")]
    assert told("at: {}", Other) == [("1:1", '"at" should not be empty', "")]


def test_a_value_error_says_its_own_sentence():
    class Rule(Model):
        a: int = 1
        b: int = 1

        @field_validator("a")
        @classmethod
        def _even(cls, value):
            if value % 2:
                raise ValueError("a is even")
            return value

        @field_validator("b")
        @classmethod
        def _asserted(cls, value):
            assert value > 3, "b is large"
            return value

    found = problems("a: 3\nb: 2", Rule)
    assert [(p.code, p.message.splitlines()[0], p.place.line) for p in found] == [
        ("value", "a is even", 1),
        ("value", "b is large", 2),
    ]


def test_a_hinted_error_brings_its_hint_place_and_code():
    (problem,) = problems("bonuses:\n  p:\n    kind: pool\n    share: 0.01")
    assert (problem.code, problem.message, problem.hint) == (
        "pool",
        "a pool needs points",
        "add points: {300: 1}",
    )
    assert str(problem.place) == "p.yaml:4:5"
    assert str(problem).endswith("    share: 0.01\n        ^\n  hint: add points: {300: 1}")


def test_a_hinted_place_that_is_not_there_falls_back_to_what_is():
    class Rule(Model):
        table: dict[str, list[int]]

        @model_validator(mode="before")
        @classmethod
        def _fail(cls, _value):
            raise Hinted("no", "", ("table", "gold", 3))

    assert told("table:\n  silver: [1]", Rule) == [("1:1", "no", "")]


def test_one_validator_can_tell_several_problems():
    class Rule(Model):
        names: list[str]

        @field_validator("names")
        @classmethod
        def _known(cls, value):
            raise HintedGroup(Hinted(f"unknown {name}", "", (i,)) for i, name in enumerate(value))

    assert told("names: [x, y]", Rule) == [("1:9", "unknown x", ""), ("1:12", "unknown y", "")]


def test_hinted_errors_are_value_errors_with_text():
    assert str(Hinted("a", "b")) == "a"
    assert str(HintedGroup([Hinted("a"), Hinted("b")])) == "a; b"


def test_a_model_validated_inside_of_a_validator_keeps_its_places():
    class Outer(Model):
        inner: Any

        @field_validator("inner")
        @classmethod
        def _read(cls, value):
            return RollUp.model_validate(value)

    assert told("inner:\n  roll_up: pv\n  own: 7", Outer)[0][0] == "3:8"


def test_a_union_says_one_sentence_for_what_all_members_take():
    class Either(Model):
        rates: list[Decimal] | Decimal | Sum

    assert told("rates: x", Either) == [
        ("1:8", '"rates" should be a list or a number or a mapping (name: value), found the text "x"', ""),
    ]


def test_a_union_is_silent_about_members_that_do_not_fit():
    class Either(Model):
        rates: dict[str, list[Decimal] | Decimal] | Decimal

    assert told("rates: {silver: [0.05, x]}", Either) == [
        ("1:24", 'item 2 of "silver" should be a number, found the text "x"', ""),
    ]


def test_a_list_with_bad_items_is_not_called_too_short():
    class Legs(Model):
        legs: tuple[RollUp, ...] = Field(min_length=1)

    assert told("legs: [{roll: x}]", Legs) == [
        ("1:8", '"roll_up" is missing', ""),
        ("1:9", 'unknown field "roll"', 'did you mean "roll_up"?'),
    ]
    assert told("legs: []", Legs) == [("1:1", '"legs" should not be empty', "")]


def test_hints_are_found_through_unions_tuples_and_options():
    class Deep(Model):
        either: RollUp | Sum | None = None
        pair: tuple[int, RollUp] = (1, RollUp(roll_up="x"))
        more: dict[str, list[RollUp] | None] = {}

    assert {hint for *_, hint in told("either: {sum: a, decimls: 1}", Deep)} >= {'did you mean "decimals"?'}
    assert told("pair: [1, {roll_up: a, onw: true}]", Deep)[0][2] == 'did you mean "own"?'
    assert told("more: {a: [{roll_up: a, onw: true}]}", Deep)[0][2] == 'did you mean "own"?'


def test_a_hint_is_left_out_where_a_validator_hides_the_model():
    class Hidden(Model):
        inner: Annotated[Any, BeforeValidator(RollUp.model_validate)]

    assert told("inner: {roll_up: a, onw: true}", Hidden) == [("1:21", 'unknown field "onw"', "")]


def test_a_bad_key_does_not_hide_its_bad_value():
    assert told("ladder: {Silver: 3}") == [
        ("1:10", 'the key "Silver" does not have the form ^[a-z]+$', ""),
        ("1:18", '"Silver" should be a mapping (name: value), found the number 3', ""),
    ]


def test_problems_are_sorted_by_place_and_told_once():
    text = "zzz: 1\nname: &n 5\nbonuses:\n  u: &u {kind: unilevel}\n  v: *u\nfrom: x"
    places = [where for where, _, _ in told(text)]
    assert places == sorted(places, key=lambda p: tuple(map(int, p.split(":"))))
    shared = told("bonuses:\n  u: {kind: unilevel, of: a, rates: &r {c: x}}\n  v: {kind: unilevel, of: a, rates: *r}")
    assert len(shared) == 1


def test_number_keys_are_found():
    assert told("bonuses: {p: {kind: pool, share: 0.01, points: {300: x}}}")[0][0] == "1:54"

    class Tiers(Model):
        tiers: dict[Decimal, int]

    assert told("tiers: {2.50: x}", Tiers)[0][0] == "1:15"


def test_root_models_and_recursive_models_are_walked():
    class Node(Model):
        below: list[Node] = []
        value: int = 0

    Node.model_rebuild(_types_namespace={"Node": Node})

    class Whole(RootModel[dict[str, Node]]):
        pass

    assert told("a:\n  below:\n    - {valeu: 1}", Whole) == [
        ("3:8", 'unknown field "valeu"', 'did you mean "value"?'),
    ]


def test_plain_data_is_told_by_path():
    data = {"bonuses": {"u": {"kind": "unilevel", "rates": {"silver": ["x"]}}}}
    with pytest.raises(PlanError) as caught:
        validate(Plan, Source("plan", data))
    assert {(p.place, p.message) for p in caught.value.problems} == {
        (None, 'bonuses.u: "of" is missing'),
        (None, 'bonuses.u.rates.silver.0: item 1 of "silver" should be a number, found the text "x"'),
    }


def test_the_context_reaches_validators():
    class Rule(Model):
        a: int

        @field_validator("a")
        @classmethod
        def _at_most(cls, value, info):
            if value > info.context["most"]:
                raise Hinted("too much")
            return value

    source = read_source("a: 3\n")
    assert validate(Rule, source, context={"most": 3}).a == 3
    with pytest.raises(PlanError, match="too much"):
        validate(Rule, source, context={"most": 2})


def test_the_error_hides_pydantic_s_own():
    with pytest.raises(PlanError) as caught:
        validate(Plan, read_source("nme: x\n"))
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None


def test_data_path_skips_what_is_not_in_the_data():
    data = {"ladder": {"silver": ["a", "b"]}, 300: {Decimal("2.5"): 1}}
    assert data_path(data, ("ladder", "silver", "requires", 1, "condition")) == ("ladder", "silver", 1)
    assert data_path(data, ("x", "y")) == ()
    assert data_path(data, (300, "Decimal('2.5')")) == (300, Decimal("2.5"))


keys = st.sampled_from(
    ["name", "volumes", "bonuses", "listed", "ladder", "kind", "of", "sum", "unilevel", "rates", "x"]
)
scalars = st.none() | st.booleans() | st.integers() | st.sampled_from(["unilevel", "pool", "sum", "x"])
any_data = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=4),
    max_leaves=15,
)


def model_or_problems(source: Source) -> object:
    try:
        return validate(Plan, source)
    except PlanError as error:
        return error


@settings(deadline=None, max_examples=50)
@given(st.dictionaries(keys, any_data, max_size=5))
def test_any_data_gives_a_model_or_located_problems(data):
    source = read_source(yaml.safe_dump(data, sort_keys=False) + "\n")
    found = model_or_problems(source)
    if isinstance(found, PlanError):
        assert found.problems
        assert all(problem.place is not None and problem.message for problem in found.problems)


def test_the_plan_reader_needs_no_arrays():
    code = (
        "import sys, compplan; before = set(sys.modules); import compplan.plan.patch;"
        "print({'numpy', 'numba', 'pyarrow'} & (set(sys.modules) - before))"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "set()"
