"""The application: which commands there are, and how the words of a call become one of them."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from cyclopts import App, CycloptsError

from compplan.errors import Problem, UsageError

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


def call(words: Sequence[str]) -> object:
    """Run one command and return what it returns.

    Raises
    ------
    UsageError
        If the words make no command.
    """
    try:
        return build_app(whole=not words or words[0].startswith("-"))(words)
    except CycloptsError as error:
        asked = ["compplan", *(error.command_chain or ()), "--help"]
        raise UsageError(Problem("arguments", str(error), None, f"see {' '.join(asked)}")) from None


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


def _function(path: str) -> Callable[..., int | None]:
    module, name = path.split(":")
    return getattr(import_module(f"compplan.cli.{module}"), name)


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version  # noqa: PLC0415

    try:
        return version("compplan")
    except PackageNotFoundError:
        return "unknown"
