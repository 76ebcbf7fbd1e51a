"""Markdown of the reference: sections of models, tables of their fields, blocks of code."""

from __future__ import annotations

from typing import TYPE_CHECKING

from compplan.plan.reference.field_words import default_words, type_words

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pydantic import BaseModel


def section(
    title: str,
    model: type[BaseModel],
    more: str = "",
    *,
    level: int,
    example: str = "",
    without: Iterable[str] = (),
) -> str:
    """Return the section of a model: what it is, more about it, an example, its fields."""
    parts = [f"{'#' * level} {title}", told(model), more, yaml(example), fields(model, without=without)]
    return "\n\n".join(part for part in parts if part)


def told(model: type[BaseModel]) -> str:
    """Return a model's docstring as flowing text."""
    paragraphs = (model.__doc__ or "").strip().split("\n\n")
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in paragraphs)


def fields(model: type[BaseModel], *, without: Iterable[str] = ()) -> str:
    """Return the table of a model's fields; "" where none is left."""
    gone = set(without)
    rows = [
        (f"`{field.alias or name}`", type_words(model, name), default_words(field), field.description or "")
        for name, field in model.model_fields.items()
        if name not in gone
    ]
    return table(("field", "type", "default", "meaning"), rows) if rows else ""


def table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """Return a table."""
    lines = [head, tuple("---" for _ in head), *(tuple(_escaped(cell) for cell in row) for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _escaped(cell: str) -> str:
    """Return a text without signs that would be markup, those in code left alone."""
    parts = cell.split("`")
    return "`".join(part if index % 2 else part.replace("<", "&lt;") for index, part in enumerate(parts))


def yaml(text: str) -> str:
    """Return a block of YAML; "" for no text."""
    return f"```yaml\n{text.strip(chr(10))}\n```" if text else ""


def quoted(text: str) -> str:
    """Return a text as it can stand in YAML."""
    return f"'{text}'" if '"' in text else text


def code(words: Iterable[str]) -> str:
    """Return words as code, one after the other."""
    return ", ".join(f"`{word}`" for word in words)
