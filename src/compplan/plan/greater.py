"""The greater of several bonuses: a member gets the one that pays him most, and the others are breakage."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field

from compplan.errors import did_you_mean
from compplan.plan.findings import Finding
from compplan.plan.located import Hinted
from compplan.plan.values import Form, Name

if TYPE_CHECKING:
    from compplan.plan.findings import Found
    from compplan.plan.scope import Scope


def _group(value: Any) -> tuple[Any, ...]:
    if not isinstance(value, list | tuple) or len(value) < 2:
        raise Hinted("two or more bonuses are compared", "for example: [own_sales, group]")
    if len({*map(str, value)}) < len(value):
        raise Hinted("a bonus is named twice", "name each once")
    return tuple(value)


GreaterOf = Annotated[
    tuple[Name, ...],
    Form(_group, json={"type": "array", "items": {"type": "string"}, "minItems": 2, "title": "Bonuses"}),
]
"""Bonuses of which the one that pays most is paid; of equal ones the one that is named first."""

GREATER: Any = Field(
    default={},
    description="Bonuses of which a member gets only the one that pays him most; of equal ones the one that is named "
    "first.",
)


def greater_makes_no_sense(scope: Scope) -> Found:
    """Yield what is wrong with the section `greater_of`."""
    known, seen = scope.model.bonuses, set[str]()
    for name, group in scope.model.greater_of.items():
        at = ("greater_of", name)
        for place, bonus in enumerate(group):
            if bonus not in known:
                yield Finding((*at, place), f'"{bonus}" is not a bonus', did_you_mean(bonus, list(known)))
            elif bonus in seen:
                yield Finding((*at, place), f'"{bonus}" is compared in two places', "name it once")
            elif len(known[bonus].currencies(scope.model)) > 1:
                yield Finding((*at, place), f'"{bonus}" pays in several currencies', "compare bonuses of one currency")
        seen |= set(group)
        codes = {known[bonus].money(scope.model).code for bonus in group if bonus in known}
        if len(codes) > 1:
            message = f"these bonuses are paid in {' and '.join(sorted(codes))}"
            yield Finding(at, message, "compare bonuses of one currency")
