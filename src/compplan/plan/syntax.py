"""What the YAML parser complains about, in the words of somebody who writes plans.

The compiled and the pure parser of PyYAML word the same mistake differently; both are recognised.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from compplan.errors import Problem
from compplan.plan.marks import Document, Mark

if TYPE_CHECKING:
    import yaml


class _Sentence(NamedTuple):
    signs: tuple[str, ...]
    message: str
    hint: str


_SENTENCES = (
    _Sentence(
        ("',' or ']'",),
        "the list that starts on line {line} is not closed",
        'add "]", or "," between two items',
    ),
    _Sentence(
        ("',' or '}'",),
        "the mapping that starts on line {line} is not closed",
        'add "}", or "," between two fields',
    ),
    _Sentence(
        ("unexpected end of stream",),
        "the quoted text that starts on line {line} is not closed",
        "add the quote",
    ),
    _Sentence(
        ("unknown escape",),
        "this escape is not known in double quotes",
        "use single quotes, or write the backslash twice",
    ),
    _Sentence(
        ("mapping values are not allowed",),
        'a ":" cannot stand here',
        'indent by the level above, or write a text with ": " in quotes',
    ),
    _Sentence(
        ("sequence entries are not allowed",),
        'a list item "- " cannot start here',
        "begin the list on a line of its own",
    ),
    _Sentence(("could not find expected ':'",), 'this key has no ":"', 'write "key: value"'),
    _Sentence(("node content",), "a value is missing here", ""),
    _Sentence(("cannot start any token",), '"{sign}" cannot start a value', "write the text in quotes"),
    _Sentence(("document start",), "nothing can follow here, the document has ended", ""),
    _Sentence(
        ("expected key", "'-' indicator", "block end"),
        "this does not fit the lines above",
        "check the indentation",
    ),
)
_TAB = _Sentence((), "a tab cannot stand here", "use spaces")


def syntax_problem(error: yaml.MarkedYAMLError, document: Document) -> Problem:
    """Turn an error of PyYAML's parser into a problem with its place."""
    mark = _mark(error, document)
    sign = _sign(mark)
    said = error.problem or "this is not YAML"
    start = error.context_mark.line + 1 if error.context_mark else mark.line + 1
    known = _TAB if sign == "\t" or "tab character" in said else _find(said)
    if known is None:
        return Problem("yaml_syntax", f"this is not YAML: {said}", mark.place())
    message = known.message.format(line=start, sign=sign)
    return Problem("yaml_syntax", message, mark.place(), known.hint)


def _find(said: str) -> _Sentence | None:
    return next((s for s in _SENTENCES if any(sign in said for sign in s.signs)), None)


def _mark(error: yaml.MarkedYAMLError, document: Document) -> Mark:
    found = error.problem_mark or error.context_mark
    return Mark(document, found.line, found.column) if found else Mark(document, 0, 0)


def _sign(mark: Mark) -> str:
    lines = mark.document.lines
    line = lines[mark.line] if mark.line < len(lines) else ""
    return line[mark.column] if mark.column < len(line) else ""
