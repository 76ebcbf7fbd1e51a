"""The arguments that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal, TypeAlias

from cyclopts import Parameter

_FORMS = ".parquet, .csv or .arrow, or a folder of Parquet files"

PlanFile: TypeAlias = Annotated[Path, Parameter(help="The plan, a YAML file.")]
Patches: TypeAlias = Annotated[
    list[Path] | None, Parameter(name="--patch", negative="", help="A patch to apply; can be given again.")
]
Members: TypeAlias = Annotated[Path, Parameter(help=f"The members table: {_FORMS}.")]
MembersIfAny: TypeAlias = Annotated[Path | None, Parameter(help=f"The members table: {_FORMS}.")]
Orders: TypeAlias = Annotated[Path | None, Parameter(help=f"The orders of the period: {_FORMS}.")]
State: TypeAlias = Annotated[Path | None, Parameter(help="The state that the period before has left.")]
Period: TypeAlias = Annotated[str, Parameter(help="Such as 2026-10, 2026-W41, or 2026-10-01/2026-10-16.")]
PeriodIfAny: TypeAlias = Annotated[str | None, Parameter(help="The period of the orders, such as 2026-10.")]
Company: TypeAlias = Annotated[
    list[str] | None,
    Parameter(
        name="--company", negative="", help="A number of the company, such as profit=100000.00; can be given again."
    ),
]
Threads: TypeAlias = Annotated[int, Parameter(help="How many threads work; the result is the same.")]
Floats: TypeAlias = Annotated[
    bool, Parameter(name="--allow-floats", negative="", help="Read float columns as their shortest decimals.")
]
Format: TypeAlias = Annotated[Literal["parquet", "csv", "arrow"], Parameter(help="The form of the files.")]
Json: TypeAlias = Annotated[bool, Parameter(name="--json", negative="", help="Write JSON instead of tables.")]
