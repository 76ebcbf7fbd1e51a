"""Numbers are exact from the text on; tables, spans, flags and names read as written or not at all."""

from __future__ import annotations

from decimal import Decimal, localcontext
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from compplan.plan.located import Hinted
from compplan.plan.tables import AmountTable, ByKey, LevelTable, RateTable
from compplan.plan.times import Span, SpanText
from compplan.plan.values import MAX_DIGITS, Flag, Model, Name, Number, Rate, Whole, number, rate

exact = st.builds(lambda n, scale: Decimal(n).scaleb(-scale), st.integers(-(10**15), 10**15), st.integers(0, 8))


def read(type_, value):
    return TypeAdapter(type_, config=Model.model_config).validate_python(value)


def refused(type_, value):
    """The one `Hinted` that a validator raised."""
    with pytest.raises(ValidationError) as caught:
        read(type_, value)
    (error,) = caught.value.errors()
    return error["ctx"]["error"]


# ---- numbers


@pytest.mark.parametrize(
    ("written", "value"),
    [
        (5, "5"),
        (Decimal("1.10"), "1.10"),
        ("1_250.50", "1250.50"),
        (" 7 ", "7"),
        ("-3", "-3"),
        ("1e3", "1000"),
        (10**23, "1" + "0" * 23),
        ("0." + "1" * 23, "0." + "1" * 23),
    ],
)
def test_numbers_are_read_exactly(written, value):
    assert number(written) == Decimal(value)


@given(exact)
def test_no_digit_is_lost_whatever_the_program_around_has_set(value):
    with localcontext(prec=3):
        assert Fraction(number(str(value))) == Fraction(str(value))
        assert Fraction(rate(f"{value}%")) == Fraction(str(value)) / 100


@pytest.mark.parametrize("value", [0.1, 1.0, True, False])
def test_floats_and_truth_values_are_no_numbers(value):
    with pytest.raises(Hinted, match="is not an exact number"):
        number(value)
    with pytest.raises(Hinted, match="is not an exact number"):
        rate(value)


@pytest.mark.parametrize("value", ["", "x", "1,000", "5%", "--1", None, [1], {}])
def test_what_is_no_number_is_refused(value):
    with pytest.raises(Hinted, match="is not a number"):
        number(value)


@pytest.mark.parametrize("value", ["nan", "inf", "-Infinity", "sNaN", Decimal("NaN")])
def test_numbers_are_finite(value):
    with pytest.raises(Hinted, match="is not a finite number"):
        number(value)


@pytest.mark.parametrize("value", [10**24, "1e24", "1" * 25, "0." + "0" * 23 + "1", "1e-24", "1e999999", "9e-999999"])
def test_numbers_have_a_limit_of_digits(value):
    """Written out, zeros included: an exponent is no way around it."""
    with pytest.raises(Hinted, match=f"has more than {MAX_DIGITS} digits"):
        number(value)


def test_a_long_number_is_shown_short():
    with pytest.raises(Hinted) as caught:
        number("1" * 5000)
    assert len(caught.value.message) < 100


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("5%", "0.05"),
        ("12.5 %", "0.125"),
        ("0.05", "0.05"),
        (Decimal("0.05"), "0.05"),
        (1, "1"),
        ("100%", "1"),
        ("150%", "1.5"),
        (0, "0"),
        ("0.000001%", "0.00000001"),
    ],
)
def test_rates_are_read_exactly(written, value):
    assert rate(written) == Decimal(value)


@pytest.mark.parametrize("value", [5, "5", Decimal("1.5"), -2])
def test_a_rate_above_the_whole_needs_the_sign(value):
    with pytest.raises(Hinted) as caught:
        rate(value)
    assert caught.value.message == f"{value} is more than the whole"
    assert caught.value.hint == f"write {value}% for {value} per cent"


def test_models_read_numbers_and_rates():
    class Rule(Model):
        amount: Number
        share: Rate = Decimal(1)

    rule = Rule(amount="10.50", share="50%")
    assert (rule.amount, rule.share) == (Decimal("10.50"), Decimal("0.5"))
    with pytest.raises(ValidationError):
        Rule(amount=10.5)
    with pytest.raises(ValidationError, match="frozen"):
        rule.amount = Decimal(1)
    with pytest.raises(ValidationError, match="Extra inputs"):
        Rule(amount=1, more=2)


# ---- tables


def levels(*rates, tail=None):
    return LevelTable(levels=tuple(map(Decimal, rates)), tail=None if tail is None else Decimal(tail))


@pytest.mark.parametrize(
    ("written", "table"),
    [
        ("5%", levels("0.05")),
        (Decimal("0.05"), levels("0.05")),
        (["5%", "3%", "0.01"], levels("0.05", "0.03", "0.01")),
        (["5%", "0.5% and deeper"], levels("0.05", tail="0.005")),
        ("5% and deeper", levels(tail="0.05")),
        (["5%   and deeper"], levels(tail="0.05")),
        ([], levels()),
        ({"silver": "5%"}, ByKey(rows={"silver": levels("0.05")})),
        (
            {1000: ["5%", "1% and deeper"], "2500.5": "6%"},
            ByKey(rows={"1000": levels("0.05", tail="0.01"), "2500.5": levels("0.06")}),
        ),
        ({}, ByKey(rows={})),
    ],
)
def test_tables_of_rates(written, table):
    assert read(RateTable, written) == table
    assert read(RateTable, table) == table


def test_amounts_may_pass_one():
    assert read(AmountTable, [25, "10.50 and deeper"]) == levels(25, tail="10.50")


@pytest.mark.parametrize(
    ("written", "message", "at"),
    [
        (["5%", "x"], '"x" is not a number', (1,)),
        (["5%", 5], "5 is more than the whole", (1,)),
        (["5%", 0.5], "0.5 is not an exact number", (1,)),
        (["1% and deeper", "5%"], '"and deeper" is not at the last level', (0,)),
        ("and deeper", '"and deeper" is not a number', ()),
        (["5%", ["3%"]], "\"['3%']\" is not a number", (1,)),
        ({"silver": ["5%", "x"]}, '"x" is not a number', ("silver", 1)),
        ({"silver": "x"}, '"x" is not a number', ("silver",)),
        ({10: "5%", "10": "6%"}, 'the key "10" is there twice', ("10",)),
        (None, '"None" is not a number', ()),
    ],
)
def test_a_bad_table_tells_its_place(written, message, at):
    error = refused(RateTable, written)
    assert (error.message, error.at) == (message, at)
    assert error.hint


# ---- spans, flags, names


@pytest.mark.parametrize(
    ("written", "count", "unit", "shown"),
    [
        ("60 days", 60, "days", "60 days"),
        ("1 day", 1, "days", "1 day"),
        ("3 calendar months", 3, "months", "3 calendar months"),
        ("1 calendar month", 1, "months", "1 calendar month"),
        (" 36500 days ", 36_500, "days", "36500 days"),
    ],
)
def test_spans(written, count, unit, shown):
    span = read(SpanText, written)
    assert (span.count, span.unit, str(span)) == (count, unit, shown)
    assert read(SpanText, str(span)) == span == read(SpanText, span)


@pytest.mark.parametrize("value", ["60", 60, "60d", "2 months", "two days", "-1 days", "1.5 days", "", None])
def test_what_is_no_span(value):
    assert refused(SpanText, value).message == f'"{value}" is not a span of time'


@pytest.mark.parametrize("value", ["0 days", "36501 days", "99999999999999999999 days"])
def test_spans_have_bounds(value):
    error = refused(SpanText, value)
    assert (error.message, error.hint) == (f'"{value}" is not a usable span of time', "from 1 to 36,500")


def test_a_span_is_a_value():
    assert Span(count=1, unit="days") == Span(count=1, unit="days")


@pytest.mark.parametrize("value", ["yes", "true", 1, 0, None])
def test_flags_are_true_or_false_alone(value):
    with pytest.raises(ValidationError):
        read(Flag, value)


@pytest.mark.parametrize("value", ["2", Decimal(2), 2.0, True])
def test_whole_numbers_are_whole_numbers_alone(value):
    with pytest.raises(ValidationError):
        read(Whole, value)


@pytest.mark.parametrize("value", ["pv", "a", "gv_2", "x9_"])
def test_names(value):
    assert read(Name, value) == value


@pytest.mark.parametrize("value", ["PV", "2pv", "_pv", "p v", "p-v", "pv\n", "é", "", 5])
def test_what_is_no_name(value):
    with pytest.raises(ValidationError):
        read(Name, value)
