"""The JSON Schema takes every plan that loads and refuses what the loader finds wrong in form; all is described."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import jsonschema
import pytest
from plan_texts import plan_text, problems_of
from pydantic import BaseModel

from compplan.bonuses.registry import kinds
from compplan.errors import PlanError
from compplan.plan import requirement, sections, values
from compplan.plan.load import load_plan
from compplan.plan.model import PlanModel, plan_model
from compplan.plan.schema import json_schema
from compplan.plan.source import read_source

ROOT = Path(__file__).parents[2]
PAPER = ROOT / "docs" / "decisions" / "0002-plan-language"
PLANS = [path for path in sorted((ROOT / "plans").rglob("*.yaml")) if not path.stem.endswith((".cases", ".patch"))]


@pytest.fixture(scope="module")
def validator():
    schema = json_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def as_json(value):
    """What a program without YAML would send: numbers that JSON holds, keys that are texts."""
    if isinstance(value, dict):
        return {str(key): as_json(item) for key, item in value.items()}
    if isinstance(value, list):
        return [as_json(item) for item in value]
    return str(value) if isinstance(value, Decimal) else value


def errors(validator, text):
    return list(validator.iter_errors(as_json(read_source(text).data)))


@pytest.mark.parametrize("path", PLANS, ids=lambda path: path.stem)
def test_the_plans_of_the_repository_are_valid(validator, path):
    assert [error.message for error in errors(validator, path)] == []


def test_there_are_plans():
    assert {"lakeside"} < {path.stem for path in PLANS}


@pytest.mark.parametrize("path", sorted(PAPER.glob("*.yaml")), ids=lambda path: path.stem)
def test_what_loads_is_valid(validator, path):
    """Of the plans on paper: those with present words are valid, the others not."""
    try:
        load_plan(path)
    except PlanError:
        assert errors(validator, path)
    else:
        assert not errors(validator, path)


GOOD = [
    {"ladder": "a:\nb: []\nc: {requires: [active], source: page 7}\nd: [active, {legs: [{count: 2, holds: active}]}]"},
    {"ladder": "a: [{any: [active, {all: [gv >= 5, {count: 2, among: downline, holds: active}]}]}]"},
    {"ladder": "a: [{volume: gv, at_least: 5.50, leg_cap: 50%, own: leg}]"},
    {
        "volumes": "x: {sum: orders.x, only: {type: [kit, 5], free: false, price: 9.50}, window: {days_of_month: [1, 7]}}"
    },
    {"bonuses": "t: {kind: tier, by: pv, amounts: {5: 10, 7.50: 20.50}}"},
    {"bonuses": "u: {kind: unilevel, of: pv, rates: [5%, 0.03, 1% and deeper], cap: {NO: 5}, cap_by: member.country}"},
]


@pytest.mark.parametrize("sections", GOOD, ids=str)
def test_every_form_is_valid(validator, sections):
    text = plan_text(**sections)
    load_plan(text)
    assert [error.message for error in errors(validator, text)] == []


BAD = [
    {"head": "compplan: 2\nname: x\ncurrency: USD\nperiod: monthly\nrounding: {mode: half_up, at: payment}\n"},
    {"head": "compplan: 1\nname: x\nperiod: monthly\nrounding: {mode: half_up, at: payment}\n"},
    {"head": "compplan: 1\nname: x\ncurrency: usd\nperiod: monthly\nrounding: {mode: half_up, at: payment}\n"},
    {"head": "compplan: 1\nname: x\ncurrency: USD\nperiod: fortnight\nrounding: {mode: half_up, at: payment}\n"},
    {"head": "compplan: 1\nname: x\ncurrency: USD\nperiod: monthly\nrounding: {mode: half_up}\n"},
    {
        "head": "compplan: 1\nname: x\ncurrency: {code: USD, decimals: 7}\nperiod: monthly\nrounding: {mode: half_up, at: payment}\n"
    },
    {"rest": "quotas: {}\n"},
    {"trees": "Enrollment: {parent: sponsor_id}"},
    {"volumes": "X: {sum: orders.x}"},
    {"volumes": "x: {summ: orders.x}"},
    {"volumes": "x: {sum: members.x}"},
    {"volumes": "x: {sum: orders.x, roll_up: pv}"},
    {"volumes": "x: {sum: orders.x, credit: sponsor}"},
    {"volumes": "x: {roll_up: pv, levels: 0}"},
    {"volumes": "x: {roll_up: pv, own: 'yes'}"},
    {"counts": "c: {count: active, among: leg}"},
    {"conditions": "x: [active]"},
    {"ladder": "a: active"},
    {"ladder": "a: [5]"},
    {"ladder": "a: [{legs: []}]"},
    {"ladder": "a: [{any: [active], all: [active]}]"},
    {"ladder": "a: [{count: 2, holds: active}]"},
    {"ranks": "paid_as: earned", "ladder": "a: [active]"},
    {"bonuses": "u: {kind: unilvl, of: pv, rates: 5%}"},
    {"bonuses": "u: {of: pv, rates: 5%}"},
    {"bonuses": "u: {kind: unilevel, of: pv, rates: 5%, skipped: unpaid}"},
    {"bonuses": "u: {kind: unilevel, of: pv, rates: 5%, payment: member}"},
    {"bonuses": "u: {kind: unilevel, of: pv, rates: 5%, qualified_since: qualified}"},
    {"bonuses": "f: {kind: fast_start, of: pv, rates: 5%}"},
]


@pytest.mark.parametrize("sections", BAD, ids=str)
def test_bad_forms_are_refused_by_both(validator, sections):
    text = plan_text(**sections)
    assert problems_of(text)
    assert errors(validator, text)


def test_the_schema_names_itself_and_its_version():
    schema = json_schema()
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["$id"] == "compplan.schema.json"
    assert schema["title"] == "compplan plan, version 1"
    assert json.loads(json.dumps(schema)) == schema


def models():
    """Every model of the plan language."""
    found = {model for model in vars(sections).values() if isinstance(model, type) and issubclass(model, BaseModel)}
    found |= {model for model in vars(requirement).values() if isinstance(model, type) and issubclass(model, BaseModel)}
    inner = {BaseModel, values.Model}
    return sorted({*found, *kinds().values(), PlanModel, plan_model()} - inner, key=lambda model: model.__name__)


@pytest.mark.parametrize("model", models(), ids=lambda model: model.__name__)
def test_every_model_and_field_is_described(model):
    assert model.__doc__
    for name, field in model.model_fields.items():
        assert field.description, name
        assert field.description.endswith((".", ">.")), name
    assert model.model_config["frozen"]
    assert model.model_config["extra"] == "forbid"
