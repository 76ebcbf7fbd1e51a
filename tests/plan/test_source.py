from __future__ import annotations

import io
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from compplan.errors import Place, PlanError, Problem
from compplan.plan import composer
from compplan.plan.source import MAX_BYTES, Source, read_source

if TYPE_CHECKING:
    from pathlib import Path

PARSERS = [yaml.SafeLoader]
if yaml.__with_libyaml__:
    PARSERS.append(yaml.CSafeLoader)


@pytest.fixture(params=PARSERS, ids=lambda parser: parser.__name__)
def parser(request, monkeypatch):
    """Run a test with the pure and with the compiled parser."""
    monkeypatch.setattr(composer, "LOADER", request.param)


def problems(text: str | Path, **options: str) -> tuple[Problem, ...]:
    with pytest.raises(PlanError) as caught:
        read_source(text, **options)
    return caught.value.problems


def codes(text: str) -> list[str]:
    return [problem.code for problem in problems(text)]


def only(text: str) -> Problem:
    (problem,) = problems(text)
    return problem


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("true", True),
        ("True", True),
        ("FALSE", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("NO", "NO"),
        ("yes", "yes"),
        ("on", "on"),
        ("tRUE", "tRUE"),
        ("010", 10),
        ("0o10", 8),
        ("0x1F", 31),
        ("-7", -7),
        ("+7", 7),
        ("1_000", "1_000"),
        ("1,000", "1,000"),
        ("12:30:45", "12:30:45"),
        ("2026-03-31", "2026-03-31"),
        ("5%", "5%"),
        ("'5'", "5"),
        ('"true"', "true"),
        ("| \n  5\n", "5\n"),
        ("-", "-"),
        (".", "."),
        ("1.2.3", "1.2.3"),
        ("0x", "0x"),
        ("-0x10", "-0x10"),
        ("=", "="),
    ],
)
@pytest.mark.usefixtures("parser")
def test_scalars_follow_the_core_schema(written, read):
    if written == "-":
        written = "'-'"
    data = read_source(f"a: {written}\n").data
    assert data == {"a": read}
    assert type(data["a"]) is type(read)


@pytest.mark.parametrize("written", ["1.10", "0.1", ".5", "5.", "1e3", "-2.50E-7", "123456789.123456789123456789123"])
@pytest.mark.usefixtures("parser")
def test_decimals_keep_their_digits(written):
    value = read_source(f"a: {written}\n").data["a"]
    assert isinstance(value, Decimal)
    assert value.as_tuple() == Decimal(written).as_tuple()


@settings(deadline=None, max_examples=50)
@given(st.decimals(allow_nan=False, allow_infinity=False, places=30), st.integers(-(10**50), 10**50))
def test_numbers_come_back_exactly(decimal, integer):
    read = read_source(f"- {decimal:f}\n- {integer}\n").data
    assert read[0].as_tuple() == decimal.as_tuple()
    assert read[1] == integer
    assert type(read[1]) is int


json_like = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**20), 10**20) | st.text("ab é😀:#-'\"%{}[]\n\t ", max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abc", min_size=1), inner, max_size=3),
    max_leaves=12,
)


@settings(deadline=None, max_examples=50)
@given(json_like, st.booleans())
def test_what_yaml_writes_is_read_back_and_every_part_has_a_place(data, flow):
    text = yaml.safe_dump(data, allow_unicode=True, default_flow_style=flow, sort_keys=False) + "\n"
    source = read_source(text)
    assert source.data == data

    def visit(value, path):
        place = source.place(path)
        assert place.line <= text.count("\n") + 1
        assert source.place(path, key=True) is not None
        inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        for key, below in inner:
            visit(below, (*path, key))

    visit(data, ())


@pytest.mark.parametrize(
    "written", [".inf", "-.Inf", ".NAN", "9" * 101, "1e999", "1e99999999999999999999", "0x" + "f" * 100]
)
@pytest.mark.usefixtures("parser")
def test_numbers_that_cannot_be_exact_are_refused(written):
    problem = only(f"a: {written}\n")
    assert problem.code == "number"
    assert str(problem.place) == "<text>:1:4"


@pytest.mark.usefixtures("parser")
def test_keys_are_text_or_exact_numbers():
    data = read_source("300: 6%\n2.50: 7%\nx: 8%\nno: 9%\n").data
    assert data == {300: "6%", Decimal("2.50"): "7%", "x": "8%", "no": "9%"}
    assert [type(key) for key in data] == [int, Decimal, str, str]


@pytest.mark.parametrize("key", ["true", "null", "[1]", "{a: 1}", "~"])
@pytest.mark.usefixtures("parser")
def test_other_keys_are_refused(key):
    assert only(f"? {key}\n: 1\n").code == "key"


@pytest.mark.usefixtures("parser")
def test_a_true_key_is_told_to_be_quoted():
    problem = only("true: 1\n")
    assert problem.message == "a key is a text or a number, not true"
    assert problem.hint == "write it in quotes"


@pytest.mark.usefixtures("parser")
def test_duplicate_keys_point_at_the_second_and_name_the_first():
    problem = only("a:\n  pv: 1\n  cv: 2\n  pv: 3\n")
    assert (problem.code, str(problem.place)) == ("duplicate_key", "<text>:4:3")
    assert problem.hint == "it is first on line 2"


@pytest.mark.parametrize("text", ["1: a\n1.0: b\n", "a: 1\n'a': 2\n", "1: a\n0x1: b\n"])
@pytest.mark.usefixtures("parser")
def test_keys_that_are_equal_are_duplicates_however_written(text):
    assert codes(text) == ["duplicate_key"]


@pytest.mark.usefixtures("parser")
def test_a_problem_prints_its_line_with_a_caret():
    assert str(only("name: x\nrates: {a: 1, a: 2}\n")) == (
        '<text>:2:15: the key "a" is there twice\n'
        "    rates: {a: 1, a: 2}\n"
        "                  ^\n"
        "  hint: it is first on line 2"
    )


@pytest.mark.usefixtures("parser")
def test_tags_are_refused():
    found = problems("a: !!int '3'\nb: !Rank x\nc: ! 4\nd: !!map {}\ne: &x !!seq []\n")
    assert [p.code for p in found] == ["tag"] * 5
    assert found[0].message == 'the tag "!!int" has no meaning in a plan'
    assert [p.place.line for p in found] == [1, 2, 3, 4, 5]


@pytest.mark.usefixtures("parser")
def test_merge_keys_are_refused_but_a_quoted_one_is_text():
    assert codes("a: &a {x: 1}\nb:\n  <<: *a\n") == ["merge_key"]
    assert read_source("a: &a {x: 1}\nb:\n  '<<': *a\n").data["b"] == {"<<": {"x": 1}}


@pytest.mark.usefixtures("parser")
def test_all_problems_come_together():
    text = "a: 1\na: 2\nb: !x 3\nc: .nan\nd: {<<: 1, true: 2}\ne: [1,\n"
    assert codes(text) == ["duplicate_key", "tag", "number", "merge_key", "key", "yaml_syntax"]


@pytest.mark.usefixtures("parser")
def test_several_documents_are_refused():
    problem = only("a: 1\n---\nb: 2\n")
    assert (problem.code, str(problem.place)) == ("several_documents", "<text>:2:1")
    assert read_source("---\na: 1\n...\n").data == {"a": 1}


@pytest.mark.usefixtures("parser")
def test_another_yaml_version_is_refused():
    assert codes("%YAML 1.1\n---\na: 1\n") == ["yaml_version"]
    assert read_source("%YAML 1.2\n---\na: 1\n").data == {"a": 1}


@pytest.mark.parametrize("text", ["\n", "# a remark\n", "\ufeff\n"])
@pytest.mark.usefixtures("parser")
def test_an_empty_file_is_a_problem(text):
    assert codes(text) == ["empty_file"]


@pytest.mark.parametrize(
    ("text", "line", "column", "message"),
    [
        ("a: 1\n\tb: 2\n", 2, 1, "a tab cannot stand here"),
        ("a:\n\t- b\n", 2, 1, "a tab cannot stand here"),
        ("a: |\n\tx\n", 2, 1, "a tab cannot stand here"),
        ("a: 1\nb: [1, 2\nc: 3\n", 3, 2, "the list that starts on line 2 is not closed"),
        ("a: {b: 1\n", 2, 1, "the mapping that starts on line 1 is not closed"),
        ("a: 'x\nb: 2\n", 3, 1, "the quoted text that starts on line 1 is not closed"),
        ("a: @x\n", 1, 4, '"@" cannot start a value'),
        ("a: %5\n", 1, 4, '"%" cannot start a value'),
        ("a: b: c\n", 1, 5, 'a ":" cannot stand here'),
        ("a: - b\n", 1, 4, 'a list item "- " cannot start here'),
        ("a:\n  b: 1\n c: 2\n", 3, 2, "this does not fit the lines above"),
        ("- a\nb: 1\n", 2, 1, "this does not fit the lines above"),
        ("? a\nb\n", 3, 1, 'this key has no ":"'),
        ("{a: 1}}\n", 1, 7, "nothing can follow here, the document has ended"),
    ],
)
@pytest.mark.usefixtures("parser")
def test_syntax_errors_have_a_place_and_a_calm_sentence(text, line, column, message):
    problem = only(text)
    assert (problem.code, problem.message) == ("yaml_syntax", message)
    assert (problem.place.line, problem.place.column) == (line, column)


@pytest.mark.usefixtures("parser")
def test_a_rare_syntax_error_still_has_its_place():
    problem = only("a: !<\n")
    assert problem.code == "yaml_syntax"
    assert problem.message.startswith("this is not YAML: ")
    assert problem.place.line == 1


@pytest.mark.usefixtures("parser")
def test_an_alias_repeats_a_value():
    source = read_source("a: &rates [5%, 6%]\nb: *rates\n&k key: *k\n")
    assert source.data == {"a": ["5%", "6%"], "b": ["5%", "6%"], "key": "key"}
    assert str(source.place(("b",))) == "<text>:2:4"
    assert str(source.place(("b", 1))) == "<text>:1:16"


@pytest.mark.usefixtures("parser")
def test_an_alias_bomb_is_refused_before_it_grows():
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]" for i in range(1, 10)]
    problem = only("\n".join(lines) + "\n")
    assert problem.code == "too_many_values"
    assert problem.place.line == 5


@pytest.mark.usefixtures("parser")
def test_an_alias_chain_counts_in_depth():
    lines = ["a0: &a0 [x]"] + [f"a{i}: &a{i} [*a{i - 1}]" for i in range(1, 120)]
    assert codes("\n".join(lines) + "\n") == ["too_deep"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: &a [*a]\n", '"*a" stands inside of what it names'),
        ("a: *b\nb: &b 1\n", '"*b" names nothing above'),
    ],
)
@pytest.mark.usefixtures("parser")
def test_bad_aliases_are_refused(text, message):
    problem = only(text)
    assert (problem.code, problem.message) == ("alias", message)


@pytest.mark.usefixtures("parser")
def test_an_anchor_is_defined_once():
    assert codes("a: &x 1\nb: &x 2\n") == ["duplicate_anchor"]


def test_too_many_values_are_refused():
    assert codes("[" + "1," * 100_000 + "]\n") == ["too_many_values"]


@pytest.mark.parametrize("text", ["[" * 1000 + "\n", "- " * 1000 + "a\n", "{a: " * 1000 + "\n"])
@pytest.mark.usefixtures("parser")
def test_too_deep_nesting_is_refused(text):
    assert codes(text) == ["too_deep"]


@pytest.mark.usefixtures("parser")
def test_nesting_up_to_the_limit_is_read():
    depth = composer.MAX_DEPTH - 1
    assert read_source("[" * depth + "1" + "]" * depth + "\n").data


@pytest.mark.usefixtures("parser")
def test_places_of_keys_values_items_and_of_nothing():
    source = read_source("name: x\nbonuses:\n  unilevel:\n    rates: [5%, 6%]\n    300: 1\n", name="plan.yaml")

    def at(*path, key=False):
        return str(source.place(path, key=key))

    assert at("name") == "plan.yaml:1:7"
    assert at("name", key=True) == "plan.yaml:1:1"
    assert at("bonuses", "unilevel", key=True) == "plan.yaml:3:3"
    assert at("bonuses", "unilevel", "rates", 1) == "plan.yaml:4:17"
    assert at("bonuses", "unilevel", "rates", 1, key=True) == "plan.yaml:4:17"
    assert at("bonuses", "unilevel", 300) == "plan.yaml:5:10"
    assert at() == "plan.yaml:1:1"
    assert at("bonuses", "unilevel", "rates", 9) == at("bonuses", "unilevel", "rates")
    assert at("bonuses", "nothing", "below", key=True) == at("bonuses", key=True)
    assert source.place(("name",)) == Place("plan.yaml", 1, 7, "name: x")


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r", "\u2028", "\x85"])
@pytest.mark.usefixtures("parser")
def test_line_numbers_do_not_depend_on_the_line_ends(newline, tmp_path):
    path = tmp_path / "plan.yaml"
    path.write_bytes(newline.join(["a: 1", "b: 2", "c: 3", ""]).encode())
    place = read_source(path).place(("c",))
    assert (place.line, place.column, place.text) == (3, 4, "c: 3")


@pytest.mark.usefixtures("parser")
def test_columns_count_characters():
    place = read_source("{é😀: 1, b: 2}\n").place(("b",))
    assert (place.line, place.column) == (1, 12)


@pytest.mark.usefixtures("parser")
def test_the_text_of_an_overlong_line_is_left_out():
    assert read_source("a: [" + "1, " * 100 + "2]\n").place(("a", 90)).text == ""


@pytest.mark.usefixtures("parser")
def test_tabs_within_a_line_leave_the_caret_in_place():
    place = read_source("{'\t': 1, b: 2}\n").place(("b",))
    assert place == Place("<text>", 1, 13, "{' ': 1, b: 2}")


def test_a_str_without_a_line_break_is_a_path(tmp_path):
    path = tmp_path / "plan.yaml"
    path.write_text("a: é\n", encoding="utf-8")
    assert read_source(str(path)).data == {"a": "é"}
    assert read_source(path).name == str(path)
    assert read_source(path, name="mine").place().file == "mine"


def test_a_file_that_is_not_there(tmp_path):
    (problem,) = problems(tmp_path / "no.yaml")
    assert problem.code == "no_file"
    assert "no.yaml" in problem.message
    assert codes("a: 1") == ["no_file"]


def test_a_file_that_cannot_be_read(tmp_path):
    assert problems(tmp_path)[0].code == "unreadable_file"
    assert problems("a\x00b")[0].code == "unreadable_file"


@pytest.mark.usefixtures("parser")
def test_a_byte_order_mark_is_skipped(tmp_path):
    path = tmp_path / "plan.yaml"
    path.write_bytes(b"\xef\xbb\xbfa: 1\n")
    assert str(read_source(path).place(("a",), key=True)).endswith(":1:1")
    assert read_source("\ufeffa: 1\n").data == {"a": 1}


def test_bytes_that_are_not_utf8_have_a_place(tmp_path):
    path = tmp_path / "plan.yaml"
    path.write_bytes("a: 1\nbé: 2\nc: ".encode() + b"\xff\n")
    (problem,) = problems(path)
    assert (problem.code, problem.place.line, problem.place.column) == ("encoding", 3, 4)
    path.write_bytes("a: 1\n".encode("utf-16"))
    assert problems(path)[0].code == "encoding"


def test_control_characters_are_all_told():
    found = problems("a: 1\x00\nb: \x1b[0m\nc: \ud800\n")
    assert [(p.code, p.place.line, p.place.column) for p in found] == [
        ("character", 1, 5),
        ("character", 2, 4),
        ("character", 3, 4),
    ]
    assert "\x1b" not in "".join(map(str, found))


def test_too_large_a_file_is_refused(tmp_path):
    path = tmp_path / "plan.yaml"
    path.write_bytes(b"#" * (MAX_BYTES + 1))
    assert problems(path)[0].code == "too_large"
    assert codes("#\n" * (MAX_BYTES // 2 + 1)) == ["too_large"]


def test_plain_data_has_no_places():
    source = Source("plan", {"a": 1})
    assert source.place(("a",)) is None


def data_or_problems(text: str) -> object:
    try:
        return read_source(text).data
    except PlanError as error:
        return error


@settings(deadline=None, max_examples=50)
@given(st.text("ab:-[]{},&*!|>'\"%@#? \n\t.0\u2028", max_size=40))
def test_any_text_gives_data_or_a_plan_error(text):
    results = []
    for loader in PARSERS:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(composer, "LOADER", loader)
            found = data_or_problems(text + "\n")
        if isinstance(found, PlanError):
            assert all(isinstance(problem.place, Place) for problem in found.problems)
        else:
            results.append(found)
    assert len(results) < 2 or results[0] == results[1]


@pytest.mark.usefixtures("parser")
def test_reading_does_not_use_pyyaml_constructors(monkeypatch):
    monkeypatch.setattr(yaml.constructor.SafeConstructor, "get_single_data", None)
    assert read_source(io.StringIO("a: 1\n").read()).data == {"a": 1}
