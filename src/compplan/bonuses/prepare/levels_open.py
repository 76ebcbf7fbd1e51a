"""Which levels a bonus pays: tables that begin at a level, and end where the earner's levels end."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from compplan.errors import UsageError
from compplan.plan.tables import ALL, LevelTable
from compplan.program.class_passes import PairPass

if TYPE_CHECKING:
    from collections.abc import Sequence

    from compplan.bonuses.upward import Upward
    from compplan.plan.tables import ByKey
    from compplan.program.builder import Builder

    Table = LevelTable | ByKey

ZERO = Decimal(0)
MOST_ROWS = 2**15 - 1
MOST_FULL = 31
"""Levels of a tree two wide that can be full at all: members are numbered with 31 bits."""


def open_rows(bonus: Upward, builder: Builder) -> tuple[str, list[LevelTable]]:
    """Return the column that chooses each member's row of rates or amounts, and the rows.

    A row is one of the table, moved to `from_level`, and cut off at one of the numbers of `levels`. Who has no number
    of levels is paid at none.
    """
    column, rows = rows_to_level(bonus.rates_by, bonus.table, bonus.levels, bonus.levels_by, builder, bonus.from_level)
    if (full := bonus.full_levels(builder)) is not None:
        counts = range(MOST_FULL + 1)
        depth = builder.thresholds(full, counts)
        column, rows = _ended_at(column, rows, depth, [Decimal(count) for count in counts], builder)
    return column, rows


def rows_to_level(
    by: str | tuple[str, ...],
    table: Table,
    levels: Table | None,
    levels_by: str,
    builder: Builder,
    first: int = 1,
) -> tuple[str, list[LevelTable]]:
    """Return the column of each member's row and the rows: those of a table from a level on, each cut off."""
    column, rows = builder.klass(by, table)
    rows = [_begun(row, first) for row in rows]
    if levels is None:
        return column, rows
    depth, numbers = builder.klass(levels_by, levels)
    return _ended_at(column, rows, depth, [row.levels[0] for row in numbers], builder)


def _ended_at(
    column: str, rows: list[LevelTable], depth: str, opened: list[Decimal], builder: Builder
) -> tuple[str, list[LevelTable]]:
    """Cut each row off at each number of levels; `depth` is the column that chooses a member's number."""
    if len(rows) * (len(opened) + 1) > MOST_ROWS:
        raise UsageError(f"the table of rates has more than {MOST_ROWS:,} rows: use fewer keys of rates and levels")
    name = f"{column} and {depth} from {len(opened)}"
    if name not in builder.known:
        builder.add(PairPass((name,), (column, depth), column, depth, len(opened)))
    return name, _padded([_ended(row, count) for row in rows for count in (*opened, None)])


def _begun(row: LevelTable, level: int) -> LevelTable:
    """Return a table whose first rate is that of a level, with nothing before it."""
    return LevelTable(levels=(*[ZERO] * (level - 1), *row.levels), tail=row.tail)


def _ended(row: LevelTable, count: Decimal | None) -> LevelTable:
    """Return a table down to a level: to none where there is no number, as it is where all are open."""
    if count == ALL:
        return row
    last = 0 if count is None else int(count)
    deeper = () if row.tail is None else (row.tail,) * max(0, last - len(row.levels))
    return LevelTable(levels=(*row.levels[:last], *deeper))


def _padded(rows: Sequence[LevelTable]) -> list[LevelTable]:
    """Make sure that the table has a column: it has none where no level is open and none goes on."""
    if any(row.levels or row.tail is not None for row in rows):
        return list(rows)
    return [LevelTable(levels=(ZERO,)), *rows[1:]]
