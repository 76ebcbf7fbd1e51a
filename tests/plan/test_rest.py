"""All problems at once: one that hides another does not keep it from being told, and none comes of the repair."""

from __future__ import annotations

import pytest
from plan_texts import HEAD, plan_text, problems_of

from compplan.errors import PlanError
from compplan.plan.load import load_plan
from compplan.plan.rest import sense_problems
from compplan.plan.source import Source, read_source
from compplan.quantities.base import volume_kinds

KNOWN = f"none of {', '.join(volume_kinds())} is here"
LADDER = "member: []\nsilver: [active]\ngold: [2 legs with silver]"
SLIVER = "w: {kind: unilevel, of: pv, rates: {silver: 5%, ▸sliver: 6%}}"
NOT_A_RANK = ('"sliver" is not a rank', 'did you mean "silver"?')


def messages(text):
    return [problem.message for problem in problems_of(text)]


@pytest.mark.parametrize(
    ("sections", "said"),
    [
        # a part that cannot be read, before a table that makes no sense
        ({"volumes": "▸x: {summ: orders.x}"}, (KNOWN, 'did you mean "sum"?')),
        ({"volumes": "x: {sum: orders.x, ▸credits: buyer}"}, None),
        ({"volumes": "▸X: {sum: orders.x}"}, None),
        ({"counts": "c: {count: active, among: ▸leg}"}, None),
        ({"counts": "c: {count: active, among: legs, levels: ▸2}"}, None),
        ({"conditions": "▸x: [pv]"}, None),
        ({"trees": "enrollment: {parent: sponsor_id}\n▸placement: {}"}, None),
        ({"ranks": "paid_as: ▸earned"}, None),
        ({"ranks": "▸wrong: 5"}, None),
        ({"rest": "▸quotas: {}\n"}, None),
        ({"rest": "payout: {minimum: ▸much}\n"}, None),
        ({"rest": "members: {▸ids: x}\n"}, None),
        ({"head": HEAD.replace("half_up", "▸up")}, None),
        ({"head": HEAD.replace("USD", "▸US")}, None),
        ({"head": HEAD.replace("Test", "▸5")}, None),
        # names that make no sense, before a table that makes none
        ({"conditions": "x: ▸nope >= 5"}, None),
        ({"conditions": "▸pv: gv >= 5"}, None),
        ({"conditions": "▸rank: gv >= 5"}, None),
        ({"volumes": "x: {roll_up: ▸nope}"}, None),
        ({"volumes": "▸x: {compute: y + 1}\ny: {compute: x + 1}"}, None),
        ({"volumes": "▸x: {compute: pv / 3}"}, None),
        ({"ranks": "members: ▸rank >= silver"}, None),
        ({"ranks": "tree: ▸nope"}, None),
    ],
)
def test_what_is_wrong_elsewhere_is_told_as_well(sections, said):
    """One problem at the first mark, and the rate of a rank that is not there at the second."""
    text = plan_text(**{"ladder": LADDER, "bonuses": SLIVER, **sections})
    marked = [line for line in text.split("\n") if "▸" in line]
    found = problems_of(text.replace("▸", ""))
    first, last = sorted(found, key=lambda p: "sliver" in p.message)
    assert (last.message, last.hint) == NOT_A_RANK
    line = next(line for line in marked if "sliver" not in line)
    assert first.place.text == line.replace("▸", "")
    assert first.place.column == line.index("▸") + 1
    assert said is None or (first.message, first.hint) == said


def test_layers_of_problems_come_together():
    """Names, a circle, scales, requirements and tables: each of them is found below the one above."""
    text = plan_text(
        volumes="a: {compute: pv / 3}\nc: {roll_up: gv}",
        conditions="wrong: nope\nloop: pool\npool: loop",
        ladder='silver: [active]\ngold: ["gw >= 5, at most 50% from one leg"]',
        bonuses="x: {kind: unilevel, of: pv, rates: {silver: -5%}}\ny: {kind: unilevel, of: gv, rates: 5%}",
    )
    assert messages(text) == [
        "a division may not end",
        '"c" would count volume more than once',
        '"nope" is not known',
        "names read each other in a circle: loop -> pool -> loop",
        '"gw" is not a volume',
        "a rate, amount or cap is negative",
        '"gv" is rolled up already',
    ]


# ---- nothing comes of the repair


@pytest.mark.parametrize(
    "broken",
    [
        "x: {summ: orders.x}",
        "x: {sum: 5}",
        "x: {sum: orders.x, share: half}",
        "x: {roll_up: nope}",
        "x: {compute: nope + 1}",
    ],
)
def test_what_reads_a_broken_volume_is_not_blamed(broken):
    text = plan_text(
        volumes=f"""
            {broken}
            total: {{roll_up: x}}
            strong: {{legs: total, leg_cap_amount: 10.50}}
            kept: {{move_up: x, where: x < 5}}
            double: {{compute: x * 2.50}}
        """,
        counts="rich: {count: x >= 5, among: legs}",
        conditions="has: x > 0",
        ladder="""
            silver: [has, x >= 5, rich >= 2]
            gold: [2 legs with has, {volume: total, at_least: 50, leg_cap: 33%}]
        """,
        bonuses="""
            a: {kind: unilevel, of: x, payment: order, rates: 5%, pay_when: has}
            b: {kind: tier, by: x, amounts: {1: 5}}
            c: {kind: retail, of: x, rates_by: x, rates: {1: 5%}}
        """,
    )
    assert len(problems_of(text)) == 1


def test_a_scale_that_cannot_be_told_is_told_once():
    text = plan_text(
        volumes="x: {compute: pv / 3}\ntotal: {roll_up: x}",
        conditions="has: x > 0",
        ladder="silver: [has, x >= 5]\ngold: [{volume: total, at_least: 50, leg_cap: 33%}]",
        bonuses="r: {kind: retail, of: x, rates: {sliver: 5%}}",
    )
    assert messages(text) == ["a division may not end", '"sliver" is not a rank']


@pytest.mark.parametrize(
    "sections",
    [
        {"conditions": "x: 5"},
        {"conditions": "x: nope"},
        {"conditions": "x: pv"},
        {"counts": "x: {count: nope, among: legs}"},
        {"counts": "x: {}"},
    ],
)
def test_what_reads_a_broken_condition_or_count_is_not_blamed(sections):
    use = "x >= 5" if "counts" in sections else "x"
    text = plan_text(
        **{"counts": "", **sections},
        volumes=f"kept: {{move_up: pv, where: {use}}}",
        ladder=f"silver: [active, {use}]\ngold: [2 legs with {use}]",
        bonuses=f"a: {{kind: unilevel, of: pv, rates: 5%, pay_when: {use}}}",
    )
    missing = 2 if "{}" in str(sections) else 1  # of an empty count, two fields
    assert len(problems_of(text)) == missing


@pytest.mark.parametrize(
    "ladder", ["silver: [active]\ngold: [nope]\n", "silver: [active]\ngold: 5\n", "silver: [active]\nGold: [active]\n"]
)
def test_a_broken_rank_is_still_a_rank(ladder):
    rank = "Gold" if "Gold" in ladder else "gold"
    text = plan_text(
        ladder=ladder,
        conditions=f"high: title >= {rank}",
        bonuses=f"a: {{kind: unilevel, of: pv, rates: {{silver: 5%, {rank}: 6%}}}}",
    )
    assert len(problems_of(text)) == 1


@pytest.mark.parametrize("name", ["volumes", "counts", "conditions", "trees", "ranks"])
@pytest.mark.parametrize("value", ["5", "[a, b]", "text"])
def test_a_section_that_cannot_be_read_at_all_is_the_only_problem(name, value):
    """What is named in it is unknown then, which is no news."""
    sections = {
        "volumes": "{pv: {sum: orders.qv}, gv: {roll_up: pv}}",
        "counts": "{front: {count: active, among: frontline}}",
        "conditions": "{active: pv >= 100}",
        "trees": "{enrollment: {parent: sponsor_id}}",
        "ranks": "{ladder: {silver: [active, front >= 2]}}",
        "bonuses": "{a: {kind: unilevel, of: pv, tree: enrollment, rates: {silver: 5%}, pay_when: active}}",
    }
    text = HEAD + "".join(f"{n}: {value if n == name else text}\n" for n, text in sections.items())
    assert messages(text) == [f'"{name}" should be a mapping (name: value), found {found(value)}']


def found(value):
    return {"5": "the number 5", "[a, b]": "a list", "text": 'the text "text"'}[value]


@pytest.mark.parametrize("text", ["- a\n- b\n", "5\n", "text\n# more\n"])
def test_a_file_that_is_no_mapping(text):
    with pytest.raises(PlanError):
        load_plan(text)
    assert sense_problems(read_source(text)) == []


def test_data_without_a_text_has_problems_without_places():
    data = read_source(plan_text(conditions="x: nope")).data
    (problem,) = sense_problems(Source("plan", data))
    assert (problem.message, problem.place) == ('"nope" is not known', None)


def test_a_plan_that_makes_sense_has_none():
    assert sense_problems(read_source(plan_text(ladder=LADDER))) == []
