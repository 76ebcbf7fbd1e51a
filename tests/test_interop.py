"""Tables in and out: every library that speaks Arrow gives and gets the same exact values."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.csv
import pyarrow.dataset
import pyarrow.parquet
import pytest

import compplan as cp
from outputs import TABLES, all_bytes, assert_same

PLAN = cp.load_plan("""
compplan: 1
name: doors
currency: USD
period: monthly
rounding: {mode: half_up, at: bonus}
trees: {enrollment: {parent: sponsor_id}}
volumes:
  pv: {sum: orders.qv, credit: distributor}
  gv: {roll_up: pv}
  score: {member: score, decimals: 1}
counts:
  front: {count: pv > 0, among: frontline}
conditions:
  active: pv >= 10 and member.country != "XX"
ranks:
  ladder: {member: [], leader: [active, gv >= 100]}
bonuses:
  retail: {kind: retail, of: pv, rates: 3.5%, payment: order}
  club: {kind: tier, by: front, amounts: {1: 10.05, 2: 0.005}}
""")

MEMBERS = [
    {"member_id": m, "sponsor_id": s, "kind": kind, "country": country, "score": Decimal(score)}
    for m, s, kind, country, score in (
        ("ann", None, "distributor", "US", "1.5"),
        ("bob", "ann", "distributor", None, "0.0"),
        ("cy", "ann", "customer", "DE", "2.0"),
        ("d\u00e9", "bob", "customer", "DE", "-3.5"),
    )
]
ORDERS = [
    {"order_id": number, "member_id": m, "date": date(2026, 10, day), "qv": Decimal(qv)}
    for number, m, day, qv in (
        (1, "ann", 1, "100.00"),
        (2, "bob", 31, "0.01"),
        (3, "cy", 5, "9007199254740.93"),
        (4, "d\u00e9", 5, "-3.33"),
        (5, "cy", 9, "12.30"),
    )
]


def arrow(rows):
    return pa.Table.from_pylist(rows)


def run(members, orders):
    return cp.run(PLAN, members=members, orders=orders, period="2026-10")


@pytest.fixture(scope="module")
def expected():
    return run(arrow(MEMBERS), arrow(ORDERS))


# ---- in


def to_file(table, path):
    match path.suffix:
        case ".parquet":
            pyarrow.parquet.write_table(table, path)
        case ".csv":
            pyarrow.csv.write_csv(table, path)
        case _:
            with pa.OSFile(str(path), "wb") as file, pa.ipc.new_file(file, table.schema) as writer:
                writer.write_table(table)
    return path


def dataset(table, folder):
    pyarrow.dataset.write_dataset(table, folder, format="parquet", max_rows_per_file=2, max_rows_per_group=2)
    return folder


FORMS = {
    "pandas": lambda table, _: table.to_pandas(),
    "pandas with Arrow types": lambda table, _: table.to_pandas(types_mapper=pd.ArrowDtype),
    "polars": lambda table, _: pl.from_arrow(table),
    "duckdb": lambda table, _: duckdb.connect().from_arrow(table),
    "list of dicts": lambda table, _: table.to_pylist(),
    "reader": lambda table, _: table.to_reader(),
    "record batch": lambda table, _: table.combine_chunks().to_batches()[0],
    "many chunks": lambda table, _: pa.concat_tables([table.slice(i, 1) for i in range(table.num_rows)]),
    "large strings": lambda table, _: table.cast(pa.schema([(f.name, wide(f.type)) for f in table.schema])),
    "string views": lambda table, _: table.cast(pa.schema([(f.name, viewed(f.type)) for f in table.schema])),
    "dictionaries": lambda table, _: pa.table({n: coded(table[n]) for n in table.column_names}),
    "other columns": lambda table, _: table.append_column("more", pa.array([None] * table.num_rows)).select(
        ["more", *reversed(table.column_names)]
    ),
    "parquet path": lambda table, folder: to_file(table, folder / "t.parquet"),
    "parquet path as text": lambda table, folder: str(to_file(table, folder / "t.parquet")),
    "csv path": lambda table, folder: to_file(table, folder / "t.csv"),
    "ipc path": lambda table, folder: to_file(table, folder / "t.arrow"),
    "folder of parquet": lambda table, folder: dataset(table, folder / "parts"),
    "dataset": lambda table, folder: pyarrow.dataset.dataset(dataset(table, folder / "parts"), format="parquet"),
}


def wide(kind):
    return pa.large_string() if pa.types.is_string(kind) else kind


def viewed(kind):
    return pa.string_view() if pa.types.is_string(kind) else kind


def coded(column):
    return column.dictionary_encode() if pa.types.is_string(column.type) else column


@pytest.mark.parametrize("form", FORMS)
def test_the_form_of_the_inputs_does_not_matter(form, expected, tmp_path):
    (tmp_path / "members").mkdir()
    (tmp_path / "orders").mkdir()
    make = FORMS[form]
    given = run(make(arrow(MEMBERS), tmp_path / "members"), make(arrow(ORDERS), tmp_path / "orders"))
    if form == "csv path":  # whole numbers of a CSV file are texts, so order ids are
        texts = arrow(ORDERS).set_column(0, "order_id", arrow(ORDERS)["order_id"].cast(pa.string()))
        expected = run(arrow(MEMBERS), texts)
    assert_same(given, expected)


def test_an_empty_field_runs():
    members, orders = arrow(MEMBERS).slice(0, 0), arrow(ORDERS).slice(0, 0)
    empty = run(members, orders)
    assert all(len(getattr(empty, name)) == 0 for name in ("members", "ledger", "payables", "state"))
    assert run(members.to_pandas(), orders.to_pandas()).manifest["rows"] == {"members": 0, "orders": 0}
    assert_same(empty, run(pl.from_arrow(members), pl.from_arrow(orders)))


def test_what_comes_out_goes_in_again(expected):
    """The state of a run starts a later one, whichever library it went through."""
    state = {
        "pandas": pd.DataFrame.from_arrow(expected.state),
        "polars": pl.DataFrame(expected.state),
        "frame": expected.state,
    }
    orders = [{**order, "date": order["date"].replace(month=12)} for order in ORDERS]
    runs = [
        cp.run(PLAN, members=arrow(MEMBERS), orders=orders, period="2026-12", state=table) for table in state.values()
    ]
    assert all_bytes(runs[0]) == all_bytes(runs[1]) == all_bytes(runs[2])


# ---- out


def plain(rows):
    """Return rows with missing values as None, whatever a library writes for them."""
    return [
        {key: None if value is None or value is pd.NA or value is pd.NaT else value for key, value in row.items()}
        for row in rows
    ]


def from_pandas(frame):
    return pd.DataFrame.from_arrow(frame).astype(object).where(lambda t: t.notna(), None).to_dict("records")


def from_polars(frame):
    return pl.DataFrame(frame).to_dicts()


def from_duckdb(frame):
    relation = duckdb.connect().from_arrow(frame.to_arrow())
    return [dict(zip(relation.columns, row, strict=True)) for row in relation.fetchall()]


def from_duckdb_by_name(frame):
    assert frame is not None
    result = duckdb.sql("select * from frame")
    return [dict(zip(result.columns, row, strict=True)) for row in result.fetchall()]


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("read", [from_pandas, from_polars, from_duckdb, from_duckdb_by_name])
def test_every_table_opens_with_exact_values(table, read, expected):
    frame = getattr(expected, table)
    assert plain(read(frame)) == frame.rows()


@pytest.mark.parametrize("suffix", [".parquet", ".arrow"])
def test_files_open_with_exact_values(suffix, expected, tmp_path):
    expected.write(tmp_path / "out", suffix=suffix)
    for name in TABLES:
        path = tmp_path / "out" / f"{name}{suffix}"
        table = pl.read_parquet(path) if suffix == ".parquet" else pl.read_ipc(path)
        assert table.to_dicts() == getattr(expected, name).rows()


def test_sums_in_other_libraries_are_exact(expected):
    total = sum(row["amount"] for row in expected.ledger.rows())
    assert total == Decimal("315251973919.74")
    assert pl.DataFrame(expected.ledger)["amount"].sum() == total
    assert duckdb.connect().from_arrow(expected.ledger.to_arrow()).sum("amount").fetchall()[0][0] == total
    assert pd.DataFrame.from_arrow(expected.ledger)["amount"].sum() == total


def test_a_frame_is_a_table_of_its_own(expected):
    ledger = expected.ledger
    assert len(ledger) == ledger.num_rows == len(ledger.rows()) > 0
    assert ledger.column_names == list(ledger.rows()[0])
    assert len(ledger.head(2)) == 2
    assert ledger.filter(pa.compute.field("bonus") == "club").rows() == [
        r for r in ledger.rows() if r["bonus"] == "club"
    ]
    with pytest.raises(cp.UsageError, match='did you mean "amount"'):
        ledger["amuont"]
