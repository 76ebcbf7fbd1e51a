"""The volume `collect`: what does not fit, and its words."""

from __future__ import annotations

import pytest

from compplan.errors import PlanError
from compplan.plan.load import load_plan

PLAN = """\
compplan: 1
name: Legs
currency: USD
period: monthly
rounding: {mode: half_up, at: payment}
trees:
  sponsor: {parent: sponsor_id}
volumes:
  pv: {sum: orders.pv}
  gv: {roll_up: pv}
  group: {roll_up: pv, stop_at: leads}
  leg: {WORDS}
conditions:
  leads: member.leads
bonuses:
  direct: {kind: direct, of: pv, rates: 1%}
"""


def plan(words):
    return load_plan(PLAN.replace("WORDS", words))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("collect: gv, until: 100", "would count volume more than once"),
        ("collect: group, until: 100", "would count volume more than once"),
        ("collect: pv, until: 0.005", "more digits than pv"),
        ("collect: pv, until: 2e17", "does not fit 64 bits"),
        ("collect: pv, until: 0", "should be more than 0"),
        ("collect: pv, until: 100, compress: unpayable", '"unpayable" is not known'),
        ("collect: pv, until: 100, measure: levels, last_level: part", "last_level says what counts of a volume"),
    ],
)
def test_what_makes_no_sense_is_refused(words, said):
    with pytest.raises(PlanError, match=said):
        plan(words)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            "collect: pv, until: 5625, levels: 3, last_level: part",
            "the other until it is 5,625, 3 levels deep at most; no more than 5,625 counts",
        ),
        (
            "collect: group, until: 5625, own: false, where: leads, compress: not leads, measure: levels",
            "number of levels that are needed to collect group of the downline, of members with leads, one level",
        ),
    ],
)
def test_words(words, said):
    assert said in plan(words).describe()
