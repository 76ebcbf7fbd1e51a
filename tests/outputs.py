"""What a run hands out, in forms that tests compare: bytes, dicts, and sums of exact decimals."""

from __future__ import annotations

import json
from decimal import Decimal

import pyarrow as pa

TABLES = ("members", "ledger", "payables", "breakage", "state")


def as_bytes(frame):
    """Return a table as the bytes of an Arrow IPC file."""
    table = frame.to_arrow()
    sink = pa.BufferOutputStream()
    with pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table)
    return sink.getvalue().to_pybytes()


def all_bytes(run, tables=TABLES):
    """Return the tables and the manifest of a run as bytes, by name."""
    found = {name: as_bytes(getattr(run, name)) for name in tables}
    return {**found, "manifest": json.dumps(run.manifest).encode()}


def assert_same(one, other, tables=TABLES):
    """Compare two runs byte by byte, and name the table that differs."""
    first, second = all_bytes(one, tables), all_bytes(other, tables)
    assert [name for name in first if first[name] != second[name]] == []


def column_of(run, column, table="members", key="member_id"):
    """Return a column as a dict by member."""
    found = getattr(run, table).to_arrow()
    return dict(zip(found[key].to_pylist(), found[column].to_pylist(), strict=True))


def sums(rows, key, amount="amount"):
    """Add up rows by a key, without zeros."""
    found = {}
    for row in rows:
        found[row[key]] = found.get(row[key], Decimal(0)) + row[amount]
    return {name: total for name, total in found.items() if total}
