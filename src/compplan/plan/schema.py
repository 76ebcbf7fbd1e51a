"""The plan language as a JSON Schema, for editors and for other programs."""

from __future__ import annotations

from typing import Any

from compplan.plan.model import plan_model


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of a plan file, with titles, descriptions and units.

    Examples
    --------
    >>> json_schema()["properties"]["period"]["type"]
    'string'
    """
    schema = _closed(plan_model().model_json_schema())
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "compplan.schema.json",
        "title": "compplan plan, version 1",
        **{key: value for key, value in schema.items() if key != "title"},
    }


def _closed(schema: Any) -> Any:
    """Let mappings from names to rules have no other keys, which pydantic checks and does not write down."""
    if isinstance(schema, list):
        return [_closed(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    closed = {key: _closed(value) for key, value in schema.items()}
    return {**closed, "additionalProperties": False} if "patternProperties" in schema else closed
