"""Weighted volumes against their definition on random fields."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import compplan as cp
from compplan.errors import PlanError
from tests.bonuses.test_generations import HEAD, fields, tables
from tests.naive.generations import generation_of, uplines

check = settings(deadline=None, max_examples=25)
WEIGHTS = [Decimal("0.4"), Decimal("0.2"), Decimal("0.125")]


def plan(words):
    volumes = f"volumes:\n  factored: {{weighted: pv, weights: [40%, 20%, 12.5%]{words}}}"
    return cp.load_plan(HEAD.replace("volumes:", volumes, 1) + "  none: {kind: direct, of: pv, rates: 1%}\n")


@pytest.mark.kernels
@check
@given(fields(), st.booleans(), st.booleans(), st.sampled_from([0, 100]), st.booleans())
def test_weights_go_by_generation(members, opens, before_first, own, selected):
    words = f", boundary: boundary, boundary_member: {'opens' if opens else 'closes'}, own: {own}%"
    words += f", own_group: {'before_first' if before_first else 'first'}" + ", where: active" * selected
    run = cp.run(plan(words), *tables(members), period="2026-10")
    found = {row["member_id"]: row["factored"] for row in run.members.rows()}
    expected = [Decimal(0)] * len(members)
    for source, member in enumerate(members):
        volume = (member["volume"] + 10) * (member["pays"] or not selected)
        expected[source] += volume * own / 100
        for above in uplines(members, source):
            number = generation_of(
                members, source, above, lambda m, _: m["boundary"], opens=opens, before_first=before_first
            )
            if 1 <= number <= len(WEIGHTS):
                expected[above] += volume * WEIGHTS[number - 1]
    assert [found[i] for i in range(len(members))] == expected


@check
@given(fields())
def test_weights_go_by_level_without_a_boundary(members):
    run = cp.run(plan(""), *tables(members), period="2026-10")
    expected = [Decimal(0)] * len(members)
    for source, member in enumerate(members):
        for above, weight in zip(uplines(members, source), WEIGHTS, strict=False):
            expected[above] += (member["volume"] + 10) * weight
    assert {r["member_id"]: r["factored"] for r in run.members.rows()} == dict(enumerate(expected))


@pytest.mark.kernels
@check
@given(fields(), st.booleans(), st.booleans(), st.booleans(), st.booleans())
def test_weights_of_ranks_with_compression(members, bounded, opens, cut, tail):
    """By rank: r1 has no weights, r2 has two, r3 three; who is not active uses up no level and ends no generation."""
    last = ", 12.5% and deeper" if tail else ", 12.5%"
    words = f"{{weighted: pv, compress: not active, weights: {{r2: [40%, 20%], r3: [40%, 20%{last}]}}"
    words += f", boundary: boundary, boundary_member: {'opens' if opens else 'closes'}" if bounded else ""
    words += ", levels: {r2: 1, r3: all}" if cut else ""
    whole = HEAD.replace("volumes:", f"volumes:\n  factored: {words}}}", 1)
    run = cp.run(whole + "  none: {kind: direct, of: pv, rates: 1%}\n", *tables(members), period="2026-10")
    found = {row["member_id"]: row["factored"] for row in run.members.rows()}

    def counts(member, _):
        return member["pays"] and (member["boundary"] or not bounded)

    expected = [Decimal(0)] * len(members)
    for source, member in enumerate(members):
        for above in uplines(members, source):
            given = {"opens": bounded and opens, "before_first": False}
            number, rank = generation_of(members, source, above, counts, **given), members[above]["rank"]
            last = {1: 0, 2: 1 if cut else 2, 3: 999 if tail else 3}[rank]
            if number <= last:
                expected[above] += (member["volume"] + 10) * WEIGHTS[min(number, 3) - 1]
    assert [found[i] for i in range(len(members))] == expected


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (", own_group: first", "own_group needs a boundary"),
        (", weights_by: rank", "the table of weights has no keys"),
        (", levels_by: rank", "levels_by has no table"),
        (", levels: {r9: 1}", '"r9" is not a rank'),
        (", levels: 1, compress: nobody", '"nobody" is not known'),
        (", boundary: nobody", '"nobody" is not known'),
        (", boundary: paid_as >= earner.paid_as", '"earner." has no meaning here'),
    ],
)
def test_what_makes_no_sense_is_refused(words, said):
    with pytest.raises(PlanError, match=said):
        plan(words)
