"""A plan file, read: plain data with exact numbers, and the place of every part of it."""

from __future__ import annotations

import re
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, Any

from compplan.errors import PlanError, Problem
from compplan.plan.composer import compose
from compplan.plan.marks import Document, Mark, Node, Path, child
from compplan.records import Record

if TYPE_CHECKING:
    from os import PathLike

    from compplan.errors import Place

MAX_BYTES = 5_000_000

# What YAML 1.2 lets stand in a file (5.1, c-printable).
_UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Source(Record):
    """Plain data and where each part of it was written.

    Attributes
    ----------
    name
        What errors call it, usually the path of the file.
    data
        `dict`, `list`, `str`, `int`, `Decimal`, `bool` and `None` only. Numbers are exact, there are no
        floats. Keys are text, `int` or `Decimal`. Do not change it: parts can be shared.
    root
        The marks, in the shape of the data; `None` for data that was never a text. `Source("plan", data)`
        makes such a source from plain Python data; its problems name a path instead of a line.
    """

    name: str
    data: Any
    root: Node | None = None

    def __repr__(self) -> str:
        return f"<Source {self.name!r}>"

    def place(self, path: Path = (), *, key: bool = False) -> Place | None:
        r"""Return where a value, or with `key` its key, stands.

        Parameters
        ----------
        path
            Keys and list indices from the top of `data`. If it leads to nothing, its last known part answers.
        key
            Ask for the key that the value stands behind. An item of a list has none: the item itself answers.

        Returns
        -------
        Place or None
            The 1-based place with the text of its line; None only for a source without marks.

        Notes
        -----
        An alias (`*name`) stands where it is used; what is inside stands where the anchor (`&name`) is.

        Examples
        --------
        >>> source = read_source("bonuses:\n  unilevel: [5%, 6%]\n")
        >>> str(source.place(("bonuses", "unilevel", 1)))
        '<text>:2:18'
        >>> str(source.place(("bonuses", "unilevel"), key=True))
        '<text>:2:3'
        """
        node = self.root
        if node is None:
            return None
        for part in path:
            inner = child(node.items, part)
            if not isinstance(inner, Node):
                break
            node = inner
        mark = node.key if key and node.key else node.mark
        return mark.place()


def read_source(path_or_text: str | PathLike[str], *, name: str | None = None) -> Source:
    r"""Read one YAML document.

    Parameters
    ----------
    path_or_text
        A path; or a `str` with at least one line break, which is the text itself. (A path with a line break
        in its name can be given as a `pathlib.Path`.)
    name
        What errors call it: the path, or `<text>`, unless given.

    Returns
    -------
    Source
        The data with places. YAML 1.2 core schema: only `true` and `false` are truth values, `010` is ten,
        decimals are exact `Decimal`s with all their digits, `5%` and dates are text.

    Raises
    ------
    PlanError
        With all problems at once: syntax, tags, duplicate keys, merge keys, numbers that are not finite, too
        large a file, more values than `composer.MAX_NODES` once aliases are written out, no such file.

    Examples
    --------
    >>> read_source("rate: 1.10\ncountry: NO\n").data
    {'rate': Decimal('1.10'), 'country': 'NO'}
    """
    if path_or_text == "":
        raise PlanError(Problem("no_file", "an empty text is no plan, and no path", None, "give a path, or the text"))
    if isinstance(path_or_text, str) and "\n" in path_or_text:
        name = name or "<text>"
        text = path_or_text.removeprefix("\ufeff")
    else:
        name = name or str(path_or_text)
        text = _decoded(name, _read(name, FilePath(path_or_text)))
    _fail_if_too_large(name, len(text))
    _fail_if_unprintable(name, text)
    return Source(name, *compose(name, text))


def _read(name: str, path: FilePath) -> bytes:
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        hint = "a text instead of a path needs a line break"
        raise PlanError(Problem("no_file", f"there is no file {name}", None, hint)) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise PlanError(Problem("unreadable_file", f"{name} cannot be read: {reason}")) from None
    _fail_if_too_large(name, len(content))
    return content


def _decoded(name: str, content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = content[: error.start].decode("utf-8", "replace").removeprefix("\ufeff")
        place = _mark_at_end(name, before).place()
        raise PlanError(Problem("encoding", "this is not UTF-8", place, "save the file as UTF-8")) from None


def _fail_if_too_large(name: str, size: int) -> None:
    if size > MAX_BYTES:
        message = f"{name} is larger than {MAX_BYTES // 1_000_000} MB"
        raise PlanError(Problem("too_large", message, None, "is it a plan?"))


def _fail_if_unprintable(name: str, text: str) -> None:
    problems = []
    for found in list(_UNPRINTABLE.finditer(text))[:10]:
        mark = _mark_at_end(name, text[: found.start()])
        message = f"the character U+{ord(found[0]):04X} cannot stand in YAML"
        problems.append(Problem("character", message, mark.place(), "remove it"))
    if problems:
        raise PlanError(problems)


def _mark_at_end(name: str, before: str) -> Mark:
    """Return the mark right after a text; its line is shown up to there."""
    document = Document.of(name, before)
    return Mark(document, len(document.lines) - 1, len(document.lines[-1]))
