"""The type and the default of a model's field in plain words, for the reference."""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from pydantic import BaseModel, WithJsonSchema

from compplan.bonuses.base import Bonus
from compplan.bonuses.kinds.pass_up import Passes
from compplan.bonuses.own_tier.tier_words import Tiers
from compplan.plan import by_country as by
from compplan.plan.currencies import CurrencyField
from compplan.plan.patch import DottedPath
from compplan.plan.requirement import LegsWith, Requirement
from compplan.plan.sections import RankField
from compplan.plan.tables import AmountTable, LevelsTable, PointCount, PointTable, RateTable
from compplan.plan.times import SpanText
from compplan.plan.values import ConditionText, Flag, Form, Name, Names, Number, Rate, Whole
from compplan.quantities.base import Quantity
from compplan.quantities.order_sum import Selection

_WORDS: list[tuple[Any, str]] = [
    (Name, "name"),
    (Names, "name, or list of names"),
    (ConditionText, "condition"),
    (Number, "number"),
    (Rate, "rate"),
    (Flag, "true or false"),
    (Whole, "whole number"),
    (RateTable, "[rates](#tables)"),
    (AmountTable, "[amounts](#tables)"),
    (LevelsTable, "number of levels or `all`, or [one a key](#tables)"),
    (PointCount, "number, or rate"),
    (PointTable, "number or rate, or [one a key](#tables)"),
    (SpanText, "span of time"),
    (Tiers, "amounts by threshold"),
    (Passes, "list of whole numbers, or one a key"),
    (Selection, "[selection](#selections)"),
    (CurrencyField, "code, or [mapping](#currency)"),
    (by.CurrencyOrCurrencies, "code, [mapping](#currency), or such by key"),
    (by.NameOrNames, "name, or names by key"),
    (by.NumberOrNumbers, "number, or numbers by key"),
    (RankField, "[rank](#one-rank)"),
    (Requirement, "[requirement](#requirements)"),
    (Quantity, "[volume](#volumes)"),
    (Bonus, "[bonus](#bonuses)"),
    (LegsWith, "[entry](#one-entry-of-legs)"),
    (DottedPath, "path"),
    (str, "text"),
    (Any, "anything"),
    (Decimal, "number"),
    (int, "whole number"),
]
_SPECIAL = {
    ("Compute", "compute"): "[computation](#conditions)",
    ("LegsWith", "holds"): "rank or condition",
    ("MembersRequirement", "holds"): "rank or condition",
    ("VolumeRequirement", "outside_legs_with"): "rank",
}
_PLURALS = {
    "entry": "entries",
    "bonus": "bonuses",
    "whole number": "whole numbers",
    "text": "texts",
    "anything": "anything",
}
_LINKS = {"Insert": "one-insertion", "Window": "windows", "Tree": "trees", "Count": "counts", "Limit": "limits"}


def type_words(model: type[BaseModel], field: str) -> str:
    """Return the type of a field in plain words, with its bounds and its allowed values.

    Examples
    --------
    >>> from compplan.plan.currencies import Currency
    >>> from compplan.plan.sections import Rounding
    >>> type_words(Currency, "decimals")
    'whole number, 0 to 6'
    >>> type_words(Rounding, "at")
    '`payment`, `bonus`, `member`'
    """
    words = _SPECIAL.get((model.__name__, field)) or _words(_hints(model)[field])
    bounds = _bounds(model, field)
    return f"{words}, {bounds}" if bounds else words


def default_words(field: Any) -> str:
    """Return the default of a field: **needed** where there is none, a dash where it is nothing."""
    if field.is_required():
        return "**needed**"
    default = field.get_default(call_default_factory=True)
    if default is None or default in ({}, ()) or isinstance(default, BaseModel):
        return "-"
    if isinstance(default, bool):
        return f"`{str(default).lower()}`"
    return ", ".join(f"`{each}`" for each in (default if isinstance(default, tuple) else (default,)))


@cache
def _hints(model: type[BaseModel]) -> dict[str, Any]:
    return get_type_hints(model, include_extras=True)


def _words(hint: Any) -> str:
    for known, words in _WORDS:
        if hint is known or hint == known:
            return words
    origin, inner = get_origin(hint), get_args(hint)
    if origin is Literal:
        return ", ".join(f"`{value}`" for value in inner)
    if origin is dict:
        return f"mapping of {_plural(_words(inner[0]))} to {_plural(_words(inner[1]))}"
    if origin is tuple:
        number = "" if inner[-1] is Ellipsis else f"{len(inner)} "
        return f"list of {number}{_plural(_words(inner[0]))}"
    if origin in (Union, UnionType):
        return " or ".join(dict.fromkeys(_words(each) for each in inner if each is not NoneType))
    if origin is Annotated:
        titles = (_json_of(each).get("title") for each in inner[1:])
        return next((title.lower() for title in titles if title), None) or _words(inner[0])
    anchor = _LINKS.get(hint.__name__, hint.__name__.lower())
    return f"[{hint.__name__.lower()}](#{anchor})"


def _json_of(annotation: Any) -> dict[str, Any]:
    """Return what an annotation of a type says in the JSON Schema."""
    if isinstance(annotation, Form):
        return annotation.json or {}
    return (annotation.json_schema or {}) if isinstance(annotation, WithJsonSchema) else {}


def _plural(words: str) -> str:
    """Return the plural of a type, inside of its link if it has one."""
    text, bracket, link = words.removeprefix("[").partition("](")
    many = _PLURALS.get(text) or (text if text.endswith("s") else f"{text}s")
    return f"[{many}]({link}" if bracket else many


def _bounds(model: type[BaseModel], field: str) -> str:
    low = high = None
    for each in model.model_fields[field].metadata:
        low, high = getattr(each, "ge", low), getattr(each, "le", high)
    if low is None and high is None:
        return ""
    return f"{low} to {high}" if high is not None else f"at least {low}"
