"""Loading: a frozen plan with a hash of its content, all problems at once, and patches that leave the base alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from plan_texts import HEAD, plan, plan_text, unmarked
from pydantic import ValidationError

import compplan as cp
from compplan.errors import PlanError, UsageError
from compplan.plan.load import load_plan
from compplan.quantities.base import volume_kinds

LAKESIDE = Path(__file__).parents[2] / "plans" / "lakeside.yaml"
LADDER = "member: []\nsilver: [active]\ngold: [2 legs with silver]"
UNILEVEL = "u: {kind: unilevel, of: pv, rates: {silver: [5%, 0.03], gold: [6%]}}"


def test_a_plan_comes_from_a_file_or_from_its_text():
    from_file = load_plan(LAKESIDE)
    assert from_file.name == "Lakeside"
    assert from_file.hash == load_plan(str(LAKESIDE)).hash == load_plan(LAKESIDE.read_text()).hash
    assert cp.load_plan is load_plan
    assert repr(from_file) == f"<Plan 'Lakeside', 4 bonuses, {from_file.hash[:12]}>"


def test_a_plan_never_changes():
    made = plan(ladder=LADDER, bonuses=UNILEVEL)
    with pytest.raises(AttributeError):
        made.model = None
    with pytest.raises(ValidationError, match="frozen"):
        made.model.name = "other"
    with pytest.raises(ValidationError, match="frozen"):
        made.model.bonuses["u"].of = "gv"


def test_a_file_that_is_not_there():
    with pytest.raises(PlanError, match=r"there is no file nowhere\.yaml"):
        load_plan("nowhere.yaml")


# ---- hash

BASE = plan_text(ladder=LADDER, bonuses=UNILEVEL, volumes="x: {sum: orders.x, only: {type: 1}}")


def with_(old, new, text=BASE):
    assert text.count(old) == 1, old
    return text.replace(old, new)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("name: Test", "name: Test   # what people call it"),
        ("name: Test", "\n\n# a plan\nname: 'Test'"),
        ("name: Test", '"name": "Test"'),
        ("rounding: {mode: half_up, at: payment}", "rounding:\n  mode: half_up\n  at: payment"),
        ("0.03", "0.030"),
        ("0.03", "3e-2"),
        ("0.03", ".03"),
        ("type: 1", "type: 1.0"),
        ("type: 1", "type: 0x1"),
        ("type: 1", "type: +1"),
    ],
)
def test_comments_layout_and_the_spelling_of_numbers_do_not_matter(old, new):
    assert load_plan(with_(old, new)).hash == load_plan(BASE).hash


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("name: Test", "name: test"),
        ("name: Test", "name: Test\nsource: page 1"),
        ("0.03", "0.031"),
        ("0.03", "0.0300000000000000000001"),
        ("type: 1", "type: '1'"),
        ("type: 1", "type: true"),
        ("type: 1", "type: '01'"),
        ("type: 1", "type: [1]"),
        ("half_up", "half_even"),
        ("of: pv, rates", "of: pv, start: upline, rates"),
    ],
)
def test_what_is_written_matters(old, new):
    assert load_plan(with_(old, new)).hash != load_plan(BASE).hash


def test_the_order_of_the_ladder_matters():
    two = [plan(ladder=f"member: []\n{above}") for above in ("a: [active]\nb: [gv >= 5]", "b: [gv >= 5]\na: [active]")]
    assert two[0].scope.ranks != two[1].scope.ranks
    assert two[0].hash != two[1].hash


def test_long_decimals_differ_in_their_last_digit():
    hashes = {load_plan(with_("0.03", f"0.0312345678901234567890{digit}")).hash for digit in range(1, 10)}
    assert len(hashes) == 9


def test_text_and_number_keys_differ_and_zeros_do_not():
    def keyed(key):
        return plan(bonuses=f"r: {{kind: retail, of: pv, rates_by: pv, rates: {{{key}: 5%}}}}").hash

    assert keyed("10") == keyed("10.0")
    assert keyed("10") != keyed("'10'") != keyed("100")


@given(st.integers(-(10**9), 10**9), st.integers(0, 6), st.integers(0, 3))
def test_a_number_has_one_hash_however_it_is_spelled(digits, scale, zeros):
    sign, (whole, rest) = "-" if digits < 0 else "", divmod(abs(digits), 10**scale)
    plain = f"{sign}{whole}.{str(rest).zfill(scale) if scale else 0}{'0' * zeros}"
    hashes = {load_plan(with_("type: 1", f"type: {text}")).hash for text in (plain, f"{digits}e-{scale}")}
    assert len(hashes) == 1


# ---- all problems at once


WRONG = """\
compplan: 1
name: Wrong
currency: ▸usd
period: monthly
rounding: {mode: ▸half, at: payment}
trees: {enrollment: {parent: sponsor_id}}
volumes:
  pv: {sum: orders.qv}
  ▸gv: {rollup: pv}
  cv: {sum: orders.cv, ▸credits: buyer}
conditions:
  active: ▸pvv >= 100
  rich: gv >= 100
ranks:
  ladder:
    silver: [active, gv >= 100]
    gold: [▸legs with silver]
bonuses:
  a: {kind: ▸unilvl, of: pv, rates: 5%}
  b: {kind: unilevel, of: pv, rates: {▸sliver: 5%}}
  c: {kind: retail, of: ▸nope, rates: 5%}
▸quotas: {}
"""


def test_problems_of_structure_and_sense_come_together_in_the_order_of_the_file():
    text, places = unmarked(WRONG)
    with pytest.raises(PlanError) as caught:
        load_plan(text)
    found = [(str(p.place), p.message) for p in caught.value.problems]
    messages = [
        '"currency" does not have the form ^[A-Z][A-Z0-9]{2,5}$',
        '"mode" cannot be "half"',
        f"none of {', '.join(volume_kinds())} is here",
        'unknown field "credits"',
        '"pvv" is not known',
        '"legs with silver" cannot be read: invalid syntax',
        'unknown kind "unilvl"',
        '"sliver" is not a rank',
        '"nope" is not a quantity',
        'unknown field "quotas"',
    ]
    assert found == [(f"<text>:{place}", message) for place, message in zip(places, messages, strict=True)]


def test_an_error_is_data_and_text():
    with pytest.raises(PlanError) as caught:
        load_plan(plan_text(conditions="x: actve\ny: pv"))
    assert str(caught.value).splitlines() == [
        "plan: 2 problems",
        '<text>:14:6: "actve" is not known',
        "      x: actve",
        "         ^",
        '  hint: did you mean "active"?',
        '<text>:15:6: "pv" is not a condition',
        "      y: pv",
        "         ^",
        "  hint: compare it, for example with >=",
    ]


# ---- patches

PATCH = """
compplan_patch: 1
name: richer
set:
  bonuses.u.rates.gold: [7%]
  conditions.busy: pv >= 500
"""


def test_a_patch_makes_a_new_plan_and_leaves_the_base_alone():
    base = load_plan(BASE)
    before = base.hash
    richer = base.patched(PATCH)
    assert str(richer.model.bonuses["u"].rates.rows["gold"].levels) == "(Decimal('0.07'),)"
    assert list(richer.model.conditions) == ["active", "busy"]
    assert str(base.model.bonuses["u"].rates.rows["gold"].levels) == "(Decimal('0.06'),)"
    assert base.hash == before == load_plan(BASE).hash != richer.hash
    assert (
        richer.hash
        == load_plan(
            with_("gold: [6%]", "gold: [7%]", with_("active: pv >= 100", "active: pv >= 100\n  busy: pv >= 500"))
        ).hash
    )
    assert base.patched().hash == base.hash


def test_patches_apply_from_left_to_right_from_files_too(tmp_path):
    (tmp_path / "one.yaml").write_text(PATCH)
    two = "compplan_patch: 1\nname: two\nset: {bonuses.u.rates.gold: [8%]}\n"
    base = load_plan(BASE)
    assert str(base.patched(tmp_path / "one.yaml", two).model.bonuses["u"].rates.rows["gold"].levels[0]) == "0.08"
    assert str(base.patched(two, tmp_path / "one.yaml").model.bonuses["u"].rates.rows["gold"].levels[0]) == "0.07"
    assert base.patched(two).patched(PATCH).hash == base.patched(two, PATCH).hash


def test_errors_point_into_the_file_that_says_it(tmp_path):
    base, patch = tmp_path / "plan.yaml", tmp_path / "wrong.yaml"
    base.write_text(BASE)
    patch.write_text(
        """\
compplan_patch: 1
name: wrong
set:
  conditions.busy: pw >= 5
  bonuses.u.of: gv
remove: [ranks.ladder.gold]
"""
    )
    with pytest.raises(PlanError) as caught:
        load_plan(base).patched(patch)
    found = [(Path(p.place.file).name, p.place.line, p.place.column, p.message) for p in caught.value.problems]
    line = next(number for number, line in enumerate(BASE.splitlines(), 1) if "gold: [6%]" in line)
    column = BASE.splitlines()[line - 1].index("gold") + 1
    assert found == [
        ("plan.yaml", line, column, '"gold" is not a rank'),  # the base says so; the patch has taken the rank away
        ("wrong.yaml", 4, 20, '"pw" is not known'),
        ("wrong.yaml", 5, 17, '"gv" is rolled up already'),
    ]


def test_a_patch_that_fits_nowhere():
    with pytest.raises(PlanError) as caught:
        load_plan(BASE).patched("compplan_patch: 1\nname: wrong\nset: {bonuses.x.of: gv}\n")
    assert caught.value.problems[0].place.line == 3


# ---- what a plan offers


def test_a_plan_offers_its_requirements_inputs_and_description():
    made = plan(ladder=LADDER, bonuses=UNILEVEL)
    assert [row.text for row in made.requirements.rows] == ["pv >= 100", "2 legs with silver"]
    assert made.required_inputs()["members"].keys() == {"member_id", "sponsor_id", "placement_id"}
    assert made.describe().startswith("Test: a monthly plan in USD.")
    assert made.scope.floor == 1
    assert HEAD.startswith("compplan: 1")


@pytest.mark.parametrize("patch", [None, {}, {"compplan_patch": 1, "name": "data"}])
def test_a_patch_that_is_neither_path_nor_text_is_a_usage_error(patch):
    with pytest.raises(UsageError, match="a patch is a path or a text, not") as caught:
        load_plan(BASE).patched(patch)
    assert caught.value.problems[0].hint
