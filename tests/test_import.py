"""Importing compplan is light: no Numba, no NumPy, no Arrow, no folder made; and all its names are there."""

from __future__ import annotations

import json
import os
import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest

import compplan as cp
from compplan.plan.model import plan_model
from compplan.plan.values import Model
from compplan.quantities.base import volume_kinds

ROOT = Path(__file__).parents[1]
HEAVY = ["numba", "llvmlite", "numpy", "pyarrow", "pandas", "polars", "duckdb"]

REPORT = """
import json, sys
print(json.dumps([name for name in HEAVY if name in sys.modules]))
"""


def loaded_by(code, folder):
    """Run code in a new interpreter with an empty home; return which heavy modules it has loaded."""
    source = Path(cp.__file__).parents[1]
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("NUMBA", "COMPPLAN"))}
    environment |= {"HOME": str(folder), "PYTHONPATH": str(source), "COMPPLAN_CACHE_DIR": str(folder / "kernels")}
    program = f"HEAVY = {HEAVY}\n{code}\n{REPORT}"
    done = subprocess.run(
        [sys.executable, "-B", "-c", program], env=environment, cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_importing_loads_no_heavy_module_and_makes_no_folder(tmp_path):
    assert loaded_by("import compplan", tmp_path) == []
    assert list(tmp_path.iterdir()) == []


USES = [
    "plan = cp.load_plan(PATH)",
    "plan.required_inputs()",
    "plan.describe()",
    "plan.hash, plan.requirements.rows",
    "plan.patched('compplan_patch: 1\\nname: more\\nset: {bonuses.retail.rates: 25%}\\n')",
    "cp.json_schema()",
    "cp.DataError, cp.read_period('2026-10'), cp.example_plans(), cp.register",
    "wrong('compplan: 1\\nname: x\\n')",
]

WRONG = """
def wrong(text):
    try:
        cp.load_plan(text)
    except cp.PlanError as error:
        assert error.problems
"""


def test_plans_are_loaded_and_checked_without_a_heavy_module(tmp_path):
    path = ROOT / "plans" / "lakeside.yaml"
    look = "assert not (loaded := {m for m in HEAVY if m in sys.modules}), (loaded, use)"
    steps = f"for use in {USES!r}:\n    exec(use, globals())\n    {look}"
    assert loaded_by(f"import sys\nimport compplan as cp\nPATH = {str(path)!r}\n{WRONG}\n{steps}", tmp_path) == []
    assert list(tmp_path.iterdir()) == []


def test_all_public_names_are_there():
    assert cp.__all__ == sorted(cp.__all__)
    missing = []
    for name in cp.__all__:
        try:
            getattr(cp, name)
        except (AttributeError, ImportError):
            missing.append(name)
    assert missing == []
    assert set(cp.__all__) <= set(dir(cp))


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'runn'"):
        cp.runn  # noqa: B018


def test_no_public_name_is_that_of_a_room_which_would_replace_it():
    assert not {each.name for each in pkgutil.iter_modules(cp.__path__)} & set(cp.__all__)


def test_pydantic_is_given_types_and_no_texts_to_compile():
    plan_model()
    volume_kinds()

    def below(model):
        return {model, *(each for inner in model.__subclasses__() for each in below(inner))}

    rooms = ("compplan.plan.", "compplan.quantities.", "compplan.bonuses.")
    ours = {each for each in below(Model) if each.__module__.startswith(rooms)}
    texts = {each.__name__ for each in ours if any(isinstance(one, str) for one in each.__annotations__.values())}
    assert len(ours) > 60
    assert texts == {"AnyRequirement", "AllRequirement"}, "only what holds itself"
