"""What can be wrong, said all at once, each with its place and a hint.

A check returns `Problem` values; whoever called it raises one `PlanError` or `DataError` that holds them all.
Errors are data first (`error.problems`) and text second (`str(error)`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from compplan.records import Record

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


class Place(Record):
    """A place in a plan file: 1-based line and column, and the line's text for the caret."""

    file: str
    line: int
    column: int
    text: str = ""

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


class Rows(Record):
    """A place in data: the table, the column, how many rows, and the first of them (row numbers and ids)."""

    table: str
    column: str | None
    count: int
    rows: tuple[int, ...] = ()
    ids: tuple[str, ...] = ()

    def __str__(self) -> str:
        where = self.table if self.column is None else f"{self.table}.{self.column}"
        text = f"{where}: {self.count} row{'s' if self.count != 1 else ''}"
        if self.rows:
            text += f", first at {', '.join(map(str, self.rows))}"
        if self.ids:
            text += f" (ids {', '.join(self.ids)})"
        return text


class Problem(Record):
    """One thing that is wrong: a stable code, a sentence, a place, and what to do about it."""

    code: str
    message: str
    place: Place | Rows | None = None
    hint: str = ""

    def __str__(self) -> str:
        lines = [f"{self.place}: {self.message}" if self.place else self.message]
        if isinstance(self.place, Place) and self.place.text:
            lines.append(f"    {self.place.text}")
            lines.append("    " + " " * (self.place.column - 1) + "^")
        if self.hint:
            lines.append(f"  hint: {self.hint}")
        return "\n".join(lines)


class CompplanError(Exception):
    """Base of all errors that compplan raises on purpose.

    Attributes
    ----------
    problems
        Every problem that was found, in the order of the input.
    """

    title = "compplan"

    def __init__(self, problems: Problem | str | Iterable[Problem]) -> None:
        if isinstance(problems, str):
            problems = Problem("error", problems)
        self.problems: tuple[Problem, ...] = (problems,) if isinstance(problems, Problem) else tuple(problems)
        super().__init__(str(self))

    def __str__(self) -> str:
        count = len(self.problems)
        head = f"{self.title}: {count} problem{'s' if count != 1 else ''}"
        return "\n".join([head, *map(str, self.problems)])

    def __reduce__(self) -> tuple[type[CompplanError], tuple[tuple[Problem, ...]]]:
        return type(self), (self.problems,)


class PlanError(CompplanError):
    """The plan says something that cannot be read, or makes no sense."""

    title = "plan"


class DataError(CompplanError):
    """A table holds something that cannot be paid on."""

    title = "data"


class ExactnessError(CompplanError):
    """A number would not fit 64 bits, or the books do not balance: no number is better than a wrong one."""

    title = "exactness"


class RanksError(CompplanError):
    """The ranks of a period go by each other in a way that does not settle."""

    title = "ranks"


class UsageError(CompplanError, ValueError):
    """An argument that does not fit: an unknown member, a period that cannot be read."""

    title = "usage"


def did_you_mean(word: str, known: Sequence[str]) -> str:
    """Return a hint that names the nearest known word, or lists them.

    Examples
    --------
    >>> did_you_mean("activ", ["active", "silver"])
    'did you mean "active"?'
    """
    from difflib import get_close_matches  # noqa: PLC0415 - only who has a problem waits for it

    close = get_close_matches(word, known, n=1)
    if close:
        return f'did you mean "{close[0]}"?'
    return f"known: {', '.join(known)}" if known else ""
