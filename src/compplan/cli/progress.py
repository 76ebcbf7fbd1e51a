"""How far a run is, on stderr, where somebody sits at a terminal."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from compplan.cli.console import console

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Step = Callable[[str, int, int], None]


@contextmanager
def progress() -> Iterator[Step]:
    """Show a bar while steps are told to it: name, number, number of steps. It leaves nothing behind."""
    if not sys.stderr.isatty():
        yield _ignore
        return
    from rich.progress import (  # noqa: PLC0415
        BarColumn,
        MofNCompleteColumn,
        Progress,
        SpinnerColumn,
        TextColumn,
        TimeElapsedColumn,
    )

    words = TextColumn("{task.description}", markup=False)
    columns = (SpinnerColumn(), BarColumn(24), MofNCompleteColumn(), TimeElapsedColumn(), words)
    with Progress(*columns, console=console(stderr=True), transient=True) as bar:
        task = bar.add_task("start", total=None)

        def step(name: str, done: int, total: int) -> None:
            bar.update(task, description=name, completed=done, total=total)

        yield step


def _ignore(_name: str, _done: int, _total: int) -> None:
    """Tell nobody."""
