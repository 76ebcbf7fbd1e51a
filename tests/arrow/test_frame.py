"""The frame that a run hands out: built late, opened by other libraries, shown, written whole."""

from __future__ import annotations

import datetime as dt
import pickle
from decimal import Decimal

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compplan.arrow import Frame, dictionary_column, fixed_to_decimal, read_table
from compplan.errors import UsageError
from compplan.money import from_fixed

relaxed = settings(deadline=None, max_examples=50)

AMOUNTS = [Decimal("12.50"), Decimal("-0.05"), Decimal("92233720368547758.07"), None]


def payables():
    return pa.table(
        {
            "member": ["Ann", "Bo", "Cy", None],
            "amount": fixed_to_decimal(np.array([1250, -5, 2**63 - 1, 0]), 2, np.array([False, False, False, True])),
            "bonus": dictionary_column(np.array([0, 1, 0, -1], np.int32), ["unilevel", "pool"]),
            "paid": pa.array([dt.date(2026, 11, 10)] * 4, pa.date32()),
        }
    )


@pytest.fixture
def frame():
    return Frame(payables)


def test_it_is_built_once_and_late():
    calls = []
    frame = Frame(lambda: calls.append(1) or payables())
    assert not calls
    assert len(frame) == frame.num_rows == 4
    assert frame.column_names == ["member", "amount", "bonus", "paid"]
    assert frame.schema == payables().schema
    assert calls == [1]


def test_a_failed_build_can_be_tried_again():
    answers = [None, payables()]

    def build():
        if answers[0] is None:
            raise OSError(answers.pop(0))
        return answers[0]

    frame = Frame(build)
    with pytest.raises(OSError, match="None"):
        len(frame)
    assert len(frame) == 4


def test_pandas_opens_it(frame):
    opened = pd.DataFrame.from_arrow(frame)
    assert opened["amount"].tolist()[:3] == AMOUNTS[:3]
    assert opened["member"].tolist()[:3] == ["Ann", "Bo", "Cy"]


def test_polars_opens_it(frame):
    opened = pl.DataFrame(frame)
    assert opened["amount"].to_list() == AMOUNTS
    assert opened["bonus"].to_list() == ["unilevel", "pool", "unilevel", None]


def test_duckdb_opens_it(frame):
    assert duckdb.from_arrow(frame).filter("amount < 0").fetchall()[0][:3] == ("Bo", Decimal("-0.05"), "pool")
    total = duckdb.sql("select sum(amount) from frame").fetchall()[0][0]
    assert total == sum(AMOUNTS[:3])


def test_pyarrow_and_our_own_reader_open_it(frame):
    assert pa.table(frame).equals(payables())
    assert pa.schema(frame) == frame.schema
    assert read_table(frame, name="payables").equals(payables())


def test_columns_rows_filter_and_head(frame):
    assert frame["amount"].to_pylist() == AMOUNTS
    with pytest.raises(UsageError, match=r'there is no column "amounts"\n.*did you mean "amount"'):
        frame["amounts"]
    assert frame.rows()[1] == {
        "member": "Bo",
        "amount": Decimal("-0.05"),
        "bonus": "pool",
        "paid": dt.date(2026, 11, 10),
    }
    assert frame.filter(pc.field("member") == "Bo").rows() == frame.rows()[1:2]
    assert frame.head(2).rows() == frame.rows()[:2]


def test_it_can_be_sent_to_another_process(frame):
    assert pickle.loads(pickle.dumps(frame)).to_arrow().equals(payables())  # noqa: S301


def test_text(frame):
    assert str(frame).splitlines() == [
        "member                amount  bonus     paid",
        "Ann                    12.50  unilevel  2026-11-10",
        "Bo                     -0.05  pool      2026-11-10",
        "Cy      92233720368547758.07  unilevel  2026-11-10",
        "                                        2026-11-10",
        "4 rows, 4 columns",
    ]
    assert repr(frame) == str(frame)


def test_long_tables_are_cut_in_the_middle():
    lines = str(Frame(pa.table({"n": list(range(1234))}))).splitlines()
    assert [line.strip() for line in lines] == [
        "n",
        *map(str, range(10)),
        "…",
        "1231",
        "1232",
        "1233",
        "1,234 rows, 1 column",
    ]
    assert len(str(Frame(pa.table({"n": list(range(13))}))).splitlines()) == 15


def test_wide_tables_lose_columns_in_the_middle():
    table = pa.table({f"column_{i:02d}": ["x" * 60] for i in range(9)})
    head, row, size = str(Frame(table)).splitlines()
    assert head.startswith("column_00")
    assert head.endswith("column_08")
    assert "…" in head
    assert "x" * 39 + "…" in row
    assert len(head) <= 130
    assert size == "1 row, 9 columns"


def test_an_empty_table_still_shows_its_columns():
    assert str(Frame(payables().slice(0, 0))) == "member  amount  bonus  paid\n0 rows, 4 columns"
    assert str(Frame(pa.table({}))) == "0 rows, 0 columns"
    assert "0 rows" in Frame(pa.table({}))._repr_html_()


def test_html_is_escaped_and_aligned():
    text = Frame(pa.table({"<a>": ["x & y"], "n": [5]}))._repr_html_()
    assert "<th>&lt;a&gt;</th>" in text
    assert "<td>x &amp; y</td>" in text
    assert '<td style="text-align: right">5</td>' in text


def test_a_date_that_python_does_not_know_is_shown():
    assert "a value out of range" in str(Frame(pa.table({"t": pa.array([2**31 - 1], pa.date32())})))


@pytest.mark.parametrize("file", ["payables.parquet", "payables.arrow", "payables.csv", "payables.CSV"])
def test_written_files_hold_the_same(tmp_path, frame, file):
    path = frame.write(tmp_path / file)
    assert path == tmp_path / file
    back = read_table(path, name="payables")
    if path.suffix.lower() == ".csv":
        assert back["amount"].to_pylist() == ["12.50", "-0.05", "92233720368547758.07", None]
        assert back["bonus"].to_pylist() == ["unilevel", "pool", "unilevel", None]
    else:
        assert back.equals(payables())
    assert [other.name for other in tmp_path.iterdir()] == [file]


def test_the_same_frame_gives_the_same_bytes(tmp_path, frame):
    for file in ("a.parquet", "b.arrow", "c.csv"):
        first = frame.write(tmp_path / file).read_bytes()
        assert Frame(payables()).write(str(tmp_path / file)).read_bytes() == first


def test_views_and_run_ends_are_written_as_csv(tmp_path):
    table = pa.table(
        {
            "view": pa.array(["a"], pa.string_view()),
            "ends": pa.RunEndEncodedArray.from_arrays([1], [5]),
            "none": pa.nulls(1),
        }
    )
    assert Frame(table).write(tmp_path / "t.csv").read_text() == '"view","ends","none"\n"a",5,\n'


def test_a_failed_write_leaves_the_old_file_and_nothing_else(tmp_path, frame):
    path = frame.write(tmp_path / "t.csv")
    before = path.read_bytes()
    with pytest.raises(UsageError, match=r"\.csv cannot hold this table"):
        Frame(pa.table({"lists": [[1]]})).write(path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_an_interrupt_leaves_nothing(tmp_path, frame, monkeypatch):
    def stop(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("os.fsync", stop)
    with pytest.raises(KeyboardInterrupt):
        frame.write(tmp_path / "t.parquet")
    assert not list(tmp_path.iterdir())


def test_writing_elsewhere(tmp_path, frame):
    with pytest.raises(UsageError, match=r'no writer for ".xlsx".*\n.*\.parquet, \.csv, \.arrow'):
        frame.write(tmp_path / "t.xlsx")
    with pytest.raises(OSError, match="nowhere"):
        frame.write(tmp_path / "nowhere" / "t.parquet")


@relaxed
@given(st.lists(st.integers(-(2**63), 2**63 - 1), max_size=20), st.integers(0, 20))
def test_fixed_to_decimal(values, scale):
    column = fixed_to_decimal(np.array(values, np.int64), scale)
    assert column.type == pa.decimal128(38, scale)
    assert column.to_pylist() == [from_fixed(value, scale) for value in values]
    column.validate(full=True)


@relaxed
@given(st.lists(st.tuples(st.integers(-100, 100), st.booleans()), max_size=20))
def test_fixed_to_decimal_with_nulls(pairs):
    values = np.array([value for value, _ in pairs], np.int64)
    null = np.array([missing for _, missing in pairs], np.bool_)
    expected = [None if missing else from_fixed(value, 2) for value, missing in pairs]
    column = fixed_to_decimal(values, 2, null)
    assert column.to_pylist() == expected
    column.validate(full=True)


@relaxed
@given(st.lists(st.integers(-1, 2), max_size=20))
def test_dictionary_column(codes):
    column = dictionary_column(np.array(codes, np.int32), ["ä", "", "c"])
    assert column.to_pylist() == [None if code < 0 else ["ä", "", "c"][code] for code in codes]
    column.validate(full=True)


def test_strided_columns_become_arrow_columns():
    assert fixed_to_decimal(np.arange(6)[::2], 1).to_pylist() == [
        Decimal("0.0"),
        Decimal("0.2"),
        Decimal("0.4"),
    ]
    assert dictionary_column(np.arange(4, dtype=np.int32)[::3] // 3, ["a", "b"]).to_pylist() == ["a", "b"]
