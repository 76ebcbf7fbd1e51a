"""`compplan describe`, `inputs` and `schema`: what a plan says, what it reads, and what a plan can say."""

# ruff: noqa: TC001, TC003 - the annotations of a command are read at run time

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from compplan.cli.arguments import Json, Patches, PlanFile
from compplan.cli.console import say, table
from compplan.cli.files import can_be_folder, load
from compplan.errors import UsageError


def describe(plan: PlanFile, /, *, patch: Patches = None) -> None:
    """Write a plan in plain language."""
    say(load(plan, patch).describe().rstrip("\n"))


def inputs(plan: PlanFile, /, *, patch: Patches = None, json: Json = False) -> None:
    """List the columns that a plan reads, and what each holds."""
    needed = load(plan, patch).required_inputs()
    if json:
        say(_as_json(needed))
        return
    for name, columns in needed.items():
        table(name, ("column", "holds"), columns.items(), note="the plan reads none")


def schema(*, out: Annotated[Path | None, Parameter(help="A file to write, whole; stdout without it.")] = None) -> None:
    """Write the JSON Schema of plan files, for editors."""
    from compplan.plan.schema import json_schema  # noqa: PLC0415 - loads pydantic

    text = _as_json(json_schema())
    if out is None:
        say(text)
        return
    if out.is_dir():
        raise UsageError(f"{out} is a folder; name a file in it")
    can_be_folder(out.parent)
    from compplan.arrow.write import write_whole  # noqa: PLC0415 - loads Arrow

    write_whole({out.name: f"{text}\n"}, out.parent)
    say(f"written to {out}")


def _as_json(value: object) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)
