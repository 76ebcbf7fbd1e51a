"""The documentation is true: its code runs, prints what the page shows, and its links lead somewhere.

`COMPPLAN_UPDATE_DOCS=1 python -m pytest tests/docs` writes the outputs into the pages instead; read the difference
before you keep it.
"""

from __future__ import annotations

import os
import sys
from difflib import unified_diff
from textwrap import indent

import pytest
from markdown_pages import PAGES, ROOT, anchors, blocks, links, rewritten, run_page

import compplan as cp
from compplan.bonuses.registry import _KINDS, kinds
from compplan.cli.app import COMMANDS

NAMES = [str(page.relative_to(ROOT)) for page in PAGES]
UPDATE = os.environ.get("COMPPLAN_UPDATE_DOCS") == "1"
RUNNING = [page for page in PAGES if any(block.does_something for block in blocks(page.read_text()))]

# Around the fragments of plans: what they may leave out, and what bonuses may name.
HEAD = """
compplan: 1
name: frame of a fragment
currency: USD
period: monthly
rounding: {mode: half_up, at: payment}
"""
SECTIONS = """
trees:
  enrollment: {parent: sponsor_id}
  placement: {parent: placement_id}
  binary: {parent: binary_parent, side: side, width: 2}
volumes:
  pv: {sum: orders.qv}
  cv: {sum: orders.cv, credit: distributor}
  sales: {sum: orders.amount, credit: distributor, buyers: customers}
  gv: {roll_up: pv}
counts:
  customers: {count: is_customer and pv > 0, among: frontline}
conditions:
  active: pv >= 100
  business: pv >= 200
ranks: {ladder: {member: [], bronze: [active], silver: [active, gv >= 2000]}}
bonuses:
"""


@pytest.fixture
def workplace(tmp_path, monkeypatch):
    """An empty working directory with the plans in it, as in a checkout, and no terminal."""
    monkeypatch.delenv("COLUMNS", raising=False)
    (tmp_path / "plans").symlink_to(ROOT / "plans")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    before, modules = dict(kinds()), set(sys.modules)
    yield tmp_path
    for kind in set(_KINDS) - set(before):  # a page that registers its own kind leaves none behind
        del _KINDS[kind]
    for name in set(sys.modules) - modules:
        if str(getattr(sys.modules[name], "__file__", "")).startswith(str(tmp_path)):
            del sys.modules[name]


def load_part(part, text):
    """Load a part of a plan, with what is missing around it."""
    if part == "bonuses":
        return cp.load_plan(HEAD + SECTIONS + indent(text, "  "))
    trees = "" if "trees:" in text else "trees: {enrollment: {parent: sponsor_id}}\n"
    return cp.load_plan(HEAD + trees + text)


@pytest.mark.parametrize("page", RUNNING, ids=lambda page: page.stem)
@pytest.mark.usefixtures("workplace")
def test_code_of_a_page_prints_what_the_page_shows(page):
    outputs = run_page(page, load_part)
    if UPDATE:
        page.write_text(rewritten(page.read_text(), outputs))
        return
    wrong = [difference(page, output) for output in outputs if not output.agrees]
    assert not wrong, "\n".join(wrong)


def difference(page, output):
    """Return what differs, with its place."""
    shown = "" if output.shown is None else output.shown.text
    lines = unified_diff(shown.splitlines(), output.printed.splitlines(), "the page", "printed", lineterm="")
    return "\n".join([f"{page.relative_to(ROOT)}:{output.code.line}", *lines])


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_all_python_of_a_page_runs(page):
    found = [
        block.line for block in blocks(page.read_text()) if block.words[:1] == ("python",) and not block.does_something
    ]
    assert found == []


@pytest.mark.usefixtures("workplace")
def test_a_wrong_output_is_noticed_and_can_be_rewritten(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("# Page\n\n```python run\nprint(1 + 1)\n```\n\n```text\n3\n```\n\nText.\n")
    (output,) = run_page(page, load_part)
    assert not output.agrees
    page.write_text(rewritten(page.read_text(), [output]))
    assert page.read_text().endswith("\n\n```text\n2\n```\n\nText.\n")
    assert run_page(page, load_part)[0].agrees


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_links_lead_to_files_and_headings(page):
    broken = []
    for target in links(page.read_text()):
        if target.startswith(("https://", "mailto:")):
            continue
        path, _, anchor = target.partition("#")
        file = (page.parent / path).resolve() if path else page
        if not file.exists() or (anchor and anchor not in anchors(file.read_text())):
            broken.append(target)
    assert broken == []


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_commands_are_those_that_there_are(page):
    shell = [block.text for block in blocks(page.read_text()) if block.words[:1] == ("sh",)]
    called = [line.split()[1] for text in shell for line in text.splitlines() if line.startswith("compplan ")]
    assert [name for name in called if name not in COMMANDS] == []


def test_every_page_can_be_reached_from_the_readme():
    seen, waiting = set(), [ROOT / "README.md"]
    while waiting:
        page = waiting.pop()
        if page in seen or page.suffix != ".md":
            continue
        seen.add(page)
        targets = (target.partition("#")[0] for target in links(page.read_text()) if "://" not in target)
        waiting += [(page.parent / target).resolve() for target in targets if target]
    assert [str(page.relative_to(ROOT)) for page in PAGES if page not in seen] == []
