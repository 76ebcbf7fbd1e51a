from __future__ import annotations

from decimal import Decimal

import pytest

from compplan.cli.console import cell, count, number, percent, table


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("1234.50000", "1,234.50"),
        ("0.0625", "0.0625"),
        ("7", "7"),
        ("-0.10", "-0.10"),
        ("1E+3", "1,000"),
        ("123456789012345678901234567890.123456789", "123,456,789,012,345,678,901,234,567,890.123456789"),
    ],
)
def test_numbers_have_all_their_digits(value, text):
    assert number(Decimal(value)) == text


@pytest.mark.parametrize(("rate", "text"), [("0.05", "5%"), ("0.1250", "12.5%"), ("1", "100%"), ("0.00005", "0.005%")])
def test_rates_are_exact_percentages(rate, text):
    assert percent(Decimal(rate)) == text


def test_ids_have_no_separators_and_counts_do():
    assert [cell(v) for v in (1234, count(1234), None, True, False, "x")] == [
        "1234",
        "1,234",
        "",
        "yes",
        "no",
        "x",
    ]


def test_a_table_aligns_decimals_and_cuts_no_digit(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "40")
    rows = [("a", Decimal("1234567890.5")), ("[bold]b[/]", Decimal("0.125")), (None, None)]
    table("Title", ("name", "amount"), rows)
    lines = capsys.readouterr().out.splitlines()
    assert lines[:3] == ["", "Title", "name                    amount"]
    assert [line.rstrip() for line in lines[4:]] == [
        "a            1,234,567,890.500",
        "[bold]b[/]               0.125",
        "",
    ]


def test_digits_fold_where_a_terminal_is_narrow(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "12")
    table("T", ("n", "m"), [(Decimal("123456789.12"), Decimal("123456789.12"))])
    assert "…" not in capsys.readouterr().out


def test_an_empty_table_says_so(capsys):
    table("Breakage", ("bonus",), [])
    table("orders", ("column",), [], note="the plan reads none")
    assert capsys.readouterr().out == "\nBreakage: none\n\norders: the plan reads none\n"
