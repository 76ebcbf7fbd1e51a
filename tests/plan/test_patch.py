from __future__ import annotations

import copy
from decimal import Decimal
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict, ValidationError

from compplan.errors import PlanError, Problem
from compplan.plan.edits import read_path
from compplan.plan.located import validate
from compplan.plan.marks import dotted
from compplan.plan.patch import Insert, Patch, apply_patch, apply_patches, merged_source
from compplan.plan.source import Source, read_source

PLAN = """\
name: Lakeside
ranks:
  ladder:
    member: []
    silver: [active]
    director: [active, gv >= 10000]
bonuses:
  unilevel:
    rates:
      silver: [5%, 5%, 3%]
      director: [5%, 5%, 5%, 4%]
  fast_start: {rate: 20%}
tiers:
  300: 6%
  2.5: 1%
  600: 9%
"""


@pytest.fixture
def base() -> Source:
    return read_source(PLAN, name="plan.yaml")


def patch(text: str, name: str = "patch.yaml") -> Source:
    return read_source(f"compplan_patch: 1\nname: variant\n{text}\n", name=name)


def plain(**operations: Any) -> dict[str, Any]:
    return {"compplan_patch": 1, "name": "variant", **operations}


def problems(base: Any, *patches: Any) -> tuple[Problem, ...]:
    run = merged_source if isinstance(base, Source) else apply_patches
    with pytest.raises(PlanError) as caught:
        run(base, patches)
    return caught.value.problems


def told(base: Source, text: str) -> list[tuple[str, str, str]]:
    return [(str(p.place).removeprefix("patch.yaml:"), p.message, p.hint) for p in problems(base, patch(text))]


def test_the_patch_of_the_guide(base):
    changed = apply_patch(
        base.data,
        patch(
            "set: {bonuses.unilevel.rates.silver: [5%, 6%, 3%]}\n"
            "remove: [bonuses.fast_start]\n"
            "insert: {ranks.ladder.gold: {after: silver, value: [active, gv >= 5000]}}",
        ),
    )
    assert changed["bonuses"] == {
        "unilevel": {"rates": {"silver": ["5%", "6%", "3%"], "director": ["5%", "5%", "5%", "4%"]}}
    }
    assert list(changed["ranks"]["ladder"]) == ["member", "silver", "gold", "director"]
    assert changed["name"] == "Lakeside"


def test_the_base_is_untouched_and_what_did_not_change_is_shared(base):
    before = copy.deepcopy(base.data)
    changed = apply_patch(base.data, plain(set={"bonuses.fast_start.rate": "10%"}, remove=["ranks.ladder.silver"]))
    assert base.data == before
    assert changed["bonuses"]["unilevel"] is base.data["bonuses"]["unilevel"]
    assert changed["tiers"] is base.data["tiers"]
    assert changed["ranks"] is not base.data["ranks"]


def test_set_keeps_the_position_or_adds_at_the_end(base):
    changed = apply_patch(
        base.data, plain(set={"ranks.ladder.silver": [], "ranks.ladder.crown": [], "currency": "USD"})
    )
    assert list(changed["ranks"]["ladder"]) == ["member", "silver", "director", "crown"]
    assert list(changed) == ["name", "ranks", "bonuses", "tiers", "currency"]
    assert apply_patch(base.data, plain(set={"name": None}))["name"] is None


def test_items_of_lists_go_by_their_index_before_the_patch():
    base = {"a": {"b": [10, 11, 12, 13]}}
    operations = plain(
        set={"a.b.1": "one"},
        remove=["a.b.0", "a.b.3"],
        insert={"a.b.2": {"value": "before two"}, "a.b.4": {"value": "end"}},
    )
    assert apply_patch(base, operations) == {"a": {"b": ["one", "before two", 12, "end"]}}
    assert apply_patch({"a": []}, plain(insert={"a.0": {"value": 1}})) == {"a": [1]}
    assert apply_patch({"a": [[1, 2], [3]]}, plain(set={"a.0.1": 9})) == {"a": [[1, 9], [3]]}


def test_inserts_chain_and_stand_next_to_what_is_removed():
    base = {"ladder": {"member": 0, "silver": 1, "crown": 2}}
    operations = plain(
        insert={
            "ladder.gold": {"after": "silver", "value": 10},
            "ladder.ruby": {"after": "gold", "value": 11},
            "ladder.bronze": {"before": "silver", "value": 12},
        },
        remove=["ladder.silver"],
    )
    changed = apply_patch(base, operations)
    assert list(changed["ladder"].items()) == [
        ("member", 0),
        ("bronze", 12),
        ("gold", 10),
        ("ruby", 11),
        ("crown", 2),
    ]


def test_number_keys_are_found_and_made(base):
    operations = plain(
        set={"tiers.300": "7%", 'tiers."2.50"': "2%", "tiers.900": "12%"},
        insert={"tiers.450": {"after": 300, "value": "8%"}},
        remove=["tiers.600"],
    )
    tiers = apply_patch(base.data, operations)["tiers"]
    assert list(tiers.items()) == [(300, "7%"), (450, "8%"), (Decimal("2.5"), "2%"), (900, "12%")]
    assert [type(key) for key in tiers] == [int, int, Decimal, int]


def test_a_step_that_is_no_exact_number_is_text():
    assert apply_patch({"a": {1: 0}}, plain(set={"a.x": 1, "a.1e999": 2})) == {"a": {1: 0, "x": 1, "1e999": 2}}


def test_text_keys_that_look_like_numbers_stay_text():
    assert apply_patch({"a": {"300": 1}}, plain(set={"a.300": 2, "a.400": 3})) == {"a": {"300": 2, "400": 3}}
    assert apply_patch({"a": {}}, plain(set={"a.300": 2})) == {"a": {"300": 2}}
    assert apply_patch({"a": {300: 0, "300": 1}}, plain(set={"a.300": 2})) == {"a": {300: 0, "300": 2}}


def test_keys_with_dots_stand_in_quotes():
    base = {"a.b": {"c": 1, 'd"e': 2}}
    assert apply_patch(base, plain(set={'"a.b".c': 9})) == {"a.b": {"c": 9, 'd"e': 2}}
    assert apply_patch(base, plain(remove=['"a.b"."d\\"e"'])) == {"a.b": {"c": 1}}


@pytest.mark.parametrize("text", ["", ".", "a.", ".a", "a..b", '"a', '"a"b', 'a."b', '"\\q"'])
def test_bad_paths_are_refused(base, text):
    (problem,) = problems(base.data, plain(remove=[text]))
    assert "is not a path" in problem.message
    assert problem.hint


def test_a_bad_path_is_told_at_its_line(base):
    assert told(base, "set:\n  a..b: 1\nremove: [x., bonuses.fast_start]") == [
        (
            "4:3",
            '"a..b" is not a path',
            'write steps with dots between, such as bonuses.unilevel or rates."2.5"',
        ),
        (
            "5:10",
            '"x." is not a path',
            'write steps with dots between, such as bonuses.unilevel or rates."2.5"',
        ),
    ]


@settings(deadline=None, max_examples=50)
@given(st.lists(st.text('ab."\\ é1', min_size=1, max_size=4), min_size=1, max_size=4))
def test_paths_are_read_as_they_are_written(steps):
    assert read_path(dotted(tuple(steps))) == tuple(steps)


@pytest.mark.parametrize(
    ("text", "place", "message", "hint"),
    [
        (
            "set: {bonuses.unilevl.rates: 1}",
            "3:7",
            'there is no "unilevl" in bonuses',
            'did you mean "unilevel"?',
        ),
        (
            "remove:\n  - bonuses.faststart",
            "4:5",
            'there is no "faststart" in bonuses',
            'did you mean "fast_start"?',
        ),
        ("remove: [names]", "3:10", 'there is no "names" in the plan', 'did you mean "name"?'),
        (
            "remove: [tiers.2.5]",
            "3:10",
            'there is no "2" in tiers',
            'a key with a dot stands in quotes: "2.5"',
        ),
        ("remove: [tiers.700]", "3:10", 'there is no "700" in tiers', "known: 300, 2.5, 600"),
        ("set: {name.x: 1}", "3:7", 'name is the text "Lakeside" and holds no keys', ""),
        (
            "set: {ranks.ladder.silver.1: x}",
            "3:7",
            "there is no item 1 in ranks.ladder.silver",
            "items are 0 to 0; insert adds one",
        ),
        (
            "set: {ranks.ladder.member.0: x}",
            "3:7",
            "there is no item 0 in ranks.ladder.member",
            "insert adds one",
        ),
        (
            "set: {ranks.ladder.silver.-1: x}",
            "3:7",
            "there is no item -1 in ranks.ladder.silver",
            "items are 0 to 0; insert adds one",
        ),
        (
            "insert: {ranks.ladder.silver: {after: member, value: 1}}",
            "3:10",
            "ranks.ladder.silver is there already",
            "use set to replace it",
        ),
        (
            "insert: {ranks.ladder.gold: {value: 1}}",
            "3:10",
            "ranks.ladder.gold does not say where it goes",
            "add after or before, or use set",
        ),
        (
            "insert: {ranks.ladder.gold: {after: silvr, value: 1}}",
            "3:37",
            'there is no "silvr" in ranks.ladder',
            'did you mean "silver"?',
        ),
        (
            "insert: {ranks.ladder.silver.0: {before: 0, value: 1}}",
            "3:42",
            "ranks.ladder.silver is a list and has no keys",
            "the path alone says where",
        ),
        (
            "insert: {ranks.ladder.silver.5: {value: 1}}",
            "3:10",
            "there is no item 5 in ranks.ladder.silver",
            "an insert comes before item 0 to 0, or at 1, the end",
        ),
        (
            "insert: {name.x: {after: a, value: 1}}",
            "3:10",
            'name is the text "Lakeside" and holds no keys',
            "",
        ),
        (
            "insert: {ranks.x: {after: a, before: b, value: 1}}",
            "3:30",
            "after and before do not go together",
            "leave one of them out",
        ),
        ("insert: {ranks.x: {after: a}}", "3:10", '"value" is missing', "What to insert."),
        ("sett: {}", "3:1", 'unknown field "sett"', 'did you mean "set"?'),
        ("remove: bonuses", "3:9", '"remove" should be a list, found the text "bonuses"', ""),
    ],
)
def test_what_does_not_fit_is_told_at_its_place_with_a_hint(base, text, place, message, hint):
    assert told(base, text) == [(place, message, hint)]


def test_all_problems_of_a_patch_come_together(base):
    found = told(base, "set: {a.b: 1, name: y}\nremove: [x, name]\ninsert: {y.z: {after: q, value: 1}}")
    assert [place for place, _, _ in found] == ["3:7", "5:10", "4:10", "4:13"]


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        (
            "set: {bonuses.fast_start: 1}\nremove: [bonuses.fast_start]",
            "4:10",
            "bonuses.fast_start is changed twice",
        ),
        (
            "set: {bonuses: 1, bonuses.unilevel.rates: 2}",
            "3:19",
            "bonuses.unilevel.rates is inside of bonuses, which the patch changes as a whole",
        ),
        (
            "set: {bonuses.unilevel.rates: 2}\nremove: [bonuses]",
            "3:7",
            "bonuses.unilevel.rates is inside of bonuses, which the patch changes as a whole",
        ),
        ("set: {tiers.300: 1, tiers.300.0: 2}", "3:21", None),
        ("remove: [name, '\"name\"']", "3:16", '"name" is changed twice'),
        (
            "set: {bonuses.new: {}, bonuses.new.x: 1}",
            "3:24",
            "bonuses.new.x is inside of bonuses.new, which the patch changes as a whole",
        ),
    ],
)
def test_operations_that_meet_are_a_problem(base, text, place, message):
    found = told(base, text)
    assert found[-1][0] == place
    assert message is None or found[-1][1] == message


def test_two_keys_next_to_the_same_neighbour_are_a_problem():
    operations = plain(insert={"a.x": {"after": "m", "value": 1}, "a.y": {"after": "m", "value": 2}})
    (problem,) = problems({"a": {"m": 0}}, operations)
    assert problem.message == "patch: two keys go after m, their order is open"
    operations["insert"]["a.y"] = {"before": "m", "value": 2}
    assert list(apply_patch({"a": {"m": 0}}, operations)["a"]) == ["y", "m", "x"]


def test_a_neighbour_cannot_come_later_in_the_patch():
    operations = plain(insert={"a.y": {"after": "x", "value": 2}, "a.x": {"after": "m", "value": 1}})
    (problem,) = problems({"a": {"m": 0}}, operations)
    assert problem.message == 'patch: there is no "x" in a'


def test_plain_patches_name_the_path_instead_of_a_line(base):
    (problem,) = problems(base.data, plain(remove=["bonuses.x"]))
    assert (problem.place, problem.message) == (None, 'patch: there is no "x" in bonuses')
    (problem,) = problems(base.data, plain(remove="bonuses"))
    assert problem.message.startswith('remove: "remove" should be a list')


def test_a_patch_can_be_a_model(base):
    model = Patch(compplan_patch=1, name="cheap", set={"bonuses.fast_start.rate": "1%"})
    assert apply_patch(base.data, model)["bonuses"]["fast_start"] == {"rate": "1%"}
    with pytest.raises(PlanError, match="cheap: there is no"):
        apply_patch(base.data, Patch(compplan_patch=1, name="cheap", remove=["x"]))


def test_the_model_is_closed_frozen_and_describes_itself():
    model = Patch(compplan_patch=1, name="x", insert={"a.b": Insert(after="c", value=1)})
    with pytest.raises(ValidationError):
        model.name = "y"
    for schema in (Patch.model_json_schema(), Insert.model_json_schema()):
        assert schema["additionalProperties"] is False
        for field in schema["properties"].values():
            assert field["title"]
            assert field["description"]


@pytest.mark.parametrize("text", ["compplan_patch: 2\nname: x\n", "name: x\n", "compplan_patch: 1\n", "- a\n"])
def test_a_document_that_is_no_patch(base, text):
    assert problems(base, read_source(text, name="patch.yaml"))[0].place.file == "patch.yaml"


def test_patches_apply_from_left_to_right(base):
    first, second = plain(set={"name": "A", "new": {}}), plain(set={"name": "B", "new.x": 1})
    changed = apply_patches(base.data, [first, second])
    assert (changed["name"], changed["new"]) == ("B", {"x": 1})
    assert apply_patches(base.data, []) is base.data


def test_bad_documents_are_told_together_before_anything_is_applied(base):
    found = problems(base, patch("sett: {}", "one.yaml"), patch("remove: [x]"), patch("a: 1", "two.yaml"))
    assert [p.place.file for p in found] == ["one.yaml", "two.yaml"]


def test_places_of_a_patched_plan(base):
    first = patch(
        "set:\n  bonuses.unilevel.rates.silver: [5%, 6%]\n  extra: 1\nremove: [bonuses.fast_start]",
        "one.yaml",
    )
    second = patch(
        "insert:\n  ranks.ladder.gold: {after: silver, value: [a, b]}\nset:\n  bonuses.unilevel.rates.silver.1: 7%",
        "two.yaml",
    )
    merged = merged_source(base, [first, second])

    def at(*path, key=False):
        return str(merged.place(path, key=key))

    assert merged.data == apply_patches(base.data, [first, second])
    assert at("name") == "plan.yaml:1:7"
    assert at("bonuses", "unilevel", "rates", "silver", 0) == "one.yaml:4:35"
    assert at("bonuses", "unilevel", "rates", "silver", 1) == "two.yaml:6:36"
    assert at("bonuses", "unilevel", "rates", "silver", key=True) == "one.yaml:4:3"
    assert at("bonuses", "unilevel", "rates", "director", 0) == "plan.yaml:11:18"
    assert at("bonuses", "fast_start") == at("bonuses") == "plan.yaml:8:3"
    assert at("extra") == "one.yaml:5:10"
    assert at("ranks", "ladder", "gold", key=True) == "two.yaml:4:3"
    assert at("ranks", "ladder", "gold", 1) == "two.yaml:4:49"
    assert at("ranks", "ladder", "director", 1) == "plan.yaml:6:24"
    assert str(base.place(("bonuses", "unilevel", "rates", "silver", 1))) == "plan.yaml:10:20"


def test_places_of_items_that_moved():
    base = read_source("a: [x, y, z]\n", name="plan.yaml")
    merged = merged_source(base, [patch("remove: [a.0]\ninsert: {a.2: {value: new}}")])
    assert merged.data == {"a": ["y", "new", "z"]}
    assert [str(merged.place(("a", i))) for i in range(3)] == [
        "plan.yaml:1:8",
        "patch.yaml:4:23",
        "plan.yaml:1:11",
    ]


def test_errors_of_a_patched_plan_point_into_the_patch(base):
    class Plan(BaseModel):
        model_config = ConfigDict(extra="forbid")
        name: str
        ranks: dict[str, Any]
        bonuses: dict[str, dict[str, Any]]
        tiers: dict[Decimal, str]

    merged = merged_source(base, [patch("set: {tiers.300: 5, nmae: x}")])
    with pytest.raises(PlanError) as caught:
        validate(Plan, merged)
    assert [(str(p.place), p.hint) for p in caught.value.problems] == [
        ("patch.yaml:3:18", "write it in quotes"),
        ("patch.yaml:3:21", 'did you mean "name"?'),
    ]


def test_patches_without_marks_leave_the_marks_of_the_plan(base):
    merged = merged_source(base, [Source("change", plain(set={"bonuses.unilevel": {"rates": {}}, "tiers.300": "1%"}))])
    assert str(merged.place(("name",))) == "plan.yaml:1:7"
    assert str(merged.place(("bonuses", "unilevel", "rates"))) == str(merged.place(("bonuses",)))
    again = merged_source(merged, [patch("set: {bonuses.unilevel.rates: 1}")])
    assert again.data["bonuses"]["unilevel"] == {"rates": 1}
    assert str(again.place(("bonuses", "unilevel", "rates"))) == str(merged.place(("bonuses",)))
    assert merged_source(Source("plan", base.data), [patch("set: {name: y}")]).place(("name",)) is None


def test_a_patch_inside_of_an_alias_changes_one_use_only():
    base = read_source("a: &x {k: 1, l: 2}\nb: *x\n", name="plan.yaml")
    merged = merged_source(base, [patch("set: {b.k: 9}")])
    assert merged.data == {"a": {"k": 1, "l": 2}, "b": {"k": 9, "l": 2}}
    assert str(merged.place(("b", "k"))) == "patch.yaml:3:12"
    assert str(merged.place(("a", "k"))) == "plan.yaml:1:11"


names = st.sampled_from(["a", "b", "c", "d.e"])
values = st.recursive(
    st.integers(0, 9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3),
    max_leaves=10,
)
bases = st.dictionaries(names, values, min_size=1, max_size=4)


def paths_of(data: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    return [found for key, below in inner for found in [(*path, key), *paths_of(below, (*path, key))]]


@st.composite
def changes(draw, data: Any) -> dict[str, Any]:
    """Draw a patch that fits the data: sets and removals that do not meet."""
    chosen: list[tuple[Any, ...]] = []
    for path in draw(st.lists(st.sampled_from(paths_of(data)), max_size=4)) if paths_of(data) else []:
        if all(path[: len(other)] != other and other[: len(path)] != path for other in chosen):
            chosen.append(path)
    removed = [draw(st.booleans()) for _ in chosen]
    return plain(
        set={dotted(p): draw(values) for p, out in zip(chosen, removed, strict=True) if not out},
        remove=[dotted(p) for p, out in zip(chosen, removed, strict=True) if out],
    )


def naive(data: Any, patch: dict[str, Any], path: tuple[Any, ...] = ()) -> Any:
    """The slow twin: ask of every part whether the patch names it."""
    if not isinstance(data, (dict, list)):
        return data
    kept = []
    for key, value in data.items() if isinstance(data, dict) else enumerate(data):
        written = dotted((*path, key))
        if written in patch["set"]:
            kept.append((key, patch["set"][written]))
        elif written not in patch["remove"]:
            kept.append((key, naive(value, patch, (*path, key))))
    return dict(kept) if isinstance(data, dict) else [value for _, value in kept]


@settings(deadline=None, max_examples=50)
@given(st.data())
def test_patches_do_what_the_slow_twin_does(data):
    base = data.draw(bases)
    change = data.draw(changes(base))
    before = copy.deepcopy(base)
    result = apply_patch(base, change)
    assert result == naive(base, change)
    assert base == before


@settings(deadline=None, max_examples=50)
@given(st.data())
def test_patching_is_associative_and_order_is_left_to_right(data):
    base = data.draw(bases)
    first = data.draw(changes(base))
    once = apply_patch(base, first)
    second = data.draw(changes(once))
    twice = apply_patch(once, second)
    third = data.draw(changes(twice))
    whole = apply_patches(base, [first, second, third])
    assert whole == apply_patches(apply_patches(base, [first, second]), [third])
    assert whole == apply_patches(apply_patches(base, [first]), [second, third])


@settings(deadline=None, max_examples=50)
@given(st.data())
def test_sets_apart_from_each_other_commute(data):
    base = data.draw(bases)
    change = data.draw(changes(base))["set"]
    written = list(change)
    split = data.draw(st.integers(0, len(written)))
    first = plain(set={key: change[key] for key in written[:split]})
    second = plain(set={key: change[key] for key in written[split:]})
    together = apply_patch(base, plain(set=change))
    assert apply_patches(base, [first, second]) == together
    assert apply_patches(base, [second, first]) == together


@settings(deadline=None, max_examples=50)
@given(st.data())
def test_the_marks_have_the_shape_of_the_merged_data(data):
    base = data.draw(bases)
    change = data.draw(changes(base))
    source = read_source(yaml.safe_dump(base, sort_keys=False) + "\n", name="plan.yaml")
    document = read_source(yaml.safe_dump(change, sort_keys=False) + "\n", name="patch.yaml")
    merged = merged_source(source, [document])
    assert merged.data == apply_patch(base, change)
    paths = paths_of(merged.data)
    steps = [tuple(read_path(written)) for written in change["set"]]
    assert paths_of_marks(merged.root) == paths
    for path in paths:
        came_from_patch = any(tuple(map(str, path[: len(step)])) == step for step in steps)
        if came_from_patch and not change["remove"]:
            assert merged.place(path).file == "patch.yaml"


def paths_of_marks(node: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = node.items.items() if isinstance(node.items, dict) else enumerate(node.items or ())
    return [found for key, below in inner for found in [(*path, key), *paths_of_marks(below, (*path, key))]]
