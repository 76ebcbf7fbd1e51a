"""The reference is made from the models: the committed page is the present language, and all its examples load.

`COMPPLAN_UPDATE_DOCS=1 python -m pytest tests/plan/test_reference.py` writes the page; read the difference.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from textwrap import indent

import pytest
from pydantic import BaseModel

from compplan.bonuses.base import Bonus
from compplan.bonuses.registry import kinds
from compplan.plan import requirement, sections
from compplan.plan.load import load_plan
from compplan.plan.model import PlanModel
from compplan.plan.patch import Insert, Patch
from compplan.plan.reference import examples, reference
from compplan.plan.reference.field_words import type_words
from compplan.plan.values import Model
from compplan.plan.words import RESERVED
from compplan.quantities.base import volume_kinds
from compplan.quantities.count import Count
from compplan.quantities.order_sum import Window

BUILT_IN = {name: model for name, model in kinds().items() if model.__module__.startswith("compplan.")}
PAGE = Path(__file__).parents[2] / "docs" / "reference.md"

FRAME = f"""{examples.HEAD}
volumes:
{indent("".join(model.example for model in volume_kinds().values()), "  ")}
counts:
{indent(examples.COUNT, "  ")}
conditions:
{indent(examples.CONDITIONS, "  ")}
"""
LADDER = "  ladder:\n    member: []\n    bronze: [active]\n    silver: [active, gv >= 2000]\n"


READ = {
    "levels": "levels: {kind: unilevel, of: cv, rates: 5%}\n",
    "binary": "binary: {kind: binary, of: cv, tree: binary, rates: 5%}\n",
}
"""Bonuses that examples of quantities read."""


def frame(*, ranks=f"ranks:\n{LADDER}", bonuses="", more=""):
    bonuses += "".join(text for name, text in READ.items() if f"\n{name}:" not in f"\n{bonuses}")
    text = FRAME.replace("counts:", f"{indent(more, '  ')}counts:", 1)
    return load_plan(f"{text}{ranks}bonuses:\n{indent(bonuses, '  ')}\n")


def test_the_page_is_the_present_language():
    made = reference()
    if os.environ.get("COMPPLAN_UPDATE_DOCS") == "1":
        PAGE.write_text(made, encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == made, (
        "docs/reference.md is stale: run COMPPLAN_UPDATE_DOCS=1 pytest on this file"
    )


def models():
    found = {
        m
        for room in (sections, requirement)
        for m in vars(room).values()
        if isinstance(m, type) and issubclass(m, BaseModel)
    }
    return {*found, *kinds().values(), *volume_kinds().values(), Count, Window, PlanModel, Bonus, Patch, Insert} - {
        BaseModel,
        Model,
    }


@pytest.mark.parametrize("model", sorted(models(), key=lambda m: m.__name__), ids=lambda m: m.__name__)
def test_every_field_is_on_the_page_with_its_description(model):
    page = reference().replace("&lt;", "<")
    for name, field in model.model_fields.items():
        assert f"| `{name}` | " in page
        assert field.description in page
        assert type_words(model, name)


def test_every_word_is_on_the_page():
    page = reference()
    for word in (*RESERVED, *kinds()):
        assert f"`{word}`" in page
    for model in models():
        for field in model.model_fields.values():
            for value in getattr(field.annotation, "__args__", ()):
                assert not isinstance(value, str) or f"`{value}`" in page


def test_types_are_plain_words():
    page = reference()
    for sign in ("Annotated", "Literal", "NoneType", "class '", "Decimal(", "tuple[", "dict[", "Optional", "~"):
        assert sign not in page


def test_the_frame_of_examples_is_a_plan():
    assert list(frame().model.volumes)[:2] == ["pv", "cv"]


def test_there_is_an_example_of_everything():
    assert all(model.example for model in volume_kinds().values())
    assert examples.REQUIREMENTS.keys() == {m.__name__ for m in models() if m.__name__.endswith("Requirement")}
    assert all(model.example for model in BUILT_IN.values())


@pytest.mark.parametrize("name", BUILT_IN)
def test_examples_of_bonuses_load(name):
    made = frame(bonuses=BUILT_IN[name].example).model.bonuses
    assert name in {bonus.kind for bonus in made.values()}


@pytest.mark.parametrize("name", examples.REQUIREMENTS)
def test_examples_of_requirements_load_and_are_the_same_spelled_out(name):
    short, spelled_out = examples.REQUIREMENTS[name]
    assert len(short) == len(spelled_out)

    def required(texts):
        items = "".join(f"      - {text if text.startswith('{') else repr(text)}\n" for text in texts)
        made = frame(ranks=f"ranks:\n{LADDER}    gold:\n{items}")
        return made.model.ranks.ladder["gold"].requires

    assert required(short) == required(spelled_out)
    assert {type(each).__name__ for each in required(short)} == {name}


def test_examples_of_ranks_windows_and_patches_load():
    frame(ranks=f"ranks:\n  ladder:\n{indent(examples.LADDER, '    ')}")
    frame(ranks=f"ranks:\n{indent(examples.RANKS, '  ')}")
    frame(ranks=f"ranks:\n{indent(examples.HELD, '  ')}")
    frame(more=examples.WINDOW)
    base = frame(bonuses=BUILT_IN["unilevel"].example + BUILT_IN["fast_start"].example)
    richer = base.patched(examples.PATCH)
    assert list(richer.model.ranks.ladder) == ["member", "bronze", "silver", "gold"]
    assert list(richer.model.bonuses) == ["unilevel", *READ]


def test_making_it_loads_no_heavy_module():
    code = "import sys; from compplan.plan.reference import reference; reference(); print([m for m in ('numpy', 'numba', 'pyarrow') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env={**os.environ})
    assert done.stdout.strip() == "[]"
