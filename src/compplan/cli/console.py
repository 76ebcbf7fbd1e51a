"""Where all output goes: results to stdout; errors, notes and progress to stderr.

Rich is loaded for tables only. Numbers are shown with all their digits: none passes through a float, and no
table cuts one off.
"""

from __future__ import annotations

import os
import sys
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from compplan.errors import CompplanError, DataError, ExactnessError, PlanError, RanksError, Rows, UsageError
from compplan.plan.values import EXACT

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from rich.console import Console

    from compplan.arrow.frame import Frame
    from compplan.errors import Problem

EXIT_FAILED = 1
EXIT_USAGE = 2
WIDE = 160
"""Columns of a table that goes to a file or a pipe, where there is no terminal to ask."""

_ORDER = (PlanError, DataError, RanksError, ExactnessError, UsageError, CompplanError)


class Failed(Exception):  # noqa: N818 - it holds errors, and is none of its own
    """Several errors, maybe of several kinds, to be told together."""

    def __init__(self, errors: Iterable[CompplanError]) -> None:
        self.errors = tuple(errors)
        super().__init__("\n".join(map(str, self.errors)))


def say(text: str = "") -> None:
    """Write a line to stdout."""
    sys.stdout.write(f"{text}\n")


def warn(text: str) -> None:
    """Write a line to stderr."""
    sys.stderr.write(f"{text}\n")


def complain(errors: Iterable[CompplanError]) -> int:
    """Write errors to stderr, each kind of problem under one heading, and return the exit code.

    Returns
    -------
    int
        2 if nothing but the command is wrong (an argument, or a file that is not there), else 1.
    """
    problems = {kind: [p for e in errors if type(e) is kind for p in e.problems] for kind in _ORDER}
    found = {kind: told_once(each) for kind, each in problems.items() if each}
    for kind, each in found.items():
        warn(str(kind(each)))
    return EXIT_USAGE if found.keys() <= {UsageError} else EXIT_FAILED


def told_once(problems: Sequence[Problem]) -> list[Problem]:
    """Return problems without repeats, also of a run that reads no ids and of the check after it that names them."""

    def nameless(problem: Problem) -> Problem:
        place = problem.place
        return problem.but(place=place.but(ids=())) if isinstance(place, Rows) else problem

    named = {nameless(each) for each in problems if each != nameless(each)}
    return [each for each in dict.fromkeys(problems) if each not in named]


def console(*, stderr: bool = False) -> Console:
    """Return a console; square brackets in names and ids are nothing special to it."""
    from rich.console import Console  # noqa: PLC0415 - `check` does not pay for it

    stream = sys.stderr if stderr else sys.stdout
    known = stream.isatty() or "COLUMNS" in os.environ
    return Console(stderr=stderr, markup=False, highlight=False, emoji=False, width=None if known else WIDE)


def table(
    title: str,
    head: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    right: Collection[str] = (),
    note: str = "",
) -> None:
    """Write a table to stdout.

    Parameters
    ----------
    title, head
        What it shows, and the names of its columns.
    rows
        One value a column; numbers stand right, None is empty. Integers are ids or levels and shown as they
        are; `count` makes a number of things of one.
    right
        Columns that stand right although they hold texts.
    note
        What to say where there are no rows.
    """
    from rich import box  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415

    cells = [list(row) for row in rows]
    say()
    if not cells:
        say(f"{title}: {note or 'none'}")
        return
    shown = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    columns = [[row[place] for row in cells] for place in range(len(head))]
    for name, column in zip(head, columns, strict=True):
        numbers = name in right or all(_is_number(value) for value in column if value is not None)
        shown.add_column(name, justify="right" if numbers else "left", overflow="fold", no_wrap=numbers)
    for texts in zip(*map(_aligned, columns), strict=True):
        shown.add_row(*texts)
    say(title)
    sys.stdout.flush()  # what is written so far comes first, whatever rich buffers
    console().print(shown)


def _aligned(column: Sequence[Any]) -> list[str]:
    """Return the texts of a column; all decimals get as many digits as the longest of them."""
    texts = [(cell(value), isinstance(value, Decimal)) for value in column]
    digits = max((len(text.partition(".")[2]) for text, exact in texts if exact), default=0)
    return [_padded(text, digits) if exact else text for text, exact in texts]


def _padded(text: str, digits: int) -> str:
    whole, _, part = text.partition(".")
    return f"{whole}.{part.ljust(digits, '0')}" if digits else whole


def facts(title: str, pairs: Mapping[str, Any]) -> None:
    """Write names and values, one a line."""
    width = max(map(len, pairs))
    say()
    say(title)
    for name, value in pairs.items():
        say(f"  {name:<{width}}  {cell(value)}")


def frame_table(title: str, frame: Frame, columns: Sequence[str] = (), *, note: str = "") -> None:
    """Write the rows of a frame, all its columns unless some are named."""
    names = list(columns or frame.column_names)
    table(title, names, ([row[name] for name in names] for row in frame.rows()), note=note)


def cell(value: Any) -> str:
    """Return the text of a value."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return number(value) if isinstance(value, Decimal) else str(value)


def number(value: Decimal, least: int = 2) -> str:
    """Return a number with all its digits, without zeros at the end beyond `least` decimals.

    Examples
    --------
    >>> number(Decimal("1234.50000")), number(Decimal("0.0625")), number(Decimal(7))
    ('1,234.50', '0.0625', '7')
    """
    whole, _, part = f"{value:,f}".partition(".")
    part = part.rstrip("0").ljust(min(least, len(part)), "0")
    return f"{whole}.{part}" if part else whole


def count(things: int) -> Decimal:
    """Return a number of things as what is shown with separators between thousands."""
    return Decimal(things)


def percent(rate: Decimal) -> str:
    """Return a rate as a percentage, exactly.

    Examples
    --------
    >>> percent(Decimal("0.0500")), percent(Decimal("0.125"))
    ('5%', '12.5%')
    """
    return f"{number(rate.scaleb(2, EXACT), 0)}%"


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, Decimal)) and not isinstance(value, bool)
