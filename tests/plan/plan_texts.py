"""Small plans as texts, with a mark before every place that a problem should name."""

from __future__ import annotations

from textwrap import dedent, indent

import pytest

from compplan.errors import PlanError
from compplan.plan.load import load_plan

MARK = "▸"

HEAD = """\
compplan: 1
name: Test
currency: USD
period: monthly
rounding: {mode: half_up, at: payment}
"""
TREES = "enrollment: {parent: sponsor_id}\nplacement: {parent: placement_id}"
VOLUMES = "pv: {sum: orders.qv}\ngv: {roll_up: pv}"
CONDITIONS = "active: pv >= 100"


def plan_text(
    *, head=HEAD, trees=TREES, volumes="", counts="", conditions="", ladder="", ranks="", bonuses="", rest=""
):
    """A plan around some rules; a section is its content, without indentation of its own.

    The volumes `pv` and `gv` and the condition `active` are always there. `ranks` stands beside the ladder.
    """
    ladder = f"{dedent(ranks)}\nladder:\n{indent(dedent(ladder), '  ')}" if ladder else ranks
    sections = {
        "trees": trees,
        "volumes": f"{VOLUMES}\n{dedent(volumes)}",
        "counts": dedent(counts),
        "conditions": f"{CONDITIONS}\n{dedent(conditions)}",
        "ranks": ladder,
        "bonuses": dedent(bonuses),
    }
    written = [f"{name}:\n{indent(text.strip(chr(10)), '  ')}\n" for name, text in sections.items() if text.strip()]
    return head + "".join(written) + rest


def plan(**sections):
    """The loaded plan."""
    return load_plan(plan_text(**sections))


def unmarked(text):
    """The text without marks, and the places `line:column` of the marks in their order."""
    places = []
    lines = []
    for number, line in enumerate(text.split("\n"), 1):
        while MARK in line:
            places.append(f"{number}:{line.index(MARK) + 1}")
            line = line.replace(MARK, "", 1)  # noqa: PLW2901 - mark after mark
        lines.append(line)
    return "\n".join(lines), places


def problems_of(text):
    """The problems of a plan that does not load."""
    with pytest.raises(PlanError) as caught:
        load_plan(text)
    return caught.value.problems


def expect(*said, **sections):
    """Demand these problems, (message, hint) each at its mark, and no others."""
    text, places = unmarked(plan_text(**sections))
    found = [(str(p.place), p.message, p.hint) for p in problems_of(text)]
    wanted = [(f"<text>:{place}", *each) for place, each in zip(places, said, strict=True)]
    assert found == wanted, "\n".join(["found", *map(str, found), "wanted", *map(str, wanted)])
