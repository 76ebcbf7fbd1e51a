"""All problems of a plan at once, although one can hide others.

What cannot be read, or makes no sense, is replaced in a copy by something plain, and the rest is checked again,
until nothing new is found. Problems that speak of a replaced name are not told: they may come from the replacing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from compplan.errors import Problem
from compplan.plan.checks import problems
from compplan.plan.marks import value_at
from compplan.plan.model import plan_model
from compplan.plan.scope import Scope
from compplan.plan.unfit import data_path

if TYPE_CHECKING:
    from compplan.plan.findings import Finding
    from compplan.plan.marks import Path
    from compplan.plan.source import Source

_TIMES = 12
"""More rounds than a plan has layers: names, scales, requirements, and what reads them."""

_PLAIN: dict[Any, Any] = {
    "trees": {"parent": "-"},
    "volumes": {"member": "-", "decimals": 6},
    "counts": {"count": "is_distributor", "among": "frontline"},
    "conditions": "is_distributor",
}
_NAMES = ("trees", "volumes", "counts", "conditions", "ranks")
_STAND_INS: dict[Any, Any] = {
    "compplan": 1,
    "name": "-",
    "currency": "USD",
    "period": "monthly",
    "rounding": {"mode": "half_up", "at": "payment"},
}


def sense_problems(source: Source) -> list[Problem]:
    """Return what makes no sense in a plan, or in the parts of a plan that can be read."""
    if not isinstance(source.data, dict):
        return []
    data, gone = {**_STAND_INS, **_copy(source.data)}, set[str]()
    told: list[Problem] = []
    for _ in range(_TIMES):
        found, unreadable = _wrong(data)
        told += [_problem(each, source) for each in found if not any(f'"{name}"' in each.message for name in gone)]
        wrong = [*((each.path, each.key) for each in found), *unreadable]
        gone |= {_replace(data, data_path(data, path), bad_key=bad_key) for path, bad_key in wrong}
        if not wrong or any(name not in data for name in _NAMES if name in source.data):
            break
    return told


def _wrong(data: dict[str, Any]) -> tuple[list[Finding], list[tuple[Path, bool]]]:
    """Return what makes no sense; or else the places of what cannot be read, and whether keys are meant."""
    try:
        model = plan_model().model_validate(data)
    except ValidationError as error:
        places = (each["loc"] for each in error.errors(include_url=False))
        return [], [(place, place[-1:] == ("[key]",)) for place in places]
    return list(problems(Scope(model))), []


def _problem(found: Finding, source: Source) -> Problem:
    """Give a finding its place: a rule's key, since the rule may begin on a later line, or the very value."""
    path = data_path(source.data, found.path)
    at_key = found.key or isinstance(value_at(source.data, path), (dict, list))
    return Problem("plan", found.message, source.place(path, key=at_key), found.hint)


def _copy(value: Any) -> Any:
    return {k: _copy(v) for k, v in value.items()} if isinstance(value, dict) else value


def _replace(data: dict[Any, Any], path: Path, *, bad_key: bool) -> str:
    """Replace the smallest named part around a path; return its name."""
    if not path:
        return "-"
    section, *inner = path
    if section == "ranks" and len(inner) > 1 and inner[0] == "ladder":
        return _replace_in(data["ranks"]["ladder"], inner[1], [], bad_key=bad_key)
    if section == "ranks" and inner and inner[0] != "ladder":
        data["ranks"].pop(inner[0], None)
        return "-"
    if section in _PLAIN and inner:
        return _replace_in(data[section], inner[0], _PLAIN[section], bad_key=bad_key)
    if section == "bonuses" and inner:
        data[section].pop(inner[0], None)
        return str(inner[0])
    data.pop(section, None)
    if section in _STAND_INS:
        data[section] = _STAND_INS[section]
    return "-"


def _replace_in(section: dict[Any, Any], name: Any, plain: Any, *, bad_key: bool) -> str:
    if bad_key:
        section.pop(name, None)
    else:
        section[name] = plain
    return str(name)
