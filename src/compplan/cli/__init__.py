"""The command line `compplan`; its parts need the extra: `pip install "compplan[cli]"`."""

from __future__ import annotations

import gc
import os
import sys
from importlib.util import find_spec
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

EXTRA = ("cyclopts", "rich")
MANY_OBJECTS = 200_000
"""How many new objects make Python look for dead cycles: loading modules makes many and drops none."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code.

    Parameters
    ----------
    arguments
        The words after `compplan`; those of this process by default.

    Returns
    -------
    int
        0 when all is well, 1 when a plan or data (or a golden case) is wrong, 2 when the command is.
    """
    return _whole_process() if arguments is None else _run(arguments)


def _whole_process() -> int:
    """Run the command of this process, which has nothing else to do, without work that is for long-lived ones."""
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")  # to look for them is to read about every package
    gc.set_threshold(MANY_OBJECTS)
    try:
        return _run(sys.argv[1:])
    finally:
        gc.freeze()  # all of it goes with the process: nobody needs to look through it for dead cycles first


def _run(words: Sequence[str]) -> int:
    """Run a command. `check PLAN`, which editors call at every save, goes without the parser of options."""
    from compplan.cli.failures import guarded  # noqa: PLC0415 - the package stays light to import

    if len(words) == 2 and words[0] == "check" and not words[1].startswith("-"):
        from pathlib import Path  # noqa: PLC0415

        from compplan.cli.plan_check import check_plan  # noqa: PLC0415

        return guarded(lambda: check_plan(Path(words[1])))
    if missing := [name for name in EXTRA if find_spec(name) is None]:
        sys.stderr.write(f'the command line needs {" and ".join(missing)}: pip install "compplan[cli]"\n')
        return 2
    from compplan.cli.app import call  # noqa: PLC0415 - needs the extra

    return guarded(lambda: call(words))
