"""Evaluation of conditions and computations against a naive evaluator in fractions, on random expressions."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from compplan.errors import ExactnessError
from compplan.money import ROUNDING_CODES
from compplan.plan import expression as ex
from compplan.program import evaluate
from naive import evaluate as naive

SIZE = 4
SCALES = {"a": 0, "b": 1, "c": 2, "days_in_period": 0}
RANKS = {"bronze": 1, "silver": 2, "gold": 3}
COUNTRIES = ["CA", "DE", "US"]
MODES = list(ROUNDING_CODES)


class Table:
    """A few members, as columns for `evaluate` and as dicts for the twin."""

    def __init__(self, numbers, flags, ranks, texts):
        self.numbers = {name: np.array(column, np.int64) for name, column in numbers.items()}
        self.flags = {name: np.array(column, np.bool_) for name, column in flags.items()}
        self.ranks = {name: np.array(column, np.int8) for name, column in ranks.items()}
        self.texts = texts
        self.lists = (numbers, flags, ranks)

    def number(self, name):
        return (31, 0) if name == "days_in_period" else (self.numbers[name], SCALES[name])

    def flag(self, name):
        return self.flags[name]

    def rank(self, name):
        return RANKS[name] if name in RANKS else self.ranks[name]

    def kind(self, name):
        return "number" if name in SCALES else "rank" if name in RANKS or name in self.ranks else "flag"

    def field_flag(self, column):
        return self.flags[f"member.{column}"]

    def field_among(self, column, texts):
        return np.array([text in texts for text in self.texts[column]], np.bool_)

    def member(self, row):
        numbers, flags, ranks = self.lists
        values = {name: Fraction(column[row], 10 ** SCALES[name]) for name, column in numbers.items()}
        values |= {name: column[row] for name, column in (*flags.items(), *ranks.items())}
        values |= {f"member.{name}": column[row] for name, column in self.texts.items()}
        return {**values, **RANKS, "days_in_period": Fraction(31)}


def columns(names, elements):
    return st.fixed_dictionaries({name: st.lists(elements, min_size=SIZE, max_size=SIZE) for name in names})


def tables(numbers):
    return st.builds(
        Table,
        columns(["a", "b", "c"], numbers),
        columns(["p", "q", "member.vip"], st.booleans()),
        columns(["rank", "title"], st.integers(0, 3)),
        columns(["country"], st.sampled_from([*COUNTRIES, None])),
    )


small = st.integers(-30, 30) | st.just(0)
large = st.sampled_from([0, 1, -1, 2**62, -(2**63), 2**63 - 1, 10**18]) | st.integers(-(2**63), 2**63 - 1)
plain = st.decimals(-20, 20, places=1)
long = st.sampled_from(
    ["0", "1e18", "99999999999999999999", "-123456789012345678901234", "0.000000000000000000000001"]
).map(lambda text: Decimal(f"{Decimal(text):f}"))


def numbers_of(constants, depth):
    leaf = st.sampled_from([ex.Name(name) for name in SCALES]) | constants.map(ex.Number)
    level = leaf
    for _ in range(depth):
        inner = level
        level = st.one_of(
            leaf,
            st.builds(ex.Arithmetic, st.sampled_from(["+", "-", "*", "/"]), inner, inner),
            st.builds(ex.Call, st.sampled_from(["min", "max"]), st.lists(inner, min_size=2, max_size=3).map(tuple)),
        )
    return level


operators = st.sampled_from([">=", ">", "<=", "<", "==", "!="])
ranked = st.sampled_from([ex.Name(name) for name in ("rank", "title", *RANKS)])
constants_of_rank = st.lists(st.sampled_from([ex.Name(name) for name in RANKS]), min_size=1, max_size=2).map(tuple)
country, texts = ex.Field("country"), st.sampled_from([*COUNTRIES, "XX"]).map(ex.Text)


def conditions_of(numbers, constants):
    leaf = st.one_of(
        st.sampled_from([ex.Name("p"), ex.Name("q"), ex.Field("vip")]),
        st.builds(ex.Compare, operators, numbers, numbers),
        st.builds(ex.Compare, operators, ranked, ranked).filter(lambda e: {e.left.name, e.right.name} - set(RANKS)),
        st.builds(ex.Compare, st.sampled_from(["==", "!="]), st.just(country), texts),
        st.builds(ex.Compare, st.sampled_from(["==", "!="]), texts, st.just(country)),
        st.builds(ex.Among, st.just(country), st.lists(texts, min_size=1, max_size=3).map(tuple)),
        st.builds(ex.Among, st.sampled_from([ex.Name("rank"), ex.Name("title")]), constants_of_rank),
        st.builds(ex.Among, numbers, st.lists(constants.map(ex.Number), min_size=1, max_size=3).map(tuple)),
    )
    return st.recursive(
        leaf,
        lambda inner: (
            st.builds(ex.Not, inner)
            | st.builds(ex.Logic, st.sampled_from(["and", "or"]), st.lists(inner, min_size=2, max_size=3).map(tuple))
        ),
        max_leaves=5,
    )


def as_list(result, of=int):
    return [of(x) for x in np.broadcast_to(result, (SIZE,))]


def expected(twin, table, *more):
    return [twin(more[0], table.member(row), *more[1:]) for row in range(SIZE)]


@given(conditions_of(numbers_of(plain, 2), plain), tables(small))
def test_conditions_equal_the_twin(expr, table):
    assert as_list(evaluate.condition(expr, table), bool) == expected(naive.value, table, expr)


@given(numbers_of(plain, 2), tables(small))
def test_numbers_equal_the_twin(expr, table):
    top, bottom = (as_list(part) for part in evaluate.number(expr, table))
    assert [Fraction(*pair) for pair in zip(top, bottom, strict=True)] == expected(naive.value, table, expr)
    assert all(b > 0 for b in bottom)


@given(numbers_of(plain, 2), tables(small), st.integers(0, 4), st.sampled_from(MODES))
@example(
    ex.Arithmetic("/", ex.Name("a"), ex.Name("b")),
    Table({"a": [1, -1, 5, 0], "b": [20, 20, -20, 0], "c": [0] * 4}, {}, {}, {}),
    0,
    "half_even",
)
def test_rounded_numbers_equal_the_twin(expr, table, scale, mode):
    assert as_list(evaluate.fixed(expr, table, scale, mode)) == expected(naive.fixed, table, expr, scale, mode)


# ---- never a wrong number


@given(numbers_of(plain | long, 3), tables(large), st.integers(0, 9), st.sampled_from(MODES))
@settings(max_examples=150)
def test_large_numbers_are_right_or_an_error(expr, table, scale, mode):
    """An intermediate value may pass 64 bits where the result would fit; it may never wrap."""
    try:
        result = evaluate.fixed(expr, table, scale, mode)
    except ExactnessError:
        return
    assert as_list(np.asarray(result, np.int64)) == expected(naive.fixed, table, expr, scale, mode)


@given(conditions_of(numbers_of(plain | long, 2), plain | long), tables(large))
@settings(max_examples=150)
def test_conditions_over_large_numbers_are_right_or_an_error(expr, table):
    try:
        result = evaluate.condition(expr, table)
    except ExactnessError:
        return
    assert as_list(result, bool) == expected(naive.value, table, expr)


@given(st.sampled_from(["a * a", "a + a", "a - b * 3", "max(a, c * 1000)", "a / c", "a * 1000000000"]), tables(large))
def test_what_does_not_fit_is_an_error(text, table):
    expr = ex.parse(text)
    exact = expected(naive.fixed, table, expr, 0, "half_up")
    assume(any(not -(2**63) <= x < 2**63 for x in exact))
    with pytest.raises(ExactnessError):
        evaluate.fixed(expr, table, 0, "half_up")


@pytest.mark.parametrize(
    ("text", "scale", "expected_value"),
    [
        ("92233720368547758.07", 2, 2**63 - 1),
        ("0 - 92233720368547758.08", 2, -(2**63)),
        ("92233720368547758.079", 2, None),  # rounds up to 2**63, which NumPy would take for an unsigned number
        ("92233720368547758.08", 2, None),
        ("99999999999999999999 / 10000000000", 0, 10**10),
        ("min(100, 3 * days_in_period)", 0, 93),
        ("days_in_period / 7", 2, 443),
        ("5 / 0", 0, 0),
    ],
)
def test_constants_fit_or_are_an_error(text, scale, expected_value):
    table = Table({}, {}, {}, {})
    if expected_value is None:
        with pytest.raises(ExactnessError):
            evaluate.fixed(ex.parse(text), table, scale, "half_up")
    else:
        assert int(evaluate.fixed(ex.parse(text), table, scale, "half_up")) == expected_value


@pytest.mark.parametrize(("a", "c"), [(-1, -(2**63)), (-(2**63), 7)])
def test_the_least_number_has_no_opposite(a, c):
    """-2**63 divided by -1 does not fit, whatever comes after; it may not change its sign either."""
    flags = {name: [False] for name in ("p", "q", "member.vip")}
    table = Table({"a": [a], "b": [0], "c": [c]}, flags, {"rank": [0], "title": [0]}, {"country": ["CA"]})
    with pytest.raises(ExactnessError):
        evaluate.fixed(ex.parse("c / a"), table, 0, "half_up")
