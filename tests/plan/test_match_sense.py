"""Plans with generations and matches that make no sense are refused, each with a place and a hint."""

from __future__ import annotations

import pytest

import compplan as cp
from compplan.errors import PlanError

HEAD = """\
compplan: 1
name: x
currency: USD
period: monthly
rounding: {mode: half_up, at: payment}
trees: {sponsor: {parent: sponsor_id}}
volumes: {pv: {sum: orders.pv}, gv: {roll_up: pv}}
conditions: {active: pv >= 100}
ranks: {ladder: {member: [], silver: [active], gold: [active, gv >= 1000]}}
bonuses:
  base: {kind: unilevel, of: pv, rates: [10%, 5%]}
  euros: {kind: unilevel, of: pv, rates: 5%, currency: EUR}
"""
WRONG = [
    ("kind: match, of: x, rates: 10%", "bonuses are paid on each other in a circle: x -> x", "break the circle"),
    ("kind: match, of: nothing, rates: 10%", '"nothing" is not a bonus', "known: base"),
    ("kind: match, of: euros, rates: 10%", '"euros" is paid in EUR, its match in USD', "same currency"),
    ("kind: match, of: base, rates: {}", "the table is empty", "give a rate"),
    ("kind: match, of: base, rates: {silver: []}", "there is no level in this list", "at least one rate"),
    ("kind: match, of: [base, base], rates: 10%", "of names a bonus twice, or none", "each bonus once"),
    ("kind: match, of: base, payment: order, rates: 10%", '"base" does not pay order by order', "pays per order"),
    ("kind: match, of: base, of_pay: after_limits, rates: 10%", "the plan has no limits", "leave of_pay out"),
    ("kind: match, of: base, rates: 10%, own_group: first", "own_group needs a boundary", "for example"),
    ("kind: match, of: base, cascade: true, rates: [60%, 40%]", "reach 100 % together", "lower them"),
    ("kind: match, of: base, cascade: true, rates: [5% and deeper]", "endless level", "list the levels"),
    ("kind: match, of: base, cascade: true, compress: unpayable, rates: 5%", "cascade goes with levels", "leave one"),
    ("kind: match, of: base, cascade: true, amounts: 5", "a cascade has rates", "give rates"),
    ("kind: match, of: base, rates: 5%, pay_when: pv + source.pv > 5", "is about two members", "on one side"),
    ("kind: match, of: base, rates: 5%, pay_when: pv > earner.pv", '"earner." has no meaning here', "called source"),
    ("kind: match, of: base, rates: 5%, where: source.active", '"source." has no meaning here', "one member"),
    ("kind: retail, of: pv, rates: 5%, pay_when: source.active", '"source." has no meaning here', "one member"),
    ("kind: generation, of: pv, rates: 5%", "boundary", ""),
    ("kind: generation, of: pv, boundary: paid_as >= platinum, rates: 5%", '"platinum" is not known', ""),
    ("kind: generation, of: pv, boundary: member.a == earner.member.a, rates: 5%", "compares a member field", "ranks"),
    ("kind: generation, of: gv, boundary: active, rates: 5%", "is rolled up already", "more than once"),
    (
        "kind: generation, of: pv, boundary: active, skipped: paid, compress: not active, rates: 5%",
        "has no meaning",
        "",
    ),
    (
        "kind: generation, of: pv, boundary: active, boundary_member: opens, compress: unpayable, rates: 5%",
        "goes with boundary members that close",
        "into the boundary",
    ),
    ("kind: match_down, of: x, rates: 10%", "in a circle: x -> x", "break the circle"),
    ("kind: match_down, of: base, rates: [5%, 4%]", "levels have no meaning here", "give one value"),
    (
        "kind: match_down, of: base, rates: 5%, compress: active",
        "equal parts go one level down",
        "leave it out, or write parts: whole",
    ),
    (
        "kind: match_down, of: base, parts: whole, rates: 5%, residue: company",
        "whole parts are not divided",
        "leave it out, or write parts: equal",
    ),
    (
        "kind: match_down, of: base, parts: whole, rates: [5%, 4% and deeper]",
        "a match down does not go with an endless level",
        "list the levels",
    ),
]


@pytest.mark.parametrize(("words", "said", "hint"), WRONG, ids=[words for words, _, _ in WRONG])
def test_refused(words, said, hint):
    with pytest.raises(PlanError) as error:
        cp.load_plan(f"{HEAD}  x: {{{words}}}\n")
    problems = error.value.problems
    assert any(said in problem.message and hint in (problem.hint or "") for problem in problems), problems
    assert all(problem.place is not None for problem in problems)


def test_a_circle_of_matches_is_refused():
    text = HEAD + "  a: {kind: match, of: b, rates: 1%}\n  b: {kind: match, of: [base, a], rates: 1%}\n"
    with pytest.raises(PlanError, match="in a circle: a -> b -> a"):
        cp.load_plan(text)
