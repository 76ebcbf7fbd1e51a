"""Conditions: a closed list of forms gets through, and the canonical text reads back as the same tree."""

from __future__ import annotations

import keyword
import warnings
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from compplan.plan import expression as ex
from compplan.plan.expression import grouped, names, parse, walk, words
from compplan.plan.expression.lexer import PARTS
from compplan.plan.expression.parsing import MAX_DEPTH, MAX_TEXT
from compplan.plan.located import Hinted

A, B, C = ex.Name("a"), ex.Name("b"), ex.Name("c")
FORMS = (
    ex.Number, ex.Text, ex.Name, ex.Field, ex.Compare, ex.Among, ex.Logic, ex.Not, ex.Arithmetic, ex.Call,
)  # fmt: skip


def num(text):
    return ex.Number(Decimal(text))


# ---- forms


@pytest.mark.parametrize(
    ("text", "expr"),
    [
        ("a", A),
        ("member.country", ex.Field("country")),
        ("5", num(5)),
        ("-5", num(-5)),
        ("1_000.50", num("1000.5")),
        ("1e5", num(100_000)),
        (".5", num("0.5")),
        ("a >= 5", ex.Compare(">=", A, num(5))),
        ("a != b", ex.Compare("!=", A, B)),
        ('member.country == "US"', ex.Compare("==", ex.Field("country"), ex.Text("US"))),
        ("member.country == 'US'", ex.Compare("==", ex.Field("country"), ex.Text("US"))),
        ("1 <= a < 5", ex.Logic("and", (ex.Compare("<=", num(1), A), ex.Compare("<", A, num(5))))),
        ("a and b and c", ex.Logic("and", (A, B, C))),
        ("a or b and c", ex.Logic("or", (A, ex.Logic("and", (B, C))))),
        ("not a", ex.Not(A)),
        ("not (a or b)", ex.Not(ex.Logic("or", (A, B)))),
        ("a + b * c", ex.Arithmetic("+", A, ex.Arithmetic("*", B, C))),
        ("(a + b) * c", ex.Arithmetic("*", ex.Arithmetic("+", A, B), C)),
        ("a - -5", ex.Arithmetic("-", A, num(-5))),
        ("a / b", ex.Arithmetic("/", A, B)),
        ("min(a, 5) >= 3", ex.Compare(">=", ex.Call("min", (A, num(5))), num(3))),
        ("max(a, b, c)", ex.Call("max", (A, B, C))),
        ('member.x in ("US", "CA")', ex.Among(ex.Field("x"), (ex.Text("US"), ex.Text("CA")))),
        ("a in [1, -2]", ex.Among(A, (num(1), num(-2)))),
        ("a in (1,)", ex.Among(A, (num(1),))),
        ("rank not in (a, b)", ex.Not(ex.Among(ex.Name("rank"), (A, B)))),
        ("a >= 5\n  and b", ex.Logic("and", (ex.Compare(">=", A, num(5)), B))),
        (" a ", A),
    ],
)
def test_forms(text, expr):
    assert parse(text) == expr
    assert parse(str(expr)) == expr


def test_digits_of_constants_never_pass_through_a_float():
    text = "0.1234567890123456789"
    assert parse(f"a >= {text}").right.value == Decimal(text)
    assert str(parse(f"a >= {text}")) == f"a >= {text}"


# ---- nothing else


@pytest.mark.parametrize(
    "text",
    [
        "a.b", "member.a.b", "member().a", "(1).real", "pv.__class__", "member", "member[0]",
        "print(1)", "min(a)", "min()", "max(*a, b)", "min(a, b)(c)", "abs(a)", "a()", "len(a)", "__import__('os')",
        "[a for a in b]", "[a]", "(a, b)", "{a}", "a[0]", "a[1, 2]",
        "lambda: a", "lambda a: a", "a if b else c", "(yield)", "(await a)", "(a := 5)", "*a",
        "f'{a}'", "f''", "b'a'", "a % b", "a // b", "a ** b", "a @ b", "a & b", "a | b", "a ^ b", "a << 1", "~a", "+a", "-a", "--5",
        "-'a'", "True", "None", "...", "1j", "0x10", "0b1", "0o7", "100and b", "1_", "1__0",
        "a is b", "a is not b", "a = 5", "a == 5;", "a; b", "a == 5%", "a >= 5 # five", "a \\\n>= 5", "$a", "a?", "a`b`", "a!", "a <> b",
        "a in b", "a in ()", "a in []", "a in {1}", "a in 'US'", "a in ('US')", "a in (b + 1, 2)", "a in (min(1, 2),)", "a not in ()",
        "'\\d'", "'\\x41'", "'\\N{DASH}'", "'\\101'", "'a", "a\0", "'\0' == \0", "a\xa0>= 5",
        "", " ", "and", "a b", "(a", "a)", "a >=", "import a", "a\nb", "class", "not", "a,",
    ],
)  # fmt: skip
def test_nothing_else_gets_through(text):
    if text == "member":  # a name as any other: a rank may be called so
        assert parse(text) == ex.Name("member")
        return
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(Hinted) as caught:
            parse(text)
    assert caught.value.hint


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("pv = 5", '"=" is not part of the language', 'compare with "=="'),
        ("pv => 5", '"=>" is not part of the language', 'write ">="'),
        ("pv && gv", '"&&" is not part of the language', 'write "and"'),
        ("pv AND gv", '"pv AND gv" cannot be read: invalid syntax', "write and, or, not and in with small letters"),
        ("pv >= 5%", '"%" is not part of the language', "write per cent as a fraction, such as 0.05"),
        ("pv # x", '"#" is not part of the language', "comments stand outside of it"),
        ("pv is 5", '"is" is not part of the language', 'compare with "=="'),
        ("pv and gv.x", '"gv.x" is not part of the language', PARTS),
        ("pv >= True", '"True" is not a number or a text', "write plain decimal numbers"),
        ("(pv", "\"(pv\" cannot be read: '(' was never closed", "in [ ] and { }, a text with commas stands in quotes"),
        ("pv >=", '"pv >=" cannot be read: invalid syntax', "for example: pv >= 100 and active"),
        (
            'member.x in ("US")',
            '"in" needs a list of constants',
            'for example: member.country in ("US", "CA"), or with == for one alone',
        ),
        (
            "pv in (gv + 1, 2)",
            '"in" takes constants only',
            'for example: member.country in ("US", "CA"), or with == for one alone',
        ),
        ("pv >= 1e30", "1e30 has more than 24 digits", "write fewer digits"),
        ("'\\ud800' == member.x", "the text holds half a character ('\\ud800')", "write the whole character"),
        ("member.x == '\ud800'", "the text holds half a character ('\\ud800')", "write the whole character"),
    ],
)
def test_what_is_wrong_is_said(text, message, hint):
    with pytest.raises(Hinted) as caught:
        parse(text)
    assert (caught.value.message, caught.value.hint) == (message, hint)


@pytest.mark.parametrize(
    "text",
    [
        "not " * 3000 + "a",
        "(" * 150 + "a" + "+1)" * 150,
        "+".join(["a"] * 200),
        "min(1, " * 120 + "2" + ")" * 120,
        "(" * 3000,
    ],
)
def test_deep_nesting_is_refused(text):
    with pytest.raises(Hinted) as caught:
        parse(text)
    assert "nested too deeply" in caught.value.message or "too many nested parentheses" in caught.value.message


def test_as_deep_as_may_be_is_safe_for_what_walks_the_tree():
    expr = parse("not " * (MAX_DEPTH - 1) + "a")
    assert parse(str(expr)) == expr
    assert len(walk(expr)) == MAX_DEPTH
    assert words(parse("+".join(["a"] * MAX_DEPTH))).count("a") == MAX_DEPTH


def test_huge_texts_are_refused():
    with pytest.raises(Hinted, match=f"the condition is {MAX_TEXT + 1} characters long"):
        parse("a" * (MAX_TEXT + 1))
    assert parse("a" * MAX_TEXT) == ex.Name("a" * MAX_TEXT)


# ---- round trip

plain_names = st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True).filter(lambda n: not keyword.iskeyword(n))
numbers = st.decimals(min_value=-(10**12), max_value=10**12, places=6) | st.integers(-(10**20), 10**20).map(Decimal)
constants = st.one_of(numbers.map(ex.Number), st.text(max_size=12).map(ex.Text), plain_names.map(ex.Name))
leaves = constants | plain_names.map(ex.Field)


def grown(inner):
    several = st.lists(inner, min_size=2, max_size=3).map(tuple)
    return st.one_of(
        st.builds(ex.Compare, st.sampled_from([">=", ">", "<=", "<", "==", "!="]), inner, inner),
        st.builds(ex.Among, inner, st.lists(constants, min_size=1, max_size=3).map(tuple)),
        st.builds(ex.Logic, st.sampled_from(["and", "or"]), several),
        st.builds(ex.Not, inner),
        st.builds(ex.Arithmetic, st.sampled_from(list("+-*/")), inner, inner),
        st.builds(ex.Call, st.sampled_from(["min", "max"]), several),
    )


expressions = st.recursive(leaves, grown, max_leaves=12)


@given(expressions)
@example(ex.Compare("==", ex.Compare(">", A, num(5)), B))
@example(ex.Among(ex.Not(A), (num(1),)))
@example(ex.Not(ex.Not(ex.Logic("or", (A, ex.Logic("or", (B, C)))))))
@example(ex.Compare("==", ex.Field("x"), ex.Text("\\ud800 \\ \" ' \n \0 \x85 \u2028 \ufeff")))
@example(num("-0"))
def test_the_canonical_text_reads_back_as_the_same(expr):
    assert parse(str(expr)) == expr


SIGNS = ["a", "b1", "member", ".", "min", "(", ")", "[", "]", ",", "5", "0.5", "'x'", '"', "and", "or", "not", "in", "is", "if", "for",
         "lambda", ">=", "<", "==", "=", "!", "+", "-", "*", "/", "%", ":", "{", "}", "#", "\\", "\n", "é", "f'{a}'", "_", "\0"]  # fmt: skip


@given(st.lists(st.sampled_from(SIGNS), max_size=12).map(" ".join) | st.text(max_size=30))
def test_any_text_is_one_of_the_forms_or_refused(text):
    """Nothing raises but `Hinted`, and nothing is in the tree but the ten forms."""
    try:
        expr = parse(text)
    except Hinted:
        return
    assert all(isinstance(node, FORMS) for node in walk(expr))
    assert parse(str(expr)) == expr


# ---- for people, and for programs


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("gv >= 20000 and pv >= 99.50", "gv >= 20,000 and pv >= 99.5"),
        ('member.code == "20000"', 'member.code == "20000"'),
        ('member.code == "a \\"20000\\" b" and pv > 1000', 'member.code == "a \\"20000\\" b" and pv > 1,000'),
        ("pv2000 >= 1000", "pv2000 >= 1,000"),
        ("member.y2000 in (1000, -2000)", "member.y2000 in [1000, -2000]"),  # where a comma parts items
        ("min(pv, 1000) >= 20000", "min(pv, 1000) >= 20000"),
        ("pv*100000", "pv * 100,000"),
    ],
)
def test_words_group_the_digits_of_numbers_alone(text, shown):
    assert words(parse(text)) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("20000.50", "20,000.5"),
        ("1000", "1,000"),
        ("100", "100"),
        ("0.10", "0.1"),
        ("1E+3", "1,000"),
        ("-1234.0", "-1,234"),
    ],
)
def test_grouped(value, shown):
    assert grouped(Decimal(value)) == shown


def test_names_and_fields_of_an_expression():
    expr = parse('a + 1 >= b and (not c or member.x == "b" or rank in (gold, silver)) and member.vip')
    assert names(expr) == {"a", "b", "c", "rank", "gold", "silver"}
    assert ex.fields(expr) == {"x", "vip"}


def test_walk_goes_from_the_outside_in_and_from_left_to_right():
    expr = parse("a and b in (1, 2) and not min(c, 3) >= 4")
    assert [str(node) for node in walk(expr)][:6] == [str(expr), "a", "b in [1, 2]", "b", "1", "2"]
    assert str(walk(expr)[-1]) == "4"


def test_the_engine_can_put_the_longest_texts_of_a_plan_together():
    longest = "a" * 2000
    assert parse(f"is_distributor and ({longest}) and ({longest})") == ex.Logic(
        "and", (ex.Name("is_distributor"), ex.Name(longest), ex.Name(longest))
    )
