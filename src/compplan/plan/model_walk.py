"""Find the models and unions that a pydantic error speaks of, for hints that name what is known there.

An error carries a `loc` but not the model that complained. The core schema that pydantic builds of every
model has the same shape as the `loc`, with the labels of unions in it, so the two can be walked together.
Where a validator hides its schema, nothing is found and the hint is left out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pydantic import BaseModel

    Loc = tuple[int | str, ...]
    Schema = Mapping[str, Any]

_INNER = ("schema", "python_schema", "lax_schema")
_ITEMS = {"list": "items_schema", "set": "items_schema", "frozenset": "items_schema", "dict": "values_schema"}


def field_names(model_class: type[BaseModel], loc: Loc) -> list[str]:
    """Return the names that a model knows at a `loc`, as they are written in the data."""
    found: dict[str, None] = {}
    for schema in _schemas_at(model_class, loc):
        if schema["type"] == "model":
            found.update(dict.fromkeys(_names(schema["cls"])))
    return list(found)


def tags(model_class: type[BaseModel], loc: Loc) -> list[str]:
    """Return the kinds that a tagged union knows at a `loc`."""
    found: dict[str, None] = {}
    for schema in _schemas_at(model_class, loc):
        if schema["type"] == "tagged-union":
            found.update(dict.fromkeys(str(tag) for tag in schema["choices"]))
    return list(found)


def field_description(model_class: type[BaseModel], loc: Loc, name: str) -> str:
    """Return the description of a field by the name it has in the data, or an empty text."""
    for schema in _schemas_at(model_class, loc):
        if schema["type"] == "model":
            for own, info in schema["cls"].model_fields.items():
                if name in (own, info.alias) and info.description:
                    return str(info.description)
    return ""


def _names(model_class: type[BaseModel]) -> list[str]:
    return [info.alias or name for name, info in model_class.model_fields.items()]


def _schemas_at(model_class: type[BaseModel], loc: Loc) -> Iterator[Schema]:
    yield from _walk(model_class.__pydantic_core_schema__, loc, {})


def _walk(schema: Schema, loc: Loc, known: dict[str, Schema]) -> Iterator[Schema]:
    """Yield the schemas of models and tagged unions at the end of a `loc`."""
    kind = schema["type"]
    if kind == "definitions":
        known = known | {inner["ref"]: inner for inner in schema["definitions"]}
    if kind == "definition-ref":
        yield from _walk(known[schema["schema_ref"]], loc, known)
    elif kind in ("model", "tagged-union") and not loc:
        yield schema
    elif kind == "model-fields":
        yield from _into_field(schema, loc, known)
    elif kind in ("union", "tagged-union"):
        yield from _into_choice(schema, loc, known)
    elif kind in _ITEMS or kind == "tuple":
        yield from _into_item(schema, loc, known)
    else:
        for key in _INNER:
            if key in schema:
                yield from _walk(schema[key], loc, known)


def _into_field(schema: Schema, loc: Loc, known: dict[str, Schema]) -> Iterator[Schema]:
    for name, field in schema["fields"].items():
        if loc and loc[0] in (name, field.get("validation_alias")):
            yield from _walk(field["schema"], loc[1:], known)


def _into_choice(schema: Schema, loc: Loc, known: dict[str, Schema]) -> Iterator[Schema]:
    choices = schema["choices"]
    if schema["type"] == "tagged-union":
        if loc[0] in choices:
            yield from _walk(choices[loc[0]], loc[1:], known)
        return
    for choice in choices:
        inner = choice[0] if isinstance(choice, tuple) else choice
        yield from _walk(inner, loc, known)
        if loc:
            yield from _walk(inner, loc[1:], known)


def _into_item(schema: Schema, loc: Loc, known: dict[str, Schema]) -> Iterator[Schema]:
    if loc:
        inner = schema["items_schema"] if schema["type"] == "tuple" else [schema.get(_ITEMS[schema["type"]])]
        for item in inner:
            if item:
                yield from _walk(item, loc[1:], known)
