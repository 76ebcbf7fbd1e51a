"""The application: which commands there are, and what becomes of their errors."""

from __future__ import annotations

import os
import sys
from importlib import import_module
from typing import TYPE_CHECKING

from cyclopts import App, CycloptsError

from compplan.cli.console import EXIT_FAILED, complain, warn
from compplan.errors import CompplanError, Problem, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

COMMANDS = {
    "check": "check:check",
    "run": "run:run",
    "explain": "explain:explain",
    "describe": "plans:describe",
    "inputs": "plans:inputs",
    "schema": "plans:schema",
    "synth": "synth:synth",
    "test": "cases:run_golden_cases",
    "bench": "bench:bench",
    "demo": "demo:demo",
}
EXIT_STOPPED = 130
EXIT_PIPE = 141


def build_app(*, whole: bool = True) -> App:
    """Return the application with all commands.

    Parameters
    ----------
    whole
        Whether to import all commands, for the list that tells what each is for. Otherwise a command's module
        is imported when it is called.
    """
    app = App(
        name="compplan",
        help="Compensation plans of direct selling, run exactly.",
        version=_version,
        result_action="return_value",
        exit_on_error=False,
        print_error=False,
        suppress_keyboard_interrupt=False,
    )
    for place, (name, path) in enumerate(COMMANDS.items()):
        app.command(_function(path) if whole else f"compplan.cli.{path}", name=name, sort_key=place)
    return app


def call(arguments: Sequence[str]) -> int:
    """Run one command and return its exit code; expected errors go to stderr as text."""
    try:
        code = build_app(whole=not arguments or arguments[0].startswith("-"))(arguments)
        sys.stdout.flush()
    except CycloptsError as error:
        return complain([_usage(error)])
    except CompplanError as error:
        return complain([error])
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


def _function(path: str) -> Callable[..., int | None]:
    module, name = path.split(":")
    return getattr(import_module(f"compplan.cli.{module}"), name)  # type: ignore[no-any-return]


def _usage(error: CycloptsError) -> UsageError:
    words = ["compplan", *(error.command_chain or ()), "--help"]
    return UsageError(Problem("arguments", str(error), None, f"see {' '.join(words)}"))


def _leave_pipe() -> None:
    """Give stdout a place to flush to at exit; whoever read it is gone."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version  # noqa: PLC0415

    try:
        return version("compplan")
    except PackageNotFoundError:
        return "unknown"
