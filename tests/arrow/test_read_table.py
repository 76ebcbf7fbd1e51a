"""Tables from memory, from files and from lists of dicts."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.csv
import pyarrow.dataset as ds
import pyarrow.feather
import pyarrow.parquet as pq
import pytest

from compplan.arrow import fixed_column, instant_column, read_table, text_codes
from compplan.errors import DataError, UsageError

ORDERS = pa.table(
    {
        "order": ["o1", "o2", "o3"],
        "member": pa.array([7, 8, None], pa.int64()),
        "qv": pa.array([Decimal("12.50"), Decimal("-0.05"), Decimal("90071992547409.93")], pa.decimal128(20, 2)),
        "paid": pa.array([dt.date(2026, 10, 31), None, dt.date(2026, 11, 1)], pa.date32()),
    }
)
QV = [1250, -5, 9007199254740993]


class ArrayOnly:
    """Offers a record batch through the C interface, and nothing else."""

    def __init__(self, batch):
        self.batch = batch

    def __arrow_c_array__(self, requested_schema=None):
        return self.batch.__arrow_c_array__(requested_schema)


def in_memory():
    batch = ORDERS.to_batches()[0]
    return {
        "table": ORDERS,
        "batch": batch,
        "reader": pa.RecordBatchReader.from_batches(ORDERS.schema, [batch]),
        "array": ArrayOnly(batch),
        "dataset": ds.dataset(ORDERS),
        "polars": pl.DataFrame(ORDERS),
        "pandas": pd.DataFrame(ORDERS.to_pydict()),
        "pandas arrow": ORDERS.to_pandas(types_mapper=pd.ArrowDtype),
        "duckdb": duckdb.from_arrow(ORDERS),
    }


@pytest.mark.parametrize("kind", sorted(in_memory()))
def test_every_library_is_read_exactly(kind):
    table = read_table(in_memory()[kind], name="orders", columns=["qv", "order", "paid"])
    assert table.column_names == ["qv", "order", "paid"]
    assert fixed_column(table["qv"], table="orders", name="qv", scale=2).tolist() == QV
    assert text_codes(table["order"])[1] == ["o1", "o2", "o3"]
    days = instant_column(table["paid"], table="orders", name="paid", nulls="missing") // 86_400_000_000
    assert days.tolist()[::2] == [20757, 20758]


FILES = {
    "orders.parquet": pq.write_table,
    "orders.PARQUET": pq.write_table,
    "orders.csv": pyarrow.csv.write_csv,
    "orders.feather": pyarrow.feather.write_feather,
    "orders.arrow": lambda table, path: pyarrow.feather.write_feather(table, path, compression="uncompressed"),
}


@pytest.mark.parametrize("file", sorted(FILES))
@pytest.mark.parametrize("as_text", [True, False])
def test_every_format_is_read_exactly(tmp_path, file, as_text):
    FILES[file](ORDERS, tmp_path / file)
    source = str(tmp_path / file) if as_text else tmp_path / file
    table = read_table(source, name="orders", columns=["paid", "nothing", "qv"])
    assert table.column_names == ["paid", "qv"]
    assert fixed_column(table["qv"], table="orders", name="qv", scale=2).tolist() == QV
    assert read_table(source, name="orders").column_names == ORDERS.column_names
    assert read_table(source, name="orders", columns=["nothing"]).column_names == []


def test_the_stream_format(tmp_path):
    path = tmp_path / "orders.ipc"
    with pa.OSFile(str(path), "wb") as file, pa.ipc.new_stream(file, ORDERS.schema) as writer:
        writer.write_table(ORDERS)
    assert read_table(path, name="orders").equals(ORDERS)
    assert read_table(path, name="orders", columns=["qv"])["qv"].equals(ORDERS["qv"])


def test_a_folder_of_parquet_files(tmp_path):
    for month in (10, 11):
        folder = tmp_path / f"month={month}"
        folder.mkdir()
        pq.write_table(ORDERS, folder / "part.parquet")
    table = read_table(tmp_path, name="orders", columns=["qv", "month"])
    assert table["month"].to_pylist() == [10, 10, 10, 11, 11, 11]
    assert fixed_column(table["qv"], table="orders", name="qv", scale=2).tolist() == QV * 2


def test_csv_cells_stay_as_they_are_written(tmp_path):
    path = tmp_path / "orders.csv"
    path.write_bytes('\ufeffid,"qv",note\r\n007,1.10,NA\r\n8,,"a ""b"",\nc"\r\n'.encode())
    table = read_table(path, name="orders")
    assert table.to_pydict() == {"id": ["007", "8"], "qv": ["1.10", None], "note": ["NA", 'a "b",\nc']}


def test_csv_of_a_head_only(tmp_path):
    path = tmp_path / "orders.csv"
    path.write_text("id,qv\n")
    table = read_table(path, name="orders")
    assert (table.num_rows, table.column_names) == (0, ["id", "qv"])


BROKEN = {
    "empty.csv": b"",
    "ragged.csv": b"a,b\n1,2\n3\n",
    "latin.csv": b"name,qv\n\xe4,2\n",
    "latin_head.csv": b"n\xe4me,qv\na,2\n",
    "text.parquet": b"not parquet",
    "empty.parquet": b"",
    "cut.arrow": b"ARROW1\x00\x00\xff\xff",
    "empty.feather": b"",
}


@pytest.mark.parametrize("file", sorted(BROKEN))
def test_files_that_cannot_be_read(tmp_path, file):
    (tmp_path / file).write_bytes(BROKEN[file])
    with pytest.raises(DataError, match=f"orders: .*{file} cannot be read") as caught:
        read_table(tmp_path / file, name="orders")
    assert f"is it complete, and really {(tmp_path / file).suffix}?" in str(caught.value)


def test_a_folder_without_parquet_files(tmp_path):
    with pytest.raises(DataError, match="there are no Parquet files in it"):
        read_table(tmp_path, name="orders")


def test_a_missing_file_names_its_neighbour(tmp_path):
    (tmp_path / "orders-10.csv").touch()
    with pytest.raises(UsageError, match=r'there is no file .*order-10.csv\n.*did you mean "orders-10.csv"'):
        read_table(tmp_path / "order-10.csv", name="orders")
    with pytest.raises(UsageError, match="there is no file"):
        read_table(tmp_path / "nowhere" / "orders.csv", name="orders")


def test_an_unknown_extension_lists_the_known_ones(tmp_path):
    (tmp_path / "orders.xlsx").touch()
    with pytest.raises(UsageError, match=r'no reader for ".xlsx".*\n.*\.parquet, \.csv, \.arrow'):
        read_table(tmp_path / "orders.xlsx", name="orders")


@pytest.mark.parametrize(
    ("source", "hint"),
    [
        (42, "give a pandas"),
        ({"a": [1]}, "give a pandas"),
        ([1, 2], "give a pandas"),
        (pl.LazyFrame({"a": [1]}), "collect"),
    ],
    ids=str,
)
def test_what_is_not_a_table(source, hint):
    with pytest.raises(UsageError, match=f"orders: .* is not a table\n.*{hint}"):
        read_table(source, name="orders")


@pytest.mark.parametrize("source", [pl.Series([1]), pa.array([1]), pa.chunked_array([[1]])], ids=lambda s: str(type(s)))
def test_a_column_is_not_a_table(source):
    with pytest.raises(DataError, match="a single column is not a table"):
        read_table(source, name="orders")


def test_repeated_columns_are_refused_wherever_they_come_from(tmp_path):
    table = pa.Table.from_arrays([pa.array([1])] * 5, names=["a", "b", "a", "b", "a"])
    pq.write_table(table, tmp_path / "t.parquet")
    (tmp_path / "t.csv").write_text("a,b,a,b,a\n1,1,1,1,1\n")
    for source in (table, tmp_path / "t.parquet", tmp_path / "t.csv"):
        with pytest.raises(DataError) as caught:
            read_table(source, name="orders", columns=["a"])
        assert [(p.place.column, p.message) for p in caught.value.problems] == [
            ("a", "3 columns have this name"),
            ("b", "2 columns have this name"),
        ]


def test_records():
    day = dt.date(2026, 10, 31)
    rows = [{"id": 1, "qv": Decimal("1.5"), "on": day}, {"id": 2, "qv": 3, "name": "Bo"}, {}]
    table = read_table(rows, name="orders")
    assert table.to_pydict() == {
        "id": [1, 2, None],
        "qv": [Decimal("1.5"), Decimal("3.0"), None],
        "on": [day, None, None],
        "name": [None, "Bo", None],
    }
    assert read_table(rows, name="orders", columns=["name", "id"]).column_names == ["name", "id"]


def test_records_that_mix_integers_and_wide_decimals_stay_exact():
    rows = [{"qv": 2**62 + 1}, {"qv": Decimal("0.0000000001")}]
    table = read_table(rows, name="orders")
    assert table["qv"].to_pylist() == [Decimal(2**62 + 1), Decimal("0.0000000001")]


def test_no_records_are_an_empty_table_of_the_wanted_columns():
    table = read_table([], name="orders", columns=["member", "qv"])
    assert (table.num_rows, table.column_names) == (0, ["member", "qv"])
    assert fixed_column(table["qv"], table="orders", name="qv", scale=2).tolist() == []
    assert read_table([], name="orders").num_columns == 0


def test_records_with_floats_are_left_to_the_column():
    table = read_table([{"qv": 0.1}], name="orders")
    with pytest.raises(DataError, match="double does not hold exact amounts"):
        fixed_column(table["qv"], table="orders", name="qv", scale=2)


def test_mixed_records_are_refused_with_every_column():
    rows = [
        {"a": 1, "b": 1, "c": True, "d": dt.date(2026, 1, 1), "e": Decimal("NaN"), "f": 2**70},
        {"a": "1", "b": 1.0, "c": 1, "d": dt.datetime(2026, 1, 1, 5), "e": Decimal(1), "f": 1},
    ]
    with pytest.raises(DataError) as caught:
        read_table(rows, name="orders")
    found = {problem.place.column: problem.message for problem in caught.value.problems}
    assert found["a"] == "numbers and texts are mixed"
    assert found["b"] == "floats and numbers are mixed"
    assert found["c"] == "booleans and numbers are mixed"
    assert found["d"] == "dates and times are mixed"
    assert {"e", "f"} <= set(found)


@pytest.mark.parametrize("value", [Decimal("Infinity"), Decimal("NaN"), Decimal("sNaN"), Decimal("1E400"), 2**63])
def test_records_with_what_is_no_number_are_refused_with_its_row(value):
    with pytest.raises(DataError) as caught:
        read_table([{"qv": 1}, {"qv": value}], name="orders")
    (problem,) = caught.value.problems
    assert (problem.code, problem.place.column, problem.place.rows) == ("not-a-number", "qv", (1,))


def test_records_hold_the_least_and_the_largest_integer():
    assert read_table([{"id": -(2**63)}, {"id": 2**63 - 1}], name="orders")["id"].to_pylist() == [-(2**63), 2**63 - 1]
