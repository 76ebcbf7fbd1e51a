from __future__ import annotations

import pytest

import compplan as cp
from compplan.arrow.read import read_table


@pytest.mark.parametrize("form", ["parquet", "csv", "arrow"])
def test_a_field_is_two_files(cli, tmp_path, form):
    called = cli("synth", tmp_path / "field", "--members", "50", "--seed", "7", "--format", form)
    assert (called.code, called.err) == (0, "")
    assert sorted(path.name for path in (tmp_path / "field").iterdir()) == [
        f"members.{form}",
        f"orders.{form}",
    ]
    field = cp.synth(50, seed=7)
    assert [line.rsplit(": ")[1] for line in called.out.splitlines()] == [
        "50 rows",
        f"{field.orders.num_rows} rows",
    ]
    assert read_table(tmp_path / "field" / f"orders.{form}", name="orders").num_rows == field.orders.num_rows


def test_all_arguments_reach_the_field(cli, tmp_path):
    words = (
        "--shape",
        "star",
        "--period",
        "2026-W41",
        "--orders-per-member",
        "1.5",
        "--returns",
        "0",
        "--ids",
        "text",
    )
    called = cli("synth", tmp_path / "f", "--members", "40", *words, "--binary", "--no-customers", "--shuffle")
    assert called.code == 0, called.err
    field = cp.synth(
        40,
        shape="star",
        period="2026-W41",
        orders_per_member="1.5",
        returns=0,
        ids="text",
        trees=("enrollment", "binary"),
        customers=False,
        shuffle=True,
    )
    assert read_table(tmp_path / "f" / "members.parquet", name="members").equals(field.members)
    assert read_table(tmp_path / "f" / "orders.parquet", name="orders").equals(field.orders)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--members", "-1"), "members"),
        (("--shape", "square"), "square"),
        (("--orders-per-member", "many"), "orders_per_member"),
        (("--members", "-1", "--seed", "-1"), "2 problems"),
        (("--period", "soon"), '"soon" is not a period'),
    ],
)
def test_bad_arguments_write_nothing(cli, tmp_path, words, said):
    called = cli("synth", tmp_path / "field", *words)
    assert (called.code, called.out) == (2, "")
    assert said in called.err
    assert not list(tmp_path.iterdir())


def test_a_file_is_no_folder(cli, tmp_path):
    (tmp_path / "field").write_text("mine")
    assert cli("synth", tmp_path / "field", "--members", "5").code == 2
    assert (tmp_path / "field").read_text() == "mine"
