"""A table as aligned text and as HTML: its first rows, its last, and how many there are."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING

import pyarrow as pa

from compplan.arrow.buffers import plain_type, shown

if TYPE_CHECKING:
    from collections.abc import Sequence

_FIRST, _LAST = 10, 3
_CELL = 40
_WIDTH = 120


def as_text(table: pa.Table) -> str:
    """Return the table as aligned text; columns that do not fit a wide line are left out of the middle."""
    columns = _fitting([_padded(column) for column in _columns(table)])
    lines = ["  ".join(cells).rstrip() for cells in zip(*columns, strict=True)]
    return "\n".join([*lines, _size(table)])


def as_html(table: pa.Table) -> str:
    """Return the table as an HTML table."""
    columns = _columns(table)
    aligned = [' style="text-align: right"' if right else "" for right, _ in columns]
    head, *body = zip(*(cells for _, cells in columns), strict=True) if columns else [()]
    lines = [_html_row("th", head, aligned), *(_html_row("td", cells, aligned) for cells in body)]
    return f"<table>\n{chr(10).join(lines)}\n</table>\n<p>{_size(table)}</p>"


def _html_row(tag: str, cells: Sequence[str], aligned: Sequence[str]) -> str:
    inner = (f"<{tag}{style}>{html.escape(cell)}</{tag}>" for cell, style in zip(cells, aligned, strict=True))
    return f"<tr>{''.join(inner)}</tr>"


def _size(table: pa.Table) -> str:
    rows, columns = table.num_rows, table.num_columns
    return f"{rows:,} row{'s' * (rows != 1)}, {columns:,} column{'s' * (columns != 1)}"


def _columns(table: pa.Table) -> list[tuple[bool, list[str]]]:
    """Return for each column whether it is aligned to the right, and its name and shown cells."""
    cut = table.num_rows > _FIRST + _LAST
    first = table.slice(0, _FIRST) if cut else table
    last = table.slice(table.num_rows - _LAST) if cut else table.slice(0, 0)
    return [
        (
            _is_number(table.schema.field(i).type),
            [_cell(name), *_cells(first.column(i)), *["…"] * cut, *_cells(last.column(i))],
        )
        for i, name in enumerate(table.column_names)
    ]


def _is_number(kind: pa.DataType) -> bool:
    kind = plain_type(kind)
    return bool(pa.types.is_integer(kind) or pa.types.is_decimal(kind) or pa.types.is_floating(kind))


def _cells(column: pa.ChunkedArray) -> list[str]:
    return [_cell(shown(value)) if value.is_valid else "" for value in column]


def _cell(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _CELL else line[: _CELL - 1] + "…"


def _padded(column: tuple[bool, list[str]]) -> list[str]:
    right, cells = column
    width = max(map(len, cells))
    return [cell.rjust(width) if right else cell.ljust(width) for cell in cells]


def _fitting(columns: list[list[str]]) -> list[list[str]]:
    """Leave columns out of the middle until a line fits; the first and the last always stay."""
    kept, left_out = list(columns), 0
    while len(kept) > 2 and sum(len(column[0]) + 2 for column in kept) > _WIDTH:
        del kept[len(kept) // 2]
        left_out += 1
    if left_out:
        kept.insert((len(kept) + 1) // 2, ["…"] * len(kept[0]))
    return kept
