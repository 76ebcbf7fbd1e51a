"""What becomes of errors that are expected: a text on stderr and an exit code, and never a traceback."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from compplan.cli.console import EXIT_FAILED, Failed, complain, warn
from compplan.errors import CompplanError

if TYPE_CHECKING:
    from collections.abc import Callable

EXIT_STOPPED = 130
EXIT_PIPE = 141


def guarded(command: Callable[[], object]) -> int:
    """Run a command and return its exit code: what it returns where that is a number, 0 for anything else."""
    try:
        code = command()
        sys.stdout.flush()
    except (CompplanError, Failed) as error:
        return complain(error.errors if isinstance(error, Failed) else [error])
    except BrokenPipeError:
        _leave_pipe()
        return EXIT_PIPE
    except OSError as error:
        warn(f"compplan: {error}")
        return EXIT_FAILED
    except KeyboardInterrupt:
        warn("compplan: stopped")
        return EXIT_STOPPED
    return code if isinstance(code, int) else 0


def _leave_pipe() -> None:
    """Give stdout a place to flush to at exit; whoever read it is gone."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
