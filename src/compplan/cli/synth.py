"""`compplan synth`: a synthetic field as two files."""

# ruff: noqa: TC001, TC003 - the annotations of a command are read at run time

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

from compplan.cli.arguments import Format, Period
from compplan.cli.console import say
from compplan.cli.files import can_be_folder
from compplan.synthetic.field import Ids, Shape


def synth(
    out: Annotated[Path, Parameter(help="The folder for members and orders.")],
    /,
    *,
    members: Annotated[int, Parameter(help="How many members.")] = 100_000,
    shape: Annotated[Shape, Parameter(help="How the enrollment tree grows.")] = "field",
    seed: Annotated[int, Parameter(help="Another seed, another field; the same one, the same bytes.")] = 1,
    period: Period = "2026-10",
    orders_per_member: Annotated[str, Parameter(help="Mean number of order rows a member.")] = "3",
    returns: Annotated[str, Parameter(help="The share of order rows that take something back.")] = "0.01",
    ids: Annotated[Ids, Parameter(help="What ids look like.")] = "int",
    binary: Annotated[bool, Parameter(negative="", help="Also a binary placement tree.")] = False,
    customers: Annotated[bool, Parameter(help="Whether there are customers.")] = True,
    shuffle: Annotated[bool, Parameter(negative="", help="Rows in random order.")] = False,
    format: Format = "parquet",  # noqa: A002 - the name of the option
) -> None:
    """Make a synthetic field: members and the orders of one period, the same on every machine."""
    can_be_folder(out)
    from compplan.arrow.frame import Frame  # noqa: PLC0415 - loads Arrow
    from compplan.arrow.write import write_whole  # noqa: PLC0415
    from compplan.synthetic import synth as make  # noqa: PLC0415

    trees: tuple[Literal["enrollment", "binary"], ...] = ("enrollment", "binary") if binary else ("enrollment",)
    field = make(
        members,
        shape=shape,
        seed=seed,
        period=period,
        orders_per_member=orders_per_member,
        returns=returns,
        ids=ids,
        trees=trees,
        customers=customers,
        shuffle=shuffle,
    )
    tables = {f"members.{format}": field.members, f"orders.{format}": field.orders}
    paths = write_whole({name: Frame(table) for name, table in tables.items()}, out)
    for path, table in zip(paths, tables.values(), strict=True):
        say(f"{path}: {table.num_rows:,} rows")
