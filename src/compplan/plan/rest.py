"""Checking the rest of a plan whose parts cannot all be read, so that its problems come all at once.

What cannot be read is taken out of a copy; what is left is checked for sense. Problems that come only from the
taking out (a name that is no longer there) are not told.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from compplan.errors import Problem
from compplan.plan.checks import problems
from compplan.plan.located import data_path
from compplan.plan.model import plan_model
from compplan.plan.scope import Scope

if TYPE_CHECKING:
    from compplan.plan.source import Source

_NAMED = ("trees", "volumes", "counts", "conditions", "bonuses")
_STAND_INS: dict[str, Any] = {
    "compplan": 1,
    "name": "-",
    "currency": "USD",
    "period": "monthly",
    "rounding": {"mode": "half_up", "at": "payment"},
}


def problems_of_the_rest(source: Source) -> list[Problem]:
    """Return what makes no sense in the parts of a plan that can be read."""
    data = _copy(source.data)
    if not isinstance(data, dict):
        return []
    try:
        plan_model().model_validate(data)
    except ValidationError as error:
        gone = {_take_out(data, data_path(source.data, e["loc"])) for e in error.errors(include_url=False)}
    data = {**_STAND_INS, **data}
    try:
        model = plan_model().model_validate(data)
    except ValidationError:
        return []
    found = [Problem("plan", text, source.place(data_path(source.data, path)), hint) for path, text, hint in problems(Scope(model))]
    return [p for p in found if not any(f'"{name}"' in p.message for name in gone)]


def _copy(value: Any) -> Any:
    return {k: _copy(v) for k, v in value.items()} if isinstance(value, dict) else value


def _take_out(data: dict[str, Any], path: tuple[Any, ...]) -> str:
    """Remove the smallest named part around a path; return its name."""
    if path and path[0] in _NAMED and len(path) > 1 and isinstance(data.get(path[0]), dict):
        data[path[0]].pop(path[1], None)
        return str(path[1])
    if path[:2] == ("ranks", "ladder") and len(path) > 2 and isinstance(data.get("ranks"), dict):
        data["ranks"]["ladder"][path[2]] = []
        return ""
    if path:
        data.pop(path[0], None)
    return ""
