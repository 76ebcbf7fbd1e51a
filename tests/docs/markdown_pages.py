"""The documentation as data: fenced blocks with their places, links with theirs, and what running a page gives.

The words after a fence's language tell what becomes of a block, in the order of the page:

    ```yaml save plan.yaml      the text goes to a file in the working directory
    ```yaml add plan.yaml       the text is added at the end of that file
    ```yaml bonuses             the text is the section `bonuses` of a plan, and must load
    ```yaml sections            the text is some sections of a plan, and must load
    ```python run               the code runs, in one namespace for the page
    ```sh run                   each line is a call of compplan, which runs in the same process
    ```text                     directly after one of these: what it has written
"""

from __future__ import annotations

import re
import shlex
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

from compplan.cli import main

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]

_FENCE = re.compile(r"^(?P<ticks>`{3,})(?P<info>[^`]*)$")
_LINK = re.compile(r"!?\[[^\]]*\]\((?P<target>[^()\s]+)\)")
_HEADING = re.compile(r"^#{1,6}\s+(?P<text>.+?)\s*#*$")
_CODE = re.compile(r"`[^`]*`")


@dataclass(frozen=True)
class Block:
    """One fenced block: the words after the fence, its text, and the 1-based line where the text starts."""

    words: tuple[str, ...]
    text: str
    line: int

    @property
    def does_something(self):
        """Whether anything becomes of the block when its page runs."""
        return len(self.words) > 1

    @property
    def runs(self):
        return self.words in {("python", "run"), ("sh", "run")}

    @property
    def after(self):
        """The line after the closing fence."""
        return self.line + self.text.count("\n") + 1


@dataclass(frozen=True)
class Output:
    """What a run block wrote, and the block that shows it (None where the page shows nothing)."""

    code: Block
    shown: Block | None
    printed: str

    @property
    def agrees(self):
        return self.printed == ("" if self.shown is None else self.shown.text)


def blocks(text):
    """Return the fenced blocks of a page."""
    found, start, ticks, words = [], 0, "", ()
    lines = text.splitlines()
    for number, line in enumerate(lines, 1):
        fence = _FENCE.match(line)
        if not ticks and fence:
            ticks, words, start = fence["ticks"], tuple(fence["info"].split()), number + 1
        elif ticks and line.rstrip() == ticks:
            body = "".join(f"{part}\n" for part in lines[start - 1 : number - 1])
            found.append(Block(words, body, start))
            ticks = ""
    assert not ticks, f"the block that starts before line {start} is not closed"
    return found


def links(text):
    """Return the targets of the page's links, those in code left out."""
    return [match["target"] for match in _LINK.finditer(_CODE.sub("", "\n".join(prose(text))))]


def anchors(text):
    """Return the anchors of the page's headings, as GitHub makes them."""
    titles = [match["text"] for line in prose(text) if (match := _HEADING.match(line))]
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def prose(text):
    """Return the lines outside of fenced blocks."""
    inside = {n for block in blocks(text) for n in range(block.line - 1, block.after)}
    return [line for number, line in enumerate(text.splitlines(), 1) if number not in inside]


def run_page(page, load):
    """Do what the blocks of a page say, in the working directory; return what each run block printed."""
    found = blocks(page.read_text())
    namespace, outputs = {"__name__": "__page__"}, []
    for block, following in zip(found, [*found, None][1:], strict=True):
        match block.words:
            case ("python" | "sh", "run"):
                shown = following if following is not None and following.words == ("text",) else None
                outputs.append(Output(block, shown, _printed(block, page, namespace)))
            case (_, "save", name):
                Path(name).write_text(block.text)
            case (_, "add", name):
                Path(name).write_text(f"{Path(name).read_text()}\n{block.text}")
            case ("yaml", "bonuses" | "sections" as part):
                load(part, block.text)
    return outputs


def _printed(block, page, namespace):
    """Run a block; return what it has written, without empty lines around it and spaces at the ends of lines."""
    with redirect_stdout(StringIO()) as out, redirect_stderr(out):
        if block.words[0] == "sh":
            _call(block, page)
        else:
            _execute(block, page, namespace)
    lines = [line.rstrip() for line in out.getvalue().strip("\n").splitlines()]
    return "".join(f"{line}\n" for line in lines)


def _call(block, page):
    """Run each line as a call of the command line."""
    for line in block.text.splitlines():
        name, *arguments = shlex.split(line)
        assert name == "compplan", f"{page.name}:{block.line}: only calls of compplan run here"
        main(arguments)


def _execute(block, page, namespace):
    """Run Python; a traceback names the page and its line."""
    code = compile("\n" * (block.line - 1) + block.text, str(page), "exec", dont_inherit=True)
    exec(code, namespace)  # noqa: S102 - the project's own documentation


def rewritten(text, outputs):
    """Return a page with every output as it was printed."""
    lines = text.splitlines(keepends=True)
    for output in reversed(outputs):
        new = ["```text\n", *output.printed.splitlines(keepends=True), "```\n"]
        if output.shown is not None:
            lines[output.shown.line - 2 : output.shown.after - 1] = new
        elif output.printed:
            lines[output.code.after - 1 : output.code.after - 1] = ["\n", *new]
    return "".join(lines)
