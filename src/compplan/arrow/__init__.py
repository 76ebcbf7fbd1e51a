"""The edges: anything into exact columns, and frames out."""

from __future__ import annotations

from compplan.arrow.columns import (
    NO_INSTANT,
    fixed_column,
    flag_column,
    instant_column,
    missing_columns,
    text_codes,
)
from compplan.arrow.frame import Frame, dictionary_column, fixed_to_decimal
from compplan.arrow.read import read_table
from compplan.arrow.write import write_whole

__all__ = [
    "NO_INSTANT",
    "Frame",
    "dictionary_column",
    "fixed_column",
    "fixed_to_decimal",
    "flag_column",
    "instant_column",
    "missing_columns",
    "read_table",
    "text_codes",
    "write_whole",
]
